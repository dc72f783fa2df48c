"""What a session must fit, in the catalogue's words."""

from dataclasses import dataclass

from training import avoidance, equipment
from training.avoidance import Avoided
from training.catalogue import of_group
from training.model import LEVELS, Equipment, Level, Movement, MuscleGroup
from training.session import PlanRequest


@dataclass(frozen=True, slots=True)
class Wish:
    """A request, read. `focus` is None for the whole body; `unknown` are the words that said nothing to us."""

    focus: MuscleGroup | None
    minutes: int
    level: Level
    at_hand: frozenset[Equipment]
    avoided: Avoided
    unknown: tuple[str, ...]


def wish_of(request: PlanRequest) -> Wish:
    """Read a request. Whoever names no level is taken for intermediate."""
    at_hand, unknown_things = equipment.normalise(request.equipment)
    avoided, not_understood = avoidance.normalise(request.avoid)
    return Wish(
        focus=None if request.focus == "full_body" else request.focus,
        minutes=request.minutes,
        level=request.level or "intermediate",
        at_hand=at_hand,
        avoided=avoided,
        unknown=(*unknown_things, *not_understood),
    )


def suits(movement: Movement, wish: Wish) -> bool:
    """May the session hold this movement?"""
    return _is_possible(movement, wish) and wish.avoided.spares(movement)


def contradicts_itself(wish: Wish) -> bool:
    """Is most of what trains the focus to be avoided?"""
    if wish.focus is None:
        return False
    possible = [movement for movement in of_group(wish.focus) if _is_possible(movement, wish)]
    return sum(map(wish.avoided.spares, possible)) * 2 < len(possible)


def _is_possible(movement: Movement, wish: Wish) -> bool:
    return LEVELS.index(movement.level) <= LEVELS.index(wish.level) and equipment.possible(movement, wish.at_hand)
