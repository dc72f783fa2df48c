"""Redis as the coach uses it: everything in it may be lost, and a Redis that is away costs next to nothing."""

import logging
from collections.abc import Awaitable
from time import monotonic
from typing import TypeVar

import redis.asyncio
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
T = TypeVar("T")

TIMEOUT_SECONDS = 0.25
REST_SECONDS = 2.0  # after a failure Redis is not asked again for so long


class Store:
    """A Redis whose failures are None."""

    def __init__(self, url: str | None) -> None:
        self._client = (
            redis.asyncio.Redis.from_url(url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS)
            if url
            else None
        )
        self._resting_until = 0.0

    @property
    def client(self) -> redis.asyncio.Redis | None:
        """The client, unless there is none or it has just failed."""
        return None if monotonic() < self._resting_until else self._client

    async def attempt(self, call: Awaitable[T] | T) -> T | None:
        """The call's result, or None if Redis failed."""
        try:
            return await call if isinstance(call, Awaitable) else call  # redis-py types both
        except (RedisError, OSError, TimeoutError) as error:
            if monotonic() >= self._resting_until:
                log.warning("Redis cannot be used for a moment", extra={"error": str(error) or type(error).__name__})
            self._resting_until = monotonic() + REST_SECONDS
            return None

    async def is_reachable(self) -> bool:
        """Does it answer now? Without a Redis in the settings: no."""
        return self._client is not None and bool(await self.attempt(self._client.ping()))

    async def aclose(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()
