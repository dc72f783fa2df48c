"""A session by rule: for a focus, an equipment, some minutes, a level, and what must be avoided. Deterministic.

The same request and routine give the same plan. `training.check` verifies plans without sharing this code.
"""

from collections.abc import Sequence

from training.model import Exercise
from training.plan_choice import choose, most_exercises
from training.plan_dose import MAX_SETS, MOST_SETS, add_sets, doses
from training.plan_text import description, tips, title
from training.plan_wish import Wish, wish_of
from training.recognition import recognise
from training.session import PlannedExercise, PlanRequest, SessionPlan, plan_minutes

__all__ = ["PlanRequest", "PlannedExercise", "SessionPlan", "plan_minutes", "plan_session"]


def plan_session(request: PlanRequest, routine: Sequence[Exercise] = ()) -> SessionPlan:
    """A session that keeps every rule of `training.check`, with loads from `routine` where it has the movement.

    Where nothing suits, it is empty and says why.
    """
    wish = wish_of(request)
    own = _best(routine)
    exercises = add_sets(doses(choose(wish, own), wish, own), wish, own)
    return SessionPlan(
        title=title(wish),
        description=description(wish, exercises, is_full=_is_full(exercises, wish)),
        exercises=exercises,
        minutes=plan_minutes(exercises),
        difficulty=wish.level,
        tips=tips(wish),
    )


def _best(routine: Sequence[Exercise]) -> dict[str, Exercise]:
    """The routine's heaviest line of each movement that is recognised, by the movement's name."""
    lightest_first = sorted(routine, key=lambda exercise: exercise.weight or 0.0)
    return {found.name: exercise for exercise in lightest_first if (found := recognise(exercise.name).movement)}


def _is_full(exercises: Sequence[PlannedExercise], wish: Wish) -> bool:
    sets = sum(exercise.sets for exercise in exercises)
    most = most_exercises(wish) * MOST_SETS[wish.level]
    return sets >= min(MAX_SETS, most)
