"""Settling: replicas exchange their counts through Valkey, and nothing is lost on the way."""

import asyncio
from random import Random
from typing import Any

import pytest
import redis.asyncio

from runtime.limits import SettlingStorage

MINUTE, HOUR = 60, 3600
Store = redis.asyncio.Redis


@pytest.fixture
def one(clock: Any) -> SettlingStorage:
    return SettlingStorage()


@pytest.fixture
def two(clock: Any) -> SettlingStorage:
    return SettlingStorage()


def name_of(key: str, clock: Any, expiry: int = HOUR) -> str:
    return f"{key}@{int(clock.now // expiry + 1) * expiry}"


async def test_two_replicas_come_to_the_exact_sum(
    store: Store, clock: Any, key: str, one: SettlingStorage, two: SettlingStorage
) -> None:
    one.incr(key, HOUR, 3)
    two.incr(key, HOUR, 5)
    await one.settle(store)
    await two.settle(store)
    assert (one.get(key), two.get(key)) == (3, 8)
    assert one.incr(key, HOUR) == 4
    await one.settle(store)
    assert one.get(key) == 9
    assert one.incr(key, HOUR) == 10
    assert await store.get(name_of(key, clock)) == b"9"


async def test_any_order_of_counting_and_settling_comes_to_the_exact_sum(store: Store, clock: Any, key: str) -> None:
    random = Random(11)
    replicas = [SettlingStorage() for _ in range(3)]
    total = 0
    for _ in range(60):
        replica = random.choice(replicas)
        if random.random() < 0.3:
            await replica.settle(store)
        else:
            amount = random.randint(1, 4)
            replica.incr(key, HOUR, amount)
            total += amount
    for _ in range(2):
        for replica in replicas:
            replica.incr(key, HOUR, 0)
            await replica.settle(store)
    assert [replica.get(key) for replica in replicas] == [total] * 3
    assert await store.get(name_of(key, clock)) == str(total).encode()


async def test_keys_in_redis_end_five_seconds_after_their_window(
    store: Store, clock: Any, key: str, one: SettlingStorage
) -> None:
    one.incr(key, MINUTE)
    await one.settle(store)
    ends = int(clock.now) // MINUTE * MINUTE + MINUTE
    assert await store.execute_command("EXPIRETIME", f"{key}@{ends}") == ends + 5  # type: ignore[no-untyped-call]


async def test_only_keys_that_were_counted_are_sent(store: Store, clock: Any, key: str, one: SettlingStorage) -> None:
    other = f"{key}/other"
    one.incr(key, HOUR)
    one.incr(other, HOUR)
    await one.settle(store)
    await store.delete(name_of(key, clock), name_of(other, clock))
    one.incr(other, HOUR, 2)
    await one.settle(store)
    assert await store.get(name_of(key, clock)) is None
    assert await store.get(name_of(other, clock)) == b"2"


async def test_each_key_learns_its_own_count(
    store: Store, clock: Any, key: str, one: SettlingStorage, two: SettlingStorage
) -> None:
    keys = [f"{key}/{number}" for number in range(5)]
    for number, each in enumerate(keys):
        one.incr(each, HOUR, number + 1)
        two.incr(each, HOUR, 10 * (number + 1))
    await one.settle(store)
    await two.settle(store)
    assert [two.get(each) for each in keys] == [11, 22, 33, 44, 55]


async def test_a_window_that_has_ended_is_not_sent(store: Store, clock: Any, key: str, one: SettlingStorage) -> None:
    name = name_of(key, clock, MINUTE)
    one.incr(key, MINUTE)
    clock.now = float(name.rpartition("@")[2])
    await one.settle(store)
    assert await store.get(name) is None


async def test_the_next_window_has_a_count_of_its_own(
    store: Store, clock: Any, key: str, one: SettlingStorage, two: SettlingStorage
) -> None:
    one.incr(key, MINUTE, 7)
    await one.settle(store)
    clock.now += MINUTE
    two.incr(key, MINUTE)
    await two.settle(store)
    assert two.get(key) == 1


async def test_nothing_to_say_needs_no_redis(nobody: str, one: SettlingStorage) -> None:
    async with Store.from_url(nobody) as client:
        await one.settle(client)


async def test_what_is_forgotten_is_not_sent(store: Store, clock: Any, key: str, one: SettlingStorage) -> None:
    one.incr(key, HOUR)
    one.reset()
    await one.settle(store)
    assert await store.get(name_of(key, clock)) is None


async def test_requests_during_a_settling_are_counted_once(
    store: Store, clock: Any, key: str, one: SettlingStorage, two: SettlingStorage
) -> None:
    two.incr(key, HOUR, 10)
    await two.settle(store)
    one.incr(key, HOUR, 3)
    settling = asyncio.create_task(one.settle(store))
    await asyncio.sleep(0)
    assert one.incr(key, HOUR, 2) == 5
    await settling
    assert one.get(key) == 15
    await one.settle(store)
    assert one.get(key) == 15
    assert await store.get(name_of(key, clock)) == b"15"
