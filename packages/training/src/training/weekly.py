"""Hard sets a week for every muscle group, and whether they are few, enough or many."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from training.model import MUSCLE_GROUPS, Exercise, MuscleGroup, Pattern

Verdict = Literal["below", "within", "above"]

DIRECT, INDIRECT = 1.0, 0.5
"""What a set gives to a primary and to a secondary group: the fractional count fits best (Pelland et al. 2024)."""

WHOLE_BODY_SHARE = 0.5
"""`full_body` gives each group half of what naming the group would have given. Our convention."""

MAX_TIMES_A_WEEK = 14.0

TRAINED_GROUPS: tuple[MuscleGroup, ...] = tuple(group for group in MUSCLE_GROUPS if group != "full_body")
"""The groups that sets are counted for: all but `full_body`, which is spread over them."""


@dataclass(frozen=True, slots=True)
class Band:
    """Sets a week, both ends included."""

    low: float
    high: float

    def verdict(self, sets: float) -> Verdict:
        """Where a number of sets lies."""
        if sets < self.low:
            return "below"
        return "within" if sets <= self.high else "above"


_MUSCLE = Band(10, 20)
BANDS: Mapping[MuscleGroup, Band] = {
    "chest": _MUSCLE,
    "back": _MUSCLE,
    "shoulders": _MUSCLE,
    "biceps": _MUSCLE,
    "triceps": _MUSCLE,
    "legs": Band(12, 30),
    "core": Band(6, 20),
}
"""Sets a week that build muscle.

From 10: the highest of <5, 5-9 and 10+ sets tended to gain most (Schoenfeld, Ogborn & Krieger 2017). To 20: the
upper end of 12-20 for trained people (Baz-Valle et al. 2022); little is known beyond, so it is a convention. Legs are
several muscles in one group and so have more; the core braces in every heavy lift and so needs less: both conventions.
"""


@dataclass(frozen=True, slots=True)
class Worked:
    """A line of a routine and what it works. None for what was not recognised."""

    exercise: Exercise
    primary: MuscleGroup | None
    secondary: tuple[MuscleGroup, ...] = ()
    pattern: Pattern | None = None


@dataclass(frozen=True, slots=True)
class GroupWeek:
    """A group's week: hard sets, the band from `low` to `high`, and where the sets lie."""

    group: MuscleGroup
    sets: float
    low: float
    high: float
    verdict: Verdict


def shares(primary: MuscleGroup | None, secondary: Iterable[MuscleGroup] = ()) -> dict[MuscleGroup, float]:
    """What one set gives to each group. A group that is named twice gets the larger share, not the sum."""
    given = dict.fromkeys(TRAINED_GROUPS, 0.0)
    named: list[tuple[MuscleGroup, float]] = [(group, INDIRECT) for group in secondary]
    if primary is not None:
        named.append((primary, DIRECT))
    for group, share in named:
        if group == "full_body":
            given = {each: max(had, share * WHOLE_BODY_SHARE) for each, had in given.items()}
        else:
            given[group] = max(given[group], share)
    return given


def sets_a_week(line: Worked, frequency: Mapping[str, float] | None = None) -> float:
    """A line's sets times how often its day comes in a week: `frequency` of the day, 1 for days that it lacks.

    A routine does not say how hard a set is; all count as hard. Locomotion is conditioning and counts as none.
    Frequencies count in hundredths, 0.5 being every other week. ValueError outside of 0 to 14.
    """
    times = 1.0 if frequency is None else frequency.get(line.exercise.workout_day, 1.0)
    if not 0 <= times <= MAX_TIMES_A_WEEK:
        raise ValueError(f"a day comes 0 to {MAX_TIMES_A_WEEK:g} times a week")
    return 0.0 if line.pattern == "locomotion" else line.exercise.sets * round(times, 2)


def weekly_sets(worked: Iterable[Worked], frequency: Mapping[str, float] | None = None) -> dict[MuscleGroup, float]:
    """Hard sets a week for every group but `full_body`; groups that nothing works have 0."""
    parts: dict[MuscleGroup, list[float]] = {group: [] for group in TRAINED_GROUPS}
    for line in worked:
        sets = sets_a_week(line, frequency)
        for group, share in shares(line.primary, line.secondary).items():
            parts[group].append(sets * share)
    # fsum: the same routine in another order has the same sums, so that verdicts do not flicker.
    return {group: math.fsum(numbers) for group, numbers in parts.items()}


def week(worked: Iterable[Worked], frequency: Mapping[str, float] | None = None) -> tuple[GroupWeek, ...]:
    """The week of every group, in the order of `MUSCLE_GROUPS`."""
    return tuple(
        GroupWeek(group, sets, BANDS[group].low, BANDS[group].high, BANDS[group].verdict(sets))
        for group, sets in weekly_sets(worked, frequency).items()
    )
