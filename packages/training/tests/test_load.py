"""Volume, estimated maximum, working weights."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.load import (
    Totals,
    brzycki_kg,
    epley_kg,
    estimated_1rm_kg,
    percent_of_1rm,
    reps_at,
    totals,
    totals_by_day,
    volume_kg,
    working_weight_kg,
)
from training.model import Exercise

weights = st.floats(min_value=0, max_value=1_000_000, allow_nan=False)
exercises = st.builds(
    Exercise,
    name=st.just("Lift"),
    sets=st.integers(1, 100),
    reps=st.integers(1, 1000),
    weight=st.none() | weights,
    workout_day=st.sampled_from("ABC"),
)

NOT_ESTIMABLE = [(100.0, 0), (100.0, 13), (100.0, -1), (None, 5), (0.0, 5), (-1.0, 5), (math.nan, 5), (math.inf, 5)]


@pytest.mark.parametrize(("weight", "volume"), [(80.0, 2560.0), (27.5, 880.0), (None, 0.0), (0.0, 0.0)])
def test_volume_is_sets_times_reps_times_kilograms(weight: float | None, volume: float) -> None:
    assert volume_kg(Exercise("Bench Press", sets=4, reps=8, weight=weight)) == volume


def test_totals_count_weighted_and_bodyweight() -> None:
    routine = [
        Exercise("Squat", 5, 5, 100, "B"),
        Exercise("Bench Press", 3, 10, 60),
        Exercise("Push-Up", 2, 20),
        Exercise("Dip", 1, 5, 0),
    ]
    assert totals(routine) == Totals(volume_kg=4300, sets=11, weighted=2, bodyweight=2)
    days = totals_by_day(routine)
    assert days == {"A": Totals(1800, 6, 1, 2), "B": Totals(2500, 5, 1, 0)}
    assert list(days) == ["A", "B"]


def test_nothing_sums_to_nothing() -> None:
    assert totals([]) == Totals(0, 0, 0, 0)
    assert totals_by_day([]) == {}


@pytest.mark.parametrize(
    ("reps", "epley", "brzycki"),
    [(1, 100.0, 100.0), (2, 106.6667, 102.8571), (5, 116.6667, 112.5), (10, 133.3333, 133.3333), (12, 140.0, 144.0)],
)
def test_estimates_of_a_maximum(reps: int, epley: float, brzycki: float) -> None:
    assert epley_kg(100, reps) == pytest.approx(epley, abs=1e-4)
    assert brzycki_kg(100, reps) == pytest.approx(brzycki, abs=1e-4)
    assert estimated_1rm_kg(100, reps) == pytest.approx((epley + brzycki) / 2, abs=1e-4)


def test_the_lightest_weight_has_an_estimate() -> None:
    assert estimated_1rm_kg(0.5, 10) == pytest.approx(0.6667, abs=1e-4)
    assert estimated_1rm_kg(1e12, 1) == 1e12
    assert estimated_1rm_kg(2e12, 1) is None


@pytest.mark.parametrize(("weight", "reps"), NOT_ESTIMABLE)
def test_no_estimate(weight: float | None, reps: int) -> None:
    assert epley_kg(weight, reps) is None
    assert brzycki_kg(weight, reps) is None
    assert estimated_1rm_kg(weight, reps) is None


# 100 / ((1 + reps / 30 + 36 / (37 - reps)) / 2), by hand.
PERCENT = {1: 100.0, 2: 95.5, 3: 92.6, 5: 87.3, 8: 79.7, 10: 75.0, 12: 70.4, 15: 63.8}


@pytest.mark.parametrize(("reps", "percent"), PERCENT.items())
def test_percent_of_a_maximum(reps: int, percent: float) -> None:
    share = percent_of_1rm(reps)
    assert share is not None
    assert round(share, 1) == percent


@pytest.mark.parametrize("reps", [0, -1, 16, 1000])
def test_no_percent(reps: int) -> None:
    assert percent_of_1rm(reps) is None


@pytest.mark.parametrize("reps", range(1, 16))
def test_reps_at_turns_the_percent_around(reps: int) -> None:
    percent = percent_of_1rm(reps)
    assert percent is not None
    assert reps_at(percent) == reps


@pytest.mark.parametrize(
    ("percent", "reps"),
    [
        (100, 1),
        (99, 1),
        (95, 2),
        (90, 3),
        (89.9, 4),
        (80, 7),
        (75, 10),
        (64, 14),
        (63, None),
        (100.1, None),
        (math.nan, None),
    ],
)
def test_reps_at(percent: float, reps: int | None) -> None:
    assert reps_at(percent) == reps


@pytest.mark.parametrize(
    ("one_rm", "reps", "reserve", "weight"),
    [(100, 1, 0, 100), (200, 5, 0, 174.545), (200, 3, 2, 174.545), (100, 8, 2, 75), (100, 12, 3, 63.768)],
)
def test_working_weight(one_rm: float, reps: int, reserve: int, weight: float) -> None:
    assert working_weight_kg(one_rm, reps, reserve) == pytest.approx(weight, abs=1e-3)


def test_working_weight_without_reserve_is_to_failure() -> None:
    assert working_weight_kg(100, 10) == pytest.approx(75)
    assert working_weight_kg(0.5, 1) == 0.5
    assert working_weight_kg(1e12, 1) == 1e12


@pytest.mark.parametrize(
    ("one_rm", "reps", "reserve"),
    [(0, 5, 0), (-5, 5, 0), (math.nan, 5, 0), (math.inf, 5, 0), (100, 0, 1), (100, 5, -1), (100, 12, 4), (100, 16, 0)],
)
def test_no_working_weight(one_rm: float, reps: int, reserve: int) -> None:
    assert working_weight_kg(one_rm, reps, reserve) is None


@given(weights, weights, st.integers(1, 12))
@settings(deadline=None)
def test_a_heavier_set_never_estimates_less(one: float, other: float, reps: int) -> None:
    light, heavy = sorted((one, other))
    assert (estimated_1rm_kg(light, reps) or 0) <= (estimated_1rm_kg(heavy, reps) or 0)
    assert (estimated_1rm_kg(heavy, reps) or heavy) >= heavy
    assert math.isfinite(estimated_1rm_kg(heavy, reps) or 0)


@given(st.floats(1, 1_000_000), st.integers(1, 11))
@settings(deadline=None)
def test_more_reps_estimate_more_and_allow_less(weight: float, reps: int) -> None:
    fewer, more = estimated_1rm_kg(weight, reps), estimated_1rm_kg(weight, reps + 1)
    assert fewer is not None
    assert more is not None
    assert fewer < more
    back = working_weight_kg(more, reps + 1)
    assert back == pytest.approx(weight)


@given(st.lists(exercises, max_size=8))
@settings(deadline=None)
def test_totals_are_finite_and_without_order(routine: list[Exercise]) -> None:
    whole = totals(routine)
    assert totals(sorted(routine, key=lambda line: (line.reps, line.weight or 0))) == whole
    assert 0 <= whole.volume_kg <= 8e11
    assert whole.weighted + whole.bodyweight == len(routine)
    by_day = totals_by_day(routine)
    assert sum(day.sets for day in by_day.values()) == whole.sets
    assert math.fsum(day.volume_kg for day in by_day.values()) == pytest.approx(whole.volume_kg)
