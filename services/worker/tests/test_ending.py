"""Ending tasks for certain."""

import asyncio
import contextlib

import pytest

from worker.jobs import ending
from worker.jobs.ending import end


async def test_a_cancellation_that_was_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending, "AGAIN_SECONDS", 0.05)

    async def stubborn() -> None:
        for _ in range(3):
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(60)
        await asyncio.sleep(60)

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    await asyncio.wait_for(end([task]), 30)
    assert task.cancelled()


async def test_what_has_ended_is_left_alone() -> None:
    async def fail() -> None:
        raise KeyError

    task = asyncio.create_task(fail())
    await asyncio.wait([task])
    await end([task])
    assert isinstance(task.exception(), KeyError)
