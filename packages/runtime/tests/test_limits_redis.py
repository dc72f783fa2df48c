"""The background settling of limits: with a Redis that answers, is away, is silent, or comes back."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, closing
from time import monotonic
from typing import Any

import pytest
import redis.asyncio
import redis.exceptions
from limits import parse

from runtime.limits import RateLimits
from runtime.metrics import Metrics

AWAY = "Redis is not reachable: limits are counted per process"
BACK = "Redis is reachable again"
MANY = parse("1000/hour")
Start = Callable[..., Awaitable[RateLimits]]
Store = redis.asyncio.Redis


async def eventually(condition: Callable[[], object], seconds: float = 5) -> None:
    """Wait until it is so."""
    for _ in range(int(seconds / 0.005)):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise TimeoutError


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """What the limits have logged so far; all of it is a warning."""

    def read() -> list[str]:
        records = [record for record in caplog.records if record.name == "runtime.limits"]
        assert all(record.levelno == logging.WARNING for record in records)
        return [record.getMessage() for record in records]

    return read


@pytest.fixture
async def start(metrics: Metrics, clock: Any, anyio_backend: object) -> AsyncIterator[Start]:
    """Limits that settle in the background until the test is over: `limits = await start(url)`."""
    async with AsyncExitStack() as stack:

        @asynccontextmanager
        async def settling(limits: RateLimits) -> AsyncIterator[None]:
            task = asyncio.create_task(limits.settle_forever())
            yield
            assert not task.done(), task
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

        async def make(url: str, **options: Any) -> RateLimits:
            options = {"interval_seconds": 0.01} | options
            limits = RateLimits(enabled=True, redis_url=url, decisions=metrics.limited, **options)
            await stack.enter_async_context(settling(limits))
            return limits

        yield make


@pytest.fixture
def port() -> Iterator[int]:
    """A port that refuses connections until somebody listens there."""
    with closing(socket.socket()) as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def remaining(limits: RateLimits, key: str) -> int:
    """What is left after one request more."""
    scope: dict[str, Any] = {}
    limits.count(scope, "read", MANY, key)
    return int(scope["quota"].remaining)


async def total(store: Store, key: str) -> int:
    """What Valkey has heard of a key."""
    names = [name async for name in store.scan_iter(match=f"*{key}*")]
    return sum([int(await store.get(name)) for name in names])


@asynccontextmanager
async def forwarding(valkey_url: str, port: int) -> AsyncIterator[None]:
    """While this lasts, Valkey is reachable at this port; afterwards its connections are cut."""
    target = redis.asyncio.connection.parse_url(valkey_url)
    open_writers: list[asyncio.StreamWriter] = []

    async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_writers.append(writer)
        while data := await reader.read(65536):
            writer.write(data)
        writer.close()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream_reader, upstream_writer = await asyncio.open_connection(target["host"], target["port"])
        await asyncio.gather(copy(reader, upstream_writer), copy(upstream_reader, writer))

    server = await asyncio.start_server(connected, "127.0.0.1", port, reuse_port=True)
    yield
    server.close()
    for writer in open_writers:
        writer.transport.abort()


async def test_replicas_learn_of_each_other(
    start: Start, valkey_url: str, key: str, said: Callable[[], list[str]]
) -> None:
    one, two = await start(f"{valkey_url}/9"), await start(f"{valkey_url}/9")
    for _ in range(100):
        remaining(one, key)
    asked = 0

    def two_knows() -> bool:
        nonlocal asked
        asked += 1
        return remaining(two, key) == 1000 - 100 - asked

    await eventually(two_knows)
    assert said() == []


async def test_counts_are_settled_ten_times_a_second(
    metrics: Metrics, valkey_url: str, store: Store, key: str, clock: Any
) -> None:
    limits = RateLimits(enabled=True, redis_url=f"{valkey_url}/9", decisions=metrics.limited)
    remaining(limits, key)
    settling = asyncio.create_task(limits.settle_forever())
    await asyncio.sleep(0.05)
    assert await total(store, key) == 0
    await asyncio.sleep(0.4)
    assert await total(store, key) == 1
    settling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await settling


@pytest.mark.parametrize(("enabled", "url"), [(False, "redis://127.0.0.1:1"), (True, None), (True, "")])
async def test_without_limits_or_without_redis_there_is_nothing_to_settle(
    metrics: Metrics, enabled: bool, url: str | None
) -> None:
    limits = RateLimits(enabled=enabled, redis_url=url, decisions=metrics.limited, interval_seconds=0.001)
    async with asyncio.timeout(1):
        await limits.settle_forever()


async def test_a_redis_that_refuses_costs_one_line_and_no_request(
    start: Start, port: int, key: str, said: Callable[[], list[str]]
) -> None:
    limits = await start(f"redis://127.0.0.1:{port}")
    assert remaining(limits, key) == 999
    await eventually(said)
    for left in range(998, 978, -1):
        assert remaining(limits, key) == left
        await asyncio.sleep(0.01)
    assert said() == [AWAY]


async def test_a_redis_that_is_away_is_not_called_back_because_nobody_asks(
    start: Start, port: int, key: str, clock: Any, said: Callable[[], list[str]]
) -> None:
    limits = await start(f"redis://127.0.0.1:{port}")
    remaining(limits, key)
    await eventually(said)
    clock.now += 3600
    await asyncio.sleep(0.1)
    assert said() == [AWAY]


async def test_counts_of_an_outage_arrive_when_redis_is_back(
    start: Start, valkey_url: str, port: int, store: Store, key: str, said: Callable[[], list[str]]
) -> None:
    limits = await start(f"redis://127.0.0.1:{port}/9")
    for _ in range(3):
        remaining(limits, key)
    await eventually(said)
    for _ in range(4):
        remaining(limits, key)
    async with forwarding(valkey_url, port):
        await eventually(lambda: len(said()) == 2)
        await asyncio.sleep(0.05)
        assert await total(store, key) == 7
    remaining(limits, key)
    await eventually(lambda: len(said()) == 3)
    async with forwarding(valkey_url, port):
        await eventually(lambda: len(said()) == 4)
        assert await total(store, key) == 8
    assert said() == [AWAY, BACK, AWAY, BACK]
    assert remaining(limits, key) == 1000 - 9


@pytest.fixture
def deaf() -> Iterator[int]:
    """A port whose queue of connections is full: a new one is neither taken nor refused."""
    with closing(socket.create_server(("127.0.0.1", 0), backlog=0)) as full, ExitStack() as stack:
        for _ in range(4):
            waiting = stack.enter_context(closing(socket.socket()))
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        yield full.getsockname()[1]


@pytest.fixture
def silent() -> Iterator[int]:
    """A port where connections are taken and nothing is ever answered."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize("kind", ["deaf", "silent"])
async def test_a_silent_redis_costs_a_second_of_settling_and_nothing_of_a_request(
    request: pytest.FixtureRequest, start: Start, key: str, said: Callable[[], list[str]], kind: str
) -> None:
    limits = await start(f"redis://127.0.0.1:{request.getfixturevalue(kind)}")
    began = monotonic()
    while not said():
        asked = monotonic()
        remaining(limits, key)
        assert monotonic() - asked < 0.2
        await asyncio.sleep(0.01)
        assert monotonic() - began < 1.9
    assert monotonic() - began > 0.9
    assert said() == [AWAY]


@pytest.mark.parametrize("words", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"-ERR no\r\n", b"\x00\xff", b""])
async def test_a_server_that_is_no_redis_is_a_redis_that_is_away(
    start: Start, key: str, said: Callable[[], list[str]], words: bytes
) -> None:
    async def chatter(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(words)
        writer.close()

    server = await asyncio.start_server(chatter, "127.0.0.1", 0)
    async with server:
        limits = await start(f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        remaining(limits, key)
        await eventually(said)
        assert remaining(limits, key) == 998
        await asyncio.sleep(0.05)
        assert said() == [AWAY]


async def test_settling_ends_when_it_is_told_to_in_the_moment_in_which_redis_breaks_off(
    metrics: Metrics, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = RateLimits(enabled=True, redis_url="redis://localhost", decisions=metrics.limited, interval_seconds=0.01)
    is_settling = asyncio.Event()

    async def settle(_: object) -> int:
        is_settling.set()
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:  # so does asyncio.wait_for before Python 3.12
            raise redis.exceptions.ConnectionError("Connection lost") from None
        return 0

    monkeypatch.setattr(limits._storage, "settle", settle)
    task = asyncio.create_task(limits.settle_forever())
    await is_settling.wait()
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=5)
    assert done
    assert task.cancelled()
