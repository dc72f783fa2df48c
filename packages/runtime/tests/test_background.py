"""Loops beside the requests end when they are told to."""

import asyncio

import pytest

from runtime.background import pause

pytestmark = pytest.mark.anyio


async def loses_its_cancellation(is_waiting: asyncio.Event) -> None:
    """As `asyncio.wait_for` does before Python 3.12, when an error comes at the same moment."""
    is_waiting.set()
    try:
        await asyncio.sleep(3600)
    except asyncio.CancelledError:
        raise ConnectionResetError from None


async def test_a_loop_ends_though_a_round_has_lost_its_cancellation() -> None:
    is_waiting = asyncio.Event()

    async def loop() -> None:
        while True:
            try:
                await loses_its_cancellation(is_waiting)
            except ConnectionResetError:
                await pause(3600)

    task = asyncio.create_task(loop())
    await is_waiting.wait()
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=5)
    assert done
    assert task.cancelled()


async def test_a_pause_ends_at_once_when_it_is_cancelled() -> None:
    task = asyncio.create_task(pause(3600))
    await asyncio.sleep(0)
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=5)
    assert done
    assert task.cancelled()
