"""Hard sets a week and their bands."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.model import MUSCLE_GROUPS, PATTERNS, Exercise, MuscleGroup
from training.weekly import BANDS, TRAINED_GROUPS, GroupWeek, Worked, sets_a_week, shares, week, weekly_sets

groups = st.sampled_from(MUSCLE_GROUPS)
lines = st.builds(
    Worked,
    exercise=st.builds(
        Exercise,
        name=st.just("Lift"),
        sets=st.integers(1, 100),
        reps=st.integers(1, 1000),
        workout_day=st.sampled_from("ABC"),
    ),
    primary=st.none() | groups,
    secondary=st.lists(groups, max_size=3).map(tuple),
    pattern=st.none() | st.sampled_from(PATTERNS),
)


def bench(sets: int = 4, day: str = "A") -> Worked:
    exercise = Exercise("Bench Press", sets, 8, 80, day)
    return Worked(exercise, "chest", ("triceps", "shoulders"), "horizontal_push")


def curl(sets: int = 3, day: str = "A") -> Worked:
    return Worked(Exercise("Curl", sets, 10, 12, day), "biceps", (), "isolation")


def nothing_but(**sets: float) -> dict[str, float]:
    return dict.fromkeys(TRAINED_GROUPS, 0.0) | sets


def test_seven_groups_are_counted() -> None:
    assert TRAINED_GROUPS == ("chest", "back", "shoulders", "biceps", "triceps", "legs", "core")
    assert tuple(BANDS) == TRAINED_GROUPS


def test_primary_counts_whole_and_secondary_half() -> None:
    assert weekly_sets([bench(), curl()]) == nothing_but(chest=4.0, triceps=2.0, shoulders=2.0, biceps=3.0)


def test_lines_add_up() -> None:
    triceps = Worked(Exercise("Pushdown", 3, 12, 25), "triceps", (), "isolation")
    assert weekly_sets([bench(), triceps, bench(2)])["triceps"] == 6.0


def test_nothing_recognised_gives_nothing() -> None:
    assert weekly_sets([]) == nothing_but()
    assert weekly_sets([Worked(Exercise("Zercher Thing", 3, 8), None)]) == nothing_but()


def test_a_group_alone_counts_even_without_a_primary() -> None:
    assert shares(None, ("core",)) == nothing_but(core=0.5)


def test_a_day_comes_as_often_as_said_or_once() -> None:
    routine = [bench(day="A"), curl(day="B")]
    assert weekly_sets(routine, {"A": 2}) == nothing_but(chest=8.0, triceps=4.0, shoulders=4.0, biceps=3.0)
    assert weekly_sets(routine, {"B": 0.5, "A": 0}) == nothing_but(biceps=1.5)


@pytest.mark.parametrize("times", [0, 0.01, 14])
def test_frequencies_that_count(times: float) -> None:
    assert sets_a_week(curl(), {"A": times}) == pytest.approx(3 * times)


@pytest.mark.parametrize("times", [-0.1, 14.1, math.inf, math.nan])
def test_frequencies_that_do_not(times: float) -> None:
    with pytest.raises(ValueError, match=r"^a day comes 0 to 14 times a week$"):
        sets_a_week(curl(), {"A": times})


def test_frequencies_count_in_hundredths() -> None:
    assert sets_a_week(curl(), {"A": 1.004}) == 3
    assert sets_a_week(curl(), {"A": 1.014}) == pytest.approx(3.03)
    assert sets_a_week(curl(), {"A": 5e-324}) == 0


def test_full_body_gives_every_group_a_half() -> None:
    assert shares("full_body") == dict.fromkeys(TRAINED_GROUPS, 0.5)
    assert shares("legs", ("full_body",)) == dict.fromkeys(TRAINED_GROUPS, 0.25) | {"legs": 1.0}


def test_the_larger_share_wins_whatever_the_order() -> None:
    assert shares("chest", ("chest",)) == nothing_but(chest=1.0)
    assert shares(None, ("full_body", "legs")) == dict.fromkeys(TRAINED_GROUPS, 0.25) | {"legs": 0.5}
    assert shares(None, ("legs", "full_body")) == dict.fromkeys(TRAINED_GROUPS, 0.25) | {"legs": 0.5}
    assert shares("full_body", ("legs",)) == dict.fromkeys(TRAINED_GROUPS, 0.5)


def test_locomotion_is_no_hard_set() -> None:
    assert sets_a_week(Worked(Exercise("Run", 1, 1000), "legs", (), "locomotion")) == 0
    assert sets_a_week(Worked(Exercise("Farmer's Walk", 3, 40), "core", (), "carry")) == 3


@pytest.mark.parametrize(("group", "low", "high"), [("chest", 10, 20), ("legs", 12, 30), ("core", 6, 20)])
def test_both_ends_of_a_band_are_within(group: MuscleGroup, low: int, high: int) -> None:
    band = BANDS[group]
    assert [band.verdict(sets) for sets in (0, low - 0.5, low, high, high + 0.5)] == [
        "below",
        "below",
        "within",
        "within",
        "above",
    ]


@pytest.mark.parametrize("group", ["back", "shoulders", "biceps", "triceps"])
def test_the_muscles_of_the_upper_body_share_a_band(group: MuscleGroup) -> None:
    assert BANDS[group] == BANDS["chest"]


def test_a_week_tells_every_group() -> None:
    reports = week([bench(10)], {"A": 2.1})
    assert tuple(report.group for report in reports) == TRAINED_GROUPS
    assert reports[0] == GroupWeek("chest", 21.0, 10, 20, "above")
    assert reports[2] == GroupWeek("shoulders", 10.5, 10, 20, "within")
    assert reports[5] == GroupWeek("legs", 0.0, 12, 30, "below")


@given(st.lists(lines, max_size=6), lines)
@settings(deadline=None)
def test_more_work_never_counts_less_and_order_never_counts(routine: list[Worked], more: Worked) -> None:
    before, after = weekly_sets(routine), weekly_sets([*routine, more])
    assert weekly_sets([more, *reversed(routine)]) == after
    assert all(0 <= before[group] <= after[group] <= before[group] + more.exercise.sets for group in TRAINED_GROUPS)
    assert all(math.isfinite(sets) for sets in after.values())
