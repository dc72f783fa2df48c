"""`python -m tests.load.inside`: what an answer costs within the process, without uvicorn, sockets and PostgreSQL.

Steady to a hundredth, where what crosses sockets is steady to a tenth: here shows what a change of the code saves.
"""

import argparse
import asyncio
import os
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from time import process_time
from typing import Any
from uuid import uuid4

import uvloop
from asgi_lifespan import LifespanManager
from starlette.types import ASGIApp, Message, Scope

from api.app import create_app
from api.database import Database
from api.edge.callers import WHO_IS_IT
from api.edge.jwt import Tokens
from api.settings import ApiSettings
from runtime import logs
from tests.load.bench.arguments import at_least

SECRET = "a secret of the benchmark, thirty-two bytes or more"
AT_ONCE, ROUNDS = 64, 8
NEW = b'{"name":"Bench Press","sets":4,"reps":8,"weight":82.5,"workout_day":"A"}'
PAGE = [(number, f"Exercise {number}", 3, 8, 82.5, "A", 10_000, 7) for number in range(20)]


class Row(tuple[Any, ...]):
    """As asyncpg's: by place and, for the columns of an exercise, by name."""

    def __getitem__(self, key: Any) -> Any:
        names = ("id", "name", "sets", "reps", "weight", "workout_day", "version")
        return super().__getitem__(names.index(key) if isinstance(key, str) else key)


ONE = Row((7, "Exercise 7", 3, 8, 82.5, "A", 1))
WHO = {"id": 1, "username": "user", "role": "user", "disabled": False, "routine": 1, "over": False, "scope": None}
WHO_ADMIN = WHO | {"username": "admin", "role": "admin"}


class Inside:
    """The application, and whoever asks it."""

    def __init__(self) -> None:
        self._user, self._admin = uuid4(), uuid4()
        tokens = Tokens([SECRET])
        self._tokens = {
            session: tokens.access(name, name, session, timedelta(hours=1))
            for session, name in ((self._user, "user"), (self._admin, "admin"))
        }

    async def fetch(self, sql: str, *arguments: object) -> list[Any]:
        """What PostgreSQL would say, a turn of the event loop later."""
        await asyncio.sleep(0)
        if sql == WHO_IS_IT:
            return [WHO_ADMIN if arguments[0] == self._admin else WHO]
        if "LIMIT" in sql:
            return PAGE
        return [(10_000, 7)] if "FROM routines" in sql else [ONE]

    def kinds(self, tag: bytes) -> Iterator[tuple[str, int, Any]]:
        """(what is asked for, the status it should have, a request of it)."""
        ids = count(1)
        body = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(NEW))]
        yield "a page", 200, lambda: self.scope("/exercises")
        yield "304", 304, lambda: self.scope("/exercises", (b"if-none-match", tag))
        yield "429", 429, lambda: self.scope("/exercises", session=self._admin)
        yield "by id", 200, lambda: self.scope("/exercises/7")
        yield "POST", 201, lambda: self.scope("/exercises", *body, method="POST")
        yield "by id, each the first time", 200, lambda: self.scope(f"/exercises/{next(ids)}")

    def scope(self, path: str, *headers: tuple[bytes, bytes], session: Any = None, method: str = "GET") -> Scope:
        """A request as uvicorn would pass it on."""
        token = self._tokens[session or self._user]
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "server": ("127.0.0.1", 8000),
            "client": ("127.0.0.1", 4000),
            "scheme": "http",
            "method": method,
            "root_path": "",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [(b"host", b"localhost:8000"), (b"authorization", f"Bearer {token}".encode()), *headers],
            "state": {},
        }


async def receive() -> Message:
    """A body, for whoever reads one."""
    return {"type": "http.request", "body": NEW, "more_body": False}


async def ask(app: ASGIApp, scope: Scope) -> dict[str, Any]:
    """The start of the answer."""
    messages: list[Any] = []

    async def send(message: Message) -> None:
        messages.append(message)

    await app(scope, receive, send)
    start: dict[str, Any] = messages[0]
    return start


async def cost(app: ASGIApp, request: Any, status: int, requests: int) -> float:
    """Microseconds of processor time a request, many at once."""
    left = iter(range(requests))

    async def client() -> None:
        for _ in left:
            answer = await asyncio.create_task(ask(app, request()))  # uvicorn, too, makes a task for each
            assert answer["status"] == status, answer

    began = process_time()
    await asyncio.gather(*(client() for _ in range(AT_ONCE)))
    return (process_time() - began) / requests * 1e6


async def main(requests: int) -> None:
    """The least of some rounds: what else the machine does can only add."""
    inside = Inside()
    Database.fetch = inside.fetch  # type: ignore
    app = create_app(ApiSettings())
    async with LifespanManager(app):
        headers = dict((await ask(app, inside.scope("/exercises")))["headers"])
        await ask(app, inside.scope("/exercises", session=inside._admin))
        for name, status, request in list(inside.kinds(headers[b"etag"])):
            least = min([await cost(app, request, status, requests) for _ in range(ROUNDS)])
            print(f"{name:<28}{least:6.1f} µs")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=at_least(1), default=3000, help="of each kind in a round")
    arguments = parser.parse_args()
    os.environ.update(API_ACCESS="private", RATELIMIT_READ_USER="9999999/minute", RATELIMIT_WRITE_USER="9999999/minute")
    os.environ.update(RATELIMIT_READ_ADMIN="1/day", JWT_SECRET_KEY=SECRET, DATABASE_URL="postgresql://nobody@nowhere/x")
    with tempfile.TemporaryFile("w") as log:
        logs.configure("api", "json", stream=log)
        uvloop.run(main(arguments.requests))
