"""What people want to spare: from their words to loads, patterns and names, and whether a movement respects them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import or_
from typing import Any

from training.catalogue import INDEX, MOVEMENTS
from training.model import LOADS, Load, Movement, Pattern
from training.spelling import key, parts, words
from training.tables import read


@dataclass(frozen=True, slots=True)
class Avoided:
    """What must not be in a session: what asks for `loads`, moves like `patterns`, or has all words of one of `names`.

    A name spares whatever is called so, by any of its names: `squat` the split squat too, `back squat` the high bar.
    """

    loads: frozenset[Load] = frozenset()
    patterns: frozenset[Pattern] = frozenset()
    names: frozenset[tuple[str, ...]] = frozenset()

    def __or__(self, other: "Avoided") -> "Avoided":
        return Avoided(self.loads | other.loads, self.patterns | other.patterns, self.names | other.names)

    def __bool__(self) -> bool:
        return bool(self.loads or self.patterns or self.names)

    def words(self) -> tuple[str, ...]:
        """All of it, in words."""
        return _sorted([*self.loads, *self.patterns, *map(" ".join, self.names)])

    def clashes(self, movement: Movement) -> tuple[str, ...]:
        """What of it `movement` is or asks for, in words."""
        called = _called(movement) if self.names else ()
        names = [" ".join(name) for name in self.names if any(one.issuperset(name) for one in called)]
        return _sorted([*movement.stresses & self.loads, *self.patterns & {movement.pattern}, *names])

    def spares(self, movement: Movement) -> bool:
        """Whether `movement` is nothing and asks for nothing that is avoided."""
        return not self.clashes(movement)


NOTHING = Avoided()


def normalise(texts: Iterable[str]) -> tuple[Avoided, tuple[str, ...]]:
    """What `texts` ask to spare, and those of them in which nothing was understood, as they were typed.

    One word that is known is enough (`bad shoulders`, `no more back squats`); nothing is guessed from others.
    """
    known = NOTHING
    unknown: dict[str, None] = {}
    for part in filter(None, parts(texts)):
        if found := _read(tuple(_VERBS.get(word, word) for word in words(part))):
            known |= found
        else:
            unknown[part] = None
    return known, tuple(unknown)


def _read(said: tuple[str, ...]) -> Avoided:
    """What words mean, read from the left, as many at a time as belong together."""
    found, start = NOTHING, 0
    while start < len(said):
        ends = range(min(len(said), start + _LONGEST), start, -1)
        meanings = ((end, _meaning(said[start:end])) for end in ends)
        start, meaning = next(((end, one) for end, one in meanings if one is not None), (start + 1, NOTHING))
        found |= meaning
    return found


def _meaning(phrase: tuple[str, ...]) -> Avoided | None:
    """What a phrase means as a whole. None is nothing, or nothing known."""
    if (listed := _MEANINGS.get(" ".join(phrase))) is not None:
        return listed
    # One word that ends a name may still be no movement: `bar`.
    is_name = (key(phrase) in INDEX or phrase in _ENDINGS) and phrase not in _NO_MOVEMENT
    return Avoided(names=frozenset({phrase})) if is_name else None


def _meanings(table: dict[str, Any]) -> dict[str, Avoided]:
    loads = [{name: Avoided(loads=frozenset({load})) for name in table[load]} for load in LOADS]
    families = [
        {name: Avoided(patterns=frozenset(one["patterns"]), names=frozenset((word,) for word in one["names"]))}
        for one in table["family"]
        for name in one["called"]
    ]
    listed = [dict.fromkeys(table["other"], NOTHING), *loads, *families]
    return {name: reduce(or_, (one[name] for one in listed if name in one)) for one in listed for name in one}


def _endings() -> Iterable[tuple[str, ...]]:
    for movement in MOVEMENTS:
        for name in (movement.name, *movement.aliases):
            said = words(name)
            # One word at the end of an alias says little: `sofa hip thrust weighted`.
            shortest = 1 if name == movement.name else 2
            yield from (said[start:] for start in range(len(said) - shortest + 1))


@lru_cache(maxsize=2048)
def _called(movement: Movement) -> tuple[frozenset[str], ...]:
    names = (words(name) for name in (movement.name, *movement.aliases))
    return tuple(frozenset(_VERBS.get(word, word) for word in name) for name in names)


def _sorted(said: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({word.replace("_", " ") for word in said}))


_TABLE = read("avoidance")
_VERBS: dict[str, str] = _TABLE["verbs"]
_MEANINGS = _meanings(_TABLE)
_NO_MOVEMENT = frozenset((word,) for word in _TABLE["no_movement"])
_ENDINGS = frozenset(_endings())
_LONGEST = max(map(len, _ENDINGS))
