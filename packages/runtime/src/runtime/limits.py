"""Rate limits that hold across replicas, cost microseconds and survive Redis.

slowapi's limiter counts in a storage of our own: in this process at once, and in Redis a moment later. No request
ever waits for the network. Replicas share a limit to within one settling interval; alone, or without Redis, a process
is exact.
"""

import logging
from contextlib import suppress
from itertools import islice
from math import ceil
from time import time
from typing import Annotated, Any, NamedTuple

import redis.asyncio
from limits import RateLimitItem, parse_many
from limits.storage import Storage
from prometheus_client import Counter
from pydantic import AfterValidator
from redis.exceptions import RedisError
from slowapi import Limiter
from starlette.types import Scope

from runtime.background import pause
from runtime.problems import Problem

log = logging.getLogger(__name__)

MAX_WINDOWS = 50_000  # one key each: what a flood of addresses may cost us in memory, some 10 MB


def _parsable(text: str) -> str:
    try:
        rates = parse_many(text)
    except ValueError:
        rates = []
    if len(rates) != 1:
        raise ValueError("not a rate limit: write it like 60/minute or 10/second")
    return text


Rate = Annotated[str, AfterValidator(_parsable)]
"""A setting such as `60/minute`; unparsable text is refused at start."""


class RateLimitExceeded(Problem):
    """The caller has used up a limit."""

    status = 429
    kind = "urn:problem:rate-limit-exceeded"
    detail = "Rate limit exceeded"


class Quota(NamedTuple):
    """What a caller has left of a limit: for the RateLimit headers (draft-ietf-httpapi-ratelimit-headers-10)."""

    policy: str
    amount: int
    window_seconds: int
    remaining: int
    reset_seconds: int


def quota_headers(quota: Quota) -> list[tuple[bytes, bytes]]:
    """`RateLimit-Policy: "read";q=60;w=60` and `RateLimit: "read";r=59;t=30`."""
    policy = f'"{quota.policy}";q={quota.amount};w={quota.window_seconds}'
    state = f'"{quota.policy}";r={quota.remaining};t={quota.reset_seconds}'
    return [(b"ratelimit-policy", policy.encode()), (b"ratelimit", state.encode())]


class Window:
    """One key's count in the current window: ours, the other replicas', and what of ours Redis has not heard of."""

    __slots__ = ("ends", "mine", "others", "unsettled")

    def __init__(self, ends: float) -> None:
        self.mine = self.others = self.unsettled = 0
        self.ends = ends

    @property
    def count(self) -> int:
        """All that is known of."""
        return self.mine + self.others


class SettlingStorage(Storage):
    """A storage for `limits` that counts in the process; `settle` exchanges the counts with Redis.

    Windows follow the clock (12:00:00 to 12:01:00, not "since the first request"): all replicas mean the same one.
    """

    STORAGE_SCHEME = ["settling"]
    base_exceptions = RedisError

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: Any) -> None:
        super().__init__(uri, wrap_exceptions, **options)
        self._windows: dict[str, Window] = {}
        self._touched: dict[str, Window] = {}
        self.latest = Window(0.0)  # the one that was counted in last

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count `amount` and return the count of the current window, as far as it is known here."""
        now = time()
        window = self._windows.get(key)
        if window is None or window.ends <= now:
            window = self._begin(key, now, expiry)
        window.mine += amount
        window.unsettled += amount
        self._touched[key] = self.latest = window
        return window.count

    def get(self, key: str) -> int:
        """The count of the current window."""
        window = self._windows.get(key)
        return window.count if window and window.ends > time() else 0

    def get_expiry(self, key: str) -> float:
        """When the current window ends, in seconds since the epoch."""
        window = self._windows.get(key)
        return window.ends if window else time()

    def check(self) -> bool:
        """Always usable: what Redis cannot be told now is told later."""
        return True

    def clear(self, key: str) -> None:
        """Forget one key, here."""
        self._forget(key)

    def reset(self) -> int:
        """Forget all keys, here, and say how many they were."""
        forgotten = len(self._windows)
        self._windows.clear()
        self._touched.clear()
        return forgotten

    def _begin(self, key: str, now: float, expiry: int) -> Window:
        """A new window, the youngest of all. What has ended makes room for it, else the oldest, at a constant cost."""
        self._forget(key)
        is_full = len(self._windows) >= MAX_WINDOWS
        for oldest, window in list(islice(self._windows.items(), 100 if is_full else 2)):
            if window.ends <= now:
                self._forget(oldest)
        if len(self._windows) >= MAX_WINDOWS:
            self._forget(next(iter(self._windows)))
        window = self._windows[key] = Window((now // expiry + 1) * expiry)
        return window

    def _forget(self, key: str) -> None:
        self._windows.pop(key, None)
        self._touched.pop(key, None)

    async def settle(self, client: redis.asyncio.Redis) -> int:
        """Tell Redis what was counted here since the last time and learn what the other replicas counted.

        Returns how many keys that were. Raises RedisError when it fails; nothing is lost then, the counts go with the
        next settling.
        """
        now = time()
        touched = [(key, window, window.unsettled) for key, window in self._touched.items() if window.ends > now]
        self._touched = {}
        try:
            totals = await self._exchange(client, touched)
        except BaseException:
            self._touched = {key: window for key, window, _ in touched} | self._touched
            raise
        for (key, window, sent), total in zip(touched, totals, strict=True):
            if isinstance(total, Exception):  # this key alone: it goes with the next settling
                self._touched.setdefault(key, window)
                continue
            window.unsettled -= sent
            window.others = max(0, int(total) - (window.mine - window.unsettled))
        return len(touched)

    async def _exchange(self, client: redis.asyncio.Redis, touched: list[tuple[str, Window, int]]) -> list[Any]:
        if not touched:
            return []
        async with client.pipeline(transaction=False) as pipe:
            for key, window, sent in touched:
                name = f"{key}@{window.ends:.0f}"
                pipe.incrby(name, sent)
                pipe.expireat(name, int(window.ends) + 5)
            results: list[Any] = await pipe.execute(raise_on_error=False)
        return results[::2]


class RateLimits:
    """What a service asks: may this caller do that once more?"""

    def __init__(
        self, *, enabled: bool, redis_url: str | None, decisions: Counter, interval_seconds: float = 0.1
    ) -> None:
        self._enabled = enabled
        self._redis_url = redis_url
        self._interval_seconds = interval_seconds
        self._decisions = decisions
        self._decided: dict[tuple[str, bool], Counter] = {}
        # `enabled` and the other settings are ours; slowapi would read its own from the environment.
        limiter = Limiter(lambda: "", storage_uri="settling://", strategy="fixed-window")
        self._limiter = limiter.limiter
        storage = self._limiter.storage
        assert isinstance(storage, SettlingStorage)
        self._storage = storage

    def count(self, scope: Scope, policy: str, limit: RateLimitItem, key: str) -> None:
        """Count one request of `key`, leave its quota for the edge, raise RateLimitExceeded when it is one too many."""
        if not self._enabled:
            return
        allowed = self._limiter.hit(limit, policy, key)
        window = self._storage.latest
        reset = max(1, ceil(window.ends - time()))
        scope["quota"] = Quota(policy, limit.amount, limit.get_expiry(), max(0, limit.amount - window.count), reset)
        if (decisions := self._decided.get((policy, allowed))) is None:
            decisions = self._decided[policy, allowed] = self._decisions.labels(policy, str(allowed).lower())
        decisions.inc()
        if not allowed:
            raise RateLimitExceeded(f"Rate limit exceeded: {limit}", headers={"Retry-After": str(reset)})

    async def settle_forever(self) -> None:
        """Exchange counts with Redis until cancelled. A Redis that is away or silent costs nothing but the sharing."""
        if not (self._enabled and self._redis_url):
            return
        reachable = True
        client = redis.asyncio.Redis.from_url(self._redis_url, socket_timeout=1, socket_connect_timeout=1)
        try:
            while True:
                await pause(self._interval_seconds)
                was_reachable, reachable = reachable, await self._settle_once(client, reachable)
                if reachable != was_reachable:
                    state = "reachable again" if reachable else "not reachable: limits are counted per process"
                    log.warning("Redis is %s", state)
        finally:
            # A connection that is cut just now cannot be closed; uvloop says so with a RuntimeError.
            with suppress(RedisError, OSError, RuntimeError):
                await client.aclose()

    async def _settle_once(self, client: redis.asyncio.Redis, reachable: bool) -> bool:
        """Is Redis reachable? Where there was nothing to tell it, it is what it was."""
        with suppress(RedisError, OSError, TimeoutError):
            return bool(await self._storage.settle(client)) or reachable
        return False
