"""What a run needs of the world outside: opened once by a process, passed on as one value."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import redis.asyncio
from arq import ArqRedis
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError

from ledger.jobs import QUEUE, deserialize, serialize
from tracker_client import Credentials, OwnToken, Retries, TrackerClient, Transport
from worker.settings import WorkerSettings
from worker.warmup.coach import CoachClient

USER_AGENT = "workout-tracker-worker"  # contract §7.3
HEALTH_TIMEOUT_SECONDS = 2.0
# A Redis that accepts connections and never answers must not stop a worker for good.
REDIS_TIMEOUTS: dict[str, Any] = {"socket_timeout": 2.0, "socket_connect_timeout": 1.0}


@dataclass(frozen=True, slots=True)
class Resources:
    """`queue` is the database of queue, locks and runs; `cache` that of insights and idempotency keys.

    `api` and `ai_coach` only tell whether the two are there: in time, and asked once.
    """

    settings: WorkerSettings
    queue: ArqRedis
    cache: "redis.asyncio.Redis"
    tracker: TrackerClient
    coach: CoachClient
    api: Transport
    ai_coach: Transport


@asynccontextmanager
async def open_resources(settings: WorkerSettings) -> AsyncIterator[Resources]:
    """Connects when something is asked for, not before."""
    urls = settings.api_client
    async with AsyncExitStack() as stack:
        tracker = TrackerClient(
            urls.workout_api_url,
            user_agent=USER_AGENT,
            credentials=credentials_of(settings),
            timeout=urls.timeout,
            retries=_retries(settings),
        )
        stack.push_async_callback(tracker.close)
        api, ai_coach = (
            Transport(url, USER_AGENT, HEALTH_TIMEOUT_SECONDS, Retries(attempts=1))
            for url in (urls.workout_api_url, urls.ai_coach_url)
        )
        stack.push_async_callback(api.close)
        stack.push_async_callback(ai_coach.close)
        queue, cache = _queue(settings), _cache(settings)
        stack.push_async_callback(_close, queue)
        stack.push_async_callback(_close, cache)
        yield Resources(settings, queue, cache, tracker, _coach(settings, stack), api, ai_coach)


async def reachable(at: Resources, seconds: float) -> bool:
    """Whether Redis answers, asked for so long: who has just begun may not be let through a network's policies yet."""
    until = asyncio.get_running_loop().time() + seconds
    while True:
        try:
            await at.queue.ping()
        except (RedisError, OSError, TimeoutError):
            if asyncio.get_running_loop().time() >= until:
                return False
            await asyncio.sleep(0.1)
        else:
            return True


def _queue(settings: WorkerSettings) -> ArqRedis:
    return ArqRedis(
        ConnectionPool.from_url(settings.redis_at(settings.redis.database), **REDIS_TIMEOUTS),
        job_serializer=serialize,
        job_deserializer=deserialize,
        default_queue_name=QUEUE,
    )


def _cache(settings: WorkerSettings) -> "redis.asyncio.Redis":
    cache: redis.asyncio.Redis = redis.asyncio.Redis.from_url(
        settings.redis_at(settings.redis.cache_database), **REDIS_TIMEOUTS
    )
    return cache


def _coach(settings: WorkerSettings, stack: AsyncExitStack) -> CoachClient:
    urls = settings.api_client
    transport = Transport(urls.ai_coach_url, USER_AGENT, urls.timeout, _retries(settings))
    stack.push_async_callback(transport.close)
    credentials = credentials_of(settings)
    if credentials is None:
        return CoachClient(transport, None)
    door = Transport(urls.workout_api_url, USER_AGENT, urls.timeout, _retries(settings))
    own = OwnToken(door, credentials)
    stack.push_async_callback(door.close)
    stack.push_async_callback(own.close)
    return CoachClient(transport, own)


def _retries(settings: WorkerSettings) -> Retries:
    """The settings' retries; the first try is none."""
    return Retries(attempts=settings.refresh.max_retries + 1, delay=settings.refresh.retry_delay)


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
