"""What people have at hand: from their words to `Equipment`, and whether a movement can be done with it."""

from collections.abc import Iterable, Set
from functools import lru_cache
from typing import Any

from training.model import EQUIPMENT, Equipment, Movement
from training.spelling import parts, plain_words
from training.tables import read

IMPLIED: dict[Equipment, frozenset[Equipment]] = {
    # Whoever has a loaded bar has a rack for it and a flat bench to press it from, and expects the bench press.
    "barbell": frozenset({"bench"}),
    # Machines stand in gyms, and gyms have benches.
    "machine": frozenset({"bench"}),
    # What can be set up and down can be set flat.
    "incline_bench": frozenset({"bench"}),
}
"""What comes with a thing unsaid, and why. All else must be said.

So a barbell brings a rack and a flat bench; none that is set up or down. Dumbbells are often all there is, and bring no
bench: `bench` says that there is a flat one, `incline bench` or `adjustable bench` one that can be set. `cables` brings
nothing by another name: it is the whole frame with high and low pulleys, bars, rope, and a seat for rows and pulldowns;
its crossbar may or may not have grips, so pull-ups need the word.
"""

_BODY: frozenset[Equipment] = frozenset({"bodyweight"})

HOME_GYM: frozenset[Equipment] = frozenset({"barbell", "dumbbells", "bench", "pull_up_bar"})
"""A rack and what is usually in it. A `gym` has everything."""


def _meanings(table: dict[str, Any]) -> dict[str, frozenset[Equipment]]:
    things: dict[Equipment, list[str]] = table["things"]
    return {
        **dict.fromkeys(table["nothing"], frozenset()),
        **dict.fromkeys(table["everything"], frozenset(EQUIPMENT)),
        **dict.fromkeys(table["home_gym"], HOME_GYM),
        **{name: frozenset({thing}) for thing, names in things.items() for name in names},
    }


_TABLE = read("equipment")
_FILLER = frozenset(_TABLE["filler"])
_MEANINGS = _meanings(_TABLE)


def normalise(words: Iterable[str]) -> tuple[frozenset[Equipment], tuple[str, ...]]:
    """What `words` name, always with `bodyweight`, and those of them that say nothing to us, as they were typed."""
    known = set(_BODY)
    unknown: dict[str, None] = {}
    for part in parts(words):
        if (found := _meaning(part)) is not None:
            known |= found
        else:
            unknown[part] = None
    return frozenset(known), tuple(unknown)


def at_hand(equipment: Set[Equipment]) -> frozenset[Equipment]:
    """`equipment`, what it implies, and the body."""
    return _at_hand(frozenset(equipment))


@lru_cache
def _at_hand(equipment: frozenset[Equipment]) -> frozenset[Equipment]:
    """Asked hundreds of times for each session, of every movement."""
    return _BODY.union(equipment, *(IMPLIED.get(one, _BODY) for one in equipment))


def possible(movement: Movement, equipment: Set[Equipment]) -> bool:
    """Whether `movement` can be done with `equipment` and what it implies."""
    things = at_hand(equipment)
    return any(needed <= things for needed in movement.equipment)


def _meaning(part: str) -> frozenset[Equipment] | None:
    spelled = plain_words(part)
    said = [word for word in spelled if word not in _FILLER and not word[0].isdigit()]
    if not said and part:
        return None
    # What is skipped elsewhere tells something here: an `adjustable bench`.
    return next((_MEANINGS[name] for name in (" ".join(spelled), " ".join(said)) if name in _MEANINGS), None)
