"""What a run needs of the world outside: opened once by a process, passed on as one value."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import httpx
import redis.asyncio
from arq import ArqRedis
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError

from ledger.jobs import QUEUE, deserialize, serialize
from tracker_client import Credentials, Retries, TrackerClient
from worker.settings import WorkerSettings
from worker.warmup.login import Login

USER_AGENT = "workout-tracker-worker"  # contract §7.3
# A Redis that accepts connections and never answers must not stop a worker for good.
REDIS_TIMEOUTS: dict[str, Any] = {"socket_timeout": 2.0, "socket_connect_timeout": 1.0}


@dataclass(frozen=True, slots=True)
class Resources:
    """`queue` is the database of queue, locks and runs; `cache` that of insights and idempotency keys."""

    settings: WorkerSettings
    queue: ArqRedis
    cache: "redis.asyncio.Redis"
    tracker: TrackerClient
    coach: httpx.AsyncClient
    """Asks the AI Coach, as the worker's service account where it has one."""

    @property
    def retries(self) -> Retries:
        """What a call that fails is worth."""
        return retries(self.settings)


def retries(settings: WorkerSettings) -> Retries:
    """The settings' retries; the first try is none."""
    return Retries(attempts=settings.refresh.max_retries + 1, delay=settings.refresh.retry_delay)


@asynccontextmanager
async def open_resources(settings: WorkerSettings) -> AsyncIterator[Resources]:
    """Connects when something is asked for, not before."""
    client, credentials = settings.api_client, credentials_of(settings)
    headers = {"User-Agent": USER_AGENT}
    auth = Login(client.workout_api_url, credentials, headers) if credentials else None
    async with AsyncExitStack() as stack:
        queue = ArqRedis(
            ConnectionPool.from_url(settings.redis_at(settings.redis.database), **REDIS_TIMEOUTS),
            job_serializer=serialize,
            job_deserializer=deserialize,
            default_queue_name=QUEUE,
        )
        stack.push_async_callback(_close, queue)
        cache = redis.asyncio.Redis.from_url(settings.redis_at(settings.redis.cache_database), **REDIS_TIMEOUTS)
        stack.push_async_callback(_close, cache)
        tracker = TrackerClient(
            client.workout_api_url,
            user_agent=USER_AGENT,
            credentials=credentials,
            timeout=client.timeout,
            retries=retries(settings),
        )
        coach = httpx.AsyncClient(base_url=client.ai_coach_url, timeout=client.timeout, headers=headers, auth=auth)
        await stack.enter_async_context(tracker)
        await stack.enter_async_context(coach)
        yield Resources(settings, queue, cache, tracker, coach)


async def _close(connections: "redis.asyncio.Redis") -> None:
    # A connection that is cut just now cannot be closed; uvloop says so with a RuntimeError.
    with suppress(RedisError, OSError, RuntimeError):
        await connections.aclose(close_connection_pool=True)


def credentials_of(settings: WorkerSettings) -> Credentials | None:
    """The worker's service account, if the settings name one."""
    client = settings.api_client
    if not (client.username and client.password):
        return None
    return Credentials(client.username, client.password.get_secret_value)
