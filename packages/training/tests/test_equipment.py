"""What people have, in their words, and what can be done with it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.catalogue import MOVEMENTS, by_name
from training.equipment import HOME_GYM, IMPLIED, at_hand, normalise, possible
from training.model import EQUIPMENT, Equipment

ALL = set(EQUIPMENT)


@pytest.mark.parametrize(
    ("word", "things"),
    [
        *((word, set()) for word in ("", "  ", "none", "None", "NO EQUIPMENT", "no", "nothing", "bodyweight only")),
        *((word, set()) for word in ("body weight", "Bodyweight", "bw", "calisthenics", "yoga mat", "chair", "home")),
        *((word, {"dumbbells"}) for word in ("dumbbell", "Dumbbells", "DBs", "db", "dumb bells", "dumbells", "dumbel")),
        *((word, {"dumbbells"}) for word in ("20kg dumbbells", "a pair of adjustable dumbbells", "free weights")),
        *((word, {"barbell"}) for word in ("barbell", "Barbells", "bb", "bar", "EZ-bar", "trap bar", "squat rack")),
        *((word, {"barbell"}) for word in ("olympic barbell", "power rack", "weight plates", "barbell & plates")),
        *((word, {"kettlebell"}) for word in ("kettlebell", "kettle bells", "KB", "2 kettlebells", "one kettlebell")),
        *((word, {"cables"}) for word in ("cable", "cables", "cable machine", "pulley", "functional trainer")),
        *((word, {"machine"}) for word in ("machine", "machines", "smith machine", "Smith", "leg press", "multi-gym")),
        *((word, {"bands"}) for word in ("bands", "band", "resistance bands", "Resistance Band", "loop bands")),
        *((word, {"bands"}) for word in ("mini-bands", "elastic band", "theraband", "rubber bands")),
        *(
            (word, {"pull_up_bar"})
            for word in ("pull-up bar", "pull_up_bar", "pullup bar", "chin up bar", "chin-up bar")
        ),
        *((word, {"pull_up_bar"}) for word in ("Pull Ups", "power tower", "doorway pull up bar")),
        *((word, {"bench"}) for word in ("bench", "Bench", "flat bench", "a flat bench", "weight bench")),
        *(
            (word, {"incline_bench"})
            for word in ("incline bench", "adjustable bench", "an adjustable bench", "Decline bench", "incline_bench")
        ),
        *((word, {"barbell"}) for word in ("rack", "a rack", "half rack", "power cage", "squat stands")),
        *(
            (word, {"rings"})
            for word in ("rings", "ring", "gymnastic rings", "TRX", "TRX suspension trainer", "slings")
        ),
        *((word, ALL) for word in ("gym", "Gym", "full gym", "the gym", "commercial gym", "everything", "all")),
        *((word, ALL) for word in ("full gym access", "fully equipped gym", "gym membership")),
        *((word, {"barbell", "dumbbells", "bench", "pull_up_bar"}) for word in ("home gym", "Home-Gym", "garage gym")),
        ("dumbbells, a bench and bands", {"dumbbells", "bench", "bands"}),
        ("kettlebell or dumbbell", {"kettlebell", "dumbbells"}),
    ],
)
def test_the_usual_words(word: str, things: set[Equipment]) -> None:
    known, unknown = normalise([word])
    assert known == things | {"bodyweight"}
    assert unknown == ()


def test_every_word_of_the_model_is_its_own() -> None:
    for thing in EQUIPMENT:
        assert normalise([thing]) == (frozenset[Equipment]({thing, "bodyweight"}), ())


@pytest.mark.parametrize(
    ("words", "things", "unknown"),
    [
        ([], set(), ()),
        (["hoverboard"], set(), ("hoverboard",)),
        (["  Hoverboard "], set(), ("Hoverboard",)),
        (["Hantel", "bands", "Hantel"], {"bands"}, ("Hantel",)),
        (["b", "a", "b"], set(), ("b", "a")),
        (["z9", "sandbag", "tyre"], set(), ("z9", "sandbag", "tyre")),
        (["bands, sled"], {"bands"}, ("sled",)),
        (["25kg"], set(), ("25kg",)),
        (["💪"], set(), ("💪",)),
        (["dumbbell curls"], set(), ("dumbbell curls",)),
        (["gym shoes"], set(), ("gym shoes",)),
        (["none", "bench"], {"bench"}, ()),
    ],
)
def test_what_is_unknown_is_reported_not_guessed(
    words: list[str], things: set[Equipment], unknown: tuple[str, ...]
) -> None:
    known, not_known = normalise(words)
    assert known == things | {"bodyweight"}
    assert not_known == unknown


def test_a_home_gym_is_a_rack_with_what_is_in_it() -> None:
    assert {"barbell", "dumbbells", "bench", "pull_up_bar"} == HOME_GYM


@pytest.mark.parametrize(
    ("things", "all_of_it"),
    [
        (set(), {"bodyweight"}),
        ({"dumbbells"}, {"bodyweight", "dumbbells"}),
        ({"barbell"}, {"bodyweight", "barbell", "bench"}),
        ({"machine"}, {"bodyweight", "machine", "bench"}),
        ({"cables"}, {"bodyweight", "cables"}),
        ({"incline_bench"}, {"bodyweight", "incline_bench", "bench"}),
        ({"barbell", "dumbbells", "cables", "bodyweight"}, {"bodyweight", "barbell", "dumbbells", "cables", "bench"}),
    ],
)
def test_what_comes_with_a_thing(things: set[Equipment], all_of_it: set[Equipment]) -> None:
    assert at_hand(things) == all_of_it


def test_only_bars_and_machines_bring_a_bench_and_it_is_flat() -> None:
    assert {"barbell": {"bench"}, "machine": {"bench"}, "incline_bench": {"bench"}} == IMPLIED


@pytest.mark.parametrize(
    ("name", "things", "can"),
    [
        ("Push-up", set(), True),
        ("Push-up", {"machine"}, True),
        ("Barbell Bench Press", {"barbell", "dumbbells", "cables", "bodyweight"}, True),
        ("Barbell Bench Press", {"barbell"}, True),
        ("Barbell Bench Press", {"dumbbells", "bench"}, False),
        ("Dumbbell Bench Press", {"dumbbells"}, False),
        ("Dumbbell Bench Press", {"dumbbells", "bench"}, True),
        ("Dumbbell Bench Press", {"dumbbells", "barbell"}, True),
        ("Dumbbell Bench Press", {"dumbbells", "incline_bench"}, True),
        ("Decline Barbell Bench Press", {"barbell", "bench"}, False),
        ("Incline Barbell Bench Press", {"barbell", "incline_bench"}, True),
        ("Pull-up", {"cables", "barbell"}, False),
        ("Pull-up", {"rings"}, True),
        ("Pull-up", {"pull_up_bar"}, True),
        ("Goblet Squat", {"kettlebell"}, True),
        ("Goblet Squat", {"dumbbells"}, True),
        ("Goblet Squat", {"bands"}, False),
        ("Band-Assisted Pull-up", {"bands"}, False),
        ("Band-Assisted Pull-up", {"bands", "pull_up_bar"}, True),
    ],
)
def test_what_can_be_done(name: str, things: set[Equipment], can: bool) -> None:
    movement = by_name(name)
    assert movement is not None
    assert possible(movement, things) is can


@settings(deadline=None)
@given(st.sampled_from(MOVEMENTS), st.frozensets(st.sampled_from(EQUIPMENT)), st.sampled_from(EQUIPMENT))
def test_more_equipment_never_takes_a_movement_away(movement, things, one) -> None:  # type: ignore[no-untyped-def]
    if possible(movement, things):
        assert possible(movement, things | {one})
    assert possible(movement, frozenset(EQUIPMENT))


@settings(deadline=None)
@given(st.lists(st.text(max_size=120), max_size=4))
def test_any_words_are_answered(words: list[str]) -> None:
    known, unknown = normalise(words)
    assert "bodyweight" in known
    assert known <= ALL
    assert all(word and word == word.strip() for word in unknown)
    assert len(set(unknown)) == len(unknown)
