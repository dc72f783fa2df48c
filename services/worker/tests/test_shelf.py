"""Where insights go, once for each version of an exercise and hour."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
import redis.asyncio

from ledger import insights
from worker.refresh.shelf import Shelf

NOON = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)


def shelf(store: "redis.asyncio.Redis", asked_at: datetime = NOON, ttl: int = 3600) -> Shelf:
    """One run's shelf."""
    return Shelf(store, asked_at=asked_at, ttl=ttl)


def value(digest: str, **fields: object) -> str:
    """An insight."""
    return insights.encode(digest, fields)


@pytest.fixture
async def nobody() -> AsyncIterator["redis.asyncio.Redis"]:
    """A Redis that is not there."""
    async with redis.asyncio.Redis(port=1, socket_connect_timeout=0.2) as client:
        yield client


async def test_the_documented_keys(store: "redis.asyncio.Redis") -> None:
    assert await shelf(store).put(8, "abc", value("abc", sets=3))
    key = "idempotency:refresh:8:abc:2026-11-22T12"
    assert {k.decode() for k in await store.keys()} == {key, "insight:8"}
    assert 3590 <= await store.ttl(key) <= 3600
    assert insights.decode(await store.get("insight:8"), "abc") == {"sets": 3}
    assert 0 < await store.ttl("insight:8") <= insights.SECONDS


async def test_an_hour_is_one_of_utc(store: "redis.asyncio.Redis") -> None:
    elsewhere = datetime.fromisoformat("2026-11-22T18:00:00+05:30")
    assert await shelf(store, NOON).put(8, "abc", value("abc"))
    assert await shelf(store, elsewhere).has(8, "abc")


async def test_once_an_hour(store: "redis.asyncio.Redis") -> None:
    one, other, later = shelf(store), shelf(store), shelf(store, NOON + timedelta(hours=1))
    assert not await one.has(8, "abc")
    assert await one.put(8, "abc", value("abc"))
    assert await other.has(8, "abc")
    assert not await other.put(8, "abc", value("abc"))
    assert not await later.has(8, "abc")
    assert await later.put(8, "abc", value("abc"))


async def test_a_change_and_the_change_back_are_noticed(store: "redis.asyncio.Redis") -> None:
    here = shelf(store)
    for digest in ("before", "after", "before"):
        assert not await here.has(8, digest)
        assert await here.put(8, digest, value(digest))
        assert insights.decode(await store.get("insight:8"), digest) is not None


@pytest.mark.parametrize("broken", ["", "{", "[]", "1", '{"digest": 1}'])
async def test_a_value_that_is_none_is_replaced(store: "redis.asyncio.Redis", broken: str) -> None:
    here = shelf(store)
    await here.put(8, "abc", value("abc"))
    await store.set("insight:8", broken)
    assert not await here.has(8, "abc")
    assert await here.put(8, "abc", value("abc"))
    assert await here.has(8, "abc")


async def test_an_insight_that_was_evicted_is_made_again(store: "redis.asyncio.Redis") -> None:
    here = shelf(store)
    await here.put(8, "abc", value("abc"))
    await store.delete("insight:8")
    assert not await here.has(8, "abc")


async def test_in_memory_while_redis_is_away(nobody: "redis.asyncio.Redis", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worker.refresh.shelf.SETTLE_SECONDS", 0)
    here = shelf(nobody)
    assert await here.kind() == "memory"
    assert not await here.has(8, "abc")
    assert await here.put(8, "abc", value("abc"))
    assert await here.has(8, "abc")
    assert not await here.has(8, "other")
    assert await here.settle() == 1


async def test_a_redis_that_is_back_is_given_what_it_missed(
    store: "redis.asyncio.Redis", monkeypatch: pytest.MonkeyPatch
) -> None:
    here = shelf(store)
    monkeypatch.setattr(here, "_resting_until", float("inf"))
    for number in range(3):
        assert await here.put(number, "abc", value("abc"))
    assert await store.dbsize() == 0
    assert await here.settle() == 0
    assert {k.decode() for k in await store.keys("insight:*")} == {"insight:0", "insight:1", "insight:2"}
    assert await here.kind() == "redis"


async def test_a_redis_that_is_away_is_not_asked_each_time(nobody: "redis.asyncio.Redis") -> None:
    here = shelf(nobody)
    await here.kind()
    assert here._resting_until > monotonic()


async def test_a_redis_that_stands_still_at_the_end_is_waited_for(store: "redis.asyncio.Redis") -> None:
    async with redis.asyncio.Redis(**{**store.connection_pool.connection_kwargs, "socket_timeout": 0.2}) as impatient:
        here = shelf(impatient)
        await store.client_pause(1500)
        assert await here.put(8, "abc", value("abc"))
        assert await here.settle() == 0
    assert await store.exists("insight:8")


async def test_one_that_redis_refuses_is_told_from_a_redis_that_is_away(
    store: "redis.asyncio.Redis", monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("worker.refresh.shelf.SETTLE_SECONDS", 0)
    here = shelf(store, ttl=9223372036854775)
    assert await here.put(8, "abc", value("abc"))
    assert await here.settle() == 1
    assert here._resting_until == 0
    assert [record.message for record in caplog.records] == ["Redis refuses what it is given"]
    assert await here.kind() == "redis"
