"""How long a session takes: work, rest, changes of place and a warm-up. Seconds inside, whole minutes outside."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from training.model import Pattern

RestKind = Literal["heavy", "compound", "isolation", "core", "timed"]

SECONDS_PER_REP = 3.0
"""A moderate velocity is 1-2 s up and 1-2 s down (ACSM 2009); 3 s is its middle."""

AMRAP_REPS = 15
"""As many repetitions as possible is taken for 15. Our convention: nobody knows before."""

REST_SECONDS: Mapping[RestKind, int] = {"heavy": 180, "compound": 120, "isolation": 75, "core": 60, "timed": 60}
"""Rest after a set.

Heavy sets rest 3-5 min and assistance lifts 1-2 min (ACSM 2009; de Salles et al. 2009 on strength); the numbers within
those ranges are our convention, and so are core and timed sets, which are limited by a muscle rather than by breath.
"""

HEAVY_REPS = 6
"""Compound sets up to this are heavy: the 1-6 RM zone (ACSM 2009)."""

TRANSITION_SECONDS = 60
"""To the next exercise: walk, load, adjust. Our convention."""

WARM_UP_SECONDS = 300
"""Five easy minutes; warming up helps more often than not (Fradkin et al. 2010), the length is our convention."""

_PLAN = re.compile(
    r"(?P<low>[0-9]{1,4})(?:\s*[-–—]\s*(?P<high>[0-9]{1,4}))?"
    r"\s*(?P<unit>s|secs?|seconds?|mins?|minutes?|reps?|repetitions?)?",
)
_PER_SIDE = re.compile(r"\s*(?:(?:per|each|/)\s*(?:side|leg|arm)|\beach)$")


@dataclass(frozen=True, slots=True)
class Slot:
    """An exercise in a session. `reps` as people write it; a `timed` exercise's bare numbers are seconds."""

    sets: int
    reps: str | int
    pattern: Pattern | None = None
    timed: bool = False
    unilateral: bool = False


@dataclass(frozen=True, slots=True)
class _Work:
    """What a set asks for, read: `amount` repetitions, or seconds when `timed`, on each of `sides`."""

    amount: float
    sides: int
    timed: bool

    @property
    def seconds(self) -> float:
        return self.sides * self.amount * (1.0 if self.timed else SECONDS_PER_REP)


def seconds_of(reps: str | int, *, timed: bool = False, per_side: bool = False) -> float:
    """The seconds of one set: "10", "8-12" (the mean), "30 s", "1-2 min", "AMRAP"; "per side" or "each leg" doubles.

    Bare numbers are repetitions of 3 s, or seconds for a `timed` movement; a written unit wins. `per_side` doubles what
    does not say so itself. ValueError for anything else, for 0, and for numbers above 9999.
    """
    return _read(reps, timed=timed, per_side=per_side).seconds


def rest_kind(pattern: Pattern | None, reps: float, *, timed: bool = False) -> RestKind:
    """How a set rests. What is not recognised rests like a compound lift: rather too long than too short."""
    if timed:
        return "timed"
    if pattern == "isolation":
        return "isolation"
    if pattern in ("core", "locomotion"):
        return "core"
    return "heavy" if reps <= HEAVY_REPS else "compound"


def slot_seconds(slot: Slot) -> float:
    """An exercise's seconds: sets × (work + rest), both sides before a rest."""
    work = _read(slot.reps, timed=slot.timed, per_side=slot.unilateral)
    return slot.sets * (work.seconds + REST_SECONDS[rest_kind(slot.pattern, work.amount, timed=work.timed)])


def _read(reps: str | int, *, timed: bool, per_side: bool) -> _Work:
    text = str(reps).strip().lower()
    plan = _PER_SIDE.sub("", text)
    sides = 2 if per_side or plan != text else 1
    if plan == "amrap":
        return _Work(AMRAP_REPS, sides, timed=False)
    match = _PLAN.fullmatch(plan)
    if match is None:
        raise ValueError("repetitions read like 10, 8-12, 30 s or AMRAP")
    low = int(match["low"])
    high = int(match["high"] or low)
    if not low or not high:
        raise ValueError("a set has at least 1 repetition or second")
    unit = match["unit"]
    minutes = 60 if unit and unit.startswith("min") else 1
    return _Work(minutes * (low + high) / 2, sides, timed if unit is None else not unit.startswith("rep"))


def session_seconds(slots: Iterable[Slot], *, warm_up_seconds: int = WARM_UP_SECONDS) -> float:
    """Warm-up + every exercise's sets × (repetitions × tempo + rest) + 60 s between exercises; 0 without exercises."""
    parts = [slot_seconds(slot) for slot in slots]
    if not parts:
        return 0.0
    return warm_up_seconds + sum(parts) + (len(parts) - 1) * TRANSITION_SECONDS


def session_minutes(slots: Iterable[Slot], *, warm_up_seconds: int = WARM_UP_SECONDS) -> int:
    """`session_seconds` in whole minutes, rounded up: people plan for what a session takes, not for less."""
    return math.ceil(session_seconds(slots, warm_up_seconds=warm_up_seconds) / 60)
