"""One timer for many deadlines, and `asyncio.timeout`'s manners all the same."""

import asyncio

import pytest

from api.deadlines import Deadlines

pytestmark = pytest.mark.anyio
SOON, NEVER = 0.05, 3600.0


async def work(deadlines: Deadlines, seconds: float) -> str:
    """Something that takes so long."""
    piece, error = deadlines.begin(), None
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError as cancelled:
        error = cancelled
        raise
    finally:
        deadlines.end(piece, error)
    return "done"


async def test_what_is_late_raises_timeout_error_and_what_is_not_ends() -> None:
    deadlines = Deadlines(SOON)
    late = [asyncio.create_task(work(deadlines, NEVER)) for _ in range(3)]
    assert await work(deadlines, 0) == "done"
    for task in late:
        with pytest.raises(TimeoutError):
            await task
        assert task.cancelling() == 0
    assert len(deadlines) == 0


async def test_it_goes_on_looking_for_whoever_comes_later() -> None:
    deadlines = Deadlines(SOON)
    for _ in range(2):
        with pytest.raises(TimeoutError):
            await work(deadlines, NEVER)


async def test_the_younger_one_has_its_own_time() -> None:
    deadlines = Deadlines(2.0)
    first = asyncio.create_task(work(deadlines, NEVER))
    await asyncio.sleep(1.0)
    second = asyncio.create_task(work(deadlines, NEVER))
    with pytest.raises(TimeoutError):
        await first
    assert len(deadlines) == 1
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second


async def test_who_is_cancelled_by_somebody_else_was_not_late() -> None:
    deadlines = Deadlines(NEVER)
    task = asyncio.create_task(work(deadlines, NEVER))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_both_at_once_is_a_cancellation() -> None:
    deadlines = Deadlines(0)
    task = asyncio.create_task(work(deadlines, NEVER))
    await asyncio.sleep(0)
    deadlines._look()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
