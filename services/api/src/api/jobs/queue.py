"""The worker's queue and records, as the API sees them: it asks for jobs and looks what became of them."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress

from arq import ArqRedis
from pydantic import ValidationError
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError

from api.jobs.errors import JobNotFound, QueueUnavailable, TaskIsRunning
from api.jobs.schemas import Job, State
from ledger import runs
from ledger.jobs import QUEUE, TASKS, TaskName, deserialize, new_id, serialize
from ledger.runs import Run

TIMEOUT_SECONDS = 1.0


class JobQueue:
    """Every method raises QueueUnavailable where Redis is away, or none is configured."""

    def __init__(self, url: str | None) -> None:
        self._url = url
        pool = url and ConnectionPool.from_url(
            url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS
        )
        self._redis = ArqRedis(
            pool or None, job_serializer=serialize, job_deserializer=deserialize, default_queue_name=QUEUE
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._redis.aclose(close_connection_pool=True)

    async def ask_for(self, task: TaskName) -> Job:
        """A new job of that task. Raises TaskIsRunning.

        Two who ask in the same instant may both be told yes: the second job then finds the task running and says so.
        """
        async with self._reaching() as redis:
            if any(job.task == task for job in await self._under_way()):
                raise TaskIsRunning
            job_id = new_id(task)
            await redis.enqueue_job(task, _job_id=job_id)
        return Job(id=job_id, task=task, state="queued")

    async def jobs(self) -> list[Job]:
        """What is under way, then the last runs, the newest first."""
        async with self._reaching() as redis:
            under_way = await self._under_way()
            texts = redis.lrange(runs.RECENT, 0, -1)
            assert not isinstance(texts, list)  # redis-py types both of its clients
            ended = [Job.of(run) for run in _readable(await texts)]
        return [*under_way, *ended]

    async def job(self, job_id: str) -> Job:
        """One of these. Raises JobNotFound."""
        found = next((job for job in await self.jobs() if job.id == job_id), None)
        if found is None:
            raise JobNotFound
        return found

    async def _under_way(self) -> list[Job]:
        """Running ones by their locks, then waiting ones of the queue."""
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.mget([runs.lock(task) for task in TASKS])
            pipe.zrange(QUEUE, 0, -1)
            holders, waiting = await pipe.execute()
        held = [(task, runs.holder(lock)) for task, lock in zip(TASKS, holders, strict=True) if lock is not None]
        running = [job for task, job_id in held for job in _job(job_id, task, "running")]
        known = {job.id for job in running}
        return [*running, *(job for job in _waiting(waiting) if job.id not in known)]

    @asynccontextmanager
    async def _reaching(self) -> AsyncIterator[ArqRedis]:
        if self._url is None:
            raise QueueUnavailable("There is no queue of jobs: REDIS_URL is not set")
        try:
            yield self._redis
        except (RedisError, OSError, TimeoutError) as error:
            raise QueueUnavailable from error


def _waiting(ids: Iterable[bytes]) -> Iterable[Job]:
    for raw in ids:
        job_id = raw.decode(errors="replace")
        # An id begins with its task, and so does the clock's, after `cron:`.
        for task in TASKS:
            if job_id.removeprefix("cron:").startswith(task):
                yield from _job(job_id, task, "queued")


def _job(job_id: str, task: TaskName, state: State) -> Iterable[Job]:
    """None for an id that nobody here has given."""
    with suppress(ValidationError):
        yield Job(id=job_id, task=task, state=state)


def _readable(texts: Iterable[bytes]) -> Iterable[Run]:
    """Runs that this version understands."""
    for text in texts:
        try:
            run = Run.from_json(text)
            Job.of(run)
        except (ValueError, TypeError, ValidationError):
            continue
        yield run
