"""One run of a task at a time, over all processes: a lock in Redis that its holder renews, and that expires without it.

A run that has stood still for longer than its lease finds its lock taken and gives up. That two runs overlap for a
moment then does no harm, since every task may be repeated.
"""

import logging
from collections.abc import Sequence
from secrets import token_hex

import redis.asyncio
from redis.exceptions import RedisError

from ledger import runs
from runtime.background import pause

log = logging.getLogger(__name__)

# A job that is taken up again has the id that it had: what is locked by it was locked by its own life before.
ACQUIRE = """
local held = redis.call('GET', KEYS[1])
if held and string.sub(held, 1, #ARGV[1] + 1) ~= ARGV[1] .. '/' then return held end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return false
"""
# A Redis that has come back empty has forgotten the lock, not given it to somebody else.
RENEW = """
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
for i = 2, #KEYS do redis.call('PEXPIRE', KEYS[i], ARGV[2]) end
return 1
"""
RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"


class AlreadyRunning(Exception):
    """Somebody else is running the task."""

    def __init__(self, holder: str) -> None:
        super().__init__(f"already running elsewhere: {holder}")


class Lock:
    """The lock of `task` for the run `run_id`. `beside` are keys that shall live as long as the run, too."""

    def __init__(
        self, client: "redis.asyncio.Redis", task: str, run_id: str, *, lease: float, beside: Sequence[str] = ()
    ) -> None:
        self._client = client
        self._run_id = run_id
        self._value = f"{run_id}/{token_hex(8)}"
        self._keys = [runs.lock(task), *beside]
        self._lease = lease

    async def acquire(self) -> None:
        """Raises AlreadyRunning, RedisError."""
        script = self._client.register_script(ACQUIRE)
        held = await script(keys=self._keys[:1], args=[self._run_id, self._value, self._lease_ms])
        if held is not None:
            raise AlreadyRunning(runs.holder(held))

    async def keep(self) -> None:
        """Renew it until it is lost. A Redis that is away takes it from nobody."""
        script = self._client.register_script(RENEW)
        while True:
            await pause(self._lease / 3)
            try:
                if not await script(keys=self._keys, args=[self._value, self._lease_ms]):
                    return
            except (RedisError, OSError, TimeoutError) as error:
                log.warning("The lock cannot be renewed for a moment", extra={"error": str(error)})

    async def release(self) -> None:
        """Let others run the task. Where Redis is away the lock expires by itself."""
        try:
            await self._client.register_script(RELEASE)(keys=self._keys[:1], args=[self._value])
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("The lock cannot be released: it will expire", extra={"error": str(error)})

    @property
    def _lease_ms(self) -> int:
        return int(self._lease * 1000)
