"""What happens by the clock, and what arq is told."""

import asyncio
import json
from datetime import UTC, datetime
from time import time
from typing import Any

import pytest
import redis.asyncio

from ledger.jobs import QUEUE
from ledger.runs import Run
from services.worker.tests.conftest import Open
from worker.health.routes import _health
from worker.jobs.ending import end
from worker.jobs.queue import Jobs, _moment
from worker.jobs.tasks import Schedule

NOW = datetime(2026, 11, 25, 6, 30, tzinfo=UTC)  # a Wednesday


async def due(open_with: Open, **schedule: object) -> dict[str, datetime]:
    """When each task is due next."""
    async with open_with(schedule=schedule) as resources:
        found = {}
        for job in Jobs(resources)._schedule:
            job.calculate_next(NOW)
            assert job.next_run is not None
            assert job.unique
            found[job.name] = job.next_run.replace(microsecond=0)
        return found


async def test_the_contracts_schedule(open_with: Open) -> None:
    assert await due(open_with) == {
        "cron:refresh_exercises": datetime(2026, 11, 25, 7, 0, tzinfo=UTC),
        "cron:warmup_ai_cache": datetime(2026, 11, 26, 6, 0, tzinfo=UTC),
        "cron:cleanup_stale_data": datetime(2026, 11, 29, 2, 0, tzinfo=UTC),
    }


async def test_other_hours_and_days(open_with: Open) -> None:
    found = await due(open_with, warmup_hour=23, cleanup_day_of_week=0, cleanup_hour=4, enable_hourly_refresh=False)
    assert found == {
        "cron:warmup_ai_cache": datetime(2026, 11, 25, 23, 0, tzinfo=UTC),
        "cron:cleanup_stale_data": datetime(2026, 11, 30, 4, 0, tzinfo=UTC),
    }


async def test_somebody_elses_clock(open_with: Open) -> None:
    assert await due(open_with, mode="none") == {}


@pytest.mark.parametrize(
    ("schedule", "line"),
    [
        (Schedule(0), "0 * * * *"),
        (Schedule(0, 6), "0 6 * * *"),
        (Schedule(0, 2, 6), "0 2 * * sun"),
        (Schedule(0, 2, 0), "0 2 * * mon"),
    ],
)
def test_as_a_line_of_a_crontab(schedule: Schedule, line: str) -> None:
    assert str(schedule) == line


GOOD: dict[str, Any] = {"t": None, "f": "cleanup_stale_data", "a": [], "k": {}, "et": 1_795_000_000_000}
WRONG: list[dict[str, Any]] = [{"et": "abc"}, {"et": 1e30}, {"t": "x"}, {"f": ["x"]}, {"a": {"x": 1}}]


async def test_what_is_no_job_keeps_no_job_from_it(store: "redis.asyncio.Redis", open_with: Open) -> None:
    now = time() * 1000
    async with open_with() as resources:
        queue, jobs = resources.queue, Jobs(resources)
        async with queue.pipeline() as pipe:
            pipe.zadd(QUEUE, {b"\xff\xfe": now - 9, b"early": "-inf", b"late": "inf", b"good": now})
            pipe.set("arq:job:good", json.dumps(GOOD))
            for number, wrong in enumerate(WRONG):
                pipe.zadd(QUEUE, {f"bad{number}": now - 5})
                pipe.set(f"arq:job:bad{number}", json.dumps(GOOD | wrong))
            await pipe.execute()
        working = asyncio.create_task(jobs.work())
        try:
            for _ in range(600):
                if not await queue.zcard(QUEUE):
                    break
                await asyncio.sleep(0.05)
        finally:
            await end([working])
        result = await queue.get("arq:result:good")
        assert result is not None
        assert json.loads(result)["s"] is True
        assert jobs.failures == 0


async def test_workers_that_fail_begin_less_and_less_often_and_health_says_so(open_with: Open) -> None:
    async with open_with() as resources:
        jobs = Jobs(resources)
        pauses = [jobs._pause_after_failure() for _ in range(12)]
        assert pauses[:4] == [1, 2, 4, 8]
        assert pauses[6:] == [60] * 6
        seen = _health(0, 200, 200, jobs.failures)
        assert (seen.status, seen.details.jobs) == ("degraded", "interrupted 12 times in a row: see the log")
        jobs._failed_at -= 3600
        assert _health(0, 200, 200, jobs.failures).status == "healthy"


async def test_a_run_by_the_clock_is_of_its_moment_not_of_the_second_before(
    store: "redis.asyncio.Redis", open_with: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    async def perform(*_: object, asked_at: datetime, **__: object) -> Run:
        asked.append(asked_at)
        return Run("1", "refresh_exercises", "schedule", "done", "", 0)

    monkeypatch.setattr("worker.jobs.queue.run", perform)
    early, moment = datetime(2026, 11, 22, 21, 59, 59, 500_000, tzinfo=UTC), datetime(2026, 11, 22, 22, 0, tzinfo=UTC)
    async with open_with() as resources:
        job = Jobs(resources)._schedule[0]
        for job_id in (f"cron:refresh_exercises:{moment.timestamp() * 1000 + 123:.0f}", "cron:refresh_exercises:x"):
            await job.coroutine({"job_id": job_id, "enqueue_time": early})
    assert [when.replace(microsecond=0) for when in asked] == [moment, early.replace(microsecond=0)]


@pytest.mark.parametrize("job_id", ["refresh_exercises-12", "cron:x", "cron:x:", "cron:x:²", f"cron:x:{'9' * 30}"])
def test_of_no_moment(job_id: str) -> None:
    assert _moment(job_id) is None
