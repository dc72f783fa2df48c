"""What people want to spare: from their words to `Load`, and whether a movement respects it."""

from collections.abc import Iterable, Set

from training.model import LOADS, Load, Movement
from training.spelling import parts, plain_words
from training.tables import read


def _meanings(table: dict[str, list[str]]) -> dict[str, frozenset[Load]]:
    loads = {name: frozenset(load for load in LOADS if name in table[load]) for load in LOADS for name in table[load]}
    return loads | dict.fromkeys(table["other"], frozenset())


_MEANINGS = _meanings(read("avoidance"))
_NOTHING: frozenset[Load] = frozenset()


def normalise(words: Iterable[str]) -> tuple[frozenset[Load], tuple[str, ...]]:
    """What `words` ask to spare, and those of them in which nothing was understood, as they were typed.

    One word that is known is enough (`bad shoulders`, `no overhead pressing`); nothing is guessed from others.
    """
    known: set[Load] = set()
    unknown: dict[str, None] = {}
    for part in filter(None, parts(words)):
        if found := _loads(plain_words(part)):
            known |= found
        else:
            unknown[part] = None
    return frozenset(known), tuple(unknown)


def suits(movement: Movement, avoided: Set[Load]) -> bool:
    """Whether `movement` asks nothing of what is `avoided`."""
    return movement.stresses.isdisjoint(avoided)


def _loads(words: tuple[str, ...]) -> frozenset[Load]:
    """What `words` name, read from the left, two at a time where two belong together."""
    if not words:
        return _NOTHING
    if (found := _MEANINGS.get(" ".join(words[:2]))) is not None:
        return found | _loads(words[2:])
    return _MEANINGS.get(words[0], _NOTHING) | _loads(words[1:])
