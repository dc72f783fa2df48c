"""What becomes of each exercise of a refresh."""

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
import redis.asyncio

from ledger import insights
from tracker_client import Exercise
from worker.refresh.shelf import Shelf
from worker.refresh.task import Refreshed, derive, digest_of, refresh


def exercise(number: int, name: str = "Bench Press", weight: float | None = 80.0) -> Exercise:
    """An exercise."""
    return Exercise(id=number, name=name, sets=4, reps=8, weight=weight, workout_day="A")


def shelf(store: "redis.asyncio.Redis") -> Shelf:
    """One run's shelf."""
    return Shelf(store, asked_at=datetime(2026, 11, 22, 12, tzinfo=UTC), ttl=3600)


def test_what_is_derived() -> None:
    known = derive(exercise(1))
    assert (known["primary"], known["pattern"], known["volume_kg"]) == ("chest", "horizontal_push", 2560.0)
    assert derive(exercise(1, "Qwxyz", None)) == {
        **{"primary": None, "secondary": [], "pattern": None, "kind": "unknown"},
        **{"sets": 4, "volume_kg": 0.0, "estimated_1rm_kg": None, "zone": "muscle"},
    }


async def test_nothing_to_do(store: "redis.asyncio.Redis") -> None:
    assert await refresh([], shelf(store), concurrency=5) == Refreshed(0, 0, 0, 0, 100.0)


@pytest.mark.parametrize("concurrency", [1, 3, 50])
async def test_each_once_and_reported_once(store: "redis.asyncio.Redis", concurrency: int) -> None:
    every = [exercise(number, weight=float(number)) for number in range(1, 21)]
    told: list[tuple[int, str]] = []

    def report(one: Exercise, fate: str, milliseconds: float) -> None:
        assert milliseconds >= 0
        told.append((one.id, fate))

    assert await refresh(every, shelf(store), concurrency=concurrency, report=report) == Refreshed(20, 0, 0, 20, 100.0)
    assert sorted(told) == [(one.id, "processed") for one in every]
    for one in every:
        assert insights.decode(await store.get(insights.key(one.id)), digest_of(one)) == derive(one)
    assert await refresh(every, shelf(store), concurrency=concurrency) == Refreshed(0, 20, 0, 20, 100.0)


async def test_never_more_than_so_many_at_a_time() -> None:
    now = most = 0

    class Crowded:
        """A shelf that counts who is at it."""

        async def has(self, *_given: object) -> bool:
            nonlocal now, most
            now += 1
            most = max(most, now)
            for _ in range(3):
                await asyncio.sleep(0)
            now -= 1
            return True

        async def settle(self) -> int:
            return 0

    crowded: Any = Crowded()
    assert (await refresh([exercise(n) for n in range(30)], crowded, concurrency=4)).skipped == 30
    assert most == 4


async def test_one_that_cannot_be_refreshed_keeps_nobody_from_it() -> None:
    async def has(number: int, _: str) -> bool:
        if number == 2:
            raise ValueError("oh")
        return False

    async def put(*_: object) -> bool:
        return True

    async def settle() -> int:
        return 0

    broken: Any = SimpleNamespace(has=has, put=put, settle=settle)
    assert await refresh([exercise(n) for n in (1, 2, 3)], broken, concurrency=1) == Refreshed(2, 0, 1, 3, 66.7)


async def test_somebody_who_was_quicker(store: "redis.asyncio.Redis", monkeypatch: pytest.MonkeyPatch) -> None:
    late = shelf(store)

    async def not_yet(*_: object) -> bool:
        return False

    monkeypatch.setattr(late, "has", not_yet)
    await refresh([exercise(1)], shelf(store), concurrency=1)
    assert await refresh([exercise(1)], late, concurrency=1) == Refreshed(0, 1, 0, 1, 100.0)


async def test_a_cancellation_that_was_taken_for_a_failure_ends_it(caplog: pytest.LogCaptureFixture) -> None:
    begun = asyncio.Event()
    asked: list[int] = []

    async def has(number: int, _: str) -> bool:
        asked.append(number)
        begun.set()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            raise ConnectionError("cut") from None
        return True

    cut: Any = SimpleNamespace(has=has)
    running = asyncio.create_task(refresh([exercise(n) for n in range(30)], cut, concurrency=1))
    await begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert asked == [0]
    assert not caplog.records


async def test_what_redis_does_not_take_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worker.refresh.shelf.SETTLE_SECONDS", 0)
    async with redis.asyncio.Redis(port=1, socket_connect_timeout=0.2) as nobody:
        assert await refresh([exercise(1)] * 3, shelf(nobody), concurrency=1) == Refreshed(0, 2, 1, 3, 66.7)
