"""The scheduled tasks: what they do, when, and for how long at the most."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Protocol

from ledger.jobs import TaskName
from worker.cleanup.task import clean_up
from worker.refresh.shelf import Shelf
from worker.refresh.task import read, refresh
from worker.resources import Resources
from worker.settings import WorkerSettings
from worker.warmup.task import warm_up

if TYPE_CHECKING:
    from dataclasses import Field


class Result(Protocol):
    """A dataclass of numbers. `failed`, where it has one, counts what did not succeed."""

    __dataclass_fields__: ClassVar[dict[str, "Field[object]"]]


DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Schedule:
    """When, in UTC; None is every. `weekday` 0 is Monday."""

    minute: int
    hour: int | None = None
    weekday: int | None = None

    def __str__(self) -> str:
        """As a line of a crontab, with days by their names: there 0 is Sunday."""
        hour = "*" if self.hour is None else self.hour
        return f"{self.minute} {hour} * * {'*' if self.weekday is None else DAYS[self.weekday]}"


@dataclass(frozen=True, slots=True)
class Task:
    """`perform` is given the time at which the run was asked for. `timeout` is in seconds."""

    name: TaskName
    purpose: str
    perform: Callable[[Resources, datetime], Awaitable[Result]]
    schedule: Schedule
    is_scheduled: bool
    timeout: float
    needs_redis: bool = True


async def _refresh(at: Resources, asked_at: datetime) -> Result:
    settings = at.settings.refresh
    exercises = await read(at.tracker, has_account=at.settings.api_client.username is not None)
    shelf = Shelf(at.cache, asked_at=asked_at, ttl=settings.idempotency_ttl)
    return await refresh(exercises, shelf, concurrency=settings.concurrency)


async def _warm_up(at: Resources, _: datetime) -> Result:
    return await warm_up(at.coach, pause=at.settings.warmup.pause)


async def _clean_up(at: Resources, _: datetime) -> Result:
    databases = at.settings.redis
    return await clean_up(at.cache, cache_database=databases.cache_database, queue_database=databases.database)


def tasks(settings: WorkerSettings) -> dict[TaskName, Task]:
    """All tasks, by name."""
    return {task.name: task for task in (_refreshing(settings), _warming_up(settings), _cleaning_up(settings))}


def _refreshing(settings: WorkerSettings) -> Task:
    return Task(
        name="refresh_exercises",
        purpose="derive an insight from every exercise, for the coach",
        perform=_refresh,
        schedule=Schedule(0),
        is_scheduled=settings.schedule.enable_hourly_refresh,
        timeout=settings.worker.job_timeout,
        needs_redis=False,
    )


def _warming_up(settings: WorkerSettings) -> Task:
    return Task(
        name="warmup_ai_cache",
        purpose="ask the coach what people ask most, so that it knows the answers",
        perform=_warm_up,
        schedule=Schedule(0, settings.schedule.warmup_hour),
        is_scheduled=settings.schedule.enable_daily_warmup,
        timeout=settings.warmup.timeout,
    )


def _cleaning_up(settings: WorkerSettings) -> Task:
    return Task(
        name="cleanup_stale_data",
        purpose="delete idempotency keys that were left behind",
        perform=_clean_up,
        schedule=Schedule(0, settings.schedule.cleanup_hour, settings.schedule.cleanup_day_of_week),
        is_scheduled=settings.schedule.enable_weekly_cleanup,
        timeout=settings.worker.job_timeout,
    )
