"""Where a refresh puts insights, and how it knows which are there: in Redis, or in memory while Redis is away.

An exercise that was refreshed leaves `idempotency:refresh:{id}:{digest of the six fields}:{UTC hour}` for as long as
the settings say. With the hour in it an hourly refresh is never taken for a repetition of the one before.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from time import monotonic
from typing import TypeVar, cast

import redis.asyncio
from redis.exceptions import RedisError, ResponseError

from ledger import insights
from worker.refresh.together import Together

log = logging.getLogger(__name__)
T = TypeVar("T")

KEYS = "idempotency:refresh:"
REST_SECONDS = 2.0  # after a failure Redis is not asked again for so long
SETTLE_SECONDS = 10.0  # at the end of a run Redis may take so long to come back

# KEYS: idempotency key, insight. Done is what was refreshed this hour and has not become something else since: after a
# change and the change back, the key is there, but the insight is of the exercise in between.
IS_DONE = """
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local kept = redis.call('GET', KEYS[2])
local readable, value = pcall(cjson.decode, kept or '')
if readable and type(value) == 'table' and value.digest == ARGV[1] then return 1 end
return 0
"""
# Both or neither, and only once, whoever else is doing the same.
STORE = f"""
local function is_done() {IS_DONE} end
if is_done() == 1 then return 0 end
redis.call('SET', KEYS[1], '1', 'EX', ARGV[2])
redis.call('SET', KEYS[2], ARGV[3], 'EX', ARGV[4])
return 1
"""


class Shelf:
    """The shelf of one run. `asked_at` is when the run was asked for: one that is taken up again means that hour."""

    def __init__(self, cache: "redis.asyncio.Redis", *, asked_at: datetime, ttl: int) -> None:
        self._is_done = cache.register_script(IS_DONE)
        self._store = cache.register_script(STORE)
        self._together = Together(cache)
        self._cache = cache
        self._hour = f"{asked_at.astimezone(UTC):%Y-%m-%dT%H}"
        self._ttl = ttl
        self._memory: dict[tuple[int, str], str] = {}
        self._resting_until = 0.0
        self._refusals: set[str] = set()

    async def kind(self) -> str:
        """`redis`, or `memory` while it is away."""
        return "redis" if await self._attempt(lambda: cast(Awaitable[bool], self._cache.ping())) else "memory"

    async def has(self, exercise_id: int, digest: str) -> bool:
        """Was it refreshed this hour, as it is?"""
        if (exercise_id, digest) in self._memory:
            return True
        keys = self._keys(exercise_id, digest)
        return bool(await self._attempt(lambda: self._together.run(self._is_done, keys, [digest])))

    async def put(self, exercise_id: int, digest: str, value: str) -> bool:
        """Store an insight. False if somebody else has been quicker."""
        stored = await self._put(exercise_id, digest, value)
        if stored is None:
            self._memory[exercise_id, digest] = value
        return stored is not False

    async def settle(self) -> int:
        """Give Redis what it was not there to take, for some seconds. Returns how many are left, for nobody."""
        deadline = monotonic() + SETTLE_SECONDS
        await self._catch_up()
        while self._memory and monotonic() < deadline:
            await asyncio.sleep(0.5)
            await self._catch_up()
        return len(self._memory)

    async def _catch_up(self) -> None:
        self._resting_until = 0.0
        for (exercise_id, digest), value in list(self._memory.items()):
            if await self._put(exercise_id, digest, value) is not None:
                del self._memory[exercise_id, digest]

    async def _put(self, exercise_id: int, digest: str, value: str) -> bool | None:
        keys = self._keys(exercise_id, digest)
        arguments: list[str | int] = [digest, self._ttl, value, insights.SECONDS]
        stored = await self._attempt(lambda: self._together.run(self._store, keys, arguments))
        return None if stored is None else bool(stored)

    def _keys(self, exercise_id: int, digest: str) -> list[str]:
        return [f"{KEYS}{exercise_id}:{digest}:{self._hour}", insights.key(exercise_id)]

    async def _attempt(self, call: Callable[[], Awaitable[T]]) -> T | None:
        """The call's result, or None if Redis cannot be used."""
        if monotonic() < self._resting_until:
            return None
        try:
            return await call()
        except ResponseError as error:  # this call's fault, or every call's; one line says it
            if str(error) not in self._refusals:
                self._refusals.add(str(error))
                log.error("Redis refuses what it is given", extra={"error": str(error)})
            return None
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("Redis cannot be used for a moment", extra={"error": str(error) or type(error).__name__})
            self._resting_until = monotonic() + REST_SECONDS
            return None
