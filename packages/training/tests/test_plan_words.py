"""What sessions say: loads from the routine by hand, and what becomes of words that nobody knows."""

import json
from dataclasses import asdict, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.catalogue import of_group
from training.check import violations
from training.model import Exercise
from training.plan import PlanRequest, SessionPlan, plan_session

HOSTILE = (
    "\x00",
    "bar\x00bell",
    "💪" * 40,
    "دمبل" * 10,
    "‮evil‬",
    "x" * 100_000,
    "<script>alert(1)</script>",
    "'; DROP TABLE exercises; --",
    "\ud800",
    "",
)


def weights(plan: SessionPlan) -> dict[str, str]:
    return {exercise.name: exercise.weight_suggestion for exercise in plan.exercises}


def weight_of(name: str, own: Exercise, request: PlanRequest | None = None) -> str:
    return weights(plan_session(request or PlanRequest(), [own]))[name]


@pytest.mark.parametrize(
    ("own", "level", "suggestion"),
    [
        (Exercise("bench press", 4, 6, 80), None, "80 kg × 6, as in your routine"),
        (Exercise("bench press", 4, 10, 72.5), None, "72.5 kg × 10, as in your routine"),
        (Exercise("bench press", 4, 8, 80), "advanced", "80 kg × 8, as in your routine"),
        # 1RM: 80 × (1.2 + 36 / 31) / 2 = 94.45; 8 repetitions are 1 / ((1.2667 + 36 / 29) / 2) of it: 75.3.
        (Exercise("bench press", 4, 6, 80), "beginner", "about 75 kg × 8, from your 80 kg × 6"),
        # 1RM: 60 × (1.4 + 1.44) / 2 = 85.2; 10 are 1 / ((4 / 3 + 4 / 3) / 2) of it: 63.9.
        (Exercise("bench press", 4, 12, 60), None, "about 65 kg × 10, from your 60 kg × 12"),
        # A single leaves no reserve, so 6 and 2 more are planned: 100 / 1.254 = 79.7.
        (Exercise("bench press", 4, 1, 100), None, "about 80 kg × 6, from your 100 kg × 1"),
        # Longer sets tell no maximum; fewer repetitions are no reason for less.
        (Exercise("bench press", 4, 13, 60), None, "at least 60 kg, from your 60 kg × 13"),
        (Exercise("bench press", 4, 11, 1), None, "about 1 kg × 10, from your 1 kg × 11"),
        (Exercise("bench press", 4, 1, 0.5), None, "a weight that leaves 2 repetitions in reserve"),
        (Exercise("bench press", 4, 6, 0), None, "a weight that leaves 2 repetitions in reserve"),
        (Exercise("bench press", 4, 6, None), None, "a weight that leaves 2 repetitions in reserve"),
        (Exercise("bench press", 4, 6, float("nan")), None, "a weight that leaves 2 repetitions in reserve"),
        (Exercise("bench press", 4, 6, 1e300), None, "a weight that leaves 2 repetitions in reserve"),
    ],
)
def test_loads_come_from_the_routine(own: Exercise, level: str | None, suggestion: str) -> None:
    request = PlanRequest(level=level)  # type: ignore[arg-type]
    assert weight_of("Barbell Bench Press", own, request) == suggestion


def test_a_load_is_a_multiple_of_what_is_used() -> None:
    # 1RM: 21 × (1.1667 + 1.125) / 2 = 24.06; 6 are 1 / 1.1806 of it: 20.4. Dumbbells go by 2 kg, kettlebells by 4.
    own = Exercise("Goblet squat", 3, 5, 21)
    assert weight_of("Goblet Squat", own, PlanRequest(equipment=("dumbbells",))).startswith("about 20 kg")
    lighter = replace(own, weight=19)  # 18.4
    assert weight_of("Goblet Squat", lighter, PlanRequest(equipment=("dumbbells",))).startswith("about 18 kg")
    assert weight_of("Goblet Squat", lighter, PlanRequest(equipment=("kettlebell",))).startswith("about 20 kg")


def test_the_steps_are_those_that_a_number_shows() -> None:
    # 1RM: 27.5 × 1.1458 = 31.5; 6 are 26.7: in steps of 2 kg that would be 26.
    own = Exercise("Dumbbell bench press", 3, 5, 27.5)
    request = PlanRequest("chest", ("dumbbells", "bench"))
    assert weight_of("Dumbbell Bench Press", own, request) == "about 27.5 kg × 6, from your 27.5 kg × 5"


def test_sets_are_no_fewer_than_theirs_where_there_is_time() -> None:
    routine = [Exercise("Bench press", 4, 8, 80), Exercise("Squat", 5, 6, 100), Exercise("Row", 9, 8, 60)]
    found = {line.name: line.sets for line in plan_session(PlanRequest(minutes=90), routine).exercises}
    assert found["Barbell Bench Press"] >= 4
    assert found["Barbell Back Squat"] == found["Barbell Row"] == 5
    short = {line.name: line.sets for line in plan_session(PlanRequest(minutes=20), routine).exercises}
    assert set(short.values()) == {1}


def test_of_two_lines_the_heavier_tells() -> None:
    lines = [Exercise("Bench press", 3, 6, 80), Exercise("bench", 3, 6, 40), Exercise("Bench press", 3, 6, None)]
    for routine in (lines, lines[::-1]):
        found = weights(plan_session(PlanRequest(), routine))
        assert found["Barbell Bench Press"] == "80 kg × 6, as in your routine"


def test_what_a_body_weighs_is_not_guessed() -> None:
    own = [Exercise("Pull-up", 3, 6, 20), Exercise("Plank", 3, 60, 10.25)]
    found = weights(plan_session(PlanRequest("back", ("pull-up bar", "dumbbells")), own))
    assert found["Pull-up"] == "20 kg, as in your routine"
    assert found["Plank"] == "10.25 kg, as in your routine"
    assert weights(plan_session(PlanRequest("back", ("pull-up bar",))))["Pull-up"] == "bodyweight"


@pytest.mark.parametrize("equipment", [(), ("lightsaber",), ("bands",), ("pull-up bar", "bench")])
def test_no_kilograms_without_anything_that_weighs(equipment: tuple[str, ...]) -> None:
    names = (
        "Calf Raise",
        "Walking Lunge",
        "Bodyweight Squat",
        "Glute Bridge",
        "Pull-up",
        "Plank",
        "Push-up",
        "Table Row",
    )
    for focus in (None, "legs", "back", "chest"):
        plan = plan_session(PlanRequest(focus, equipment), [Exercise(name, 3, 10, 18) for name in names])
        assert " kg" not in "".join(weights(plan).values())


def test_what_was_lifted_with_another_thing_tells_nothing() -> None:
    own = Exercise("Barbell glute bridge", 3, 8, 100)
    plan = plan_session(PlanRequest("legs", ("dumbbells",), 90, None, ("squats", "lunges")), [own])
    assert " kg" not in "".join(weights(plan).values())


def test_what_somebody_does_already_comes_first_among_equals() -> None:
    chosen = weights(
        plan_session(PlanRequest(equipment=("dumbbells", "bench")), [Exercise("Dumbbell squat", 3, 8, 20)])
    )
    assert "Dumbbell Squat" in chosen
    assert "Goblet Squat" not in chosen


def test_bands_and_holds_have_words_of_their_own() -> None:
    assert weights(plan_session(PlanRequest(equipment=("bands",))))["Band Row"] == (
        "a band that leaves 2 repetitions in reserve"
    )
    carried = weights(plan_session(PlanRequest("core", ("kettlebell",))))["Suitcase Carry"]
    assert carried == "a weight that leaves 10 seconds in reserve"


def test_words_that_nobody_knows_are_named() -> None:
    plan = plan_session(PlanRequest(equipment=("Dumbbell", "hoverboard"), avoid=("knees", "mondays")))
    assert "with bodyweight and dumbbells, planned by rule" in plan.description
    assert "It avoids: knee." in plan.description
    assert "I did not understand: hoverboard, mondays. Please check" in plan.description


def test_of_many_unknown_words_some_are_named() -> None:
    plan = plan_session(PlanRequest(equipment=tuple(f"gizmo{letter} {'y' * 90}" for letter in "abcdefghijklmnop")))
    assert "gizmof" in plan.description
    assert "gizmog" not in plan.description
    assert "and more. Please check" in plan.description
    assert len(plan.description) < 600


def test_too_little_time_is_said() -> None:
    plan = plan_session(PlanRequest(minutes=6, equipment=("hoverboard",), avoid=("knee",)))
    assert plan.exercises == ()
    assert plan.minutes == 0
    assert plan.description == (
        "Nothing in the catalogue fits 6 minutes with bodyweight and what you want to avoid. Take one of the limits "
        "away, or ask a physiotherapist what you may do. It avoids: knee. I did not understand: hoverboard. Please "
        "check that the session suits you."
    )


def test_a_focus_that_nothing_trains_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.plan_choice.MOVEMENTS", of_group("legs") + of_group("full_body"))
    plan = plan_session(PlanRequest("triceps"))
    assert {exercise.muscle_group for exercise in plan.exercises} == {"legs"}
    assert "Nothing for triceps fits what you asked for, so it trains the rest of you." in plan.description


def test_a_catalogue_that_runs_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.plan_choice.MOVEMENTS", of_group("triceps")[:2] + of_group("full_body")[:1])
    plan = plan_session(PlanRequest("triceps", ("gym",), level="advanced"))
    assert len(plan.exercises) == 2
    assert plan.description.endswith(f"It ends after {plan.minutes} minutes: nothing else fits what you asked for.")
    monkeypatch.setattr("training.plan_choice.MOVEMENTS", of_group("full_body"))
    assert {e.muscle_group for e in plan_session(PlanRequest()).exercises} == {"full_body"}


def test_a_partner_that_cannot_be_trained_gives_way_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    # Beside the chest come the triceps and the shoulders: without any triceps, the shoulders alone.
    monkeypatch.setattr("training.plan_choice.MOVEMENTS", of_group("chest") + of_group("shoulders"))
    groups = [exercise.muscle_group for exercise in plan_session(PlanRequest("chest", minutes=45)).exercises]
    assert groups.count("chest") * 2 >= len(groups)
    assert set(groups) == {"chest", "shoulders"}


def test_a_place_that_runs_out_gives_way_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.plan_choice.MOVEMENTS", of_group("chest")[:1] + of_group("back") + of_group("core"))
    groups = [exercise.muscle_group for exercise in plan_session(PlanRequest(minutes=90)).exercises]
    assert groups.count("chest") == 1
    assert len(groups) == 10


def test_a_session_that_is_long_enough_says_so() -> None:
    plan = plan_session(PlanRequest(minutes=180))
    assert sum(exercise.sets for exercise in plan.exercises) == 36
    assert plan.description.endswith(
        f"It ends after {plan.minutes} minutes: more would tire you without training you more."
    )


def test_tips_fit_whom_they_are_for() -> None:
    usual = plan_session(PlanRequest()).tips
    assert len(usual) == 3
    assert plan_session(PlanRequest(level="beginner")).tips == (
        *usual, "Learn each movement with a light weight before you add any.",
    )  # fmt: skip
    assert plan_session(PlanRequest(avoid=("knee",))).tips == (*usual, "Stop what hurts, whatever the plan says.")


@pytest.mark.parametrize("word", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_are_answered(word: str) -> None:
    request = PlanRequest(equipment=(word, "Dumbbell"), avoid=(word, "knees"))
    plan = plan_session(request, [Exercise(word, 3, 8, 20)])
    assert violations(plan, request) == ()
    assert plan.exercises
    assert len(plan.description) <= 1200
    assert plan.description.isprintable()
    assert "It avoids: knee." in plan.description
    json.dumps(asdict(plan)).encode()


@given(st.lists(st.text(max_size=120), max_size=30), st.lists(st.text(max_size=120), max_size=10))
@settings(deadline=None, max_examples=60)
def test_any_words_are_answered(equipment: list[str], avoid: list[str]) -> None:
    request = PlanRequest(equipment=tuple(equipment), avoid=tuple(avoid))
    plan = plan_session(request, [Exercise(name, 3, 8, 20) for name in equipment])
    assert violations(plan, request) == ()
    assert len(plan.description) <= 1200
    assert plan.description.isprintable()
