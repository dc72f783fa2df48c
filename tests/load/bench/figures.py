"""A figure that is promised: what each round gave, the bar, and whether the median of the rounds holds it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
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
        return f"{self.name:<46} {self.median:6.2f}  [{low:.2f}–{high:.2f}]  {self.sign} {self.bar:.3g}{word}{notes}"

    def line(self) -> dict[str, object]:
        """For JSON."""
        return {
            "name": self.name,
            "median": round(self.median, 4),
            "quartiles": [round(value, 4) for value in self.quartiles],
            "bar": f"{self.sign} {self.bar:g}",
            "held": self.held,
            "notes": self.notes,
        }


def judge(found: Sequence[Figure], aims: str = "aims") -> int:
    """Say how many of these aims are missed; the exit status."""
    missed = sum(not figure.held for figure in found)
    print(f"\n{missed} of {len(found)} {aims} are missed" if missed else f"\nAll {len(found)} {aims} are reached")
    return 1 if missed else 0


def keep(path: Path, found: Sequence[Figure], about: Mapping[str, object]) -> None:
    """Write them down, in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {**about, "figures": [figure.line() for figure in found]}
    new = path.with_suffix(".new")
    new.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    new.replace(path)
    print(f"Written: {path}")
