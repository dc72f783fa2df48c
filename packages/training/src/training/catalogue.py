"""The movements this package knows by name, one file for each muscle group in `data`."""

from collections.abc import Iterable, Iterator
from typing import Any

from training.model import EQUIPMENT, LEVELS, LOADS, MUSCLE_GROUPS, PATTERNS, Equipment, Movement, MuscleGroup
from training.spelling import key, words
from training.tables import read

MAX_CUE_LENGTH = 160

_REQUIRED = frozenset({"aliases", "secondary", "equipment", "pattern", "level", "stresses", "cue"})
_FLAGS = frozenset({"unilateral", "timed"})


class BadData(ValueError):
    """A data file of this package says something that it may not say."""


def movement(name: str, primary: MuscleGroup, entry: dict[str, Any]) -> Movement:
    """The movement that `entry`, the table of a data file, describes. Raises BadData."""
    _check(name, entry.keys() >= _REQUIRED and entry.keys() <= _REQUIRED | _FLAGS, "keys")
    _check(name, entry["pattern"] in PATTERNS, "pattern")
    _check(name, entry["level"] in LEVELS, "level")
    _check(name, all(isinstance(entry.get(flag, False), bool) for flag in _FLAGS), "unilateral or timed")
    _check(name, 0 < len(entry["cue"]) <= MAX_CUE_LENGTH, "cue")
    secondary = _each_of(name, "secondary", entry["secondary"], MUSCLE_GROUPS)
    _check(name, not {primary, "full_body"} & set(secondary), "secondary")
    return Movement(
        name=name,
        aliases=tuple(entry["aliases"]),
        primary=primary,
        secondary=secondary,
        equipment=_alternatives(name, entry["equipment"]),
        pattern=entry["pattern"],
        level=entry["level"],
        stresses=frozenset(_each_of(name, "stresses", entry["stresses"], LOADS)),
        unilateral=entry.get("unilateral", False),
        timed=entry.get("timed", False),
        cue=entry["cue"],
    )


def index(movements: Iterable[Movement]) -> dict[tuple[str, ...], Movement]:
    """Every name and alias, by its key. Raises BadData if one says nothing or means two movements."""
    found: dict[tuple[str, ...], Movement] = {}
    for one in movements:
        for name in (one.name, *one.aliases):
            own = key(words(name))
            _check(one.name, bool(own) and found.setdefault(own, one) is one, f"name {name!r}")
    return found


def by_name(name: str) -> Movement | None:
    """The movement called so, or None. Spelling, plural and the order of words do not matter; the words do."""
    return INDEX.get(key(words(name)))


def of_group(group: MuscleGroup) -> tuple[Movement, ...]:
    """The movements that work `group` first, in the order of the catalogue."""
    return tuple(one for one in MOVEMENTS if one.primary == group)


def _alternatives(name: str, given: list[list[str]]) -> tuple[frozenset[Equipment], ...]:
    sets = tuple(frozenset(_each_of(name, "equipment", alternative, EQUIPMENT)) for alternative in given)
    _check(name, bool(sets) and all(sets), "equipment")
    _check(name, all("bodyweight" not in one or len(sets) == len(one) == 1 for one in sets), "equipment")
    _check(name, not any(one <= other for one in sets for other in sets if one is not other), "equipment")
    return sets


def _each_of(name: str, what: str, given: list[Any], known: tuple[str, ...]) -> tuple[Any, ...]:
    _check(name, set(given) <= set(known) and len(set(given)) == len(given), what)
    return tuple(given)


def _check(name: str, right: bool, what: str) -> None:
    if not right:
        raise BadData(f"{name}: bad {what}")


def _load() -> Iterator[Movement]:
    for group in MUSCLE_GROUPS:
        for name, entry in read(group).items():
            yield movement(name, group, entry)


MOVEMENTS: tuple[Movement, ...] = tuple(_load())
INDEX = index(MOVEMENTS)
