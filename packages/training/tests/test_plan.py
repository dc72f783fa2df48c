"""Sessions by rule keep every rule, whatever is asked. The rules are computed here once more, from the catalogue."""

import math
from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from training.check import violations
from training.model import LEVELS, MUSCLE_GROUPS, Equipment, Level, Load, Movement, MuscleGroup
from training.plan import PlannedExercise, PlanRequest, SessionPlan, plan_minutes, plan_session
from training.recognition import recognise

KITS: dict[tuple[str, ...], frozenset[Equipment]] = {
    ("Barbell", "squat rack", "dumbbells"): frozenset({"barbell", "bench", "dumbbells"}),
    ("Dumbbell",): frozenset({"dumbbells"}),
    ("bodyweight only",): frozenset(),
    ("cables, machines",): frozenset({"cables", "machine", "bench"}),
    ("a kettlebell",): frozenset({"kettlebell"}),
    ("pull-up bar", "resistance bands"): frozenset({"pull_up_bar", "bands"}),
    (): frozenset(),
}
AVOIDED: dict[tuple[str, ...], frozenset[Load]] = {
    (): frozenset(),
    ("knees",): frozenset({"knee"}),
    ("no overhead", "jumping"): frozenset({"overhead", "jumping"}),
    ("bad lower back", "wrist pain"): frozenset({"lower_back", "wrist"}),
    ("knee", "shoulder", "floor"): frozenset({"knee", "shoulder", "floor"}),
}
FOCUSES: tuple[MuscleGroup | None, ...] = (None, *MUSCLE_GROUPS)
REST = {"isolation": 75, "core": 60, "locomotion": 60}


def movement_of(exercise: PlannedExercise) -> Movement:
    found = recognise(exercise.name).movement
    assert found is not None
    return found


def seconds(exercise: PlannedExercise) -> float:
    """A line's time by hand: the middle of the range, 3 s a repetition, and the rest after each set."""
    movement = movement_of(exercise)
    low, high = (int(end) for end in exercise.reps.removesuffix(" s").split("-"))
    timed = exercise.reps.endswith(" s")
    work = (low + high) / 2 * (1 if timed else 3) * (2 if movement.unilateral else 1)
    rest = 60 if timed else REST.get(movement.pattern, 120)
    return exercise.sets * (work + rest)


def minutes(plan: SessionPlan) -> int:
    own = 300 + sum(map(seconds, plan.exercises)) + 60 * (len(plan.exercises) - 1)
    return math.ceil(own / 60) if plan.exercises else 0


def weight_class(movement: Movement) -> int:
    """0 is heavy, 1 is light, 2 is for the core. What pulls for the rear of the shoulder is light too."""
    if movement.pattern in ("core", "carry"):
        return 2
    small = movement.primary == "shoulders" and movement.pattern.endswith("_pull")
    return int(small or movement.pattern == "isolation")


def assert_kept(plan: SessionPlan, request: PlanRequest) -> None:
    """Every promise of a session, from the catalogue and by hand."""
    movements = [movement_of(exercise) for exercise in plan.exercises]
    kit = KITS[request.equipment] | {"bodyweight"}
    level = request.level or "intermediate"
    assert plan.minutes == minutes(plan) <= request.minutes
    assert len({movement.name for movement in movements}) == len(movements)
    assert all(any(needed <= kit for needed in movement.equipment) for movement in movements)
    assert all(LEVELS.index(movement.level) <= LEVELS.index(level) for movement in movements)
    assert not any(movement.stresses & AVOIDED[request.avoid] for movement in movements)
    assert [exercise.muscle_group for exercise in plan.exercises] == [movement.primary for movement in movements]
    assert plan.difficulty == level
    trained = sum(movement.primary == request.focus for movement in movements)
    if request.focus not in (None, "full_body") and trained:
        assert trained * 2 >= len(movements)


def assert_sensible(plan: SessionPlan, request: PlanRequest) -> None:
    """What a coach would not leave out."""
    assert len(plan.exercises) >= (4 if request.minutes >= 60 else 2)
    assert all(1 <= exercise.sets <= 5 for exercise in plan.exercises)
    assert sum(exercise.sets for exercise in plan.exercises) <= 36
    assert len(plan.exercises) <= (8 if request.level == "beginner" else 10)
    assert plan.minutes >= request.minutes * 0.6 or "It ends after" in plan.description
    assert plan.minutes >= request.minutes * 0.6 or request.minutes > 60 or request.avoid
    assert len(plan.title) <= 100
    assert len(plan.description) <= 1200


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("focus", FOCUSES)
def test_every_wish_is_kept(focus: MuscleGroup | None, level: Level) -> None:
    # All kits with all lengths, and what is avoided in turn.
    shift, avoided = LEVELS.index(level), list(AVOIDED)
    for (row, kit), (column, length) in product(enumerate(KITS), enumerate((15, 45, 60, 90, 180))):
        request = PlanRequest(focus, kit, length, level, avoided[(shift + row + column) % len(avoided)])
        plan = plan_session(request)
        assert violations(plan, request) == ()
        assert_kept(plan, request)
        assert_sensible(plan, request)


@given(
    st.sampled_from(FOCUSES),
    st.sampled_from(list(KITS)),
    st.integers(10, 200),
    st.sampled_from([None, *LEVELS]),
    st.sampled_from(list(AVOIDED)),
)
@settings(deadline=None, max_examples=100)
@example("biceps", (), 15, None, ("knee", "shoulder", "floor"))
def test_any_wish_is_kept(
    focus: MuscleGroup | None, kit: tuple[str, ...], length: int, level: Level | None, avoid: tuple[str, ...]
) -> None:
    request = PlanRequest(focus, kit, length, level, avoid)
    plan = plan_session(request)
    assert violations(plan, request) == ()
    assert_kept(plan, request)
    assert plan == plan_session(request)
    assert plan.minutes == plan_minutes(plan.exercises)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("focus", FOCUSES)
def test_heavy_comes_before_light(focus: MuscleGroup | None, level: Level) -> None:
    plan = plan_session(PlanRequest(focus, ("gym",), 90, level))
    classes = [weight_class(movement_of(exercise)) for exercise in plan.exercises]
    if focus == "core":
        assert plan.exercises[0].muscle_group == "core"
    else:
        assert classes == sorted(classes)


@pytest.mark.parametrize("kit", list(KITS))
@pytest.mark.parametrize("length", [45, 60, 90])
def test_a_whole_body_has_legs_push_and_pull(kit: tuple[str, ...], length: int) -> None:
    groups = {exercise.muscle_group for exercise in plan_session(PlanRequest(None, kit, length)).exercises}
    assert "legs" in groups
    assert groups & {"chest", "shoulders", "triceps"}
    assert groups & {"back", "biceps"}
    assert length == 45 or "core" in groups


def test_a_usual_hour_in_a_gym() -> None:
    plan = plan_session(PlanRequest())
    assert [(exercise.name, exercise.sets, exercise.reps) for exercise in plan.exercises] == [
        ("Barbell Back Squat", 3, "6-10"),
        ("Deadlift", 3, "6-10"),
        ("Barbell Bench Press", 3, "6-10"),
        ("Barbell Row", 3, "6-10"),
        ("Barbell Overhead Press", 3, "8-12"),
        ("Lat Pulldown", 3, "8-12"),
        ("Plank", 3, "30-45 s"),
    ]
    # 300 warm-up + 4 × 3 × (24 + 120) + 2 × 3 × (30 + 120) + 3 × (37.5 + 60) + 6 × 60 = 3580.5 s
    assert plan.minutes == 60


def test_a_quarter_of_an_hour_holds_legs_push_and_pull() -> None:
    plan = plan_session(PlanRequest(minutes=15))
    assert [exercise.name for exercise in plan.exercises] == [
        "Barbell Back Squat",
        "Barbell Bench Press",
        "Barbell Row",
    ]
    assert plan.minutes == 15


def test_full_body_is_the_whole_body() -> None:
    whole, unsaid = (plan_session(PlanRequest(focus)) for focus in ("full_body", None))
    assert whole == unsaid
    assert whole.title == "60-Minute Whole Body Session"
