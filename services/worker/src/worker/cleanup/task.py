"""`cleanup_stale_data`: delete idempotency keys that have been left behind.

By the contract's rule those are all that never expire, and those that will within a minute. A key that a running
refresh has written is not touched, whatever its lifetime: as long as the lock of that task is held, keys of a refresh
that do expire are left to do so. Looking at the lock, at the lifetime, and deleting are one script, so that nothing can
happen in between; a refresh writes its keys with their lifetime in one step, so none of its keys is ever without.
"""

from dataclasses import dataclass
from time import perf_counter

import redis.asyncio

from ledger import runs
from worker.refresh.shelf import KEYS

PATTERN = "idempotency:*"
BATCH = 500
ORPHANED_BELOW_MS = 60_000

# The lock is in the queue's database; the script's caller stays in its own.
DELETE_ORPHANS = """
redis.call('SELECT', ARGV[1])
local running = redis.call('EXISTS', ARGV[2]) == 1
redis.call('SELECT', ARGV[3])
local deleted = 0
for _, key in ipairs(KEYS) do
  local left = redis.call('PTTL', key)
  local spared = running and left >= 0 and string.sub(key, 1, #ARGV[5]) == ARGV[5]
  if left == -1 or (left >= 0 and left < tonumber(ARGV[4]) and not spared) then
    deleted = deleted + redis.call('DEL', key)
  end
end
return deleted
"""


@dataclass(frozen=True, slots=True)
class CleanedUp:
    """Contract §5.2.3."""

    deleted_idempotency_keys: int
    cleanup_time_ms: int


async def clean_up(cache: "redis.asyncio.Redis", *, cache_database: int, queue_database: int) -> CleanedUp:
    """Go through all keys with SCAN, a batch at a time. Raises RedisError."""
    begin = perf_counter()
    script = cache.register_script(DELETE_ORPHANS)
    arguments: list[str | int] = [
        queue_database,
        runs.lock("refresh_exercises"),
        cache_database,
        ORPHANED_BELOW_MS,
        KEYS,
    ]
    deleted = 0
    batch: list[bytes] = []
    async for key in cache.scan_iter(match=PATTERN, count=BATCH):
        batch.append(key)
        if len(batch) == BATCH:
            deleted += int(await script(keys=batch, args=arguments))
            batch = []
    if batch:
        deleted += int(await script(keys=batch, args=arguments))
    return CleanedUp(deleted, round((perf_counter() - begin) * 1000))
