"""How much of a movement: sets, repetitions, and the weight where the routine tells it."""

from collections.abc import Sequence
from dataclasses import replace

from training.equipment import at_hand
from training.load import estimated_1rm_kg, working_weight_kg
from training.model import Equipment, Exercise, Level, Movement, Pattern
from training.plan_wish import Wish
from training.progression import INCREMENT_KG
from training.session import PlannedExercise, plan_minutes

LEAST_SETS: dict[Level, int] = {"beginner": 2, "intermediate": 3, "advanced": 3}
MOST_SETS: dict[Level, int] = {"beginner": 3, "intermediate": 4, "advanced": 5}
MAX_SETS = 36
"""More sets in one session than anybody does well. Our convention, as are the sets above."""
SHORT_MINUTES = 35
"""A session below this holds few sets of several movements rather than many of one."""
RESERVE_REPS = 2
"""Repetitions left at the end of a set: near enough to failure to grow (Refalo et al. 2023), far enough to recover."""

_COMPOUND_REPS: dict[Level, str] = {"beginner": "8-12", "intermediate": "6-10", "advanced": "5-8"}
_MIDDLE: dict[str, int] = {"8-12": 10, "6-10": 8, "5-8": 6, "10-15": 12, "8-15": 12}
_LIGHT: frozenset[Pattern] = frozenset({"isolation", "core", "carry", "locomotion"})
NO_WEIGHT: frozenset[Equipment] = frozenset({"bodyweight", "pull_up_bar", "rings", "bench"})


def dose(movement: Movement, wish: Wish, own: Exercise | None = None) -> PlannedExercise:
    """A movement with as few sets as are worth doing; `own` is the routine's line of the same movement."""
    reps = _reps(movement, wish.level)
    return PlannedExercise(
        name=movement.name,
        sets=_least_sets(wish),
        reps=reps,
        weight_suggestion=_weight(movement, reps, wish, own),
        notes=movement.cue,
        muscle_group=movement.primary,
    )


def add_sets(exercises: Sequence[PlannedExercise], wish: Wish) -> tuple[PlannedExercise, ...]:
    """Time that is left goes into more sets, in turn, the first movements first."""
    lines = list(exercises)
    for sets in range(2, MOST_SETS[wish.level] + 1):
        for index, exercise in enumerate(lines):
            if exercise.sets >= sets:
                continue
            more = [*lines[:index], replace(exercise, sets=sets), *lines[index + 1 :]]
            if sum(line.sets for line in more) <= MAX_SETS and plan_minutes(more) <= wish.minutes:
                lines = more
    return tuple(lines)


def is_without_weight(movement: Movement) -> bool:
    """Can it be done with nothing but floor and furniture?"""
    return any(kit <= {"bodyweight"} for kit in movement.equipment)


def is_light(movement: Movement) -> bool:
    """Is it done with little weight and many repetitions? So is what pulls for the rear of the shoulder."""
    pulls_small = movement.primary == "shoulders" and movement.pattern in ("horizontal_pull", "vertical_pull")
    return pulls_small or movement.pattern in _LIGHT


def kit_of(movement: Movement, wish: Wish) -> frozenset[Equipment]:
    """What the movement is done with here: the first alternative that is at hand."""
    things = at_hand(wish.at_hand)
    return next(kit for kit in movement.equipment if kit <= things)


def _least_sets(wish: Wish) -> int:
    if wish.minutes < SHORT_MINUTES:
        # One hard set of legs, push and pull each does more for a whole body than three of one (Iversen et al. 2021).
        return 2 if wish.focus else 1
    return LEAST_SETS[wish.level]


def _reps(movement: Movement, level: Level) -> str:
    if movement.timed:
        return "20-30 s" if level == "beginner" else "30-45 s"
    if is_light(movement):
        return "10-15"
    return "8-15" if is_without_weight(movement) else _COMPOUND_REPS[level]


def _weight(movement: Movement, reps: str, wish: Wish, own: Exercise | None) -> str:
    kit = kit_of(movement, wish)
    is_carried = kit <= NO_WEIGHT
    if own and own.weight and (is_carried or movement.timed):
        # What a body weighs is not known, and a hold has no maximum: nothing can be computed, only kept.
        return f"{_kg(own.weight)}, as in your routine"
    if own and own.weight and (maximum := estimated_1rm_kg(own.weight, own.reps)):
        step = min((INCREMENT_KG[thing] for thing in kit if thing in INCREMENT_KG), default=2.5)
        weight = working_weight_kg(maximum, _MIDDLE[reps], RESERVE_REPS)
        if weight is not None and (rounded := round(weight / step) * step) > 0:
            return f"about {_kg(rounded)}, from your {own.reps} × {_kg(own.weight)}"
    if is_carried:
        return "bodyweight"
    thing = "band" if "bands" in kit else "weight"
    unit = "seconds" if movement.timed else "repetitions"
    left = RESERVE_REPS if unit == "repetitions" else 10
    return f"a {thing} that leaves {left} {unit} in reserve"


def _kg(weight: float) -> str:
    return f"{round(weight, 3):.10g} kg"
