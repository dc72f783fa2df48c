"""Jobs in the worker's queue, as whoever enqueues them sees them."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import redis
from arq import ArqRedis
from redis.asyncio import ConnectionPool

from ledger.jobs import DATABASE, deserialize, new_id, serialize


def enqueue(redis_url: str, task: str, *, seconds: float = 0) -> str:
    """The id of a new job, due in so many seconds."""

    async def add() -> str:
        client = ArqRedis(ConnectionPool.from_url(f"{redis_url}/{DATABASE}"), job_serializer=serialize)
        try:
            job = await client.enqueue_job(task, _job_id=new_id(task), _defer_by=timedelta(seconds=seconds))
            assert job is not None
            return job.job_id
        finally:
            await client.aclose(close_connection_pool=True)

    # In a thread of its own, for a test that is a coroutine has a loop already.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, add()).result()


def outcome(redis_url: str, job: str) -> dict[str, Any] | None:
    """What arq has kept of a job that has ended: `s` whether it went well, `r` its result."""
    with redis.Redis.from_url(f"{redis_url}/{DATABASE}") as client:
        kept = client.get(f"arq:result:{job}")
        return deserialize(kept) if isinstance(kept, bytes) else None


def until(condition: Callable[[], Any], seconds: float = 60, what: str = "it") -> Any:
    """What the condition says as soon as it says anything."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"{what} does not happen within {seconds} s"
        time.sleep(0.02)
    return found
