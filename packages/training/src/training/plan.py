"""A session by rule: for a focus, an equipment, some minutes, a level, and what must be avoided. Deterministic.

The same request and routine give the same plan. `training.check` verifies plans without sharing this code.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from training import avoidance, equipment
from training.catalogue import MOVEMENTS
from training.load import estimated_1rm_kg, working_weight_kg
from training.model import LEVELS, Equipment, Exercise, Level, Load, Movement, MuscleGroup, Pattern
from training.progression import INCREMENT_KG
from training.recognition import recognise
from training.session_time import Slot, session_minutes

MAX_EXERCISES = 12
"""More movements in one session than anybody does well. Our convention, as are the sets below."""
LEAST_SETS, MOST_SETS = (
    {"beginner": 2, "intermediate": 3, "advanced": 3},
    {"beginner": 3, "intermediate": 4, "advanced": 5},
)
RESERVE_REPS = 2
"""Repetitions left at the end of a set: near enough to failure to grow (Refalo et al. 2023), far enough to recover."""

_COMPOUND_REPS: dict[Level, str] = {"beginner": "8-12", "intermediate": "6-10", "advanced": "5-8"}
_MIDDLE: dict[str, int] = {"8-12": 10, "6-10": 8, "5-8": 6, "10-15": 12, "8-15": 12}
_WHOLE_BODY: tuple[frozenset[Pattern], ...] = (
    frozenset({"squat", "lunge"}),
    frozenset({"horizontal_push", "vertical_push"}),
    frozenset({"horizontal_pull", "vertical_pull"}),
    frozenset({"hinge"}),
    frozenset({"core"}),
    frozenset({"vertical_push", "horizontal_push"}),
    frozenset({"vertical_pull", "horizontal_pull"}),
    frozenset({"lunge", "carry", "locomotion"}),
)
"""What a session for the whole body is made of, the most important first: legs, push, pull, hip, core, and again."""


_PLACE = {movement.name: place for place, movement in enumerate(MOVEMENTS)}
"""The catalogue names the usual movements of each group first."""


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """What a session must fit. `equipment` and `avoid` are as people write them; None is no wish."""

    focus: MuscleGroup | None = None
    equipment: tuple[str, ...] = ("barbell", "dumbbells", "cables", "bodyweight")
    minutes: int = 60
    level: Level | None = None
    avoid: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedExercise:
    """A line of a session. `reps` is "8-12", "10" or "30 s"."""

    name: str
    sets: int
    reps: str
    weight_suggestion: str
    notes: str
    muscle_group: MuscleGroup


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """A session; `minutes` are by the time model, warm-up and rests included."""

    title: str
    description: str
    exercises: tuple[PlannedExercise, ...]
    minutes: int
    difficulty: Level
    tips: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Wish:
    """A request in the catalogue's words."""

    focus: MuscleGroup | None
    minutes: int
    level: Level
    at_hand: frozenset[Equipment]
    avoided: frozenset[Load]
    unknown: tuple[str, ...]


def plan_session(request: PlanRequest, routine: Sequence[Exercise] = ()) -> SessionPlan:
    """A session that keeps every rule of `training.check`, with loads from `routine` where it has the movement.

    Where nothing suits, it is empty and says why.
    """
    wish = _read(request)
    own = {found.name: exercise for exercise in routine if (found := recognise(exercise.name).movement)}
    chosen = _choose(wish, own)
    exercises = _add_sets([_line(movement, wish, own.get(movement.name)) for movement in chosen], wish)
    return SessionPlan(
        title=_title(wish),
        description=_description(wish, exercises),
        exercises=tuple(exercises),
        minutes=plan_minutes(exercises),
        difficulty=wish.level,
        tips=_tips(wish),
    )


def plan_minutes(exercises: Sequence[PlannedExercise]) -> int:
    """How long a session takes, by the time model; names are recognised, unknown ones count as compound."""
    return session_minutes([_slot(exercise) for exercise in exercises])


def _slot(exercise: PlannedExercise) -> Slot:
    movement = recognise(exercise.name).movement
    if movement is None:
        return Slot(exercise.sets, exercise.reps)
    return Slot(exercise.sets, exercise.reps, movement.pattern, movement.timed, movement.unilateral)


def _read(request: PlanRequest) -> _Wish:
    at_hand, unknown_things = equipment.normalise(request.equipment)
    avoided, unknown_loads = avoidance.normalise(request.avoid)
    return _Wish(
        focus=request.focus,
        minutes=request.minutes,
        level=request.level or "intermediate",
        at_hand=at_hand,
        avoided=avoided,
        unknown=(*unknown_things, *unknown_loads),
    )


def _suitable(movement: Movement, wish: _Wish) -> bool:
    return (
        LEVELS.index(movement.level) <= LEVELS.index(wish.level)
        and equipment.possible(movement, wish.at_hand)
        and avoidance.suits(movement, wish.avoided)
    )


def _choose(wish: _Wish, own: dict[str, Exercise]) -> list[Movement]:
    """Movements until the time is used, at least half of them for the focus."""
    pool = [movement for movement in MOVEMENTS if _suitable(movement, wish)]
    chosen: list[Movement] = []
    while len(chosen) < MAX_EXERCISES:
        fresh = [movement for movement in _next_pool(pool, chosen, wish) if movement not in chosen]
        candidates = sorted(fresh, key=lambda m: _rank(m, chosen, own, wish))
        fitting = next((m for m in candidates if _fits([*chosen, m], wish)), None)
        if fitting is None:
            return chosen
        chosen.append(fitting)
    return chosen


def _next_pool(pool: list[Movement], chosen: list[Movement], wish: _Wish) -> list[Movement]:
    """Where the next movement comes from."""
    if wish.focus is None or wish.focus == "full_body":
        wanted = _WHOLE_BODY[len(chosen) % len(_WHOLE_BODY)]
        fresh = [m for m in pool if m not in chosen]
        return [m for m in fresh if m.pattern in wanted] or fresh
    focused = [m for m in pool if m.primary == wish.focus and m not in chosen]
    others = [m for m in pool if wish.focus in m.secondary or m.primary == "core"]
    spare = sum(m.primary == wish.focus for m in chosen) - sum(m.primary != wish.focus for m in chosen)
    if focused and not (spare >= 2 and others):
        return focused
    if spare >= 1:
        return others
    return [] if any(m.primary == wish.focus for m in pool) else pool


def _rank(movement: Movement, chosen: list[Movement], own: dict[str, Exercise], wish: _Wish) -> tuple[int, ...]:
    """Another pattern before the same, compound before isolation, what somebody knows first, then what is usual."""
    same = sum(m.pattern == movement.pattern for m in chosen)
    single_joint = movement.pattern in ("isolation", "core", "locomotion")
    # Whoever has weights wants to use them, but for what is done without them anyway.
    unloaded = bool(wish.at_hand - {"bodyweight"}) and movement.pattern != "core" and _is_bodyweight(movement)
    is_new = movement.name not in own
    return (same + single_joint + unloaded, int(single_joint), int(is_new), _PLACE[movement.name])


def _fits(movements: list[Movement], wish: _Wish) -> bool:
    return plan_minutes([_line(movement, wish, None) for movement in movements]) <= wish.minutes


def _line(movement: Movement, wish: _Wish, own: Exercise | None) -> PlannedExercise:
    reps = _reps(movement, wish.level)
    # A quarter of an hour holds two sets of two movements rather than three of one.
    sets = 2 if wish.minutes < 30 else LEAST_SETS[wish.level]
    weight = _weight(movement, reps, own)
    return PlannedExercise(movement.name, sets, reps, weight, movement.cue, movement.primary)


def _reps(movement: Movement, level: Level) -> str:
    if movement.timed:
        return "20-30 s" if level == "beginner" else "30-45 s"
    if movement.pattern in ("isolation", "core", "carry", "locomotion"):
        return "10-15"
    return "8-15" if _is_bodyweight(movement) else _COMPOUND_REPS[level]


def _is_bodyweight(movement: Movement) -> bool:
    return any(kit <= {"bodyweight"} for kit in movement.equipment)


def _weight(movement: Movement, reps: str, own: Exercise | None) -> str:
    if own and own.weight and not movement.timed and (maximum := estimated_1rm_kg(own.weight, own.reps)):
        step = min(INCREMENT_KG.get(item, 2.5) for kit in movement.equipment for item in kit)
        weight = working_weight_kg(maximum, _MIDDLE[reps], RESERVE_REPS)
        if weight is not None and (rounded := round(weight / step) * step) > 0:
            return f"about {rounded:g} kg, from your {own.reps} × {own.weight:g} kg"
    if _is_bodyweight(movement):
        return "bodyweight"
    return f"a weight that leaves {RESERVE_REPS} repetitions in reserve"


def _add_sets(exercises: list[PlannedExercise], wish: _Wish) -> list[PlannedExercise]:
    """Time that is left goes into more sets, in turn, the first movements first."""
    for sets in range(2, MOST_SETS[wish.level] + 1):
        for index, exercise in enumerate(exercises):
            if exercise.sets >= sets:
                continue
            more = [*exercises[:index], replace(exercise, sets=sets), *exercises[index + 1 :]]
            if plan_minutes(more) <= wish.minutes:
                exercises = more
    return exercises


def _focus_words(wish: _Wish) -> str:
    return "the whole body" if wish.focus in (None, "full_body") else str(wish.focus)


def _title(wish: _Wish) -> str:
    area = "Whole Body" if wish.focus in (None, "full_body") else str(wish.focus).capitalize()
    return f"{wish.minutes}-Minute {area} Session"


def _description(wish: _Wish, exercises: list[PlannedExercise]) -> str:
    if not exercises:
        return (
            "Nothing in the catalogue fits this equipment, time and what you want to avoid. Take one of the limits "
            "away, or ask a physiotherapist what you may do."
        )
    kit = ", ".join(sorted(wish.at_hand)).replace("_", " ") or "bodyweight"
    text = f"A session for {_focus_words(wish)} with {kit}, planned by rule."
    if wish.focus not in (None, "full_body") and all(e.muscle_group != wish.focus for e in exercises):
        text += f" Nothing for {wish.focus} fits what you want to avoid, so it trains the rest of you."
    if wish.avoided:
        text += f" It avoids: {', '.join(sorted(wish.avoided)).replace('_', ' ')}."
    if wish.unknown:
        text += f" I did not understand: {', '.join(wish.unknown)}. Please check that the session suits you."
    if (minutes := plan_minutes(exercises)) < wish.minutes * 0.7:
        text += f" It ends after {minutes} minutes: more of the same would tire you without training you more."
    return text


def _tips(wish: _Wish) -> tuple[str, ...]:
    tips = [
        "Warm up for 5 minutes, then do one or two light sets of the first movement.",
        f"End each set with {RESERVE_REPS} good repetitions in reserve.",
        "When every set reaches the top of its range, take the smallest step up next time.",
    ]
    if wish.level == "beginner":
        tips.append("Learn each movement with a light weight before you add any.")
    if wish.avoided:
        tips.append("Stop what hurts, whatever the plan says.")
    return tuple(tips)
