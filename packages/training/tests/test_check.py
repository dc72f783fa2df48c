"""Each rule has a plan that breaks it, and one that narrowly does not."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.catalogue import of_group
from training.check import Rule, violations
from training.model import Exercise, MuscleGroup
from training.plan import PlannedExercise, PlanRequest, SessionPlan, plan_session

GYM = PlanRequest(equipment=("gym",), minutes=180)


def line(name: str, sets: int = 3, reps: str = "8-12", group: MuscleGroup = "chest") -> PlannedExercise:
    return PlannedExercise(name, sets, reps, "", "", group)


def session(*lines: PlannedExercise) -> SessionPlan:
    return SessionPlan("Session", "", lines, 30, "beginner", ())


def named(*names: str) -> SessionPlan:
    return session(*(line(name) for name in names))


def broken(plan: SessionPlan, request: PlanRequest = GYM) -> list[Rule]:
    return [violation.rule for violation in violations(plan, request)]


def test_a_usual_session_is_fine() -> None:
    assert violations(named("Squat", "Bench press", "Barbell row", "Plank"), GYM) == ()


def test_no_exercise_is_wrong_where_one_is_possible() -> None:
    assert broken(session()) == ["empty"]


def test_no_exercise_is_right_where_none_fits() -> None:
    assert broken(session(), replace(GYM, minutes=10)) == ["empty"]
    assert broken(session(), replace(GYM, minutes=9)) == []


def test_no_exercise_is_right_where_none_is_possible(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.check.MOVEMENTS", of_group("legs"))
    some_are_possible = PlanRequest(equipment=(), avoid=("knee", "floor"))
    assert broken(session(), some_are_possible) == ["empty"]
    monkeypatch.setattr("training.check.MOVEMENTS", [m for m in of_group("legs") if "knee" in m.stresses])
    assert broken(session(), some_are_possible) == []


def test_an_unknown_movement() -> None:
    (violation,) = violations(named("Sauna"), GYM)
    assert violation.rule == "unknown"
    assert violation.exercise == "Sauna"
    assert "'Sauna' is not a known movement" in violation.sentence
    assert broken(named("Bench pres")) == []  # misspelt, but known


def test_equipment() -> None:
    request = PlanRequest(equipment=("Dumbbell",), minutes=180)
    (violation,) = violations(named("Lat pulldown"), request)
    assert (violation.rule, violation.exercise) == ("equipment", "Lat pulldown")
    assert violation.sentence.startswith("Lat pulldown needs cables")
    assert broken(named("Dumbbell Floor Press"), request) == []
    assert broken(named("Bench press"), PlanRequest(equipment=("barbell",))) == []  # a barbell brings its bench
    assert broken(named("Push-up"), PlanRequest(equipment=())) == []


def test_what_must_be_avoided() -> None:
    request = replace(GYM, avoid=("bad knees",))
    (violation,) = violations(named("Goblet Squat"), request)
    assert (violation.rule, violation.exercise) == ("avoid", "Goblet Squat")
    assert violation.sentence == "Goblet Squat asks for what must be avoided: knee."
    assert broken(named("Bench press"), request) == []


@pytest.mark.parametrize(
    ("name", "level", "rules"),
    [
        ("Bench press", "beginner", []),
        ("Barbell Row", "beginner", ["level"]),
        ("Barbell Row", "intermediate", []),
        ("Muscle-up", "intermediate", ["level"]),
        ("Muscle-up", "advanced", []),
        ("Muscle-up", None, []),
    ],
)
def test_level(name: str, level: str | None, rules: list[Rule]) -> None:
    assert broken(named(name), PlanRequest(None, ("gym",), 180, level)) == rules  # type: ignore[arg-type]


def test_duplicates_under_any_name() -> None:
    (violation,) = violations(named("Bench press", "Flat barbell press", "Squat"), GYM)
    assert (violation.rule, violation.exercise) == ("duplicate", "Barbell Bench Press")
    assert violation.sentence == "Barbell Bench Press stands 2 times: once is enough."
    assert broken(named("Bench press", "Incline bench press", "Squat")) == []
    assert broken(named("Sauna", " SAUNA ")) == ["unknown", "unknown", "duplicate"]


@pytest.mark.parametrize(("sets", "rules"), [(0, ["sets"]), (1, []), (6, []), (7, ["sets"]), (-1, ["sets"])])
def test_sets(sets: int, rules: list[Rule]) -> None:
    assert broken(session(line("Bench press", sets))) == rules


@pytest.mark.parametrize(
    ("name", "reps", "rules"),
    [
        ("Bench press", "1", []),
        ("Bench press", "30", []),
        ("Bench press", "31", ["reps"]),
        ("Bench press", "20-30", []),
        ("Bench press", "20-31", ["reps"]),
        ("Bench press", "31-20", ["reps"]),
        ("Bench press", "30 reps", []),
        ("Bench press", "31 reps", ["reps"]),
        ("Bench press", "31 repetitions", ["reps"]),
        ("Bench press", "AMRAP", []),
        ("Bench press", "0", ["reps"]),
        ("Lunge", "30 per leg", []),
        ("Lunge", "31 per leg", ["reps"]),
        ("Lunge", "30 each side", []),
        ("Lunge", "31 each side", ["reps"]),
        ("Lunge", "30/side", []),
        ("Lunge", "31/side", ["reps"]),
        ("Plank", "300", []),
        ("Plank", "301", ["reps"]),
        ("Plank", "300 s", []),
        ("Plank", "301 s", ["reps"]),
        ("Plank", "300 seconds", []),
        ("Plank", "301 sec", ["reps"]),
        ("Plank", "5 min", []),
        ("Plank", "6 min", ["reps"]),
        ("Plank", "1-6 min", ["reps"]),
        ("Plank", "30 reps", []),
        ("Plank", "31 reps", ["reps"]),
        ("Plank", "300 s per side", []),
        ("Bench press", "60 s", []),
        ("Bench press", "301 s", ["reps"]),
        ("Bench press", "", ["reps"]),
        ("Bench press", "a few", ["reps"]),
        ("Bench press", "12345", ["reps"]),
        ("Bench press", "8\x00", ["reps"]),
        ("Bench press", "٣", ["reps"]),
        ("Bench press", "💪" * 40, ["reps"]),
        ("Bench press", "9" * 5000, ["reps"]),
    ],
)
def test_repetitions(name: str, reps: str, rules: list[Rule]) -> None:
    assert broken(session(line(name, 1, reps))) == rules


def test_unreadable_repetitions_are_named() -> None:
    (violation,) = violations(session(line("Bench press", 3, "‮8-12")), GYM)
    assert violation.exercise == "Bench press"
    assert '"8-12", up to 30, or "30 s" for holds, up to 300 s' in violation.sentence


def test_time() -> None:
    # 300 warm-up + 3 × (10 × 3 + 120) + 60 + 3 × (10 × 3 + 120) = 1260 s
    plan = named("Bench press", "Goblet squat")
    assert broken(plan, replace(GYM, minutes=21)) == []
    (violation,) = violations(plan, replace(GYM, minutes=20))
    assert (violation.rule, violation.exercise) == ("time", None)
    assert "takes 21 minutes" in violation.sentence
    assert "only 20 are there" in violation.sentence


def test_what_a_plan_says_of_its_minutes_does_not_matter() -> None:
    plan = replace(named("Bench press", "Goblet squat"), minutes=1)
    assert broken(plan, replace(GYM, minutes=20)) == ["time"]


def test_unreadable_repetitions_do_not_hide_that_time_is_short() -> None:
    plan = session(line("Bench press", 6, "some"), *(line(name, 6) for name in ("Squat", "Row", "Pulldown")))
    assert broken(plan, replace(GYM, minutes=15)) == ["reps", "time"]


def test_at_least_half_for_the_focus() -> None:
    request = replace(GYM, focus="chest")
    assert broken(named("Bench press", "Squat"), request) == []
    (violation,) = violations(named("Bench press", "Squat", "Row"), request)
    assert (violation.rule, violation.exercise) == ("focus", None)
    assert violation.sentence == "Only 1 of 3 exercises train chest: at least half must."
    assert broken(named("Bench press", "Dumbbell fly", "Row", "Squat"), request) == []


def test_what_a_plan_says_of_its_muscles_does_not_matter() -> None:
    assert broken(session(line("Squat", group="chest")), replace(GYM, focus="chest")) == ["focus"]


def test_a_focus_that_nothing_possible_trains_is_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    request = PlanRequest("triceps", (), 60)
    assert broken(named("Wall Sit"), request) == ["focus"]
    monkeypatch.setattr("training.check.MOVEMENTS", of_group("legs"))
    assert broken(named("Wall Sit"), request) == []


def test_a_body_is_covered_as_far_as_that_is_possible(monkeypatch: pytest.MonkeyPatch) -> None:
    legs = named("Wall Sit", "Bodyweight Squat", "Glute Bridge", "Split Squat")
    assert broken(legs, PlanRequest(equipment=())) == ["coverage"]
    monkeypatch.setattr("training.check.MOVEMENTS", of_group("legs"))
    assert broken(legs, PlanRequest(equipment=())) == []


def test_a_whole_body_is_covered() -> None:
    for request in (GYM, replace(GYM, focus="full_body")):
        assert broken(named("Bench press", "Push-up", "Dumbbell fly"), request) == []  # three may be alike
        assert broken(named("Bench press", "Push-up", "Dumbbell fly", "Row"), request) == ["coverage"]
        assert broken(named("Bench press", "Push-up", "Row", "Squat"), request) == []
        assert broken(named("Bench press", "Push-up", "Dumbbell fly", "Burpee"), request) == []


@given(
    st.lists(
        st.builds(
            PlannedExercise,
            name=st.text(max_size=60) | st.sampled_from(["Squat", "Plank", "‮Row", "\x00"]),
            sets=st.integers(-10, 10**400),
            reps=st.text(max_size=20) | st.from_regex(r"[0-9]{1,4}(-[0-9]{1,4})? ?(s|min|reps|each)?", fullmatch=True),
            weight_suggestion=st.just(""),
            notes=st.just(""),
            muscle_group=st.just("chest"),
        ),
        max_size=6,
    ),
    st.lists(st.text(max_size=60), max_size=4),
)
@settings(deadline=None, max_examples=100)
def test_any_text_is_answered(lines: list[PlannedExercise], words: list[str]) -> None:
    request = PlanRequest(None, tuple(words), 60, None, tuple(words))
    found = violations(session(*lines), request)
    assert all(violation.sentence.endswith(".") for violation in found)


def test_a_routine_is_no_excuse() -> None:
    routine = [Exercise("Goblet Squat", 3, 10, 20)]
    request = PlanRequest(avoid=("knee",))
    assert violations(plan_session(request, routine), request) == ()
