"""The next session, and easier weeks."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.model import Exercise
from training.progression import INCREMENT_KG, MAX_SETS, Step, deload, next_step, range_for

increments = st.sampled_from([0.5, 1.0, 2.0, 2.5, 4.0, 5.0])
weighted = st.builds(
    Exercise,
    name=st.just("Lift"),
    sets=st.integers(1, 100),
    reps=st.integers(1, 1000),
    weight=st.floats(0.001, 1_000_000),
)
bodyweight = st.builds(
    Exercise,
    name=st.just("Lift"),
    sets=st.integers(1, 100),
    reps=st.integers(1, 1000),
    weight=st.sampled_from([None, 0.0]),
)


def lift(weight: float | None, reps: int, sets: int = 3) -> Exercise:
    return Exercise("Lift", sets, reps, weight)


def test_usual_steps() -> None:
    assert INCREMENT_KG == {"barbell": 2.5, "dumbbells": 2, "kettlebell": 4, "cables": 2.5, "machine": 5}


@pytest.mark.parametrize(
    ("reps", "expected"),
    [(1, (3, 6)), (6, (3, 6)), (7, (8, 12)), (12, (8, 12)), (13, (12, 20)), (1000, (12, 20))],
)
def test_a_range_suits_the_repetitions(reps: int, expected: tuple[int, int]) -> None:
    assert range_for(reps) == expected


@pytest.mark.parametrize(("reps", "expected"), [(5, 6), (8, 9), (11, 12)])
def test_repetitions_come_first(reps: int, expected: int) -> None:
    rest = "the top of your range" if expected == 12 else "then on up to 12"
    sentence = f"If you got all 3 × {reps}, keep the weight and do {expected} repetitions a set, {rest}."
    assert next_step(lift(80, reps)) == Step(80, 3, expected, sentence)


@pytest.mark.parametrize("reps", [12, 13, 1000])
def test_then_weight(reps: int) -> None:
    sentence = f"If you got all 4 × {reps}, go up to 82.5 kg and start again at 8."
    assert next_step(lift(80, reps, sets=4)) == Step(82.5, 4, 8, sentence)


@pytest.mark.parametrize(
    ("weight", "increment", "heavier"),
    [
        (100, 2.5, 102.5),
        (125, 2.5, 127.5),  # 2 % exactly
        (126, 2.5, 130),  # 127.5 would be 1.2 %
        (25, 2.5, 27.5),  # 10 % exactly
        (27.5, 2, 30),
        (30, 2, 32),
        (50, 1, 51),
        (51, 1, 53),
        (35, 0.7, 35.7),  # 35 × 1.02 / 0.7 is a hair above 51
        (3, 0.1, 3.1),
        (1_000_000, 2.5, 1_020_000),
    ],
)
def test_the_next_weight_is_at_least_two_percent_heavier(weight: float, increment: float, heavier: float) -> None:
    step = next_step(lift(weight, 12), increment_kg=increment)
    assert (step.weight, step.reps) == (heavier, 8)


def test_a_large_step_wants_two_repetitions_more() -> None:
    # 20 to 22.5 kg are 12.5 %.
    assert next_step(lift(20, 12)) == Step(
        20, 3, 13, "If you got all 3 × 12, keep the weight and do 13 repetitions a set, then on up to 14."
    )
    assert next_step(lift(20, 13)).reps == 14
    assert next_step(lift(20, 14)) == Step(22.5, 3, 8, "If you got all 3 × 14, go up to 22.5 kg and start again at 8.")


def test_the_smallest_weights_still_get_a_step() -> None:
    assert next_step(lift(1, 14)).weight == 2.5
    assert next_step(lift(1e-9, 14)).weight == 2.5
    assert next_step(lift(1, 999), (8, 999)).reps == 1000
    assert next_step(lift(1, 1000), (8, 1000)).weight == 2.5


def test_a_range_of_its_own() -> None:
    assert next_step(lift(100, 5), (3, 5)).reps == 3
    assert next_step(lift(100, 4), (3, 5)).reps == 5
    assert next_step(lift(100, 2), (1, 2)).reps == 1


def test_weighted_holds_grow_by_five_seconds() -> None:
    assert next_step(lift(30, 30), (20, 40), timed=True) == Step(
        30, 3, 35, "If you got all 3 × 30 seconds, keep the weight and do 35 seconds a set, then on up to 40."
    )
    assert next_step(lift(30, 38), (20, 40), timed=True).reps == 40
    assert (
        next_step(lift(30, 40), (20, 40), timed=True).sentence
        == "If you got all 3 × 40 seconds, go up to 32.5 kg and start again at 20."
    )


@pytest.mark.parametrize("weight", [None, 0.0])
def test_bodyweight_gets_repetitions_then_sets_then_variation(weight: float | None) -> None:
    assert next_step(lift(weight, 11)) == Step(
        weight, 3, 12, "If you got all 3 × 11, do 12 repetitions a set, the top of your range."
    )
    assert next_step(lift(weight, 12)) == Step(
        weight, 4, 10, "If you got all 3 × 12, do one set more: 4 sets of 10 repetitions."
    )
    assert next_step(lift(weight, 12, sets=4)).sets == 5
    harder = "If you got all 5 × 12, choose a harder variation, or add weight, and start again at 8."
    assert next_step(lift(weight, 12, sets=5)) == Step(weight, 5, 8, harder)


def test_a_new_set_never_makes_it_easier() -> None:
    assert (next_step(lift(None, 20, sets=2)).sets, next_step(lift(None, 20, sets=2)).reps) == (3, 14)
    assert next_step(lift(None, 9, sets=1), (8, 9)).reps == 8


def test_bodyweight_holds() -> None:
    assert next_step(lift(None, 30), (20, 60), timed=True).sentence == (
        "If you got all 3 × 30 seconds, do 35 seconds a set, then on up to 60."
    )
    assert next_step(lift(None, 60), (20, 60), timed=True) == Step(
        None, 4, 46, "If you got all 3 × 60 seconds, do one set more: 4 sets of 46 seconds."
    )


@pytest.mark.parametrize("rep_range", [(0, 5), (5, 5), (8, 5), (1, 1001)])
def test_no_such_range(rep_range: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=r"^a range goes from at least 1 up to 1000 repetitions$"):
        next_step(lift(80, 8), rep_range)


def test_the_widest_range() -> None:
    assert next_step(lift(80, 8), (1, 1000)).reps == 9


@pytest.mark.parametrize("increment", [0, -1, 0.09, 50.1, math.nan, math.inf])
def test_no_such_increment(increment: float) -> None:
    with pytest.raises(ValueError, match=r"^a step is 0\.1 to 50 kg$"):
        next_step(lift(80, 8), increment_kg=increment)
    with pytest.raises(ValueError, match=r"^a step is 0\.1 to 50 kg$"):
        deload(lift(80, 8), increment_kg=increment)


def test_the_largest_increment() -> None:
    assert next_step(lift(80, 14), increment_kg=50).weight == 100


@pytest.mark.parametrize(
    ("sets", "fewer", "weight"),
    [
        (1, 1, 90),  # nothing to take away: the weight falls
        (2, 1, 100),
        (3, 2, 90),  # only a third less
        (4, 2, 100),
        (5, 3, 100),  # 40 % exactly
        (6, 3, 100),
        (7, 4, 100),
        (8, 4, 100),
        (10, 6, 100),
        (19, 10, 100),
        (100, 55, 100),
    ],
)
def test_an_easy_week_has_fewer_sets(sets: int, fewer: int, weight: float) -> None:
    step = deload(lift(100, 5, sets=sets))
    assert (step.sets, step.weight, step.reps) == (fewer, weight, 5)


def test_an_easy_week_says_so() -> None:
    assert deload(lift(82.5, 8, sets=4)).sentence == "Easy week: 2 sets of 8 at 82.5 kg, far from failure."
    assert deload(lift(None, 8, sets=2)).sentence == "Easy week: 1 set of 8 without weight, far from failure."
    assert deload(lift(0.125, 8, sets=4)).sentence == "Easy week: 2 sets of 8 at 0.125 kg, far from failure."


@pytest.mark.parametrize(
    ("weight", "increment", "lighter"),
    [
        (100, 2.5, 90),
        (102.5, 2.5, 90),  # 92.25, down
        (25, 2.5, 22.5),
        (26, 2, 22),
        (7, 0.1, 6.3),  # 6.3 / 0.1 is a hair below 63
        (2.7, 2.5, 2.7),  # nothing lighter to load
        (2.8, 2.5, 2.5),
    ],
)
def test_an_easy_week_may_be_lighter(weight: float, increment: float, lighter: float) -> None:
    assert deload(lift(weight, 8, sets=4), increment_kg=increment, lighter=True).weight == lighter


def test_without_weight_repetitions_fall() -> None:
    assert deload(lift(None, 20, sets=4)).reps == 20
    assert deload(lift(None, 20, sets=4), lighter=True) == Step(
        None, 2, 18, "Easy week: 2 sets of 18 without weight, far from failure."
    )
    assert deload(lift(0.0, 15, sets=1)).reps == 13
    assert deload(lift(None, 1, sets=1)).reps == 1


@given(weighted, increments)
@settings(deadline=None)
def test_weight_rises_on_the_grid_and_never_by_nothing(exercise: Exercise, increment: float) -> None:
    assert exercise.weight is not None
    step = next_step(exercise, increment_kg=increment)
    assert step.weight is not None
    assert step.sets == exercise.sets
    if step.weight == exercise.weight:
        assert exercise.reps < step.reps <= 14
        return
    rise = step.weight - exercise.weight
    assert step.reps == 8
    assert step.weight % increment == pytest.approx(0, abs=1e-6)
    assert exercise.weight * 0.02 - 1e-3 <= rise <= exercise.weight * 0.02 + increment + 1e-3


@given(bodyweight, st.booleans())
@settings(deadline=None)
def test_bodyweight_grows_until_a_variation(exercise: Exercise, timed: bool) -> None:
    step = next_step(exercise, timed=timed)
    assert step.weight == exercise.weight
    if exercise.sets >= MAX_SETS and exercise.reps >= 12:
        assert (step.sets, step.reps) == (exercise.sets, 8)
    else:
        assert step.sets * step.reps > exercise.sets * exercise.reps


@given(weighted | bodyweight, increments, st.booleans())
@settings(deadline=None)
def test_an_easy_week_is_never_harder(exercise: Exercise, increment: float, lighter: bool) -> None:
    step = deload(exercise, increment_kg=increment, lighter=lighter)
    assert 1 <= step.sets <= exercise.sets
    assert 1 <= step.reps <= exercise.reps
    assert (step.weight is None) == (exercise.weight is None)
    assert 0 <= (step.weight or 0) <= (exercise.weight or 0)
    if exercise.sets >= 4:
        assert 0.5 * exercise.sets <= step.sets <= 0.6 * exercise.sets
