"""How long sets and sessions take."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.model import PATTERNS, Pattern
from training.session_time import (
    REST_SECONDS,
    RestKind,
    Slot,
    rest_kind,
    seconds_of,
    session_minutes,
    session_seconds,
    slot_seconds,
)

slots = st.builds(
    Slot,
    sets=st.integers(1, 100),
    reps=st.integers(1, 1000) | st.sampled_from(["8-12", "30 s", "AMRAP", "5-8 per side", "20-40 s per side"]),
    pattern=st.none() | st.sampled_from(PATTERNS),
    timed=st.booleans(),
    unilateral=st.booleans(),
)

READ = [
    (10, 30.0),
    ("10", 30.0),
    ("1", 3.0),
    (9999, 29997.0),
    ("8-12", 30.0),
    ("8 - 12", 30.0),
    ("8–12", 30.0),
    ("8—12", 30.0),
    ("7-12", 28.5),
    ("12-8", 30.0),
    ("10 reps", 30.0),
    ("1 rep", 3.0),
    ("6 repetitions", 18.0),
    ("AMRAP", 45.0),
    (" amrap ", 45.0),
    ("30 s", 30.0),
    ("30s", 30.0),
    ("30 sec", 30.0),
    ("45 secs", 45.0),
    ("1 second", 1.0),
    ("20-40 Seconds", 30.0),
    ("1 min", 60.0),
    ("2 mins", 120.0),
    ("1-2 minutes", 90.0),
    ("5-8 per side", 39.0),
    ("8 each side", 48.0),
    ("8 each", 48.0),
    ("8/side", 48.0),
    ("8 / leg", 48.0),
    ("8 per arm", 48.0),
    ("8 reps per leg", 48.0),
    ("20-40 s per side", 60.0),
    ("30s/side", 60.0),
    ("AMRAP per side", 90.0),
]


@pytest.mark.parametrize(("reps", "seconds"), READ)
def test_a_set_as_people_write_it(reps: str | int, seconds: float) -> None:
    assert seconds_of(reps) == seconds


@pytest.mark.parametrize(
    ("reps", "seconds"), [(60, 60.0), ("20-40", 30.0), ("1 min", 60.0), ("10 reps", 30.0), ("AMRAP", 45.0)]
)
def test_bare_numbers_of_a_timed_movement_are_seconds(reps: str | int, seconds: float) -> None:
    assert seconds_of(reps, timed=True) == seconds


def test_sides_double_once() -> None:
    assert seconds_of(10, per_side=True) == 60.0
    assert seconds_of("10 per side", per_side=True) == 60.0


@pytest.mark.parametrize(
    "reps", ["", "many", "10 m", "8-", "-8", "10000", "8-10000", "1e3", "10 10", "per side", -1, "٣"]
)
def test_what_does_not_read(reps: str | int) -> None:
    with pytest.raises(ValueError, match=r"^repetitions read like 10, 8-12, 30 s or AMRAP$"):
        seconds_of(reps)


@pytest.mark.parametrize("reps", [0, "0", "0-8", "8-0", "0 s"])
def test_no_empty_sets(reps: str | int) -> None:
    with pytest.raises(ValueError, match=r"^a set has at least 1 repetition or second$"):
        seconds_of(reps)


@pytest.mark.parametrize(
    ("pattern", "reps", "kind"),
    [
        ("squat", 5, "heavy"),
        ("squat", 6, "heavy"),
        ("squat", 6.5, "compound"),
        ("carry", 40, "compound"),
        (None, 10, "compound"),
        ("isolation", 5, "isolation"),
        ("core", 5, "core"),
        ("locomotion", 5, "core"),
    ],
)
def test_rest_follows_the_kind(pattern: Pattern | None, reps: float, kind: RestKind) -> None:
    assert rest_kind(pattern, reps) == kind
    assert rest_kind(pattern, reps, timed=True) == "timed"


def test_rest_in_seconds() -> None:
    assert REST_SECONDS == {"heavy": 180, "compound": 120, "isolation": 75, "core": 60, "timed": 60}


@pytest.mark.parametrize(
    ("slot", "seconds"),
    [
        (Slot(5, 5, "squat"), 5 * (15 + 180)),
        (Slot(4, "8-12", "horizontal_push"), 4 * (30 + 120)),
        (Slot(3, 15, "isolation"), 3 * (45 + 75)),
        (Slot(3, 12, "core"), 3 * (36 + 60)),
        (Slot(3, 60, "core", timed=True), 3 * (60 + 60)),
        (Slot(3, "30 s", "core"), 3 * (30 + 60)),
        (Slot(3, "5 s", "hinge"), 3 * (5 + 60)),
        (Slot(3, "2 min", "carry"), 3 * (120 + 60)),
        (Slot(3, 8, "lunge", unilateral=True), 3 * (48 + 120)),
        (Slot(3, "4-8 per side", "lunge"), 3 * (36 + 180)),
        (Slot(2, "AMRAP", "vertical_pull"), 2 * (45 + 120)),
        (Slot(2, "AMRAP", "core", timed=True), 2 * (45 + 60)),
        (Slot(2, 10), 2 * (30 + 120)),
    ],
)
def test_an_exercise_takes_work_and_rest(slot: Slot, seconds: float) -> None:
    assert slot_seconds(slot) == seconds


def test_a_session_adds_a_warm_up_and_changes_of_place() -> None:
    routine = [Slot(4, "8-12", "horizontal_push"), Slot(3, 15, "isolation"), Slot(3, 60, "core", timed=True)]
    assert session_seconds(routine) == 300 + 600 + 360 + 360 + 2 * 60
    assert session_minutes(routine) == 29
    assert session_seconds(routine, warm_up_seconds=0) == 1440
    assert session_minutes(routine, warm_up_seconds=0) == 24
    assert session_minutes(routine, warm_up_seconds=1) == 25


def test_one_exercise_has_no_change_of_place() -> None:
    assert session_seconds([Slot(1, 10, "squat")]) == 300 + 150


def test_no_exercises_take_no_time() -> None:
    assert session_seconds([]) == 0
    assert session_minutes([]) == 0


@given(st.lists(slots, max_size=8), slots)
@settings(deadline=None)
def test_more_work_takes_longer(routine: list[Slot], more: Slot) -> None:
    before, after = session_seconds(routine), session_seconds(iter([*routine, more]))
    assert math.isfinite(after)
    assert after >= before + slot_seconds(more)
    assert after / 60 <= session_minutes([*routine, more]) < after / 60 + 1


@given(st.integers(1, 9998), st.integers(0, 9999), st.booleans())
@settings(deadline=None)
def test_longer_sets_take_longer(low: int, more: int, timed: bool) -> None:
    high = min(low + more, 9999)
    mean = seconds_of(f"{low}-{high}", timed=timed)
    assert seconds_of(low, timed=timed) <= mean <= seconds_of(high, timed=timed)
    assert seconds_of(low, timed=timed) < seconds_of(low + 1, timed=timed)


@given(st.text(max_size=20))
@settings(deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        seconds = seconds_of(text)
    except ValueError:
        return
    assert 1 <= seconds <= 2 * 9999 * 60
