"""A figure that is promised: what each round gave, the bar, and whether the median of the rounds holds it."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Literal


@dataclass(frozen=True)
class Size:
    """How much is measured; a test makes everything small."""

    rounds: int = 5
    warm: int = 1  # rounds before them, of a second a slice
    seconds: int = 2
    routines: int = 10_000  # of a hundred exercises each, for growth
    exercises: int = 10_000
    requests: int = 100_000  # until memory is judged
    sorts: int = 12  # of those that are allowed


@dataclass(frozen=True)
class Figure:
    """`values` must be at least `bar` where `sign` is ≥, at most where it is ≤. `notes` are for whoever reckons on."""

    name: str
    values: Sequence[float]
    sign: Literal["≤", "≥"]
    bar: float
    notes: str = ""

    @property
    def median(self) -> float:
        """What is judged."""
        return float(median(self.values))

    @property
    def quartiles(self) -> tuple[float, float]:
        """How far the rounds lie apart."""
        quarters = quantiles(self.values, n=4) if len(self.values) > 1 else [*self.values] * 3
        return quarters[0], quarters[2]

    @property
    def held(self) -> bool:
        """Is it good enough?"""
        return self.median <= self.bar if self.sign == "≤" else self.median >= self.bar

    def __str__(self) -> str:
        low, high = self.quartiles
        word = "" if self.held else "  MISSED"
        notes = f"  ({self.notes})" if self.notes else ""
        return f"{self.name:<44} {self.median:6.2f}  [{low:.2f}–{high:.2f}]  {self.sign} {self.bar:g}{word}{notes}"
