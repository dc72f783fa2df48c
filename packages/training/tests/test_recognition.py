"""What people type is understood: the muscles always, the movement where the words say it."""

import tomllib
from pathlib import Path
from random import Random
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.catalogue import MOVEMENTS, by_name
from training.model import MUSCLE_GROUPS, PATTERNS, Movement
from training.recognition import UNKNOWN, Recognition, recognise
from training.spelling import words

TYPED: dict[str, list[str]] = tomllib.loads(Path(__file__).with_name("typed_names.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("group", MUSCLE_GROUPS)
def test_the_muscle_group(group: str) -> None:
    assert {name: recognise(name).primary for name in TYPED[group]} == dict.fromkeys(TYPED[group], group)


def test_the_table_is_large() -> None:
    assert sum(len(TYPED[group]) for group in MUSCLE_GROUPS) >= 220


@pytest.mark.parametrize("name", ["", *TYPED["unknown"]])
def test_what_names_no_movement_is_unknown(name: str) -> None:
    assert recognise(name) == UNKNOWN == Recognition(None, None, (), None, "unknown")


@pytest.mark.parametrize(
    ("name", "movement", "kind"),
    [
        ("Push-up", "Push-up", "exact"),
        ("PUSH UPS", "Push-up", "exact"),
        ("pùsh-úps", "Push-up", "exact"),
        ("Barbell Bench Press (paused)", "Barbell Bench Press", "exact"),
        ("Bench Press (Barbell)", "Barbell Bench Press", "exact"),
        ("RDL", "Romanian Deadlift", "exact"),
        ("DB RDLs", "Dumbbell Romanian Deadlift", "exact"),
        ("benchpress", "Barbell Bench Press", "alias"),
        ("Squat", "Barbell Back Squat", "alias"),
        ("OHP 5x5", "Barbell Overhead Press", "alias"),
        ("TRX rows", "Inverted Row", "alias"),
        ("seated DB shoulder press 3x10", "Seated Dumbbell Shoulder Press", "exact"),
        ("weighted pull ups", "Pull-up", "contained"),
        ("Lat Pulldown - Wide Grip (Cable)", "Lat Pulldown", "contained"),
        ("deficit reverse lunge", "Reverse Lunge", "contained"),
        ("Leg Press Horizontal (Machine)", "Leg Press", "contained"),
        ("bench press into oblivion", "Barbell Bench Press", "contained"),
        ("romainian deadlift", "Romanian Deadlift", "fuzzy"),
        ("dumbel bench press", "Dumbbell Bench Press", "fuzzy"),
        ("scullcrusher", "Barbell Skullcrusher", "fuzzy"),
        ("wieghted pull ups", "Pull-up", "fuzzy"),
    ],
)
def test_the_movement_and_how_it_is_known(name: str, movement: str, kind: str) -> None:
    found = recognise(name)
    assert found.movement is not None
    assert (found.movement.name, found.kind) == (movement, kind)
    assert found.movement is by_name(movement)
    assert (found.primary, found.secondary, found.pattern) == (
        found.movement.primary,
        found.movement.secondary,
        found.movement.pattern,
    )


@pytest.mark.parametrize(
    ("name", "recognition"),
    [
        ("Spanish squat", Recognition(None, "legs", ("core",), "squat", "keyword")),
        ("spansih sqaut", Recognition(None, "legs", ("core",), "squat", "keyword")),
        ("yates row", Recognition(None, "back", ("biceps",), "horizontal_pull", "keyword")),
        ("Viking press", Recognition(None, "shoulders", ("triceps",), "vertical_push", "keyword")),
        ("Jefferson curl", Recognition(None, "legs", ("back",), "hinge", "keyword")),
        ("biceps", Recognition(None, "biceps", (), "isolation", "keyword")),
        # The muscles are those of the bench press, but its barbell, cue and rack are not.
        ("cable bench press", Recognition(None, "chest", ("triceps", "shoulders"), "horizontal_push", "keyword")),
        ("smith RDL", Recognition(None, "legs", ("back",), "hinge", "keyword")),
    ],
)
def test_the_muscles_alone(name: str, recognition: Recognition) -> None:
    assert recognise(name) == recognition


def test_every_movement_is_known_by_its_name_and_aliases() -> None:
    for movement in MOVEMENTS:
        muscles = movement.primary, movement.secondary, movement.pattern
        assert recognise(movement.name) == Recognition(movement, *muscles, "exact")
        for alias in movement.aliases:
            assert recognise(alias) in (Recognition(movement, *muscles, "alias"), recognise(movement.name))


def test_words_that_stand_together_and_last_decide_between_names_of_one_length() -> None:
    # "leg raise" has as many words as "calf raise", but stands apart.
    assert recognise("leg seated calf raise machine").movement is by_name("seated calf raise")
    assert recognise("standing leg slow calf raise").movement is by_name("calf raise")
    assert recognise("goblet squat deadlift leg press").movement is by_name("leg press")
    assert recognise("leg press deadlift goblet squat").movement is by_name("goblet squat")


@pytest.mark.parametrize(
    ("name", "movement"),
    [
        ("band pallof press", "Pallof Press"),
        ("barbell pendlay row", "Pendlay Row"),
        ("bodyweight side plank", "Side Plank"),
        ("bodyweight hanging knee raise", "Hanging Knee Raise"),
        ("bodyweight dragon flag", "Dragon Flag"),
        ("bodyweight ring fallout", "Ring Fallout"),
        ("cable reverse grip pulldown", "Underhand Lat Pulldown"),
        ("dumbbell suitcase hold", "Suitcase Hold"),
        ("ezbar floor press", "Barbell Floor Press"),
        ("kettlebell suitcase hold", "Suitcase Hold"),
        ("machine seated leg curl", "Seated Leg Curl"),
        ("ring scapular pull-up", "Scapular Pull-up"),
        ("rope straight-arm pulldown", "Straight-Arm Pulldown"),
        ("smith hack squat", "Hack Squat"),
        ("bodyweight dips", "Chest Dip"),
        ("standing dips", "Chest Dip"),
        ("slow rope crunch", "Cable Crunch"),
        ("russian dips", None),
        *((f"{thing} leg press", None) for thing in ("band", "barbell", "bodyweight", "cable", "dumbbell", "ezbar")),
        *((f"{thing} leg press", None) for thing in ("kettlebell", "ring", "rope", "TRX")),
        *((f"{thing} side plank", None) for thing in ("machine", "smith machine", "smith")),
    ],
)
def test_things_beside_a_name_must_be_its_own(name: str, movement: str | None) -> None:
    found = recognise(name)
    assert (found.movement.name if found.movement else None) == movement
    assert found.kind == ("contained" if movement else "keyword")


HOSTILE = [
    "squat" * 20_000,
    "squat " * 20_000,
    "́" * 100_000,
    "s" + "́" * 100_000,
    "\0" * 100,
    "💪" * 50_000,
    "\u202esquat\u202c",
    "ﷺ" * 50_000,
    "x" * 100_000,
    "'" * 100_000,
    "press bench " * 10_000,
    "romainian " * 10_000,
    "\ud800 lone surrogate",
    "{}%s%n$(){{7*7}}<script>",
]


def test_hostile_names_are_answered_at_once() -> None:
    started = perf_counter()
    for name in HOSTILE:
        recognise(name)
    assert perf_counter() - started < 2


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_answered(name: str) -> None:
    found = recognise(name)
    assert found == recognise(name)
    assert found == recognise(name[:100])
    if found.kind == "unknown":
        assert found == UNKNOWN
    else:
        assert found.primary in MUSCLE_GROUPS
        assert found.pattern in PATTERNS
    assert (found.movement is None) == (found.kind in ("unknown", "keyword"))


def test_only_the_first_hundred_characters_count() -> None:
    assert recognise(" " * 95 + "squat").primary == "legs"
    assert recognise(" " * 96 + "squat") != recognise("squat")
    assert recognise("squat" + " " * 95 + "burpee") == recognise("squat")


@settings(deadline=None)
@given(st.sampled_from([one for one in MOVEMENTS if "-Up " not in one.name]), st.randoms(use_true_random=False))
def test_case_order_of_words_and_punctuation_do_not_matter(movement: Movement, random: Random) -> None:
    said = list(words(movement.name))
    random.shuffle(said)
    text = "".join(random.choice((letter, letter.upper())) for letter in " ".join(said))
    assert recognise(f"({text.replace(' ', random.choice(' -_/.'))}) 3x10!").movement is movement


def test_one_slip_of_the_keyboard_is_forgiven() -> None:
    random = Random(20)
    wrong = []
    for movement in MOVEMENTS:
        said = list(words(movement.name))
        at = max(range(len(said)), key=lambda index: len(said[index]))
        where = random.randrange(1, len(said[at]))
        said[at] = said[at][:where] + random.choice("abcdefghijklmnoprstuvwy") + said[at][where:]
        if recognise(" ".join(said)).primary != movement.primary:
            wrong.append(" ".join(said))
    assert len(wrong) <= len(MOVEMENTS) / 50, wrong
