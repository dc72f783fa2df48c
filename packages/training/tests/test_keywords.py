"""Rules about words: which fits, which comes first, which are refused."""

from typing import Any

import pytest

from training.keywords import RULES, WORDS, Rule, first_fitting, rule
from training.model import MUSCLE_GROUPS, PATTERNS

GOOD: dict[str, Any] = {"any": ["squat", "pistol"], "primary": "legs", "secondary": ["core"], "pattern": "squat"}


def test_a_rule_is_read() -> None:
    entry = {**GOOD, "all": ["a"], "none": ["b", "c"]}
    expected = Rule(
        all=frozenset({"a"}),
        any=frozenset({"squat", "pistol"}),
        none=frozenset({"b", "c"}),
        primary="legs",
        secondary=("core",),
        pattern="squat",
    )
    assert rule(entry) == expected
    assert rule({"all": ["a"]}) == Rule(frozenset({"a"}), frozenset(), frozenset(), None, (), None)


@pytest.mark.parametrize(
    "change",
    [
        {"primary": "arms"},
        {"secondary": ["arms"]},
        {"secondary": ["core", "arms"]},
        {"pattern": "twist"},
        {"colour": "red"},
        {"any": []},
        {"primary": None},
        {"pattern": None},
    ],
)
def test_a_bad_rule_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="a bad rule: {"):
        rule({**GOOD, **change})


@pytest.mark.parametrize(
    ("words", "fits"),
    [
        ("a x", True),
        ("a y", True),
        ("a b x y", True),
        ("a", False),
        ("x", False),
        ("", False),
        ("a x n", False),
        ("a x m n", False),
    ],
)
def test_a_rule_fits_when_all_and_any_and_none_agree(words: str, fits: bool) -> None:
    one = Rule(frozenset("a"), frozenset("xy"), frozenset("nm"), "legs", (), "squat")
    assert one.fits(frozenset(words.split())) is fits


def test_a_rule_may_have_only_some_conditions() -> None:
    assert Rule(frozenset("ab"), frozenset(), frozenset(), "legs", (), "squat").fits(frozenset("abc"))
    assert Rule(frozenset("ab"), frozenset(), frozenset(), "legs", (), "squat").fits(frozenset("ab"))
    assert not Rule(frozenset("ab"), frozenset(), frozenset(), "legs", (), "squat").fits(frozenset("a"))
    assert Rule(frozenset(), frozenset("ab"), frozenset(), "legs", (), "squat").fits(frozenset("ac"))


def test_the_first_rule_that_fits_decides() -> None:
    found = first_fitting(frozenset({"back", "squat"}))
    assert found is not None
    assert found.primary == "legs"
    assert first_fitting(frozenset({"sauna"})) is None
    assert first_fitting(frozenset()) is None


def test_the_words_of_all_conditions_are_known() -> None:
    assert {"leg", "squat", "plank", "wrist"} <= WORDS
    assert frozenset().union(*(one.all | one.any | one.none for one in RULES)) == WORDS


def test_all_rules_speak_of_muscles_and_patterns_or_of_nothing() -> None:
    for one in RULES:
        assert one.primary in (None, *MUSCLE_GROUPS)
        assert one.pattern in (None, *PATTERNS)
        assert one.primary not in one.secondary
    assert {one.primary for one in RULES} == {None, *MUSCLE_GROUPS}
