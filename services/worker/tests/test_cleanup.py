"""Which idempotency keys are deleted."""

from datetime import UTC, datetime

import pytest
import redis.asyncio

from ledger import runs
from services.worker.tests.conftest import Open
from worker.cleanup import task as cleanup
from worker.cleanup.task import CleanedUp, clean_up
from worker.refresh.shelf import Shelf


async def cleaned(store: "redis.asyncio.Redis") -> CleanedUp:
    """The result of one cleanup."""
    return await clean_up(store, cache_database=0, queue_database=1)


async def left(store: "redis.asyncio.Redis") -> set[str]:
    """The keys there are."""
    return {key.decode() for key in await store.keys()}


async def test_those_without_an_end_and_those_at_theirs(store: "redis.asyncio.Redis") -> None:
    await store.set("idempotency:a", 1)
    await store.set("idempotency:b", 1, ex=59)
    await store.set("idempotency:c", 1, ex=70)
    await store.set("insight:1", 1)
    await store.set("coach:answer:idempotency:d", 1, ex=5)
    assert (await cleaned(store)).deleted_idempotency_keys == 2
    assert await left(store) == {"idempotency:c", "insight:1", "coach:answer:idempotency:d"}


async def test_more_than_a_batch(store: "redis.asyncio.Redis", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleanup, "BATCH", 100)
    await store.mset({f"idempotency:{number}": 1 for number in range(1050)})
    assert (await cleaned(store)).deleted_idempotency_keys == 1050
    assert await left(store) == set()


async def test_it_never_asks_for_all_keys_at_once(store: "redis.asyncio.Redis") -> None:
    await store.set("idempotency:a", 1)
    await store.config_resetstat()
    await cleaned(store)
    commands = await store.info("commandstats")
    assert "cmdstat_scan" in commands
    assert "cmdstat_keys" not in commands


async def test_nothing_of_a_running_refresh(store: "redis.asyncio.Redis", open_with: Open) -> None:
    shelf = Shelf(store, asked_at=datetime.now(UTC), ttl=30)
    await shelf.put(8, "abc", '{"digest": "abc"}')
    await store.set("idempotency:refresh:9:abc:2026-11-22T12", 1)  # no refresh writes such a key
    await store.set("idempotency:other", 1, ex=30)
    async with open_with() as resources:
        await resources.queue.set(runs.lock("refresh_exercises"), "run/token", ex=60)
        assert (await cleaned(store)).deleted_idempotency_keys == 2
        assert await shelf.has(8, "abc")
        await resources.queue.delete(runs.lock("refresh_exercises"))
    assert (await cleaned(store)).deleted_idempotency_keys == 1
    assert await left(store) == {"insight:8"}


async def test_the_connection_stays_in_its_database(store: "redis.asyncio.Redis") -> None:
    await store.set("idempotency:a", 1)
    await cleaned(store)
    await store.set("mark", 1)
    assert await left(store) == {"mark"}
    assert (await store.info("keyspace")).keys() == {"db0"}
