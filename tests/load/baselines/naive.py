"""NAIVE: bare as LIMIT, but written as one writes it first: asyncpg's pool as it comes, a page and then `count(*)`."""

import os

import asyncpg
import orjson
from starlette.types import Receive, Scope, Send

PAGE = "SELECT id, name, sets, reps, weight, workout_day FROM plain_exercises ORDER BY id LIMIT $1 OFFSET $2"
COUNT = "SELECT count(*) FROM plain_exercises"

pool: asyncpg.Pool


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """`GET /exercises`."""
    global pool
    if scope["type"] == "lifespan":
        await receive()
        pool = await asyncpg.create_pool(os.environ["DATABASE_URL"])
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    async with pool.acquire() as connection:
        rows = await connection.fetch(PAGE, 20, 0)
        total = await connection.fetchval(COUNT)
    body = orjson.dumps({"page": 1, "page_size": 20, "total": total, "items": [dict(row) for row in rows]})
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
