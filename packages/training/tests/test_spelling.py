"""Many spellings, one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.spelling import MAX_LENGTH, key, meaningful, parts, plain_words, raw_words, singular, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Push-ups (3x10)", ("pushup",)),
        ("PUSH UP", ("pushup",)),
        ("push_up", ("pushup",)),
        ("press-ups", ("pushup",)),
        ("pull–ups", ("pullup",)),
        ("DB RDLs", ("dumbbell", "romanian", "deadlift")),
        ("DBs", ("dumbbell",)),
        ("Farmer’s walk", ("farmer", "walk")),
        ("farmer's walk", ("farmer", "walk")),
        ("1-arm DB rows", ("single", "arm", "dumbbell", "row")),
        ("1 leg 3 x 10 squat", ("single", "leg", "squat")),
        ("calves", ("calf",)),
        ("Dúmbbell flyes", ("dumbbell", "fly")),
        ("ＢＥＮＣＨ ｐｒｅｓｓ", ("bench", "press")),
        ("STRAẞE", ("strasse",)),
        ("İnverted row", ("inverted", "row")),
        ("squ\u200bat", ("squat",)),
        ("squ\u00adat", ("squat",)),
        ("s\u20ddquat", ("squat",)),
        ("bench\0press", ("bench", "press")),
        ("the 5 sets of squats with 100 kg", ("squat",)),
        ("T2B", ("t2b",)),
        ("жим", ()),
        ("", ()),
    ],
)
def test_the_words_that_matter(text: str, expected: tuple[str, ...]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("rows", "row"),
        ("lats", "lat"),
        ("abs", "abs"),
        ("legs", "leg"),
        ("press", "press"),
        ("presses", "press"),
        ("pushes", "push"),
        ("crunches", "crunch"),
        ("boxes", "box"),
        ("raises", "raise"),
        ("bus", "bus"),
        ("cactus", "cactus"),
        ("pelvis", "pelvis"),
        ("cross", "cross"),
        ("row", "row"),
        ("s", "s"),
        ("ess", "ess"),
    ],
)
def test_the_singular(word: str, expected: str) -> None:
    assert singular(word) == expected


def test_numbers_and_noise_are_words_too_but_say_nothing() -> None:
    assert raw_words("3x10 Push Ups of mine") == ("3x10", "push", "up", "of", "mine")
    assert plain_words("3x10 Push Ups of mine") == ("3x10", "pushup", "of", "mine")
    assert meaningful(["3x10", "push", "up", "of", "mine"]) == ("pushup", "mine")


def test_pairs_are_joined_from_the_left_and_only_once() -> None:
    assert plain_words("pull up up") == ("pullup", "up")
    assert plain_words("step up down pull up") == ("stepup", "down", "pullup")
    assert plain_words("pull") == ("pull",)


def test_only_the_first_hundred_characters_are_read() -> None:
    assert MAX_LENGTH == 100
    assert words(" " * 95 + "squat") == ("squat",)
    assert words(" " * 96 + "squat") == ("squa",)


def test_the_order_of_words_is_not_part_of_the_key() -> None:
    assert key(["press", "bench"]) == key(("bench", "press")) == ("bench", "press")
    assert key(["curl", "curl"]) == ("curl", "curl")


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["bench, bands", "rings and cables"], ["bench", "bands", "rings", "cables"]),
        (["a;b/c+d&e\nf"], ["a", "b", "c", "d", "e", "f"]),
        (["one OR two plus three"], ["one", "two", "three"]),
        (["sandbag or floor"], ["sandbag", "floor"]),
        (["bands"], ["bands"]),
        (["  "], [""]),
        ([], []),
        (["x" * 101], ["x" * 100]),
    ],
)
def test_what_is_enumerated(texts: list[str], expected: list[str]) -> None:
    assert list(parts(texts)) == expected


@settings(deadline=None)
@given(st.text(max_size=200))
def test_words_are_plain_and_stay_what_they_are(text: str) -> None:
    found = words(text)
    assert all(word.isascii() and word.isalnum() and word == word.lower() for word in found)
    assert all(not word[0].isdigit() for word in found)
