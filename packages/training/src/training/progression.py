"""What to do next time: double progression, and weeks that let a body recover. Kilograms."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from training.model import Equipment, Exercise

INCREMENT_KG: Mapping[Equipment, float] = {
    "barbell": 2.5,
    "dumbbells": 2.0,
    "kettlebell": 4.0,
    "cables": 2.5,
    "machine": 5.0,
}
"""The smallest usual step: two plates of 1.25 kg, a rack's next pair, a stack's next pin. Gyms differ."""

MIN_RISE, MAX_RISE = 0.02, 0.10
"""A load rises by 2-10 % once it allows one or two repetitions more than desired (ACSM 2009)."""

SPARE_REPS = 2
"""That many repetitions beyond the range make up for a step that is larger than 10 %. From the same rule."""

MAX_SETS = 5
"""Bodyweight work gets sets up to this, then a harder variation. Our convention."""

SECONDS_STEP = 5
"""What a hold grows by. Our convention."""

MAX_REPS = 1000


@dataclass(frozen=True, slots=True)
class Step:
    """What to do next time, and a sentence that says so. `weight` in kilograms, None is bodyweight."""

    weight: float | None
    sets: int
    reps: int
    sentence: str


def range_for(reps: int) -> tuple[int, int]:
    """A range that suits how somebody trains now: heavy, for muscle, for endurance. Zones of ACSM 2009, cut by us."""
    if reps <= 6:
        return (3, 6)
    return (8, 12) if reps <= 12 else (12, 20)


def next_step(
    exercise: Exercise,
    rep_range: tuple[int, int] = (8, 12),
    *,
    increment_kg: float = INCREMENT_KG["barbell"],
    timed: bool = False,
) -> Step:
    """The next session after all sets were done as written.

    Double progression: repetitions up to the top of the range, then more weight from its bottom. The new weight is the
    next multiple of `increment_kg` that is at least 2 % heavier. When that is more than 10 % heavier, two repetitions
    beyond the top come first. Without weight (None or 0): repetitions, then a set, then a harder variation. A `timed`
    movement's numbers are seconds and grow by 5.

    ValueError unless 1 ≤ bottom < top ≤ 1000 and 0.1 ≤ increment ≤ 50.
    """
    low, high = rep_range
    if not 1 <= low < high <= MAX_REPS:
        raise ValueError("a range goes from at least 1 up to 1000 repetitions")
    _check_increment(increment_kg)
    if not exercise.weight:
        return _without_weight(exercise, low, high, timed=timed)
    heavier = _heavier(exercise.weight, increment_kg)
    large = heavier > exercise.weight * (1 + MAX_RISE)
    top = min(high + SPARE_REPS, MAX_REPS) if large else high
    if exercise.reps < top:
        return _more_reps(exercise, top, timed=timed)
    sentence = f"{_if_done(exercise, timed=timed)}, go up to {_kg(heavier)} and start again at {low}."
    return Step(heavier, exercise.sets, low, sentence)


def deload(exercise: Exercise, *, increment_kg: float = INCREMENT_KG["barbell"], lighter: bool = False) -> Step:
    """An easier week: about 45 % fewer sets (40-50 % from 4 sets on) at the same weight.

    Coaches cut volume first and load second, with no agreed number (Bell et al. 2022, 2023). A taper works best with
    41-60 % less volume at an unchanged load, if mostly in endurance sport (Bosquet et al. 2007).

    When the sets cannot fall by 40 % (1 or 3 sets), or `lighter` is asked for, the weight falls by at least 10 %, to a
    multiple of `increment_kg`, and stays where no multiple is left. Without weight the repetitions fall by 10 %. The
    numbers are our convention.

    ValueError unless 0.1 ≤ increment ≤ 50.
    """
    _check_increment(increment_kg)
    sets = max(1, (exercise.sets * 11 + 10) // 20)  # 55 %, halves up, in whole numbers
    weight, reps = exercise.weight, exercise.reps
    if lighter or sets * 10 > exercise.sets * 6:
        if weight:
            weight = _lighter(weight, increment_kg)
        else:
            reps = max(1, reps * 9 // 10)
    load = f"at {_kg(weight)}" if weight else "without weight"
    return Step(weight, sets, reps, f"Easy week: {_sets(sets)} of {reps} {load}, far from failure.")


def _without_weight(exercise: Exercise, low: int, high: int, *, timed: bool) -> Step:
    if exercise.reps < high:
        return _more_reps(exercise, high, timed=timed)
    done = _if_done(exercise, timed=timed)
    if exercise.sets < MAX_SETS:
        sets = exercise.sets + 1
        # One repetition more in all than before, so that a new set never makes it easier.
        reps = max(low, exercise.sets * exercise.reps // sets + 1)
        return Step(exercise.weight, sets, reps, f"{done}, do one set more: {_sets(sets)} of {reps} {_unit(timed)}.")
    sentence = f"{done}, choose a harder variation, or add weight, and start again at {low}."
    return Step(exercise.weight, exercise.sets, low, sentence)


def _more_reps(exercise: Exercise, top: int, *, timed: bool) -> Step:
    reps = min(exercise.reps + (SECONDS_STEP if timed else 1), top)
    what = "keep the weight and do" if exercise.weight else "do"
    rest = "the top of your range" if reps == top else f"then on up to {top}"
    sentence = f"{_if_done(exercise, timed=timed)}, {what} {reps} {_unit(timed)} a set, {rest}."
    return Step(exercise.weight, exercise.sets, reps, sentence)


def _if_done(exercise: Exercise, *, timed: bool) -> str:
    """Nobody has written down what was done, so every step has its condition."""
    return f"If you got all {exercise.sets} × {exercise.reps}{' seconds' if timed else ''}"


def _heavier(weight: float, increment_kg: float) -> float:
    # Rounded first: floats can be a hair off, which would cost a step. A few grams still need a first step.
    steps = max(1, math.ceil(round(weight * (1 + MIN_RISE) / increment_kg, 6)))
    return round(steps * increment_kg, 3)


def _lighter(weight: float, increment_kg: float) -> float:
    steps = math.floor(round(weight * (1 - MAX_RISE) / increment_kg, 6))
    return round(steps * increment_kg, 3) or weight


def _check_increment(increment_kg: float) -> None:
    if not 0.1 <= increment_kg <= 50:
        raise ValueError("a step is 0.1 to 50 kg")


def _kg(weight: float) -> str:
    return f"{round(weight, 3):.10g} kg"


def _unit(timed: bool) -> str:
    return "seconds" if timed else "repetitions"


def _sets(number: int) -> str:
    return "1 set" if number == 1 else f"{number} sets"
