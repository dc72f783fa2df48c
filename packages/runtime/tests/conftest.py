"""What these tests share: a caller that speaks ASGI, metrics, other processes, and logging that is put back."""

import asyncio
import logging
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from time import time
from typing import Any
from uuid import uuid4

import pytest
import redis.asyncio

from runtime.metrics import Metrics

UVICORN = ("uvicorn", "uvicorn.error", "uvicorn.access")
CHATTY = (
    "httpx",
    "httpcore",
    "httpx2",
    "httpcore2",
    "asyncio",
    "alembic",
    "uvicorn",
    "uvicorn.error",
    "uvicorn.access",
)


@dataclass
class Answer:
    """What an application sent, message by message."""

    messages: list[dict[str, Any]]

    @property
    def status(self) -> int:
        """The one status."""
        (start,) = (message for message in self.messages if message["type"] == "http.response.start")
        return int(start["status"])

    @property
    def headers(self) -> list[tuple[str, str]]:
        """All headers, in order, as text."""
        (start,) = (message for message in self.messages if message["type"] == "http.response.start")
        return [(name.decode(), value.decode()) for name, value in start["headers"]]

    def all(self, name: str) -> list[str]:
        """Each value of one header."""
        return [value for key, value in self.headers if key == name]

    @property
    def body(self) -> bytes:
        """The whole body."""
        return b"".join(m.get("body", b"") for m in self.messages if m["type"] == "http.response.body")


async def _call(
    app: Any,
    method: str = "GET",
    path: str = "/",
    *,
    headers: Sequence[tuple[str, str]] = (),
    body: Sequence[bytes] = (b"",),
    leaves_after: int | None = None,
    messages: list[dict[str, Any]] | None = None,
    **scope: Any,
) -> Answer:
    """One request without a server between: names and values arrive as given, each chunk as one message.

    The client leaves after so many messages, or not at all. `messages` takes what is sent, for an application that
    does not come to an end.
    """
    answer = Answer([] if messages is None else messages)
    path, _, query = path.partition("?")
    coming = [{"type": "http.request", "body": part, "more_body": True} for part in body]
    coming[-1]["more_body"] = False
    sent = asyncio.Event()

    async def receive() -> dict[str, Any]:
        if coming:
            return coming.pop(0)
        while leaves_after is None or len(answer.messages) < leaves_after:
            sent.clear()
            await sent.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        await asyncio.sleep(0)
        answer.messages.append(message)
        sent.set()

    request: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},  # what uvicorn says
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers],
        "client": ("192.0.2.1", 50_000),
        "server": ("api.test", 80),
    }
    await app(request | scope, receive, send)
    return answer


@pytest.fixture(scope="session")
def call() -> Callable[..., Awaitable[Answer]]:
    """`answer = await call(app, "POST", "/path?query", headers=[...], body=[b"...", b"..."])`."""
    return _call


@pytest.fixture
def metrics() -> Metrics:
    """A registry of this test's own."""
    return Metrics("tests", "1.2.3")


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """What the rate limits take for the time: half a minute into a minute of now, so that keys in Valkey live on."""
    clock = Clock(time() // 60 * 60 + 90)
    monkeypatch.setattr("runtime.limits.time", clock)
    return clock


@pytest.fixture
async def store(valkey_url: str, anyio_backend: object) -> AsyncIterator[redis.asyncio.Redis]:
    """A client of the real Valkey, in a database that only these tests use."""
    async with redis.asyncio.Redis.from_url(f"{valkey_url}/9") as client:
        yield client


@pytest.fixture
def key() -> str:
    """A key that no other test takes."""
    return f"runtime-tests/{uuid4().hex}"


@pytest.fixture
def nobody() -> Iterator[str]:
    """A Redis that refuses connections."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"redis://127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture(scope="session")
def python() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a program in a process of its own: `python("print(1)", env={...})`."""

    def run(program: str, **options: Any) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", program]
        return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False, **options)

    return run


@pytest.fixture
def own_logging() -> Iterator[None]:
    """The test may configure logging; afterwards it is as it was."""
    root = logging.root
    handlers, level = root.handlers[:], root.level
    loggers = {name: logging.getLogger(name) for name in CHATTY}
    before = {name: (one.level, one.handlers[:], one.propagate) for name, one in loggers.items()}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, (old_level, old_handlers, propagate) in before.items():
        loggers[name].setLevel(old_level)
        loggers[name].handlers[:] = old_handlers
        loggers[name].propagate = propagate
