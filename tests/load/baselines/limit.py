"""LIMIT: what Python, asyncpg and PostgreSQL can do at all. One query for the page and its counter, and no features.

No routing, no validation, no refusals: nobody would run this. It is what everything else is measured against.
"""

import asyncio
import os
from typing import Any

import asyncpg
import orjson
from starlette.types import Receive, Scope, Send

COLUMNS = ("id", "name", "sets", "reps", "weight", "workout_day")
PAGE = """
    SELECT e.id, e.name, e.sets, e.reps, e.weight, e.workout_day, c.total
    FROM plain_counter c, plain_exercises e ORDER BY e.id LIMIT $1 OFFSET $2"""
ONE = "SELECT id, name, sets, reps, weight, workout_day FROM plain_exercises WHERE id = $1"
ADD = """
    INSERT INTO plain_added (name, sets, reps, weight, workout_day) VALUES ($1, $2, $3, $4, $5)
    RETURNING id, name, sets, reps, weight, workout_day"""


class Connections:
    """Twenty connections, given to callers in the order in which they ask."""

    async def open(self) -> None:
        self._turns = asyncio.Semaphore(20)
        self._idle = [await asyncpg.connect(os.environ["DATABASE_URL"]) for _ in range(20)]

    async def fetch(self, sql: str, *arguments: Any) -> list[asyncpg.Record]:
        async with self._turns:
            connection = self._idle.pop()
            try:
                rows: list[asyncpg.Record] = await connection.fetch(sql, *arguments)
                return rows
            finally:
                self._idle.append(connection)


connections = Connections()


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """`GET /exercises`, `GET /exercises/{id}` and `POST /exercises`."""
    if scope["type"] == "lifespan":
        await receive()
        await connections.open()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
    elif scope["method"] == "POST":
        new = orjson.loads((await receive())["body"])
        rows = await connections.fetch(ADD, *(new[column] for column in COLUMNS[1:]))
        await answer(send, 201, dict(rows[0]))
    elif scope["path"] == "/exercises":
        rows = await connections.fetch(PAGE, 20, 0)
        items = [dict(zip(COLUMNS, row, strict=False)) for row in rows]
        await answer(send, 200, {"page": 1, "page_size": 20, "total": rows[0][6], "items": items})
    else:
        rows = await connections.fetch(ONE, int(scope["path"].rpartition("/")[2]))
        await answer(send, 200, dict(rows[0]))


async def answer(send: Send, status: int, content: object) -> None:
    body = orjson.dumps(content)
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
