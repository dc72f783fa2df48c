"""What is promised: ratios of two measures of the same round, each with its bar."""

from dataclasses import dataclass
from statistics import median, quantiles
from typing import Literal

from tests.load.bench.rounds import Key, Round

Measure = Literal["rate", "cpu", "p99"]


@dataclass(frozen=True)
class Bar:
    """`of` beside `to`: its rate, or its speed (the inverse of `cpu`), at least `bar` times; its p99 at most."""

    name: str
    measure: Measure
    of: Key
    to: Key
    bar: float

    @property
    def sign(self) -> str:
        """How the ratio should stand to the bar."""
        return "≤" if self.measure == "p99" else "≥"

    def ratio(self, found: Round) -> float:
        """The ratio in one round."""
        of, to = (getattr(found[key], self.measure) for key in (self.of, self.to))
        return float(to / of if self.measure == "cpu" else of / to)

    def judge(self, rounds: list[Round], slack: float = 1.0) -> "Verdict":
        """The median over the rounds, and whether it holds, where the bar may be missed by the factor `slack`."""
        ratios = sorted(self.ratio(one) for one in rounds)
        quarters = quantiles(ratios, n=4) if len(ratios) > 1 else ratios * 3
        middle = median(ratios)
        held = middle <= self.bar * slack if self.measure == "p99" else middle >= self.bar / slack
        return Verdict(self, middle, (quarters[0], quarters[2]), held)


@dataclass(frozen=True)
class Verdict:
    """A bar's ratio: the median, the quartiles round it, and whether that is good enough."""

    bar: Bar
    ratio: float
    quartiles: tuple[float, float]
    held: bool

    def __str__(self) -> str:
        low, high = self.quartiles
        word = "" if self.held else "  MISSED"
        return f"{self.bar.name:<46} {self.ratio:6.2f}  [{low:.2f}–{high:.2f}]  {self.bar.sign} {self.bar.bar:g}{word}"


OURS, LIMIT = ("ours", "list"), ("limit", "list")
BARS = (
    Bar("list page ÷ LIMIT, requests/s", "rate", OURS, LIMIT, 0.50),
    Bar("list page ÷ LIMIT, processor time", "cpu", OURS, LIMIT, 0.40),
    Bar("list page ÷ NAIVE, requests/s", "rate", OURS, ("naive", "list"), 1.5),
    Bar("list page ÷ TUTORIAL, requests/s", "rate", OURS, ("tutorial", "list"), 12),
    Bar("list page ÷ LIMIT, p99", "p99", OURS, LIMIT, 1.6),
    Bar("304 ÷ our 200, requests/s", "rate", ("ours", "unchanged"), OURS, 1.4),
    Bar("by id ÷ LIMIT by id, requests/s", "rate", ("ours", "one"), ("limit", "one"), 0.33),
    Bar("POST ÷ LIMIT's insert, requests/s", "rate", ("ours", "add"), ("limit", "add"), 0.25),
    Bar("429 ÷ our 200, requests/s", "rate", ("ours", "limited"), OURS, 2.0),
)
