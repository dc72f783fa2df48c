"""arq's side of it: jobs from the queue, jobs by the clock, and a worker that outlives its Redis."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from math import isfinite
from socket import gethostname
from time import monotonic
from typing import Any

from arq import cron, func
from arq.cron import CronJob
from arq.worker import Function, Worker
from redis.exceptions import RedisError

from ledger.jobs import IN_PROGRESS, QUEUE, TASKS, deserialize, serialize
from ledger.runs import Source
from runtime.background import pause
from worker.jobs.ending import end
from worker.jobs.runs import run
from worker.jobs.tasks import Task, tasks
from worker.resources import Resources

log = logging.getLogger(__name__)

# A job is begun anew for every life of a worker that it has outlived; one that kills them must end some time.
MAX_TRIES = 200
KEEP_RESULT_SECONDS = 24 * 3600
AWAY_SECONDS = 1.0  # between two looks whether Redis is back
HEALTH_SECONDS = 30
# Between two workers of which the first met something it cannot bear, growing: each has ended what was running.
FAILED_SECONDS, FAILED_SECONDS_MOST = 1.0, 60.0


class JobFailed(Exception):
    """What arq keeps as the result of a run that failed."""


class Jobs:
    """Works on jobs until it is stopped."""

    def __init__(self, at: Resources) -> None:
        self._at = at
        self._tasks = tasks(at.settings)
        self._functions = [self._function(self._tasks[name]) for name in TASKS]
        # They know when they are due next, and keep that over a Redis that was away: what was missed is made up for.
        self._schedule = self._cron_jobs()
        self._worker: Worker | None = None
        self._lost = False
        self._failures, self._failed_at = 0, 0.0

    async def work(self) -> None:
        """Work until cancelled. arq's worker ends when it loses Redis; another takes its place when Redis is back."""
        while True:
            self._worker = self._new_worker()
            seconds = AWAY_SECONDS
            try:
                await self._drop_unreadable()
                self._tell(lost=False)
                await self._worker.async_run()
            except (RedisError, OSError, TimeoutError) as error:
                self._tell(lost=True, error=error)
            except Exception:
                seconds = self._pause_after_failure()
                log.exception("The worker of jobs ended; another begins", extra={"in_seconds": seconds})
            finally:
                await self._abandon(self._worker)
            await pause(seconds)

    @property
    def failures(self) -> int:
        """How many workers in a row have met something that they could not bear, of late."""
        return self._failures if monotonic() - self._failed_at < 2 * FAILED_SECONDS_MOST else 0

    def _pause_after_failure(self) -> float:
        self._failures, self._failed_at = self.failures + 1, monotonic()
        return min(FAILED_SECONDS * 2.0 ** min(self._failures - 1, 10), FAILED_SECONDS_MOST)

    async def _drop_unreadable(self) -> None:
        """Take out of the queue what ends arq's worker: ids that are no text, and moments that never were."""
        entries = await self._at.queue.zrange(QUEUE, 0, -1, withscores=True)
        if unreadable := [job_id for job_id, due in entries if not (_is_text(job_id) and isfinite(due))]:
            log.error("Entries of the queue that are no jobs are dropped", extra={"entries": unreadable[:10]})
            await self._at.queue.zrem(QUEUE, *unreadable)

    async def stop(self, seconds: float) -> None:
        """Begin nothing new, and let what is running end, for so many seconds. What does not is run again later."""
        worker = self._worker
        if worker is None:
            return
        worker.allow_pick_jobs = False
        running = [task for task in worker.tasks.values() if not task.done()]
        if running:
            log.info("Waiting for running jobs", extra={"jobs": len(running)})
            await asyncio.wait(running, timeout=seconds)
        await self._abandon(worker)

    async def _abandon(self, worker: Worker) -> None:
        """End what is running: arq puts it back, or the job's lease ends; either way it is run again."""
        worker.allow_pick_jobs = False
        await end(worker.tasks.values())
        if worker.main_task is not None:
            await end([worker.main_task])

    def _tell(self, *, lost: bool, error: Exception | None = None) -> None:
        if lost != self._lost:
            self._lost = lost
            if lost:
                log.warning("Redis is away: jobs wait until it is back", extra={"error": str(error)})
            else:
                log.info("Redis is back")

    def _new_worker(self) -> Worker:
        settings = self._at.settings.worker
        worker = Worker(
            functions=self._functions,
            cron_jobs=self._schedule,
            queue_name=QUEUE,
            redis_pool=self._at.queue,
            handle_signals=False,
            max_jobs=settings.max_jobs,
            max_tries=MAX_TRIES,
            keep_result=KEEP_RESULT_SECONDS,
            health_check_interval=HEALTH_SECONDS,
            health_check_key=f"{QUEUE}:health-check:{gethostname()}",
            job_serializer=serialize,
            job_deserializer=deserialize,
            timezone=UTC,
        )
        # arq would take a job of a killed worker up again when the longest timeout of all is over: an hour. A run
        # prolongs this itself, as it does with its lock.
        worker.in_progress_timeout_s = settings.lease
        return worker

    def _function(self, task: Task, source: Source = "queue") -> Function:
        """What arq calls for a job of `task`."""

        async def perform(ctx: dict[str, Any]) -> object:
            ended = await run(
                task,
                self._at,
                run_id=ctx["job_id"],
                source=source,
                asked_at=_moment(ctx["job_id"]) or ctx["enqueue_time"],
                beside=[f"{IN_PROGRESS}{ctx['job_id']}"],
            )
            if ended.outcome == "failed":
                raise JobFailed(ended.error)
            return ended.result or {"already_running": ended.error}

        # The run's own timeout comes first; arq's knows nothing of records.
        return func(perform, name=task.name, timeout=task.timeout + 60)

    def _cron_jobs(self) -> Sequence[CronJob]:
        if self._at.settings.schedule.mode == "none":
            return []
        return [self._cron_job(task) for task in self._tasks.values() if task.is_scheduled]

    def _cron_job(self, task: Task) -> CronJob:
        """`unique`: however many workers there are, the job of one moment is there once."""
        when = task.schedule
        return cron(
            self._function(task, "schedule").coroutine,
            name=f"cron:{task.name}",
            weekday=when.weekday,
            hour=when.hour,
            minute=when.minute,
            unique=True,
            timeout=task.timeout + 60,
            keep_result=KEEP_RESULT_SECONDS,
            max_tries=MAX_TRIES,
        )


def _is_text(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _moment(job_id: str) -> datetime | None:
    """The one that a job by the clock is of: arq puts it into the queue up to a second before, in another hour."""
    beginning, _, milliseconds = job_id.rpartition(":")
    if not (beginning.startswith("cron:") and milliseconds.isascii() and milliseconds.isdigit()):
        return None
    with suppress(ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)
    return None
