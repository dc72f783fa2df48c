"""What may stand beside what in a session: no two names for one movement, no third press, one heavy pull."""

from collections.abc import Sequence
from functools import cache

from training.model import Movement, Pattern
from training.plan_kit import NO_WEIGHT, THINGS, is_without_weight
from training.plan_wish import Wish

MOST_ALIKE = 2
"""So many loaded movements of one pattern, and as many without load beside them. Our convention."""
MOST_UNLOADED = 3
"""So many of a pattern for whoever has no weights, whose push-ups differ more than their equipment."""

LIGHT: frozenset[Pattern] = frozenset({"isolation", "core", "carry", "locomotion"})
_QUALIFIERS: frozenset[str] = frozenset({*THINGS, "Single-Arm", "Two-Arm", "Two-Hand", "Squeeze", "Crush", "Seated"})
_AREAS: dict[Pattern, str] = {
    "squat": "knee",
    "lunge": "knee",
    "hinge": "hip",
    "horizontal_push": "push",
    "vertical_push": "push",
    "horizontal_pull": "pull",
    "vertical_pull": "pull",
}


@cache
def is_light(movement: Movement) -> bool:
    """Is it done with little weight and many repetitions? So is what pulls for the rear of the shoulder."""
    pulls_small = movement.primary == "shoulders" and movement.pattern in ("horizontal_pull", "vertical_pull")
    return pulls_small or movement.pattern in LIGHT


@cache
def is_heavy_hinge(movement: Movement) -> bool:
    """Is it a deadlift or a kin of it, of which one is enough?"""
    return movement.pattern == "hinge" and "spinal_loading" in movement.stresses


def area(movement: Movement) -> str | None:
    """What a heavy movement tires: `knee`, `hip`, `push` or `pull`. None for light ones."""
    return None if is_light(movement) else _AREAS[movement.pattern]


def is_welcome(movement: Movement, chosen: Sequence[Movement], wish: Wish) -> bool:
    """Does it add something to what is chosen?"""
    if is_heavy_hinge(movement) and any(map(is_heavy_hinge, chosen)):
        return False
    same = [other for other in chosen if other.pattern == movement.pattern]
    if any(kind_of(other) == kind_of(movement) for other in same):
        return False
    if is_light(movement):
        return True
    unloaded = is_without_weight(movement)
    most = MOST_ALIKE if wish.at_hand - NO_WEIGHT else MOST_UNLOADED
    return sum(is_without_weight(other) == unloaded for other in same) < most


@cache
def kind_of(movement: Movement) -> tuple[str, ...]:
    """A name without what it is done with: a dumbbell bench press beside a bar's is one movement twice."""
    return tuple(word for word in movement.name.split() if word not in _QUALIFIERS)
