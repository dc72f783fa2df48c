"""A session: what is asked for, what is answered, and how long it takes."""

from collections.abc import Sequence
from dataclasses import dataclass

from training.model import Level, MuscleGroup
from training.recognition import recognise
from training.session_time import Slot, seconds_of, session_minutes


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """What a session must fit. `equipment` and `avoid` are as people write them; None is no wish."""

    focus: MuscleGroup | None = None
    equipment: tuple[str, ...] = ("barbell", "dumbbells", "cables", "bodyweight")
    minutes: int = 60
    level: Level | None = None
    avoid: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedExercise:
    """A line of a session. `reps` is "8-12", "10" or "30 s"."""

    name: str
    sets: int
    reps: str
    weight_suggestion: str
    notes: str
    muscle_group: MuscleGroup


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """A session; `minutes` are by the time model, warm-up and rests included."""

    title: str
    description: str
    exercises: tuple[PlannedExercise, ...]
    minutes: int
    difficulty: Level
    tips: tuple[str, ...]


def plan_minutes(exercises: Sequence[PlannedExercise]) -> int:
    """How long a session takes, by the time model. Any text is answered.

    Names are recognised, unknown ones count as compound; repetitions that cannot be read count as AMRAP.
    """
    return session_minutes([_slot(exercise) for exercise in exercises])


def _slot(exercise: PlannedExercise) -> Slot:
    reps = exercise.reps if _readable(exercise.reps) else "AMRAP"
    movement = recognise(exercise.name).movement
    if movement is None:
        return Slot(exercise.sets, reps)
    return Slot(exercise.sets, reps, movement.pattern, movement.timed, movement.unilateral)


def _readable(reps: str) -> bool:
    try:
        seconds_of(reps)
    except ValueError:
        return False
    return True
