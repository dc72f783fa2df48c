"""What a session must fit, in the catalogue's words."""

from dataclasses import dataclass

from training import avoidance, equipment
from training.model import LEVELS, Equipment, Level, Load, Movement, MuscleGroup
from training.session import PlanRequest


@dataclass(frozen=True, slots=True)
class Wish:
    """A request, read. `focus` is None for the whole body; `unknown` are the words that said nothing to us."""

    focus: MuscleGroup | None
    minutes: int
    level: Level
    at_hand: frozenset[Equipment]
    avoided: frozenset[Load]
    unknown: tuple[str, ...]


def wish_of(request: PlanRequest) -> Wish:
    """Read a request. Whoever names no level is taken for intermediate."""
    at_hand, unknown_things = equipment.normalise(request.equipment)
    avoided, unknown_loads = avoidance.normalise(request.avoid)
    return Wish(
        focus=None if request.focus == "full_body" else request.focus,
        minutes=request.minutes,
        level=request.level or "intermediate",
        at_hand=at_hand,
        avoided=avoided,
        unknown=(*unknown_things, *unknown_loads),
    )


def suits(movement: Movement, wish: Wish) -> bool:
    """May the session hold this movement?"""
    return (
        LEVELS.index(movement.level) <= LEVELS.index(wish.level)
        and equipment.possible(movement, wish.at_hand)
        and avoidance.suits(movement, wish.avoided)
    )
