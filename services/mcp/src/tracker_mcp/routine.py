"""The routine in the words of `training`, and what its rules say of it."""

from collections.abc import Sequence
from itertools import islice

from tracker_client import Exercise as Stored
from tracker_mcp import schemas
from training.load import totals_by_day
from training.model import Exercise, MuscleGroup
from training.recognition import recognise
from training.review import facts, review, worked
from training.session_time import Slot, session_minutes
from training.weekly import shares, week, weekly_sets

MAX_NAMES = 20


def lines(routine: Sequence[Stored]) -> list[Exercise]:
    """The routine as the rules take it."""
    return [Exercise(e.name, e.sets, e.reps, e.weight, e.workout_day) for e in routine]


def minutes_by_day(routine: Sequence[Exercise]) -> dict[str, int]:
    """How long each day takes, days in alphabetical order."""
    days: dict[str, list[Slot]] = {}
    for line in routine:
        found = recognise(line.name)
        timed, unilateral = (found.movement.timed, found.movement.unilateral) if found.movement else (False, False)
        slot = Slot(line.sets, line.reps, found.pattern, timed=timed, unilateral=unilateral)
        days.setdefault(line.workout_day, []).append(slot)
    return {day: session_minutes(days[day]) for day in sorted(days)}


def summary(routine: Sequence[Exercise]) -> schemas.RoutineSummary:
    """Everything that can be said of a routine by rule."""
    said, numbers, work = review(routine), facts(routine), worked(routine)
    return schemas.RoutineSummary.model_validate(
        {
            "summary": said.summary,
            "exercises": len(routine),
            "total_volume_kg": numbers["volume_kg"],
            "days": _days(routine),
            "weekly_sets": [
                {"muscle": g.group, "sets": g.sets, "low": g.low, "high": g.high, "verdict": g.verdict}
                for g in week(work)
            ],
            "balance_score": said.balance_score,
            "ratios": {name.replace("/", "_to_"): ratio for name, ratio in _ratios(numbers).items()},
            "missing_muscles": numbers["missing_muscle_groups"],
            "strengths": said.strengths,
            "gaps": said.areas_to_improve,
            "suggestions": said.recommendations,
            "not_recognised": [line.exercise.name for line in work if line.primary is None][:MAX_NAMES],
        }
    )


def _ratios(numbers: dict[str, object]) -> dict[str, float | None]:
    found = numbers["ratios"]
    assert isinstance(found, dict)
    return found


def _days(routine: Sequence[Exercise]) -> list[schemas.Day]:
    minutes = minutes_by_day(routine)
    return [
        schemas.Day(
            day=day,
            exercises=sums.weighted + sums.bodyweight,
            sets=sums.sets,
            volume_kg=round(sums.volume_kg, 1),
            minutes=minutes[day],
        )
        for day, sums in islice(totals_by_day(routine).items(), schemas.MAX_DAYS)
    ]


def by_muscle(routine: Sequence[Stored], muscle: MuscleGroup) -> schemas.ExercisesByMuscle:
    """The exercises that work a muscle group, those that mainly do first."""
    work = worked(lines(routine))
    found: list[schemas.Worker] = []
    for stored, line in zip(routine, work, strict=True):
        share = shares(line.primary, line.secondary).get(muscle, 0.0)
        if line.primary == muscle or share:
            role = "primary" if line.primary == muscle else "secondary"
            found.append(schemas.Worker.model_validate({"exercise": stored.model_dump(), "role": role}))
    found.sort(key=lambda each: each.role)  # stable: within a role the routine's order
    sets = sum(line.exercise.sets for line in work if line.primary == muscle)
    return schemas.ExercisesByMuscle(
        muscle=muscle,
        total=len(found),
        weekly_sets=weekly_sets(work).get(muscle, float(sets)),
        items=found[: schemas.MAX_ITEMS],
    )
