"""One run: alone, in time, and on record."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest
import redis.asyncio

from ledger import runs
from ledger.runs import Run
from services.worker.tests.conftest import Open
from worker.jobs.runs import run
from worker.jobs.tasks import Result, Task, tasks
from worker.resources import Resources
from worker.settings import WorkerSettings

NAME = "refresh_exercises"


@dataclass(frozen=True)
class Counted:
    """A result."""

    processed: int = 3
    failed: int = 0


def task(perform: Any = None, **changes: Any) -> Task:
    """A task that does what `perform` does."""

    async def count(_: Resources, __: datetime) -> Result:
        return Counted()

    return replace(tasks(WorkerSettings())["refresh_exercises"], perform=perform or count, **changes)


async def do(resources: Resources, what: Task, run_id: str = "run-1") -> Run:
    """Run it as a command does."""
    return await run(what, resources, run_id=run_id, source="command")


async def recent(resources: Resources) -> list[Run]:
    """The runs that are kept."""
    texts = await cast(Awaitable[list[bytes]], resources.queue.lrange(runs.RECENT, 0, -1))
    return [Run.from_json(text) for text in texts]


async def test_done(store: "redis.asyncio.Redis", open_with: Open) -> None:
    async with open_with() as resources:
        ended = await do(resources, task())
        assert (ended.outcome, ended.result, ended.error) == ("done", {"processed": 3, "failed": 0}, None)
        queue = resources.queue
        for value in (await queue.get(runs.last(NAME)), await queue.get(runs.success(NAME))):
            assert value is not None
            assert Run.from_json(value) == ended
        assert await recent(resources) == [ended]
        totals = await cast(Awaitable[dict[bytes, bytes]], queue.hgetall(runs.TOTALS))
        assert totals[f"runs:{NAME}:done".encode()] == b"1"
        assert totals[f"items:{NAME}:processed".encode()] == b"3"
        assert not await queue.exists(runs.lock(NAME))


async def test_something_in_it_failed(store: "redis.asyncio.Redis", open_with: Open) -> None:
    async def perform(*_: object) -> Result:
        return Counted(failed=2)

    async with open_with() as resources:
        ended = await do(resources, task(perform))
        assert (ended.outcome, ended.error) == ("failed", "2 failed")
        assert ended.result == {"processed": 3, "failed": 2}
        assert await resources.queue.exists(runs.last(NAME))
        assert not await resources.queue.exists(runs.success(NAME))


async def test_a_mistake_of_ours_is_a_failure(store: "redis.asyncio.Redis", open_with: Open) -> None:
    async def perform(*_: object) -> Result:
        raise KeyError("oh")

    async with open_with() as resources:
        ended = await do(resources, task(perform))
        assert (ended.outcome, ended.error) == ("failed", "KeyError: 'oh'")
        assert not await resources.queue.exists(runs.lock(NAME))


async def test_it_takes_too_long(store: "redis.asyncio.Redis", open_with: Open) -> None:
    async def perform(*_: object) -> Result:
        await asyncio.sleep(60)
        return Counted()

    async with open_with() as resources:
        ended = await do(resources, task(perform, timeout=0.1))
        assert (ended.outcome, ended.error) == ("failed", "not done within 0.1 s")
        assert not await resources.queue.exists(runs.lock(NAME))


async def test_already_running(store: "redis.asyncio.Redis", open_with: Open) -> None:
    begun, end = asyncio.Event(), asyncio.Event()

    async def perform(*_: object) -> Result:
        begun.set()
        await end.wait()
        return Counted()

    async with open_with() as resources:
        first = asyncio.create_task(do(resources, task(perform), "run-1"))
        await begun.wait()
        second = await do(resources, task(), "run-2")
        assert (second.outcome, second.error) == ("already_running", "already running elsewhere: run-1")
        assert not await resources.queue.exists(runs.last(NAME))
        end.set()
        assert (await first).outcome == "done"
        assert (await do(resources, task(), "run-3")).outcome == "done"


async def test_whoever_loses_the_lock_stops(store: "redis.asyncio.Redis", open_with: Open) -> None:
    stopped = asyncio.Event()
    async with open_with(worker={"lease": 0.5}) as resources:

        async def perform(*_: object) -> Result:
            await resources.queue.set(runs.lock(NAME), "somebody/else")
            try:
                await asyncio.sleep(60)
            finally:
                stopped.set()
            return Counted()

        ended = await do(resources, task(perform))
        assert stopped.is_set()
        assert (ended.outcome, ended.error) == ("failed", "the lock was lost: another run has begun")
        assert await resources.queue.get(runs.lock(NAME)) == b"somebody/else"


async def test_a_run_that_is_cancelled_leaves_no_lock(store: "redis.asyncio.Redis", open_with: Open) -> None:
    begun = asyncio.Event()

    async def perform(*_: object) -> Result:
        begun.set()
        await asyncio.sleep(60)
        return Counted()

    async with open_with() as resources:
        running = asyncio.create_task(do(resources, task(perform)))
        await begun.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert not await resources.queue.exists(runs.lock(NAME))


async def test_a_run_that_is_cancelled_twice_leaves_neither_work_nor_lock(
    store: "redis.asyncio.Redis", open_with: Open
) -> None:
    begun, missed, stopped = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def perform(*_: object) -> Result:
        begun.set()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:  # a library takes it for a time limit of its own
            missed.set()
        try:
            await asyncio.sleep(60)
        finally:
            stopped.set()
        return Counted()

    async with open_with() as resources:
        running = asyncio.create_task(do(resources, task(perform)))
        await begun.wait()
        running.cancel()
        await missed.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert stopped.is_set()
        assert not await resources.queue.exists(runs.lock(NAME))


@pytest.mark.parametrize("needs_redis", [True, False])
async def test_without_redis(open_with: Open, needs_redis: bool) -> None:
    async with open_with(redis_url="redis://127.0.0.1:1") as resources:
        ended = await do(resources, task(needs_redis=needs_redis))
    assert ended.outcome == ("failed" if needs_redis else "done")


async def test_a_redis_that_refuses_is_not_one_that_is_away(store: "redis.asyncio.Redis", open_with: Open) -> None:
    async with open_with(redis={"database": 99}) as resources:
        ended = await do(resources, task(needs_redis=False))
    assert ended.outcome == "failed"
    assert "DB index is out of range" in (ended.error or "")


async def test_only_the_last_runs_are_kept(store: "redis.asyncio.Redis", open_with: Open) -> None:
    async with open_with() as resources:
        for number in range(runs.KEPT + 2):
            await do(resources, task(), f"run-{number}")
        kept = [ended.id for ended in await recent(resources)]
        assert kept == [f"run-{number}" for number in range(runs.KEPT + 1, 1, -1)]


async def test_what_is_asked_later_belongs_to_when_it_was_asked(store: "redis.asyncio.Redis", open_with: Open) -> None:
    asked = datetime(2026, 11, 22, 9, 59, tzinfo=UTC)
    seen = []

    async def perform(_: Resources, when: datetime) -> Result:
        seen.append(when)
        return Counted()

    async with open_with() as resources:
        await run(task(perform), resources, run_id="job-1", source="queue", asked_at=asked)
    assert seen == [asked]
