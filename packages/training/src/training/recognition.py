"""Which movement, or at least which muscles, somebody means by a name. Any text is answered; none raises."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from training import keywords
from training.catalogue import INDEX, MOVEMENTS
from training.correction import Vocabulary
from training.model import Equipment, Movement, MuscleGroup, Pattern
from training.spelling import MAX_LENGTH, MODIFIERS, ORDINARY, key, meaningful, plain_words, raw_words, words

Kind = Literal["exact", "alias", "contained", "fuzzy", "keyword", "unknown"]


@dataclass(frozen=True, slots=True)
class Recognition:
    """What a name means, and how that is known.

    `exact` and `alias` are a movement's own names; `contained` is one among other words; `fuzzy` is any of these,
    spelled wrong; `keyword` knows the muscles but not the movement; `unknown` knows nothing.
    """

    movement: Movement | None
    primary: MuscleGroup | None
    secondary: tuple[MuscleGroup, ...]
    pattern: Pattern | None
    kind: Kind


UNKNOWN = Recognition(None, None, (), None, "unknown")

_NO_WEIGHTS: frozenset[Equipment] = frozenset({"bodyweight", "pull_up_bar", "rings", "bench", "incline_bench"})
_THINGS: dict[str, frozenset[Equipment]] = {
    "band": frozenset({"bands"}),
    "barbell": frozenset({"barbell"}),
    "bodyweight": _NO_WEIGHTS,
    "cable": frozenset({"cables"}),
    "dumbbell": frozenset({"dumbbells"}),
    "ezbar": frozenset({"barbell"}),
    "kettlebell": frozenset({"kettlebell"}),
    "machine": frozenset({"machine"}),
    "ring": frozenset({"rings"}),
    "rope": frozenset({"cables"}),
    "smith": frozenset({"machine"}),
}
"""With what, in a name: `cable bench press` is no barbell bench press, though it trains the same."""


@dataclass(frozen=True, slots=True)
class _Name:
    words: tuple[str, ...]
    parts: frozenset[str]
    movement: Movement


def recognise(name: str) -> Recognition:
    """What `name` means. Its first 100 characters count."""
    return _recognise(name[:MAX_LENGTH])


@lru_cache(maxsize=4096)
def _recognise(name: str) -> Recognition:
    typed = raw_words(name)
    right = tuple(part for word in typed for part in _VOCABULARY.corrected(word))
    said = meaningful(right)
    found = _whole(said) or _contained(said) or _by_keywords(frozenset(said))
    misspelled = "".join(typed) != "".join(right)
    return replace(found, kind="fuzzy") if found.movement and misspelled else found


def _whole(said: tuple[str, ...]) -> Recognition | None:
    """The movement with exactly this name."""
    if (movement := INDEX.get(key(said))) is None:
        return None
    return _of(movement, "exact" if key(said) == key(words(movement.name)) else "alias")


def _contained(said: tuple[str, ...]) -> Recognition | None:
    """The movement whose longest name is among the words. Of several, the one that stands together, and last."""
    there = frozenset(said)
    best = max((one for one in _NAMES if one.parts <= there), key=lambda one: _rank(one, said), default=None)
    if best is None:
        return None
    beside = there - best.parts
    if len(best.parts) == 1 and not beside <= MODIFIERS | _THINGS.keys():
        return None
    found = _of(best.movement, "contained")
    return found if _agree(best.movement, beside) else replace(found, movement=None, kind="keyword")


def _of(movement: Movement, kind: Kind) -> Recognition:
    return Recognition(movement, movement.primary, movement.secondary, movement.pattern, kind)


def _rank(name: _Name, said: tuple[str, ...]) -> tuple[int, bool, int]:
    together = any(said[start : start + len(name.words)] == name.words for start in range(len(said)))
    return len(name.parts), together, said.index(name.words[-1])


def _agree(movement: Movement, beside: frozenset[str]) -> bool:
    """Whether the things named beside a movement's name are things that it is done with."""
    usual = frozenset().union(*movement.equipment)
    return all(things & usual for word, things in _THINGS.items() if word in beside)


def _by_keywords(said: frozenset[str]) -> Recognition:
    found = keywords.first_fitting(said)
    if found is None or found.primary is None:
        return UNKNOWN
    return Recognition(None, found.primary, found.secondary, found.pattern, "keyword")


def _names() -> Iterator[_Name]:
    for movement in MOVEMENTS:
        for name in (movement.name, *movement.aliases):
            yield _Name(words(name), frozenset(words(name)), movement)


def _vocabulary() -> Iterator[str]:
    yield from ORDINARY | keywords.WORDS | _THINGS.keys()
    for movement in MOVEMENTS:
        for name in (movement.name, *movement.aliases):
            yield from {*raw_words(name), *plain_words(name)}


_NAMES = tuple(_names())
_VOCABULARY = Vocabulary(_vocabulary())
