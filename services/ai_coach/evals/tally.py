"""What was checked how often, how often it held, and how sure that makes us."""

from collections import defaultdict
from dataclasses import dataclass, field
from math import sqrt
from typing import NamedTuple

Z = 1.959964  # the standard normal's 97.5 % quantile: 95 % lie between -Z and Z
MAX_EXAMPLES = 5  # of failures that are kept for each check


def wilson(passed: int, total: int) -> tuple[float, float]:
    """The 95 % score interval of a proportion (Wilson 1927, J. Am. Stat. Assoc. 22, 209-212)."""
    if total == 0:
        return 0.0, 1.0
    rate = passed / total
    shrunk = 1 + Z**2 / total
    centre = (rate + Z**2 / (2 * total)) / shrunk
    half = Z * sqrt(rate * (1 - rate) / total + Z**2 / (4 * total**2)) / shrunk
    return max(0.0, centre - half), min(1.0, centre + half)


class Finding(NamedTuple):
    """One check of one answer. `is_hard`: the service may never fail it."""

    check: str
    is_hard: bool
    passed: bool
    detail: str = ""


def hard(check: str, passed: bool, detail: object = "") -> Finding:
    """A rule that no answer may break."""
    return Finding(check, True, passed, "" if passed else str(detail)[:400])


def soft(check: str, passed: bool, detail: object = "") -> Finding:
    """A quality that is counted and gates nothing."""
    return Finding(check, False, passed, "" if passed else str(detail)[:400])


@dataclass
class Count:
    """How a check went over all answers of a subject."""

    is_hard: bool = False
    passed: int = 0
    total: int = 0
    failures: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """The share that passed."""
        return self.passed / self.total if self.total else 1.0


class Tally:
    """All counts of one subject, in the order in which the checks first came."""

    def __init__(self, subject: str, *, is_gated: bool) -> None:
        self.subject = subject
        self.is_gated = is_gated
        self.counts: dict[str, Count] = defaultdict(Count)
        self.sources: dict[str, int] = defaultdict(int)
        self.tokens: dict[str, int] = {}

    def add(self, case: str, *findings: Finding) -> None:
        """Count what was found in the answer to `case`."""
        for found in findings:
            count = self.counts[found.check]
            count.is_hard = found.is_hard
            count.total += 1
            count.passed += found.passed
            if not found.passed and len(count.failures) < MAX_EXAMPLES:
                count.failures.append(f"{case}: {found.detail}")

    @property
    def broken(self) -> dict[str, Count]:
        """The hard checks that did not always hold, where that matters."""
        hard_ones = {name: count for name, count in self.counts.items() if count.is_hard}
        return {name: count for name, count in hard_ones.items() if self.is_gated and count.passed < count.total}
