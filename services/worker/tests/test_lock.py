"""The lock that lets a task run once at a time."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
import redis.asyncio

from ledger import runs
from worker.jobs.lock import AlreadyRunning, Lock

TASK = "refresh_exercises"


def lock(store: "redis.asyncio.Redis", run_id: str, lease: float = 60, beside: tuple[str, ...] = ()) -> Lock:
    """One run's lock."""
    return Lock(store, TASK, run_id, lease=lease, beside=beside)


async def longer_than(store: "redis.asyncio.Redis", milliseconds: int, *keys: str) -> bool:
    """Do all live for longer?"""
    return all([await store.pttl(key) > milliseconds for key in keys])


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait for what another task does, for 20 seconds at the most."""
    for _ in range(400):
        if await condition():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it does not happen")


async def test_one_at_a_time(store: "redis.asyncio.Redis") -> None:
    first, second = lock(store, "first"), lock(store, "second")
    await first.acquire()
    with pytest.raises(AlreadyRunning, match="already running elsewhere: first"):
        await second.acquire()
    await first.release()
    await second.acquire()


async def test_only_its_holder_releases_it(store: "redis.asyncio.Redis") -> None:
    await lock(store, "first").acquire()
    await lock(store, "second").release()
    with pytest.raises(AlreadyRunning):
        await lock(store, "second").acquire()


async def test_tasks_do_not_share_it(store: "redis.asyncio.Redis") -> None:
    await lock(store, "first").acquire()
    await Lock(store, "cleanup_stale_data", "second", lease=60).acquire()


async def test_a_job_that_is_taken_up_again_takes_its_own_lock(store: "redis.asyncio.Redis") -> None:
    before, after = lock(store, "job-1", lease=0.5), lock(store, "job-1", lease=0.5)
    await before.acquire()
    await after.acquire()
    await asyncio.wait_for(before.keep(), 10)  # it notices, and ends
    await before.release()
    with pytest.raises(AlreadyRunning):
        await lock(store, "job-11").acquire()


async def test_it_expires_without_its_holder(store: "redis.asyncio.Redis") -> None:
    await lock(store, "first", lease=0.5).acquire()
    assert 0 < await store.pttl(runs.lock(TASK)) <= 500


async def test_it_is_renewed_with_what_lies_beside_it(store: "redis.asyncio.Redis") -> None:
    await store.set("beside", 1, px=3_000)
    mine = lock(store, "first", lease=3, beside=("beside",))
    await mine.acquire()
    await store.pexpire(runs.lock(TASK), 2_500)
    await store.pexpire("beside", 2_500)
    keeping = asyncio.create_task(mine.keep())
    await until(lambda: longer_than(store, 2_500, runs.lock(TASK), "beside"))
    keeping.cancel()


async def test_a_redis_that_has_forgotten_it_is_told_again(store: "redis.asyncio.Redis") -> None:
    mine = lock(store, "first", lease=0.6)
    await mine.acquire()
    await store.flushall()
    keeping = asyncio.create_task(mine.keep())
    await until(lambda: longer_than(store, 0, runs.lock(TASK)))
    assert not keeping.done()
    keeping.cancel()


async def test_a_redis_that_is_away_takes_it_from_nobody() -> None:
    async with redis.asyncio.Redis(port=1, socket_connect_timeout=0.2) as nobody:
        mine = lock(nobody, "first", lease=0.5)
        keeping = asyncio.create_task(mine.keep())
        done, _ = await asyncio.wait([keeping], timeout=0.7)
        assert not done
        keeping.cancel()
        await mine.release()
