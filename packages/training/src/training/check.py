"""Does a session keep the rules, whoever wrote it? Independent of `training.plan`, for plans of language models too."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from training import avoidance, equipment
from training.avoidance import Avoided
from training.catalogue import MOVEMENTS
from training.model import LEVELS, Equipment, Level, Movement, MuscleGroup
from training.recognition import recognise
from training.session import PlannedExercise, PlanRequest, SessionPlan
from training.session_time import Slot, seconds_of, session_minutes

Rule = Literal[
    "empty", "unknown", "equipment", "avoid", "level", "duplicate", "sets", "reps", "time", "focus", "coverage"
]

MIN_SETS, MAX_SETS = 1, 6
MAX_REPS = 30
MAX_HOLD_SECONDS = 300
LEAST_MINUTES = 10
"""A warm-up and two sets take so long; what is shorter may be empty."""
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


@dataclass(frozen=True, slots=True)
class _Limits:
    """What a request allows, in the catalogue's words."""

    at_hand: frozenset[Equipment]
    avoided: Avoided
    level: Level | None


def violations(plan: SessionPlan, request: PlanRequest) -> tuple[Violation, ...]:
    """Everything wrong with a plan; empty when it may be shown. Any text in a plan is answered."""
    at_hand, _ = equipment.normalise(request.equipment)
    avoided, _ = avoidance.normalise(request.avoid)
    limits = _Limits(at_hand, avoided, request.level)
    possible = [movement for movement in MOVEMENTS if not any(_of_movement(movement, movement.name, limits))]
    if not plan.exercises:
        is_possible = possible and request.minutes >= LEAST_MINUTES
        return (Violation("empty", None, "The session has no exercise."),) if is_possible else ()
    found = [violation for exercise in plan.exercises for violation in _of_exercise(exercise, limits)]
    return (*found, *_duplicates(plan), *_time(plan, request), *_focus(plan, request, possible))


def _of_exercise(exercise: PlannedExercise, limits: _Limits) -> Iterator[Violation]:
    movement = recognise(exercise.name).movement
    if movement is None:
        yield Violation("unknown", exercise.name, f"{exercise.name!r} is not a known movement: use a usual name.")
    else:
        yield from _of_movement(movement, exercise.name, limits)
    if not MIN_SETS <= exercise.sets <= MAX_SETS:
        yield Violation("sets", exercise.name, f"{exercise.name}: {MIN_SETS} to {MAX_SETS} sets, not {exercise.sets}.")
    if not _reps_are_sane(exercise.reps, is_timed=movement is not None and movement.timed):
        sentence = (
            f'{exercise.name}: write repetitions like "8-12", up to {MAX_REPS}, or "30 s" for holds, up to '
            f"{MAX_HOLD_SECONDS} s."
        )
        yield Violation("reps", exercise.name, sentence)


def _of_movement(movement: Movement, name: str, limits: _Limits) -> Iterator[Violation]:
    if not equipment.possible(movement, limits.at_hand):
        kit = " or ".join(", ".join(sorted(needed)) for needed in movement.equipment).replace("_", " ")
        yield Violation("equipment", name, f"{name} needs {kit}, which is not at hand.")
    if bad := limits.avoided.clashes(movement):
        yield Violation("avoid", name, f"{name} asks for what must be avoided: {', '.join(bad)}.")
    if limits.level and LEVELS.index(movement.level) > LEVELS.index(limits.level):
        yield Violation("level", name, f"{name} is {movement.level}, too hard for {limits.level}.")


def _reps_are_sane(reps: str, *, is_timed: bool) -> bool:
    """By the larger end of a range, for one side. A written unit wins over what the movement is counted in."""
    if not _is_readable(reps):
        return False
    text = reps.lower()
    top = max((int(number) for number in re.findall("[0-9]+", text)), default=0)  # AMRAP has none
    unit = next(iter(re.findall("[a-z]+", text)), "")
    if unit.startswith("min"):
        return top * 60 <= MAX_HOLD_SECONDS
    is_hold = unit == "s" or unit.startswith("sec") or (is_timed and not unit.startswith("rep"))
    return top <= (MAX_HOLD_SECONDS if is_hold else MAX_REPS)


def _is_readable(reps: str) -> bool:
    try:
        seconds_of(reps)
    except ValueError:
        return False
    return True


def _duplicates(plan: SessionPlan) -> Iterator[Violation]:
    names = Counter(_identity(exercise.name) for exercise in plan.exercises)
    for name, count in names.items():
        if count > 1:
            yield Violation("duplicate", name, f"{name} stands {count} times: once is enough.")


def _identity(name: str) -> str:
    movement = recognise(name).movement
    return movement.name if movement else " ".join(name.lower().split())


def _time(plan: SessionPlan, request: PlanRequest) -> Iterator[Violation]:
    # What cannot be read is a violation already; the rest alone may be too long.
    minutes = session_minutes([_slot(exercise) for exercise in plan.exercises if _is_readable(exercise.reps)])
    if minutes > request.minutes:
        sentence = f"The session takes {minutes} minutes, with warm-up and rests, and only {request.minutes} are there."
        yield Violation("time", None, sentence)


def _slot(exercise: PlannedExercise) -> Slot:
    movement = recognise(exercise.name).movement
    pattern, timed, unilateral = (
        (movement.pattern, movement.timed, movement.unilateral) if movement else (None, False, False)
    )
    # Other numbers of sets must change anyway.
    return Slot(max(MIN_SETS, min(exercise.sets, MAX_SETS)), exercise.reps, pattern, timed, unilateral)


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
