"""What happens by the clock, and what arq is told."""

from datetime import UTC, datetime

import pytest

from services.worker.tests.conftest import Open
from worker.jobs.queue import Jobs
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
        (Schedule(0, 2, 6), "0 2 * * 0"),
        (Schedule(0, 2, 0), "0 2 * * 1"),
    ],
)
def test_as_a_line_of_a_crontab(schedule: Schedule, line: str) -> None:
    assert str(schedule) == line
