"""How much is lifted, and how much could be: volume, estimated one-repetition maximum, working weights. Kilograms."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from training.model import Exercise

MAX_ESTIMATED_REPS = 12
"""Sets longer than this say little about a maximum: 10 is advised (Reynolds et al. 2006), 12 is ours."""

MAX_PRESCRIBED_REPS = 15
"""Loads are prescribed a little further, as in the NSCA's table (Haff & Triplett 2016), since the next set corrects."""

# Far above all that is stored; it stops inf and NaN, which no comparison lets through.
_MAX_KG = 1e12


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over a day or a routine. `weighted` and `bodyweight` count exercises; 0 kg is bodyweight."""

    volume_kg: float
    sets: int
    weighted: int
    bodyweight: int


def volume_kg(exercise: Exercise) -> float:
    """Volume load, sets × repetitions × kilograms (Haff 2010). Bodyweight gives 0: what a body weighs is not known.

    A timed movement's repetitions are seconds, so its number compares only with itself.
    """
    return exercise.sets * exercise.reps * (exercise.weight or 0.0)


def totals(exercises: Iterable[Exercise]) -> Totals:
    """A routine's sums. The order of the exercises does not change them."""
    lines = list(exercises)
    weighted = sum(1 for line in lines if line.weight)
    return Totals(
        volume_kg=math.fsum(map(volume_kg, lines)),
        sets=sum(line.sets for line in lines),
        weighted=weighted,
        bodyweight=len(lines) - weighted,
    )


def totals_by_day(exercises: Iterable[Exercise]) -> dict[str, Totals]:
    """The sums of each workout day, days in alphabetical order."""
    days: dict[str, list[Exercise]] = {}
    for line in exercises:
        days.setdefault(line.workout_day, []).append(line)
    return {day: totals(days[day]) for day in sorted(days)}


def epley_kg(weight: float | None, reps: int) -> float | None:
    """Epley 1985: weight × (1 + reps / 30); 1 repetition is the weight itself. None where nothing can be said."""
    if weight is None or not _estimable(weight, reps):
        return None
    return weight * _epley(reps)


def brzycki_kg(weight: float | None, reps: int) -> float | None:
    """Brzycki 1993: weight × 36 / (37 - reps). None where nothing can be said."""
    if weight is None or not _estimable(weight, reps):
        return None
    return weight * _brzycki(reps)


def estimated_1rm_kg(weight: float | None, reps: int) -> float | None:
    """The mean of Epley's and Brzycki's estimates, our convention.

    Epley's is higher below 10 repetitions, Brzycki's above, and at 10 they agree. Both suppose a set near failure, so
    an easy set gives an underestimate. None without weight, and outside of 1 to 12 repetitions.
    """
    if weight is None or not _estimable(weight, reps):
        return None
    return weight * _factor(reps)


def percent_of_1rm(reps: int) -> float | None:
    """What share of the maximum, in percent, allows `reps` repetitions: `estimated_1rm_kg` turned around, 1 to 15."""
    if not 1 <= reps <= MAX_PRESCRIBED_REPS:
        return None
    return 100 / _factor(reps)


def reps_at(percent: float) -> int | None:
    """How many whole repetitions a load allows, at most. None above 100 %, and where more than 15 are possible."""
    if not 100 / _factor(MAX_PRESCRIBED_REPS) <= percent <= 100:
        return None
    return max(reps for reps in range(1, MAX_PRESCRIBED_REPS + 1) if 100 / _factor(reps) >= percent)


def working_weight_kg(one_rm: float, reps: int, reps_in_reserve: int = 0) -> float | None:
    """The weight for `reps` repetitions with some left: that of both together to failure (Zourdos et al. 2016).

    Not rounded to plates. None without a maximum, for less than 1 repetition or a negative reserve, and when both
    together exceed 15.
    """
    if not 0 < one_rm <= _MAX_KG or reps < 1 or reps_in_reserve < 0:
        return None
    percent = percent_of_1rm(reps + reps_in_reserve)
    return None if percent is None else one_rm * percent / 100


def _estimable(weight: float, reps: int) -> bool:
    return 0 < weight <= _MAX_KG and 1 <= reps <= MAX_ESTIMATED_REPS


def _epley(reps: int) -> float:
    # Epley's formula adds a thirtieth even to a single; what was lifted once needs no estimate.
    return 1.0 if reps == 1 else 1 + reps / 30


def _brzycki(reps: int) -> float:
    return 36 / (37 - reps)


def _factor(reps: int) -> float:
    return (_epley(reps) + _brzycki(reps)) / 2
