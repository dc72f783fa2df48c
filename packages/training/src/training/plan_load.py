"""How heavy: somebody's own working weight where the routine has the movement, else what to feel for."""

from training.load import estimated_1rm_kg, working_weight_kg
from training.model import Equipment, Exercise, Movement
from training.plan_kit import NO_WEIGHT, can_be_loaded, is_makeshift, kit_of
from training.plan_wish import Wish
from training.progression import INCREMENT_KG

RESERVE_REPS = 2
"""Repetitions left at the end of a set: near enough to failure to grow (Refalo et al. 2023), far enough to recover."""
RESERVE_SECONDS = 10
LEAST_WORKING_REPS = 3
"""Fewer are a test of strength and leave no reserve. Our convention."""
MAX_KG = 1000.0
"""More has nobody lifted, and what is written above it is a slip."""
_STEPS = (2.5, 1.25)
"""Steps that people's numbers show where they are no multiples of the usual one."""


def suggestion(movement: Movement, reps: str, wish: Wish, own: Exercise | None) -> str:
    """What to lift for `reps`, as "8-12" or "30-45 s"; `own` is the routine's line of the same movement."""
    kit = kit_of(movement, wish)
    told = own is not None and _is_comparable(movement, wish) and _own(own, reps, kit, movement)
    if told:
        return told
    if kit <= NO_WEIGHT:
        return "bodyweight"
    thing = "band" if "bands" in kit else "weight"
    left = f"{RESERVE_SECONDS} seconds" if movement.timed else f"{RESERVE_REPS} repetitions"
    return f"a {thing} that leaves {left} in reserve"


def _is_comparable(movement: Movement, wish: Wish) -> bool:
    """Is it done here with what the routine's weight was lifted with?"""
    return can_be_loaded(movement, wish) and not is_makeshift(movement, wish)


def _own(own: Exercise, reps: str, kit: frozenset[Equipment], movement: Movement) -> str | None:
    weight = own.weight or 0.0
    if not 0 < weight <= MAX_KG:
        return None
    if movement.timed or kit <= NO_WEIGHT:
        # What a body weighs is not known, and a hold has no maximum: nothing can be computed, only kept.
        return f"{_kg(weight)}, as in your routine"
    low, high = (int(end) for end in reps.split("-"))
    if low <= own.reps <= high:
        return f"{_kg(weight)} × {own.reps}, as in your routine"
    # Theirs are working weights, with their own reserve: as hard as that, for the nearest repetitions of the range.
    goal = low if own.reps < low else high
    maximum = estimated_1rm_kg(weight, own.reps)
    reserve = RESERVE_REPS if own.reps < LEAST_WORKING_REPS else 0
    other = working_weight_kg(maximum, goal, reserve) if maximum else None
    if other is None:
        return f"at least {_kg(weight)}, from your {_kg(weight)} × {own.reps}" if own.reps > high else None
    step = _step(weight, kit)
    rounded = round(other / step) * step
    if goal < own.reps:
        # Fewer repetitions than theirs are no reason for less weight, whatever rounding says.
        rounded = max(rounded, weight)
    if rounded <= 0:
        return None
    return f"about {_kg(rounded)} × {goal}, from your {_kg(weight)} × {own.reps}"


def _step(weight: float, kit: frozenset[Equipment]) -> float:
    usual = min((INCREMENT_KG[thing] for thing in kit if thing in INCREMENT_KG), default=_STEPS[0])
    return next((step for step in (usual, *_STEPS) if weight % step == 0), usual)


def _kg(weight: float) -> str:
    return f"{round(weight, 3):.10g} kg"
