"""What people want to spare, in their words, and what respects it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.avoidance import NOTHING, Avoided, normalise
from training.catalogue import MOVEMENTS, by_name
from training.model import LOADS, Load

AMBIGUOUS = (*("lateral", "calf", "complex", "C&J", "seated in and out", "in and out", "landmine 180", "heavy rope"),)
"""Names of movements that are also something else, or several things."""


@pytest.mark.parametrize(
    ("words", "loads"),
    [
        *((word, {"knee"}) for word in ("knee", "knees", "knee pain", "bad knees", "My left knee hurts", "ACL tear")),
        *((word, {"knee"}) for word in ("torn meniscus", "kneecap", "patellar tendon")),
        *((word, {"shoulder"}) for word in ("shoulder", "bad shoulders", "rotator cuff", "shoulder impingement")),
        *((word, {"elbow"}) for word in ("elbow", "tennis elbow", "golfer's elbow")),
        *((word, {"wrist"}) for word in ("wrist", "wrists", "sore wrists", "carpal tunnel")),
        *((word, {"neck"}) for word in ("neck", "stiff neck", "cervical")),
        *(
            (word, {"lower_back"})
            for word in ("lower_back", "lower back", "low back pain", "back", "back pain", "lumbar")
        ),
        *((word, {"lower_back", "spinal_loading"}) for word in ("herniated disc", "sciatica", "spine", "slipped disk")),
        *((word, {"spinal_loading"}) for word in ("spinal_loading", "spinal loading", "axial load")),
        *((word, {"hip"}) for word in ("hip", "hips", "groin strain")),
        *((word, {"ankle"}) for word in ("ankle", "sprained ankles", "Achilles", "plantar fasciitis", "foot", "feet")),
        *((word, {"overhead"}) for word in ("overhead", "no overhead pressing", "above head", "over head")),
        *((word, {"jumping"}) for word in ("jumping", "no jumping", "jumps", "jump", "plyometrics", "high impact")),
        *((word, {"hanging"}) for word in ("hanging", "dead hangs", "no hanging")),
        *((word, {"floor"}) for word in ("floor", "getting on the ground", "lying down")),
        ("knees and shoulders", {"knee", "shoulder"}),
        ("knee shoulder wrist", {"knee", "shoulder", "wrist"}),
        ("my lower back knee", {"lower_back", "knee"}),
        ("upper back lower back", {"lower_back"}),
    ],
)
def test_the_usual_words(words: str, loads: set[Load]) -> None:
    known, unknown = normalise([words])
    assert known == Avoided(loads=frozenset(loads))
    assert unknown == ()


def test_every_word_of_the_model_is_its_own() -> None:
    for load in LOADS:
        assert normalise([load]) == (Avoided(loads=frozenset({load})), ())


@pytest.mark.parametrize(
    ("words", "loads", "unknown"),
    [
        ([], set(), ()),
        ([""], set(), ()),
        (["  ", ","], set(), ()),
        (["Knie"], set(), ("Knie",)),
        ([" Knie ", "knee", "Knie"], {"knee"}, ("Knie",)),
        (["legs", "pain"], set(), ("legs", "pain")),
        (["upper back", "upper back pain"], set(), ("upper back", "upper back pain")),
        (["mid back, knees"], {"knee"}, ("mid back",)),
        (["Kniebeuge; wrists"], {"wrist"}, ("Kniebeuge",)),
        (["bar", "calves"], set(), ("bar", "calves")),
        (["25"], set(), ("25",)),
        (["💪"], set(), ("💪",)),
    ],
)
def test_what_is_unknown_is_reported_not_guessed(words: list[str], loads: set[Load], unknown: tuple[str, ...]) -> None:
    known, not_known = normalise(words)
    assert known == Avoided(loads=frozenset(loads))
    assert not_known == unknown


@pytest.mark.parametrize(
    ("name", "avoided", "fits"),
    [
        ("Push-up", set(), True),
        ("Push-up", {"wrist"}, False),
        ("Push-up", {"knee", "jumping"}, True),
        ("Push-up", {"knee", "floor"}, False),
        ("Palm Press", set(LOADS), True),
        ("Burpee", {"jumping"}, False),
        ("Step-Back Burpee", {"jumping"}, True),
        ("Goblet Squat", {"knee"}, False),
        ("Barbell Overhead Press", {"overhead"}, False),
        ("Landmine Press", {"overhead"}, True),
        ("Landmine Press", {"shoulder"}, False),
        ("Pull-up", {"hanging"}, False),
        ("Deadlift", {"lower_back"}, False),
    ],
)
def test_what_respects_it(name: str, avoided: set[Load], fits: bool) -> None:
    movement = by_name(name)
    assert movement is not None
    assert Avoided(loads=frozenset(avoided)).spares(movement) is fits


@settings(deadline=None)
@given(st.lists(st.text(max_size=120), max_size=4))
def test_any_words_are_answered(words: list[str]) -> None:
    known, unknown = normalise(words)
    assert known.loads <= set(LOADS)
    assert bool(known) is (known != NOTHING)
    assert all(word and word == word.strip() for word in unknown)
    assert len(set(unknown)) == len(unknown)


@settings(deadline=None)
@given(st.sampled_from(MOVEMENTS), st.frozensets(st.sampled_from(LOADS)), st.sampled_from(LOADS))
def test_to_avoid_more_never_allows_more(movement, avoided, one) -> None:  # type: ignore[no-untyped-def]
    if not Avoided(avoided).spares(movement):
        assert not (Avoided(avoided) | Avoided(frozenset({one}))).spares(movement)
    assert NOTHING.spares(movement)


@pytest.mark.parametrize(
    ("words", "out", "still_in"),
    [
        ("squats", ("Barbell Back Squat", "Goblet Squat", "Split Squat", "Leg Press", "Wall Sit"), ("Deadlift",)),
        ("no squatting please", ("Barbell Back Squat",), ("Dumbbell Lunge",)),
        ("back squat", ("Barbell Back Squat",), ("Goblet Squat", "Barbell Row")),
        ("barbell squats", ("Barbell Back Squat",), ("Goblet Squat",)),
        ("deadlifts", ("Deadlift", "Romanian Deadlift", "Kettlebell Deadlift"), ("Barbell Hip Thrust",)),
        ("DL", ("Deadlift",), ("Barbell Back Squat",)),
        ("burpees", ("Burpee", "Step-Back Burpee", "Pull-up Burpee"), ("Squat Thrust",)),
        ("lunges", ("Dumbbell Lunge", "Bulgarian Split Squat", "Step-up"), ("Goblet Squat",)),
        ("jumping", ("Jump Squat", "Jumping Jack", "Rope Skipping"), ("Bodyweight Squat",)),
        ("pressing overhead", ("Barbell Overhead Press", "Arnold Press", "Thruster"), ("Barbell Bench Press",)),
        ("running", ("Run",), ("Air Bike", "Rowing Machine")),
        ("jogging", ("Run",), ("Air Bike",)),
        ("presses", ("Barbell Bench Press", "Push-up", "Landmine Press"), ("Dumbbell Fly",)),
        ("pulling", ("Barbell Row", "Pull-up"), ("Barbell Curl",)),
        ("hip thrusts", ("Barbell Hip Thrust", "Sofa Hip Thrust"), ("Deadlift", "Barbell Back Squat")),
        ("push ups", ("Push-up", "Diamond Push-up"), ("Barbell Bench Press",)),
        ("sit-ups or crunches", ("Sit-up", "Crunch"), ("Plank",)),
        ("burpees with bad knees", ("Burpee", "Goblet Squat"), ("Plank",)),
    ],
)
def test_movements_and_families(words: str, out: tuple[str, ...], still_in: tuple[str, ...]) -> None:
    avoided, unknown = normalise([words])
    assert unknown == ()
    found = {movement.name: avoided.spares(movement) for movement in MOVEMENTS}
    assert [name for name in out if found[name]] == []
    assert [name for name in still_in if not found[name]] == []


def test_every_movement_can_be_avoided_by_any_of_its_names() -> None:
    for movement in MOVEMENTS:
        for name in (movement.name, *movement.aliases):
            avoided, _ = normalise([name])
            assert not avoided.spares(movement) or name in AMBIGUOUS, name


def test_what_is_avoided_has_words() -> None:
    avoided, _ = normalise(["lower back", "squats", "back squat"])
    assert avoided.words() == ("back squat", "lower back", "squat")
    found = {movement.name: avoided.clashes(movement) for movement in MOVEMENTS}
    assert found["Barbell Back Squat"] == ("back squat", "lower back", "squat")
    assert found["Goblet Squat"] == ("squat",)
    assert found["Pec Deck"] == ()
