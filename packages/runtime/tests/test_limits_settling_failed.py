"""Settling that fails: refused, cancelled, cut off, or answered with an error for one key."""

import asyncio
import socket
from typing import Any

import pytest
import redis.asyncio
from redis.exceptions import RedisError

from runtime.limits import SettlingStorage

MINUTE, HOUR = 60, 3600
Store = redis.asyncio.Redis


@pytest.fixture
def one(clock: Any) -> SettlingStorage:
    return SettlingStorage()


def name_of(key: str, clock: Any, expiry: int = HOUR) -> str:
    return f"{key}@{int(clock.now // expiry + 1) * expiry}"


async def test_a_failed_settling_loses_nothing_and_counts_nothing_twice(
    store: Store, clock: Any, key: str, nobody: str, one: SettlingStorage
) -> None:
    one.incr(key, HOUR, 3)
    async with Store.from_url(nobody) as away:
        for _ in range(3):
            with pytest.raises(RedisError):
                await one.settle(away)
    assert one.get(key) == 3
    one.incr(key, HOUR, 2)
    one.incr(f"{key}/other", HOUR)
    await one.settle(store)
    assert one.get(key) == 5
    assert await store.get(name_of(key, clock)) == b"5"
    assert await store.get(name_of(f"{key}/other", clock)) == b"1"


async def test_a_settling_that_fails_while_the_window_ends_keeps_the_new_window(
    store: Store, clock: Any, key: str, nobody: str, one: SettlingStorage
) -> None:
    one.incr(key, MINUTE, 7)
    async with Store.from_url(nobody) as away:
        failing = asyncio.create_task(one.settle(away))
        await asyncio.sleep(0)
        clock.now += MINUTE
        assert one.incr(key, MINUTE, 2) == 2
        with pytest.raises(RedisError):
            await failing
    await one.settle(store)
    assert await store.get(name_of(key, clock, MINUTE)) == b"2"


async def test_a_cancelled_settling_keeps_its_counts(store: Store, clock: Any, key: str, one: SettlingStorage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        one.incr(key, HOUR, 3)
        async with Store.from_url(f"redis://127.0.0.1:{silent.getsockname()[1]}") as client:
            settling = asyncio.create_task(one.settle(client))
            await asyncio.sleep(0.02)
            settling.cancel()
            with pytest.raises(asyncio.CancelledError):
                await settling
    await one.settle(store)
    assert await store.get(name_of(key, clock)) == b"3"


async def test_after_a_lost_reply_the_counts_go_again(
    valkey_url: str, store: Store, clock: Any, key: str, one: SettlingStorage
) -> None:
    """Nobody can know whether the server heard them: rather twice than never."""
    target = redis.asyncio.connection.parse_url(valkey_url)
    heard: list[bytes] = []

    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, requests = await asyncio.open_connection(target["host"], target["port"])
        while b"INCRBY" not in (sent := await reader.read(65536)):
            requests.write(sent)
            writer.write(await answers.read(65536))
        requests.write(sent)
        heard.append(sent)
        await answers.read(1)
        requests.close()
        writer.close()

    async with await asyncio.start_server(cut, "127.0.0.1", 0) as proxy:
        port = proxy.sockets[0].getsockname()[1]
        one.incr(key, HOUR, 3)
        async with Store.from_url(f"redis://127.0.0.1:{port}/9") as client:
            with pytest.raises(RedisError):
                await one.settle(client)
    assert await store.get(name_of(key, clock)) == b"3"
    await one.settle(store)
    assert await store.get(name_of(key, clock)) == b"6"
    assert one.get(key) == 6
    assert b"MULTI" not in b"".join(heard)  # a transaction costs twice as much and gives nothing here


async def test_a_redis_that_lost_its_data_takes_nothing_from_our_own_count(
    store: Store, clock: Any, key: str, one: SettlingStorage
) -> None:
    one.incr(key, HOUR, 5)
    await one.settle(store)
    await store.delete(name_of(key, clock))
    one.incr(key, HOUR)
    await one.settle(store)
    assert one.get(key) == 6


async def test_a_key_that_redis_refuses_makes_no_other_count_twice(
    store: Store, clock: Any, key: str, one: SettlingStorage
) -> None:
    bad = f"{key}/bad"
    await store.set(name_of(bad, clock), "no number")
    await store.expire(name_of(bad, clock), 60)
    one.incr(key, HOUR, 3)
    one.incr(bad, HOUR)
    for _ in range(3):
        try:
            await one.settle(store)
        except RedisError:
            continue
    assert await store.get(name_of(key, clock)) == b"3"
    assert one.get(key) == 3
