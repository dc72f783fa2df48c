"""The word that somebody meant."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.correction import MAX_LENGTH, MIN_LENGTH, Vocabulary, distance, remainders, slips_allowed

KNOWN = Vocabulary(
    [
        "squat",
        "squat",
        "squad",
        "deadlift",
        "romanian",
        "bench",
        "press",
        "row",
        "rows",
        "up",
        "leg",
        "raise",
        "barbell",
    ]
)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("squat", ("squat",)),
        ("squad", ("squad",)),
        ("squap", ("squat",)),  # as near to both: the more common one
        ("sqaut", ("squat",)),
        ("squatt", ("squat",)),
        ("quat", ("squat",)),
        ("sqautt", ("sqautt",)),  # two slips in a word of five letters
        ("romanan", ("romanian",)),
        ("romainan", ("romanian",)),
        ("rumunian", ("romanian",)),
        ("rumunien", ("rumunien",)),  # three
        ("zarbell", ("barbell",)),
        ("zzrbell", ("barbell",)),
        ("barbe", ("barbe",)),  # two slips, but only five letters typed
        ("benchpress", ("bench", "press")),
        ("legraise", ("leg", "raise")),
        ("rowbench", ("row", "bench")),
        ("benchrow", ("bench", "row")),
        ("upbench", ("upbench",)),  # parts have three letters or more, and five letters forgive one slip
        ("benchup", ("benchup",)),
        ("presslegs", ("presslegs",)),
        ("rwo", ("rwo",)),
        ("raw", ("raw",)),
        ("rowz", ("rows",)),
        ("dead1ift", ("dead1ift",)),
        ("deadliftdeadlift", ("deadlift", "deadlift")),
        ("deadliftdeadlifts", ("deadliftdeadlifts",)),
        ("", ("",)),
    ],
)
def test_corrections(word: str, expected: tuple[str, ...]) -> None:
    assert KNOWN.corrected(word) == expected


def test_of_equally_common_words_the_first_of_the_alphabet_is_meant() -> None:
    assert Vocabulary(["rows", "rowe"]).corrected("rowa") == ("rowe",)
    assert Vocabulary(["rowe", "rows"]).corrected("rowa") == ("rowe",)


def test_the_nearer_word_is_meant_though_the_other_is_more_common() -> None:
    assert Vocabulary(["romanian", "romagnan", "romagnan"]).corrected("romanion") == ("romanian",)


def test_one_slip_comes_before_two_words_and_those_before_two_slips() -> None:
    assert Vocabulary(["benchpres", "bench", "press"]).corrected("benchpress") == ("benchpres",)
    assert Vocabulary(["benchpre", "bench", "press"]).corrected("benchpress") == ("bench", "press")
    assert Vocabulary(["benchpre", "bench"]).corrected("benchpress") == ("benchpre",)


@pytest.mark.parametrize(("length", "slips"), [(1, 0), (3, 0), (4, 1), (5, 1), (6, 2), (20, 2)])
def test_longer_words_may_have_more_slips(length: int, slips: int) -> None:
    assert slips_allowed("x" * length) == slips


def test_limits() -> None:
    assert (MIN_LENGTH, MAX_LENGTH) == (4, 16)


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [
        ("", "", 0),
        ("row", "row", 0),
        ("row", "rows", 1),
        ("rows", "row", 1),
        ("row", "raw", 1),
        ("row", "rwo", 1),
        ("row", "orw", 1),
        ("ab", "ba", 1),
        ("abc", "cab", 2),
        ("abcd", "badc", 2),
        ("ca", "abc", 3),  # optimal string alignment: nothing is changed twice
        ("", "abc", 3),
        ("abc", "", 3),
        ("kitten", "sitting", 3),
        ("romainian", "romanian", 1),
        ("aab", "aba", 1),
        ("xay", "yax", 2),
    ],
)
def test_the_distance(one: str, other: str, slips: int) -> None:
    assert distance(one, other) == slips


@settings(deadline=None)
@given(st.text("abc", max_size=7), st.text("abc", max_size=7))
def test_the_distance_is_one_both_ways_and_within_its_bounds(one: str, other: str) -> None:
    found = distance(one, other)
    assert found == distance(other, one)
    assert abs(len(one) - len(other)) <= found <= max(len(one), len(other))
    assert (found == 0) == (one == other)


def test_remainders() -> None:
    assert remainders("abc", 0) == {"abc"}
    assert remainders("abc", 1) == {"abc", "bc", "ac", "ab"}
    assert remainders("abc", 2) == {"abc", "bc", "ac", "ab", "a", "b", "c"}
    assert remainders("", 1) == {""}


@settings(deadline=None)
@given(st.text("abc", min_size=6, max_size=8), st.text("abc", min_size=6, max_size=8))
def test_words_two_slips_apart_share_a_remainder(one: str, other: str) -> None:
    if distance(one, other) <= 2:
        assert remainders(one, 2) & remainders(other, 2)
        assert Vocabulary([other]).corrected(one) == (other,)
    else:
        assert Vocabulary([other]).corrected(one) == (one,)
