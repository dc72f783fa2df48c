"""An HTTP server that does as it is told: for faults that no real API shows on demand."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

LOGIN = {"access_token": "own-token", "expires_in": 1800}


@dataclass(frozen=True)
class Request:
    """What came in."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def token(self) -> str | None:
        """The bearer token."""
        return self.headers.get("authorization", "Bearer ").removeprefix("Bearer ") or None


@dataclass(frozen=True)
class Reply:
    """What goes out. `raw` is sent as it is, instead of everything else, before the connection is closed."""

    body: object = field(default_factory=dict)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None

    def encoded(self) -> bytes:
        """All that is sent."""
        if self.raw is not None:
            return self.raw
        body = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        lines = [f"HTTP/1.1 {self.status} Said", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


Answer = Reply | Callable[[Request], Awaitable[Reply]]
DISCONNECT = Reply(raw=b"")


def exercise(number: int) -> dict[str, object]:
    """An exercise as the API writes it."""
    return {"id": number, "name": "Squat", "sets": 3, "reps": 5, "weight": 60.0, "workout_day": "A"}


def page(*ids: int, number: int = 1, total: int | None = None, etag: str = 'W/"1"') -> Reply:
    """A page of exercises."""
    items = [exercise(one) for one in ids]
    total = len(ids) if total is None else total
    return Reply({"page": number, "page_size": 200, "total": total, "items": items}, headers={"ETag": etag})


class Scripted:
    """Answers each path in turn with what `script[path]` holds; the last answer stays. Logging in always works."""

    def __init__(self) -> None:
        self.url = ""
        self.requests: list[Request] = []
        self.script: dict[str, list[Answer]] = {"/auth/login": [Reply(LOGIN)]}

    def on(self, path: str, *answers: Answer) -> None:
        """`on("/exercises", Reply(status=500), page(1))`."""
        self.script[path] = list(answers)

    def asked(self, path: str) -> list[Request]:
        """The requests of a path so far."""
        return [request for request in self.requests if request.target.partition("?")[0] == path]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        try:
            while True:
                reply = await self._answer(await _read(reader))
                writer.write(reply.encoded())
                await writer.drain()
                if reply.raw is not None:
                    break
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # the client has left, or the test is over
        finally:
            writer.close()

    async def _answer(self, request: Request) -> Reply:
        self.requests.append(request)
        answers = self.script[request.target.partition("?")[0]]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return answer if isinstance(answer, Reply) else await answer(request)


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = head[0].split(" ")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:-2])}
    return Request(method, target, headers, await reader.readexactly(int(headers.get("content-length", 0))))


@asynccontextmanager
async def scripted_server() -> AsyncIterator[Scripted]:
    """One on a free port of loopback, until the test is over."""
    scripted, connections = Scripted(), set[asyncio.Task[None]]()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        connections.add(task)
        await scripted.serve(reader, writer)
        connections.discard(task)

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    scripted.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield scripted
    finally:
        server.close()
        for task in list(connections):
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)


@pytest.fixture
async def server(anyio_backend: object) -> AsyncIterator[Scripted]:
    """A server that this test tells what to answer."""
    async with scripted_server() as scripted:
        yield scripted
