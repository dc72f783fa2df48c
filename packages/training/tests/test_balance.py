"""How evenly a routine is spread. Scores are computed by hand from the formula in the docstring."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.balance import FAMILIES, PAIRS, Balance, Ratio, Side, balance, balance_score, ratios
from training.model import MUSCLE_GROUPS, PATTERNS, Exercise, MuscleGroup, Pattern
from training.weekly import TRAINED_GROUPS, Worked


def line(
    sets: int, primary: MuscleGroup | None, pattern: Pattern | None, *secondary: MuscleGroup, day: str = "A"
) -> Worked:
    return Worked(Exercise("Lift", sets, 8, 50, day), primary, secondary, pattern)


BENCH = line(4, "chest", "horizontal_push", "triceps", "shoulders")
WHOLE = [
    BENCH,
    line(4, "shoulders", "vertical_push", "triceps"),
    line(4, "back", "horizontal_pull", "biceps"),
    line(4, "back", "vertical_pull", "biceps"),
    line(4, "legs", "squat"),
    line(4, "legs", "hinge"),
    line(4, "core", "core"),
]

groups = st.sampled_from(MUSCLE_GROUPS)
lines = st.builds(
    line,
    st.integers(1, 100),
    st.none() | groups,
    st.none() | st.sampled_from(PATTERNS),
    day=st.sampled_from("ABC"),
)
routines = st.lists(lines, max_size=8)


def sides(routine: list[Worked]) -> dict[Side, float]:
    found: dict[Side, float] = {}
    for pair in ratios(routine):
        found |= {pair.first: pair.first_sets, pair.second: pair.second_sets}
    return found


def test_nothing_has_no_score() -> None:
    assert balance_score([]) is None
    assert balance_score([line(3, None, None)]) is None
    assert balance_score([line(3, "legs", "locomotion")]) is None
    assert balance_score([BENCH], {"A": 0}) is None
    assert balance_score([line(3, None, "isolation")]) is None


def test_a_whole_routine_has_all_points() -> None:
    assert balance_score(WHOLE) == 100.0


def test_chest_alone_scores_low() -> None:
    # 40 × (1 + 0.5 + 0.5) / 7 + 30 × 1 / 6 + 0
    assert balance_score([BENCH]) == 16.4


def test_a_movement_or_a_muscle_alone_has_a_score() -> None:
    assert balance_score([line(3, None, "squat")]) == 5.0
    assert balance_score([line(4, "core", None)]) == 5.7


def test_half_of_the_sets_give_half_of_the_points() -> None:
    # 40 × 0.5 / 7 + 30 × (2 / 3) / 6
    assert balance_score([line(2, "chest", "horizontal_push")]) == 6.2
    # 40 × 0.75 / 7 + 30 × 1 / 6: three sets make a movement, four cover a muscle
    assert balance_score([line(3, "chest", "horizontal_push")]) == 9.3


def test_how_often_a_day_comes_counts() -> None:
    assert balance_score([line(2, "chest", "horizontal_push")], {"A": 2}) == 10.7
    assert balance([line(2, "chest", "horizontal_push")], {"A": 2}).score == 10.7


@pytest.mark.parametrize(
    ("pull", "score"),
    [
        (1, 16.3),  # 40 × 1.25 / 7 + 30 × (4 / 3) / 6 + 10 × (1 / 8 / 0.5)
        (3, 27.5),  # 40 × 1.75 / 7 + 30 × 2 / 6 + 10 × (3 / 8 / 0.5)
        (4, 31.4),  # 40 × 2 / 7 + 30 × 2 / 6 + 10
        (8, 31.4),
        (16, 31.4),
        (17, 30.8),  # 10 × (8 / 17 / 0.5) for the pair
    ],
)
def test_a_pair_is_even_up_to_two_to_one(pull: int, score: float) -> None:
    assert balance_score([line(8, "chest", "horizontal_push"), line(pull, "back", "horizontal_pull")]) == score


def test_ratios_of_compound_work() -> None:
    assert ratios([*WHOLE, line(2, "legs", "lunge")]) == (
        Ratio("push", "pull", 8, 8, 1.0),
        Ratio("knee", "hip", 6, 4, 1.5),
        Ratio("upper", "lower", 16, 10, 1.6),
    )


def test_a_ratio_without_a_second_side_is_none() -> None:
    assert ratios([BENCH])[0] == Ratio("push", "pull", 4, 0, None)
    assert ratios([line(3, "legs", "hinge")])[1] == Ratio("knee", "hip", 0, 3, 0.0)


def test_a_ratio_has_two_decimals() -> None:
    assert ratios([line(2, "legs", "squat"), line(3, "legs", "hinge")])[1].ratio == 0.67


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ("chest", {"push", "upper"}),
        ("triceps", {"push", "upper"}),
        ("back", {"pull", "upper"}),
        ("biceps", {"pull", "upper"}),
        ("shoulders", {"upper"}),
        ("legs", {"lower"}),
        ("core", set()),
        ("full_body", set()),
        (None, set()),
    ],
)
def test_isolation_counts_half_for_its_muscles_sides(group: MuscleGroup | None, expected: set[Side]) -> None:
    found = sides([line(3, group, "isolation")])
    assert {side: sets for side, sets in found.items() if sets} == dict.fromkeys(expected, 1.5)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("squat", {"knee", "lower"}),
        ("lunge", {"knee", "lower"}),
        ("hinge", {"hip", "lower"}),
        ("horizontal_push", {"push", "upper"}),
        ("vertical_push", {"push", "upper"}),
        ("horizontal_pull", {"pull", "upper"}),
        ("vertical_pull", {"pull", "upper"}),
        ("core", set()),
        ("carry", set()),
        ("locomotion", set()),
        (None, set()),
    ],
)
def test_compound_work_counts_for_its_patterns_sides(pattern: Pattern | None, expected: set[Side]) -> None:
    found = sides([line(3, "back", pattern)])
    assert {side: sets for side, sets in found.items() if sets} == dict.fromkeys(expected, 3.0)


def test_a_balance_tells_what_is_missing() -> None:
    told = balance([BENCH, line(2, "legs", "squat")])
    assert told == Balance(
        score=balance_score([BENCH, line(2, "legs", "squat")]),
        ratios=ratios([BENCH, line(2, "legs", "squat")]),
        missing_groups=("back", "biceps", "core"),
        missing_families=("hip", "vertical_push", "horizontal_pull", "vertical_pull"),
    )


def test_a_balance_of_nothing_misses_everything() -> None:
    empty = balance(iter([]))
    assert empty.score is None
    assert empty.missing_groups == TRAINED_GROUPS
    assert empty.missing_families == FAMILIES
    assert [(ratio.first, ratio.second) for ratio in empty.ratios] == list(PAIRS)


def test_frequencies_reach_every_part() -> None:
    told = balance([line(2, "legs", "squat"), line(2, "legs", "hinge", day="B")], {"B": 0, "A": 3})
    assert told.ratios[1] == Ratio("knee", "hip", 6, 0, None)
    assert "hip" in told.missing_families
    assert "legs" in balance([line(2, "legs", "hinge")], {"A": 0}).missing_groups


@given(routines)
@settings(deadline=None)
def test_a_score_is_bounded_and_without_order(routine: list[Worked]) -> None:
    score = balance_score(iter(routine))
    assert score == balance_score(routine[::-1])
    assert score is None or (0 <= score <= 100 and score == round(score, 1))


@given(routines, lines)
@settings(deadline=None)
def test_work_on_the_lighter_sides_never_lowers_a_score(routine: list[Worked], more: Worked) -> None:
    after = sides([*routine, more])
    grown = {side for side, sets in sides([more]).items() if sets}
    heavier_now = any(
        (first in grown and after[first] > after[second]) or (second in grown and after[second] > after[first])
        for first, second in PAIRS
    )
    if not heavier_now:
        assert (balance_score([*routine, more]) or 0) >= (balance_score(routine) or 0)


@given(st.integers(0, len(WHOLE) - 1))
@settings(deadline=None)
def test_each_part_of_a_whole_routine_is_worth_points(missing: int) -> None:
    rest = [*WHOLE[:missing], *WHOLE[missing + 1 :]]
    assert (balance_score(rest) or 0) < 100
    assert balance_score([*rest, WHOLE[missing]]) == 100
