"""`refresh_exercises`: derive an insight from every exercise and put it where others find it."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Literal

from ledger import insights
from runtime.background import check_cancelled
from tracker_client import Exercise, Refused, TrackerClient
from training import model
from training.insight import insight
from training.recognition import recognise
from worker.refresh.shelf import Shelf

log = logging.getLogger(__name__)

Fate = Literal["processed", "skipped", "failed"]
Report = Callable[[Exercise, Fate, float], None]
"""Is told of each exercise, what became of it, and after how many milliseconds."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """Contract §5.2.1. What was refreshed before, within the hour, is a success; what Redis did not take, is not."""

    processed: int
    skipped: int
    failed: int
    total: int
    success_rate: float


async def read(tracker: TrackerClient, *, has_account: bool) -> list[Exercise]:
    """Every exercise of every routine, where the account may read them; else those of the caller's own routine.

    Raises Unreachable, Refused.
    """
    if has_account:
        try:
            return await tracker.exercises(scope="all")
        except Refused as refused:
            if refused.status != 403:
                raise
            log.warning("Only the account's own routine is refreshed: its role may not read all")
    return await tracker.exercises()


async def refresh(
    exercises: list[Exercise], shelf: Shelf, *, concurrency: int, report: Report | None = None
) -> Refreshed:
    """Refresh what has not been refreshed this hour, up to `concurrency` exercises at a time."""
    fates: dict[Fate, int] = {"processed": 0, "skipped": 0, "failed": 0}
    waiting = iter(exercises)

    async def work() -> None:
        for exercise in waiting:
            check_cancelled()
            begin = perf_counter()
            fate = await _refresh_one(exercise, shelf)
            fates[fate] += 1
            if report:
                report(exercise, fate, (perf_counter() - begin) * 1000)

    async with asyncio.TaskGroup() as group:
        for _ in range(min(concurrency, len(exercises))):
            group.create_task(work())
    if left := await shelf.settle():
        log.error("Redis has not taken these insights: nobody will find them", extra={"insights": left})
        fates["processed"] -= left
        fates["failed"] += left
    return _result(fates, len(exercises))


def _result(fates: dict[Fate, int], total: int) -> Refreshed:
    rate = 100 * (total - fates["failed"]) / total if total else 100.0
    return Refreshed(fates["processed"], fates["skipped"], fates["failed"], total, round(rate, 1))


async def _refresh_one(exercise: Exercise, shelf: Shelf) -> Fate:
    try:
        digest = digest_of(exercise)
        if await shelf.has(exercise.id, digest):
            return "skipped"
        stored = await shelf.put(exercise.id, digest, insights.encode(digest, derive(exercise)))
        return "processed" if stored else "skipped"
    except Exception:  # one exercise that cannot be understood must not keep the others from it
        check_cancelled()
        log.exception("An exercise cannot be refreshed", extra={"exercise_id": exercise.id})
        return "failed"


def digest_of(exercise: Exercise) -> str:
    """Of its six fields."""
    return insights.digest(
        exercise.id, exercise.name, exercise.sets, exercise.reps, exercise.weight, exercise.workout_day
    )


def derive(exercise: Exercise) -> dict[str, str | float | list[str] | None]:
    """What can be said about an exercise, as JSON has it."""
    line = model.Exercise(exercise.name, exercise.sets, exercise.reps, exercise.weight, exercise.workout_day)
    known = recognise(exercise.name)
    return insight(line, known.primary, known.secondary, known.pattern, known.kind).asdict()
