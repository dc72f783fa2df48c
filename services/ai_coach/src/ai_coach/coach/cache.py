"""Answers kept for the next one who asks the same, and one question asked once however many ask it."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from hashlib import sha256
from random import uniform
from time import monotonic
from typing import NamedTuple
from uuid import uuid4

from ai_coach.coach.store import Store

PREFIX = "coach:answer:"
FALLBACK_SECONDS = 60  # an answer by rules while the model is away must not outlive the trouble
JITTER = 0.1  # answers made together do not all end together
POLL_SECONDS = 0.05
RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"


class Answer(NamedTuple):
    """A finished answer: did one make it who only stands in for another, and was it made before, elsewhere?"""

    body: str
    is_fallback: bool
    was_kept: bool = False


def key_of(parts: Mapping[str, object]) -> str:
    """One key for everything that shapes an answer, in whatever order it is named."""
    canonical = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


class Cache:
    """Best effort: without Redis every question is answered anew, but still once for all who ask at once here."""

    def __init__(self, store: Store, seconds: int, wait_seconds: float) -> None:
        self._store = store
        self._seconds = seconds
        self._wait_seconds = wait_seconds
        self._flights: dict[str, asyncio.Task[Answer]] = {}

    async def get(self, key: str) -> str | None:
        """The answer that is kept, if there is one."""
        if self._seconds == 0 or (client := self._store.client) is None:
            return None
        found = await self._store.attempt(client.get(PREFIX + key))
        return found.decode() if found else None

    async def make(self, key: str, make: Callable[[], Awaitable[Answer]]) -> tuple[str, bool]:
        """(the answer, was it kept or made for somebody else). `make` is called once for all who wait for it."""
        if (found := await self.get(key)) is not None:
            return found, True
        flight = self._flights.get(key)
        mine = flight is None
        if flight is None:
            flight = self._flights[key] = asyncio.create_task(self._once(key, make))
            flight.add_done_callback(lambda _: self._flights.pop(key, None))
        # Whoever leaves does not take the answer away from the others.
        answer = await asyncio.shield(flight)
        return answer.body, answer.was_kept or not mine

    async def _once(self, key: str, make: Callable[[], Awaitable[Answer]]) -> Answer:
        """Once for all replicas: the first takes a lock in Redis, the others wait for its answer to appear."""
        token = uuid4().hex
        lock = f"{PREFIX}lock:{key}"
        client = self._store.client if self._seconds else None
        if client is None:
            return await make()
        taken = await self._store.attempt(client.set(lock, token, nx=True, px=int(self._wait_seconds * 1000)))
        if not taken and self._store.client is not None and (found := await self._wait(key, lock)) is not None:
            return Answer(found, is_fallback=False, was_kept=True)
        try:
            answer = await make()
            await self.keep(key, answer)
            return answer
        finally:
            if taken:
                await self._store.attempt(client.eval(RELEASE, 1, lock, token))

    async def _wait(self, key: str, lock: str) -> str | None:
        until = monotonic() + self._wait_seconds
        while monotonic() < until and (client := self._store.client) is not None:
            await asyncio.sleep(POLL_SECONDS)
            pair = await self._store.attempt(client.mget(PREFIX + key, lock))
            if pair is None or pair[0] is not None:
                return pair[0].decode() if pair else None
            if pair[1] is None:
                return None  # whoever was making it has died or failed
        return None

    async def keep(self, key: str, answer: Answer) -> None:
        """Keep an answer, one that stands in for another only briefly."""
        if self._seconds == 0 or (client := self._store.client) is None:
            return
        seconds = FALLBACK_SECONDS if answer.is_fallback else self._seconds
        lifetime = max(1, round(min(seconds, self._seconds) * uniform(1 - JITTER, 1 + JITTER)))
        await self._store.attempt(client.set(PREFIX + key, answer.body, ex=lifetime))
