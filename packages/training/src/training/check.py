"""Does a session keep the rules, whoever wrote it? Independent of `training.plan`, for plans of language models too."""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from training import avoidance, equipment
from training.catalogue import MOVEMENTS
from training.model import LEVELS, Movement, MuscleGroup
from training.plan import PlannedExercise, PlanRequest, SessionPlan
from training.recognition import recognise
from training.session_time import Slot, seconds_of, session_minutes

Rule = Literal[
    "empty", "unknown", "equipment", "avoid", "level", "duplicate", "sets", "reps", "time", "focus", "coverage"
]

MIN_SETS, MAX_SETS = 1, 6
MAX_REPS = 30
MAX_HOLD_SECONDS = 300
SECONDS_PER_REP = 3
COVERED_FROM = 4
"""From so many exercises on a session for the whole body must touch three of push, pull, legs and core."""

_AREAS: dict[str, MuscleGroup | str] = {
    "chest": "push",
    "shoulders": "push",
    "triceps": "push",
    "back": "pull",
    "biceps": "pull",
    "legs": "legs",
    "core": "core",
}


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that a plan breaks: which, where, and a sentence that says what to do about it."""

    rule: Rule
    exercise: str | None
    sentence: str


def violations(plan: SessionPlan, request: PlanRequest) -> tuple[Violation, ...]:
    """Everything wrong with a plan; empty when it may be shown."""
    possible = [movement for movement in MOVEMENTS if _allowed(movement, request)]
    if not plan.exercises:
        return (Violation("empty", None, "The session has no exercise."),) if possible else ()
    found = [violation for exercise in plan.exercises for violation in _of_exercise(exercise, request)]
    return (*found, *_duplicates(plan), *_time(plan, request), *_focus(plan, request, possible))


def _allowed(movement: Movement, request: PlanRequest) -> bool:
    return not any(_of_movement(movement, movement.name, request))


def _of_exercise(exercise: PlannedExercise, request: PlanRequest) -> Iterator[Violation]:
    recognised = recognise(exercise.name)
    if recognised.movement is None:
        yield Violation("unknown", exercise.name, f"{exercise.name!r} is not a known movement: use a usual name.")
    else:
        yield from _of_movement(recognised.movement, exercise.name, request)
    if not MIN_SETS <= exercise.sets <= MAX_SETS:
        yield Violation("sets", exercise.name, f"{exercise.name}: {MIN_SETS} to {MAX_SETS} sets, not {exercise.sets}.")
    if not _reps_are_sane(exercise, recognised.movement):
        sentence = f'{exercise.name}: write repetitions like "8-12", up to {MAX_REPS}, or "30 s" for holds.'
        yield Violation("reps", exercise.name, sentence)


def _of_movement(movement: Movement, name: str, request: PlanRequest) -> Iterator[Violation]:
    at_hand, _ = equipment.normalise(request.equipment)
    if not equipment.possible(movement, at_hand):
        kit = " or ".join(", ".join(sorted(needed)) for needed in movement.equipment)
        yield Violation("equipment", name, f"{name} needs {kit}, which is not at hand.")
    avoided, _ = avoidance.normalise(request.avoid)
    if not avoidance.suits(movement, avoided):
        bad = ", ".join(sorted(movement.stresses & avoided))
        yield Violation("avoid", name, f"{name} asks for what must be avoided: {bad}.")
    if request.level and LEVELS.index(movement.level) > LEVELS.index(request.level):
        yield Violation("level", name, f"{name} is {movement.level}, too hard for {request.level}.")


def _reps_are_sane(exercise: PlannedExercise, movement: Movement | None) -> bool:
    """By the seconds of one side of a set, which reads ranges, holds and sides alike."""
    try:
        seconds = seconds_of(exercise.reps)
        top = max(int(number) for number in _numbers(exercise.reps)) if _numbers(exercise.reps) else 0
    except ValueError:
        return False
    is_hold = (
        (movement is not None and movement.timed)
        or not math.isclose(seconds % SECONDS_PER_REP, 0)
        or "s" in exercise.reps.lower().replace("per side", "").replace("reps", "")
    )
    return top <= (MAX_HOLD_SECONDS if is_hold else MAX_REPS)


def _numbers(text: str) -> list[str]:
    return "".join(c if c.isascii() and c.isdigit() else " " for c in text).split()


def _duplicates(plan: SessionPlan) -> Iterator[Violation]:
    names = Counter(_identity(exercise.name) for exercise in plan.exercises)
    for name, count in names.items():
        if count > 1:
            yield Violation("duplicate", name, f"{name} stands {count} times: once is enough.")


def _identity(name: str) -> str:
    movement = recognise(name).movement
    return movement.name if movement else " ".join(name.lower().split())


def _time(plan: SessionPlan, request: PlanRequest) -> Iterator[Violation]:
    try:
        minutes = session_minutes([_slot(exercise) for exercise in plan.exercises])
    except ValueError:
        return  # unreadable repetitions are a violation already
    if minutes > request.minutes:
        sentence = f"The session takes {minutes} minutes, with warm-up and rests, and only {request.minutes} are there."
        yield Violation("time", None, sentence)


def _slot(exercise: PlannedExercise) -> Slot:
    movement = recognise(exercise.name).movement
    pattern, timed, unilateral = (
        (movement.pattern, movement.timed, movement.unilateral) if movement else (None, False, False)
    )
    return Slot(exercise.sets, exercise.reps, pattern, timed, unilateral)


def _focus(plan: SessionPlan, request: PlanRequest, possible: list[Movement]) -> Iterator[Violation]:
    groups = [recognise(exercise.name).primary for exercise in plan.exercises]
    if request.focus is None or request.focus == "full_body":
        yield from _coverage(groups, possible)
    elif any(movement.primary == request.focus for movement in possible):
        share = sum(group == request.focus for group in groups)
        if share * 2 < len(groups):
            sentence = f"Only {share} of {len(groups)} exercises train {request.focus}: at least half must."
            yield Violation("focus", None, sentence)


def _coverage(groups: list[MuscleGroup | None], possible: list[Movement]) -> Iterator[Violation]:
    touched = {_AREAS[group] for group in groups if group in _AREAS}
    can_be = {_AREAS[movement.primary] for movement in possible if movement.primary in _AREAS}
    if len(groups) >= COVERED_FROM and len(touched) < min(3, len(can_be)) and "full_body" not in groups:
        yield Violation("coverage", None, "Spread the exercises over push, pull, legs and core.")
