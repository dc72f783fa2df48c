"""How evenly a routine's week is spread over movements and muscles: ratios, what is missing, and a score."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from training.model import MuscleGroup, Pattern
from training.weekly import DIRECT, INDIRECT, Worked, sets_a_week, weekly_sets

Side = Literal["push", "pull", "knee", "hip", "upper", "lower"]
Family = Literal["knee", "hip", "horizontal_push", "vertical_push", "horizontal_pull", "vertical_pull"]

COVERED_SETS = 4.0
"""Sets a week that cover a muscle group: the least that is worth it for people with no time (Iversen et al. 2021)."""

PRESENT_SETS = 3.0
"""Sets a week that make a family of movements part of a routine: one exercise. Our convention."""

GROUP_POINTS, FAMILY_POINTS, PAIR_POINTS = 40.0, 30.0, 30.0

TOLERATED = 0.5
"""A pair is even while its lighter side has at least half of the heavier side's sets. Our convention."""

PAIRS: tuple[tuple[Side, Side], ...] = (("push", "pull"), ("knee", "hip"), ("upper", "lower"))

_FAMILY_OF: Mapping[Pattern, Family] = {
    "squat": "knee",
    "lunge": "knee",
    "hinge": "hip",
    "horizontal_push": "horizontal_push",
    "vertical_push": "vertical_push",
    "horizontal_pull": "horizontal_pull",
    "vertical_pull": "vertical_pull",
}
FAMILIES: tuple[Family, ...] = tuple(dict.fromkeys(_FAMILY_OF.values()))
"""What a whole routine contains. Squats and lunges are one: both bend the knee under load."""

_SIDES_OF: Mapping[Family, tuple[Side, Side]] = {
    "knee": ("knee", "lower"),
    "hip": ("hip", "lower"),
    "horizontal_push": ("push", "upper"),
    "vertical_push": ("push", "upper"),
    "horizontal_pull": ("pull", "upper"),
    "vertical_pull": ("pull", "upper"),
}
# What trains one joint is known by its muscle. Shoulders are pushed in front and pulled behind, legs bent and extended:
# there the muscle group does not tell the side.
_ISOLATED: Mapping[MuscleGroup, tuple[Side, ...]] = {
    "chest": ("push", "upper"),
    "triceps": ("push", "upper"),
    "back": ("pull", "upper"),
    "biceps": ("pull", "upper"),
    "shoulders": ("upper",),
    "legs": ("lower",),
}


@dataclass(frozen=True, slots=True)
class Ratio:
    """Two sides' weekly sets. `ratio` is first / second, None where the second has none."""

    first: Side
    second: Side
    first_sets: float
    second_sets: float
    ratio: float | None


@dataclass(frozen=True, slots=True)
class Balance:
    """A routine's week: the score, the pairs, and the groups and the families with no set."""

    score: float | None
    ratios: tuple[Ratio, ...]
    missing_groups: tuple[MuscleGroup, ...]
    missing_families: tuple[Family, ...]


def ratios(worked: Iterable[Worked], frequency: Mapping[str, float] | None = None) -> tuple[Ratio, ...]:
    """Push to pull, knee- to hip-dominant, upper to lower body, in weekly sets.

    A compound set counts 1 for its sides, a set of an isolation exercise 0.5, as it works one joint. Core, carries and
    locomotion belong to no side.
    """
    sides = _side_sets(worked, frequency)
    return tuple(
        Ratio(
            first,
            second,
            sides[first],
            sides[second],
            round(sides[first] / sides[second], 2) if sides[second] else None,
        )
        for first, second in PAIRS
    )


def balance_score(worked: Iterable[Worked], frequency: Mapping[str, float] | None = None) -> float | None:
    """0 to 100, rounded to 0.1; None where no set is recognised. The weights are our convention.

    40 × the mean over the seven muscle groups of min(1, weekly sets / 4), sets counted as in `weekly_sets`;
    + 30 × the mean over the six families of movements of min(1, weekly sets / 3): knee (squat, lunge), hip
    (hinge), horizontal and vertical push, horizontal and vertical pull;
    + 30 × the mean over the three pairs of min(1, lighter side / heavier side / 0.5), sides counted as in `ratios`; a
    pair without any set gives 0.

    It is about spread, not about dose: three sets of everything are as good as ten. Work that is missing never lowers
    it while its sides stay the lighter ones.
    """
    lines = list(worked)
    groups = weekly_sets(lines, frequency)
    families = _family_sets(lines, frequency)
    if not any(groups.values()) and not any(families.values()):
        return None
    sides = _side_sets(lines, frequency)
    score = (
        GROUP_POINTS * _mean([min(1.0, sets / COVERED_SETS) for sets in groups.values()])
        + FAMILY_POINTS * _mean([min(1.0, sets / PRESENT_SETS) for sets in families.values()])
        + PAIR_POINTS * _mean([_evenness(sides[first], sides[second]) for first, second in PAIRS])
    )
    return round(score, 1)


def balance(worked: Iterable[Worked], frequency: Mapping[str, float] | None = None) -> Balance:
    """All of it at once."""
    lines = list(worked)
    return Balance(
        score=balance_score(lines, frequency),
        ratios=ratios(lines, frequency),
        missing_groups=tuple(group for group, sets in weekly_sets(lines, frequency).items() if not sets),
        missing_families=tuple(name for name, sets in _family_sets(lines, frequency).items() if not sets),
    )


def _family_sets(worked: Iterable[Worked], frequency: Mapping[str, float] | None) -> dict[Family, float]:
    parts: dict[Family, list[float]] = {family: [] for family in FAMILIES}
    for line in worked:
        if line.pattern is not None and (family := _FAMILY_OF.get(line.pattern)) is not None:
            parts[family].append(sets_a_week(line, frequency))
    return {family: math.fsum(sets) for family, sets in parts.items()}


def _side_sets(worked: Iterable[Worked], frequency: Mapping[str, float] | None) -> dict[Side, float]:
    parts: dict[Side, list[float]] = {side: [] for pair in PAIRS for side in pair}
    for line in worked:
        sides, share = _sides(line)
        for side in sides:
            parts[side].append(share * sets_a_week(line, frequency))
    return {side: math.fsum(sets) for side, sets in parts.items()}


def _sides(line: Worked) -> tuple[tuple[Side, ...], float]:
    if line.pattern == "isolation":
        return (_ISOLATED.get(line.primary, ()) if line.primary else (), INDIRECT)
    family = _FAMILY_OF.get(line.pattern) if line.pattern else None
    return (_SIDES_OF[family] if family else (), DIRECT)


def _evenness(first: float, second: float) -> float:
    heavier = max(first, second)
    return min(1.0, min(first, second) / heavier / TOLERATED) if heavier else 0.0


def _mean(numbers: list[float]) -> float:
    return math.fsum(numbers) / len(numbers)
