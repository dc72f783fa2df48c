"""One run of one task: alone, in time, and on record."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from redis.asyncio.client import Pipeline
from redis.exceptions import RedisError, ResponseError

from ledger import runs
from ledger.runs import Run, Source
from tracker_client import TrackerError
from worker.jobs.ending import end, finish
from worker.jobs.lock import AlreadyRunning, Lock
from worker.jobs.tasks import Result, Task
from worker.resources import Resources

log = logging.getLogger(__name__)

ITEMS = {"processed", "skipped", "successful", "failed", "deleted_idempotency_keys"}
"""What of a result is counted over all runs."""


class LockLost(Exception):
    """The run stood still for too long, and somebody else has begun."""


async def run(
    task: Task,
    at: Resources,
    *,
    run_id: str,
    source: Source,
    asked_at: datetime | None = None,
    beside: Sequence[str] = (),
) -> Run:
    """Run a task unless it is running already, and put on record what became of it. Raises nothing of the task's."""
    lock = Lock(at.queue, task.name, run_id, lease=at.settings.worker.lease, beside=beside)
    started, begin = datetime.now(UTC), perf_counter()
    log.info("%s begins", task.name, extra={"run": run_id})
    blank = Run(run_id, task.name, source, "failed", started.isoformat(timespec="milliseconds"), 0.0)
    ended = await _end_of(blank, task, _alone(lock, task, lambda: task.perform(at, asked_at or started)))
    ended = replace(ended, seconds=round(perf_counter() - begin, 3))
    await _record(at, ended)
    return ended


async def _end_of(blank: Run, task: Task, work: Awaitable[Result]) -> Run:
    """What becomes of the work, told to the log as well."""
    try:
        result = asdict(await work)
    except AlreadyRunning as error:
        log.warning("%s is %s", task.name, error)
        return replace(blank, outcome="already_running", error=str(error))
    except (TrackerError, RedisError, OSError, TimeoutError, LockLost) as error:  # what can be expected of a network
        ended = replace(blank, error=_words(error, task))
        log.error("%s failed: %s", task.name, ended.error)
        return ended
    except Exception as error:
        log.exception("%s failed", task.name)
        return replace(blank, error=f"{type(error).__name__}: {error}")
    ended = _judged(blank, result)
    log.info("%s is %s", task.name, ended.outcome, extra=result)
    return ended


def _judged(blank: Run, result: dict[str, float]) -> Run:
    """Done, unless something in it failed."""
    if failed := result.get("failed"):
        return replace(blank, outcome="failed", result=result, error=f"{failed} failed")
    return replace(blank, outcome="done", result=result)


def _words(error: Exception, task: Task) -> str:
    if isinstance(error, TimeoutError) and not str(error):
        return f"not done within {task.timeout:g} s"
    return str(error) or type(error).__name__


async def _alone(lock: Lock, task: Task, perform: Callable[[], Awaitable[Result]]) -> Result:
    """Raises AlreadyRunning, LockLost, TimeoutError, RedisError where the task needs Redis, and what the task does."""
    try:
        await lock.acquire()
    except (RedisError, OSError) as error:
        if task.needs_redis or isinstance(error, ResponseError):  # it is there, and refuses: a wrong database
            raise
        log.warning("Redis is away: nobody can tell whether the task is running elsewhere", extra={"error": str(error)})
    work, keeping = asyncio.ensure_future(perform()), asyncio.create_task(lock.keep())
    try:
        async with asyncio.timeout(task.timeout):
            await asyncio.wait((work, keeping), return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            raise LockLost("the lock was lost: another run has begun")
        return work.result()
    finally:
        await finish(_give_back(lock, work, keeping))


async def _give_back(lock: Lock, *working: "asyncio.Future[Any]") -> None:
    """The lock is others' when nobody works any more."""
    await end(working)
    await lock.release()


async def _record(at: Resources, run: Run) -> None:
    """Leave it where others look: a process that runs one task is gone before anybody could ask it."""
    try:
        async with at.queue.pipeline(transaction=True) as pipe:
            _note(pipe, run)
            await pipe.execute()
    except (RedisError, OSError, TimeoutError) as error:
        log.warning("The run cannot be put on record", extra={"run": run.id, "error": str(error)})


def _note(pipe: Pipeline, run: Run) -> None:
    text, result = run.to_json(), run.result or {}
    pipe.lpush(runs.RECENT, text)
    pipe.ltrim(runs.RECENT, 0, runs.KEPT - 1)
    pipe.hincrby(runs.TOTALS, f"runs:{run.task}:{run.outcome}", 1)
    for what in ITEMS & result.keys():
        pipe.hincrby(runs.TOTALS, f"items:{run.task}:{what}", int(result[what]))
    if run.outcome != "already_running":
        pipe.set(runs.last(run.task), text)
        pipe.hincrbyfloat(runs.TOTALS, f"seconds:{run.task}", run.seconds)
    if run.outcome == "done":
        pipe.set(runs.success(run.task), text)
