"""How much of a movement: sets and repetitions."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from training.model import Exercise, Level, Movement
from training.plan_kit import is_without_weight, shown_name
from training.plan_load import suggestion
from training.plan_variety import area, is_light
from training.plan_wish import Wish
from training.recognition import recognise
from training.session import PlannedExercise, plan_minutes

LEAST_SETS: dict[Level, int] = {"beginner": 2, "intermediate": 3, "advanced": 3}
MOST_SETS: dict[Level, int] = {"beginner": 3, "intermediate": 4, "advanced": 5}
MAX_SETS = 36
"""More sets in one session than anybody does well. Our convention, as are the sets above."""
MAX_OWN_SETS = 5
"""Whoever does more sets of something than most gets as many, up to this."""
SHORT_MINUTES = 35
"""A session below this holds few sets of several movements rather than many of one, and as many of each."""
LONG_MINUTES = 60
"""A session from this on has time for the sets that somebody does already."""

_MAIN_REPS: dict[Level, str] = {"beginner": "8-12", "intermediate": "6-10", "advanced": "5-8"}
_LATER_REPS: dict[Level, str] = {"beginner": "10-15", "intermediate": "8-12", "advanced": "8-12"}
"""What comes second for the same muscles is lighter. Our convention."""


def doses(movements: Sequence[Movement], wish: Wish, own: Mapping[str, Exercise]) -> tuple[PlannedExercise, ...]:
    """Movements, in their order, each with as few sets as are worth doing; `own` are the routine's lines."""
    trained: set[str | None] = {None}
    lines = []
    for movement in movements:
        line = own.get(movement.name)
        reps = _reps(movement, wish.level, is_main=area(movement) not in trained)
        trained.add(area(movement))
        lines.append(
            PlannedExercise(
                name=shown_name(movement, wish),
                sets=_least_sets(wish, line),
                reps=reps,
                weight_suggestion=suggestion(movement, reps, wish, line),
                notes=movement.cue,
                muscle_group=movement.primary,
            )
        )
    return tuple(lines)


def add_sets(
    exercises: Sequence[PlannedExercise], wish: Wish, own: Mapping[str, Exercise]
) -> tuple[PlannedExercise, ...]:
    """Time that is left goes into more sets: first into those that somebody does already, then in turn."""
    usual = MOST_SETS[wish.level]
    lines = list(exercises)
    if wish.minutes >= SHORT_MINUTES:
        theirs = [min(_sets_of(line, own), MAX_OWN_SETS) for line in lines]
        for sets in range(2, MAX_OWN_SETS + 1):
            lines = _raised(lines, sets, wish, [index for index, most in enumerate(theirs) if sets <= most])
    for sets in range(2, usual + 1):
        more = _raised(lines, sets, wish, range(len(lines)))
        if wish.minutes < SHORT_MINUTES and any(line.sets < sets for line in more):
            break
        lines = more
    return tuple(lines)


def _raised(exercises: Sequence[PlannedExercise], sets: int, wish: Wish, which: Sequence[int]) -> list[PlannedExercise]:
    """The exercises with so many sets of those that are named, as far as there is time."""
    lines = list(exercises)
    for index in which:
        if lines[index].sets >= sets:
            continue
        more = [*lines[:index], replace(lines[index], sets=sets), *lines[index + 1 :]]
        if sum(line.sets for line in more) <= MAX_SETS and plan_minutes(more) <= wish.minutes:
            lines = more
    return lines


def _sets_of(line: PlannedExercise, own: Mapping[str, Exercise]) -> int:
    movement = recognise(line.name).movement
    theirs = own.get(movement.name) if movement else None
    return theirs.sets if theirs else 0


def _least_sets(wish: Wish, own: Exercise | None) -> int:
    if wish.minutes < SHORT_MINUTES:
        # One hard set of legs, push and pull each does more for a whole body than three of one (Iversen et al. 2021).
        return 2 if wish.focus else 1
    theirs = min(own.sets, MAX_OWN_SETS) if own and wish.minutes >= LONG_MINUTES else 0
    return max(LEAST_SETS[wish.level], theirs)


def _reps(movement: Movement, level: Level, *, is_main: bool) -> str:
    if movement.timed:
        return "20-30 s" if level == "beginner" else "30-45 s"
    if is_light(movement):
        return "10-15"
    if is_without_weight(movement):
        return "8-15"
    return (_MAIN_REPS if is_main else _LATER_REPS)[level]
