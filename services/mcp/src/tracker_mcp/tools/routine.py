"""What the rules say of the routine, computed here and never by a model."""

import json
from collections import Counter
from typing import Annotated

from pydantic import Field

from tracker_mcp import routine, schemas
from tracker_mcp.backend import Backend
from tracker_mcp.tools.registering import Registry
from tracker_mcp.words import PlainError
from training.load import (
    MAX_ESTIMATED_REPS,
    brzycki_kg,
    epley_kg,
    estimated_1rm_kg,
    percent_of_1rm,
    working_weight_kg,
)
from training.model import MuscleGroup

MAX_NAMED = 20
PRESCRIBED = (1, 2, 3, 5, 8, 10, 12, 15)


class RoutineTools:
    """Few and coarse: each answers a whole question."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    async def routine_summary(self) -> schemas.RoutineSummary:
        """The routine at a glance: days, volume, weekly sets per muscle, balance, gaps, suggestions. Start here."""
        return routine.summary(routine.lines(await self._backend.routine()))

    async def exercises_by_muscle(self, muscle: MuscleGroup) -> schemas.ExercisesByMuscle:
        """Which exercises work a muscle group, recognised by their names."""
        return routine.by_muscle(await self._backend.routine(), muscle)

    async def session_time(
        self, day: Annotated[str | None, Field(max_length=10, description="Left out: every day")] = None
    ) -> schemas.SessionTime:
        """How many minutes a training day takes, with rests, changes and a warm-up."""
        stored = routine.lines(await self._backend.routine())
        minutes = routine.minutes_by_day(stored)
        if day is not None and day not in minutes:
            raise PlainError(f"There is no such day; the days are: {_named(list(minutes))}")
        counts = Counter(line.workout_day for line in stored)
        chosen = list(minutes)[: schemas.MAX_DAYS] if day is None else [day]
        return schemas.SessionTime(
            days=[schemas.DayTime(day=each, exercises=counts[each], minutes=minutes[each]) for each in chosen]
        )

    async def estimate_1rm(
        self,
        weight: Annotated[float, Field(gt=0, le=1000, description="kg")],
        reps: Annotated[int, Field(ge=1, le=MAX_ESTIMATED_REPS, description="Done with it, close to failure")],
    ) -> schemas.OneRepMax:
        """The most one could lift once, estimated from a hard set, and working weights that follow from it."""
        one_rm = estimated_1rm_kg(weight, reps)
        assert one_rm is not None, "the arguments' limits are the formulas'"
        return schemas.OneRepMax(
            estimated_1rm_kg=round(one_rm, 1),
            epley_kg=round(epley_kg(weight, reps) or 0, 1),
            brzycki_kg=round(brzycki_kg(weight, reps) or 0, 1),
            working_weights=[
                schemas.WorkingWeight(
                    reps=each,
                    weight_kg=round(working_weight_kg(one_rm, each) or 0, 1),
                    percent=round(percent_of_1rm(each) or 0, 1),
                )
                for each in PRESCRIBED
            ],
        )


def _named(days: list[str]) -> str:
    """Quoted, for people typed them, and not too many."""
    more = " and more" if len(days) > MAX_NAMED else ""
    return (", ".join(json.dumps(day, ensure_ascii=False) for day in days[:MAX_NAMED]) or "none yet") + more


def register(registry: Registry, backend: Backend) -> None:
    """Add all."""
    tools = RoutineTools(backend)
    registry.read("Summarise the routine", tools.routine_summary, schemas.RoutineSummary)
    registry.read("Find exercises by muscle", tools.exercises_by_muscle, schemas.ExercisesByMuscle)
    registry.read("Estimate a one-repetition maximum", tools.estimate_1rm, schemas.OneRepMax)
    registry.read("Estimate how long training takes", tools.session_time, schemas.SessionTime)
