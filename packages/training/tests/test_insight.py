"""One line's insight."""

import json
from dataclasses import asdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.insight import Insight, Zone, insight, zone
from training.model import PATTERNS, Exercise, Pattern

BENCH = Exercise("Bench Press", sets=4, reps=8, weight=82.5)


def test_a_lift() -> None:
    told = insight(BENCH, "chest", ("triceps", "shoulders"), "horizontal_push", "exact")
    assert told == Insight(
        primary="chest",
        secondary=("triceps", "shoulders"),
        pattern="horizontal_push",
        kind="exact",
        sets=4,
        volume_kg=2640.0,
        estimated_1rm_kg=103.5,  # Epley 104.5, Brzycki 102.41
        zone="muscle",
    )


def test_bodyweight_has_no_maximum() -> None:
    told = insight(Exercise("Pull-Up", 4, 5), "back", (), "vertical_pull", "alias")
    assert (told.volume_kg, told.estimated_1rm_kg, told.zone) == (0.0, None, "strength")


def test_numbers_are_rounded_to_a_tenth() -> None:
    told = insight(Exercise("Curl", 1, 3, 1.23), "biceps", (), "isolation", "exact")
    assert (told.volume_kg, told.estimated_1rm_kg) == (3.7, 1.3)


@pytest.mark.parametrize("pattern", [None, *PATTERNS])
def test_only_lifts_have_a_maximum(pattern: Pattern | None) -> None:
    told = insight(BENCH, None, (), pattern, "none")
    assert (told.estimated_1rm_kg is None) == (pattern in ("core", "carry", "locomotion"))


@pytest.mark.parametrize(
    ("reps", "expected"),
    [(1, "strength"), (5, "strength"), (6, "muscle"), (12, "muscle"), (13, "endurance"), (1000, "endurance")],
)
def test_zones(reps: int, expected: Zone) -> None:
    assert zone(reps) == expected


def test_asdict_is_what_json_has() -> None:
    told = insight(BENCH, "chest", ("triceps",), None, "exact")
    plain = told.asdict()
    assert plain == asdict(told) | {"secondary": ["triceps"]}
    assert list(plain) == list(asdict(told))
    assert json.loads(json.dumps(plain)) == plain


@given(st.integers(1, 100), st.integers(1, 1000), st.none() | st.floats(0, 1_000_000))
@settings(deadline=None)
def test_no_number_is_beyond_json(sets: int, reps: int, weight: float | None) -> None:
    told = insight(Exercise("Lift", sets, reps, weight), "legs", (), "squat", "exact")
    assert json.loads(json.dumps(told.asdict(), allow_nan=False)) == told.asdict()
