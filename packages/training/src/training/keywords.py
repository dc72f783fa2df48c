"""What the words of a name tell when the name as a whole is unknown: anything with `squat` in it trains the legs."""

from collections.abc import Set
from dataclasses import dataclass
from typing import Any

from training.model import MUSCLE_GROUPS, PATTERNS, MuscleGroup, Pattern
from training.tables import read

_KEYS = frozenset({"all", "any", "none", "primary", "secondary", "pattern"})


@dataclass(frozen=True, slots=True)
class Rule:
    """All, at least one, and none of some words; and what follows. A rule without `primary` says: nothing known."""

    all: frozenset[str]
    any: frozenset[str]
    none: frozenset[str]
    primary: MuscleGroup | None
    secondary: tuple[MuscleGroup, ...]
    pattern: Pattern | None

    def fits(self, words: Set[str]) -> bool:
        """Whether a name made of `words` is one of these."""
        return self.all <= words and (not self.any or bool(self.any & words)) and not self.none & words


def rule(entry: dict[str, Any]) -> Rule:
    """The rule that a table of the data file describes. Raises ValueError."""
    primary, pattern = entry.get("primary"), entry.get("pattern")
    secondary = tuple(entry.get("secondary", ()))
    wanted = frozenset(entry.get("all", ())), frozenset(entry.get("any", ()))
    known = entry.keys() <= _KEYS and {primary, *secondary} <= {None, *MUSCLE_GROUPS} and pattern in (None, *PATTERNS)
    if not known or not any(wanted) or (primary is None) != (pattern is None):
        raise ValueError(f"a bad rule: {entry}")
    return Rule(*wanted, frozenset(entry.get("none", ())), primary, secondary, pattern)


def first_fitting(words: Set[str]) -> Rule | None:
    """The rule that decides about `words`, or None."""
    return next((one for one in RULES if one.fits(words)), None)


RULES: tuple[Rule, ...] = tuple(rule(entry) for entry in read("keywords")["rule"])

WORDS: frozenset[str] = frozenset(word for one in RULES for word in one.all | one.any | one.none)
"""All the words that rules look for."""
