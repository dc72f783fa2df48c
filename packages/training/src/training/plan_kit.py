"""What a movement is done with here, and what it is then called."""

from functools import cache

from training.equipment import at_hand
from training.model import Equipment, Movement
from training.plan_wish import Wish
from training.recognition import recognise

NO_WEIGHT: frozenset[Equipment] = frozenset({"bodyweight", "pull_up_bar", "rings", "bench", "incline_bench"})
WEIGHTS: frozenset[Equipment] = frozenset({"barbell", "dumbbells", "kettlebell"})
"""What can be held, or hung on somebody, in a movement that is usually done without it."""

THINGS: dict[str, Equipment] = {
    "Barbell": "barbell",
    "Band": "bands",
    "Cable": "cables",
    "Dumbbell": "dumbbells",
    "Kettlebell": "kettlebell",
    "Machine": "machine",
}
"""Words in the names of movements for what they are done with."""


def kit_of(movement: Movement, wish: Wish) -> frozenset[Equipment]:
    """What the movement is done with here: the first alternative that is at hand."""
    things = at_hand(wish.at_hand)
    return next(kit for kit in movement.equipment if kit <= things)


@cache
def is_without_weight(movement: Movement) -> bool:
    """Can it be done with nothing but floor and furniture?"""
    return any(kit <= {"bodyweight"} for kit in movement.equipment)


def can_be_loaded(movement: Movement, wish: Wish) -> bool:
    """Is there anything at hand that makes it heavier by kilograms?"""
    return bool(kit_of(movement, wish) - NO_WEIGHT - {"bands"} or wish.at_hand & WEIGHTS)


def is_makeshift(movement: Movement, wish: Wish) -> bool:
    """Is it done with something else than its name says?"""
    return not _named(movement) <= kit_of(movement, wish)


@cache
def _named(movement: Movement) -> frozenset[Equipment]:
    return frozenset(THINGS[word] for word in movement.name.split() if word in THINGS)


def shown_name(movement: Movement, wish: Wish) -> str:
    """Its name by what it is done with here, a `Dumbbell Glute Bridge`, where that is a name of the same movement."""
    if not is_makeshift(movement, wish):
        return movement.name
    here = next((word for word, thing in THINGS.items() if thing in kit_of(movement, wish)), None)
    name = " ".join(here if here and word in THINGS else word for word in movement.name.split())
    return name if recognise(name).movement == movement else movement.name
