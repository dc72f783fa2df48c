"""Answers kept for the next one who asks the same, and one question asked once however many ask it."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, nullcontext
from hashlib import sha256
from random import uniform
from time import monotonic
from typing import Literal, NamedTuple
from uuid import uuid4

import redis.asyncio

from ai_coach.coach.store import Store
from runtime.background import pause

PREFIX = "coach:answer:"
FALLBACK_SECONDS = 60  # an answer by rules while the model is away must not outlive the trouble
JITTER = 0.1  # answers made together do not all end together
POLL_SECONDS = 0.05
LEASE_MS = 3000
TIME_OF_ONES_OWN = 0.4  # of what is left, when somebody else's answer does not come
RENEW = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) end return 0"
RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"


Life = Literal["full", "short", "none"]
"""How long an answer may be kept: `short` where it stands in for another one, `none` where it is its caller's alone."""


class Answer(NamedTuple):
    """A finished answer; `was_kept` where it was made before, or for somebody else."""

    body: str
    life: Life
    was_kept: bool = False


def key_of(parts: Mapping[str, object]) -> str:
    """One key for everything that shapes an answer, in whatever order it is named."""
    canonical = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


class Cache:
    """Best effort: without Redis every question is answered anew, but still once for all who ask at once here."""

    def __init__(self, store: Store, seconds: int) -> None:
        self._store = store
        self._seconds = seconds
        self._flights: dict[str, asyncio.Task[Answer]] = {}

    async def get(self, key: str) -> str | None:
        """The answer that is kept, if there is one."""
        if self._seconds == 0 or (client := self._store.client) is None:
            return None
        found = await self._store.attempt(client.get(PREFIX + key))
        return found.decode() if found else None

    async def make(self, key: str, make: Callable[[], Awaitable[Answer]], until: float) -> Answer:
        """The answer for `key`. `make` is called once for all who wait; `until` is on the monotonic clock."""
        if (found := await self.get(key)) is not None:
            return Answer(found, "full", was_kept=True)
        flight = self._flights.get(key)
        mine = flight is None
        if flight is None:
            flight = self._flights[key] = asyncio.create_task(self._once(key, make, until))
            flight.add_done_callback(lambda _: self._flights.pop(key, None))
        # Whoever leaves does not take the answer away from the others.
        answer = await asyncio.shield(flight)
        return answer if mine else answer._replace(was_kept=True)

    async def _once(self, key: str, make: Callable[[], Awaitable[Answer]], until: float) -> Answer:
        """Once for all replicas: the first takes a lock in Redis, the others wait for its answer to appear."""
        if self._seconds == 0 or (client := self._store.client) is None:
            return await make()
        lock = Lock(self._store, client, f"{PREFIX}lock:{key}")
        taken = await lock.take()
        if not taken and self._store.client is not None and (found := await self._wait(key, lock, until)) is not None:
            return Answer(found, "full", was_kept=True)
        async with lock.held() if taken else nullcontext():
            answer = await make()
            await self.keep(key, answer)
            return answer

    async def _wait(self, key: str, lock: "Lock", until: float) -> str | None:
        """What somebody else is making, unless that takes so long that no time would be left to make it here."""
        latest = until - (until - monotonic()) * TIME_OF_ONES_OWN
        while monotonic() < latest and (client := self._store.client) is not None:
            await asyncio.sleep(POLL_SECONDS)
            pair = await self._store.attempt(client.mget(PREFIX + key, lock.key))
            if pair is None or pair[0] is not None:
                return pair[0].decode() if pair else None
            if pair[1] is None:
                return None  # whoever was making it has died or failed
        return None

    async def aclose(self) -> None:
        """End what is still being made for people who have left."""
        flights = list(self._flights.values())
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)

    async def keep(self, key: str, answer: Answer) -> None:
        """Keep an answer, one that stands in for another only briefly."""
        if self._seconds == 0 or answer.life == "none" or (client := self._store.client) is None:
            return
        seconds = FALLBACK_SECONDS if answer.life == "short" else self._seconds
        lifetime = max(1, round(min(seconds, self._seconds) * uniform(1 - JITTER, 1 + JITTER)))
        await self._store.attempt(client.set(PREFIX + key, answer.body, ex=lifetime))


class Lock:
    """A lock in Redis that its holder renews: whoever dies holding it keeps nobody waiting for long."""

    def __init__(self, store: Store, client: redis.asyncio.Redis, key: str) -> None:
        self.key = key
        self._store = store
        self._client = client
        self._token = uuid4().hex

    async def take(self) -> bool:
        """False where somebody else holds it, or Redis failed."""
        return bool(await self._store.attempt(self._client.set(self.key, self._token, nx=True, px=LEASE_MS)))

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Renewed inside, released at the end."""
        renewing = asyncio.create_task(self._renew())
        try:
            yield
        finally:
            renewing.cancel()
            await self._store.attempt(self._client.eval(RELEASE, 1, self.key, self._token))

    async def _renew(self) -> None:
        while True:
            await pause(LEASE_MS / 3000)
            await self._store.attempt(self._client.eval(RENEW, 1, self.key, self._token, str(LEASE_MS)))
