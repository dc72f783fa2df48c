"""How long any session takes, whatever is written in it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.session import PlannedExercise, plan_minutes


def line(name: str, sets: int = 3, reps: str = "8-12") -> PlannedExercise:
    return PlannedExercise(name, sets, reps, "", "", "chest")


@pytest.mark.parametrize(
    ("lines", "minutes"),
    [
        ([], 0),
        ([line("Bench press")], 13),  # 300 + 3 × (30 + 120) = 750 s
        ([line("Bench press"), line("Dumbbell fly", 2, "12")], 18),  # 750 + 60 + 2 × (36 + 75) = 1032 s
        ([line("Lunge", 1, "10")], 8),  # 300 + 60 + 120 = 480 s: both sides
        ([line("Plank", 3, "40")], 10),  # 300 + 3 × (40 + 60) = 600 s
        ([line("Sauna", 1, "10")], 8),  # 300 + 30 + 120 = 450 s: unknown, so as a compound lift
    ],
)
def test_minutes_by_hand(lines: list[PlannedExercise], minutes: int) -> None:
    assert plan_minutes(lines) == minutes


@given(st.lists(st.text(max_size=40), min_size=1, max_size=4))
@settings(deadline=None, max_examples=100)
def test_minutes_of_any_text(texts: list[str]) -> None:
    assert plan_minutes([line(text, 3, text) for text in texts]) >= 5


def test_minutes_of_what_cannot_be_read_are_those_of_amrap() -> None:
    assert plan_minutes([line("Bench press", 3, "\x00")]) == plan_minutes([line("Bench press", 3, "AMRAP")])
    # 300 + 3 × (15 × 3 + 120) = 795 s, with rest as for a compound lift where the name is unknown
    assert plan_minutes([line("💪" * 40, 3, "?")]) == 14
