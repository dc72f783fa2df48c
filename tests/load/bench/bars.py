"""What is promised: ratios of two measures of the same round, each with its bar."""

from dataclasses import dataclass
from typing import Literal

from tests.load.bench.figures import Figure
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
    notes: str = ""

    def ratio(self, found: Round) -> float:
        """The ratio in one round."""
        of, to = (getattr(found[key], self.measure) for key in (self.of, self.to))
        return float(to / of if self.measure == "cpu" else of / to)

    def figure(self, rounds: list[Round]) -> Figure:
        """The ratios of all rounds."""
        sign: Literal["≤", "≥"] = "≤" if self.measure == "p99" else "≥"
        return Figure(self.name, [self.ratio(one) for one in rounds], sign, self.bar, self.notes)


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
