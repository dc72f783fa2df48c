"""The catalogue is valid, large, and has something for everybody."""

from dataclasses import asdict
from itertools import combinations
from typing import Any

import pytest

from training.avoidance import Avoided
from training.catalogue import MOVEMENTS, BadData, by_name, index, movement, of_group
from training.equipment import possible
from training.model import EQUIPMENT, LEVELS, LOADS, MUSCLE_GROUPS, PATTERNS, Equipment, Load, Movement, MuscleGroup
from training.spelling import key, words

KITS: dict[str, frozenset[Equipment]] = {
    "nothing": frozenset(),
    "dumbbells": frozenset({"dumbbells"}),
    "the usual": frozenset({"barbell", "dumbbells", "cables", "bodyweight"}),
    "kettlebell": frozenset({"kettlebell"}),
    "machine and cables": frozenset({"machine", "cables"}),
    "bands": frozenset({"bands"}),
}
SPARED: tuple[Load, ...] = ("knee", "shoulder", "lower_back", "wrist", "jumping", "overhead")

GOOD: dict[str, Any] = {
    "aliases": ["hop"],
    "secondary": ["core"],
    "equipment": [["barbell", "bench"], ["dumbbells"]],
    "pattern": "squat",
    "level": "beginner",
    "stresses": ["knee"],
    "cue": "Land softly.",
}


def usable(group: MuscleGroup, kit: frozenset[Equipment]) -> list[Movement]:
    """What somebody who is no expert can do for `group` with `kit`."""
    return [one for one in of_group(group) if one.level != "advanced" and possible(one, kit)]


def test_there_are_many_movements() -> None:
    assert len(MOVEMENTS) >= 400
    assert all(len(of_group(group)) >= 40 for group in MUSCLE_GROUPS)


def test_movements_stand_in_the_order_of_the_muscle_groups() -> None:
    assert tuple(one for group in MUSCLE_GROUPS for one in of_group(group)) == MOVEMENTS
    assert [of_group(group)[0].name for group in MUSCLE_GROUPS] == [
        "Barbell Bench Press",
        "Barbell Row",
        "Barbell Overhead Press",
        "Barbell Curl",
        "Cable Triceps Pushdown",
        "Goblet Squat",
        "Plank",
        "Burpee",
    ]


@pytest.mark.parametrize("kit", KITS)
@pytest.mark.parametrize("group", MUSCLE_GROUPS)
def test_everybody_has_enough_for_a_long_session(group: MuscleGroup, kit: str) -> None:
    found = usable(group, KITS[kit])
    assert len(found) >= 12
    assert sum(one.level == "beginner" for one in found) >= 8


@pytest.mark.parametrize("kit", [kit for kit in KITS if kit != "nothing"])
@pytest.mark.parametrize("group", MUSCLE_GROUPS)
def test_equipment_is_put_to_use(group: MuscleGroup, kit: str) -> None:
    bare = usable(group, KITS["nothing"])
    assert len([one for one in usable(group, KITS[kit]) if one not in bare]) >= 5


@pytest.mark.parametrize("kit", KITS)
@pytest.mark.parametrize("group", MUSCLE_GROUPS)
def test_whoever_must_spare_one_or_two_things_has_four_movements_left(group: MuscleGroup, kit: str) -> None:
    found = usable(group, KITS[kit])
    for avoided in combinations(SPARED, 2):
        assert sum(map(Avoided(frozenset(avoided)).spares, found)) >= 4, avoided


def test_every_entry_says_something_possible() -> None:
    for one in MOVEMENTS:
        assert one.primary in MUSCLE_GROUPS
        assert set(one.secondary) <= set(MUSCLE_GROUPS) - {one.primary, "full_body"}
        assert one.pattern in PATTERNS
        assert one.level in LEVELS
        assert one.stresses <= set(LOADS)
        assert one.equipment
        assert all(kit and kit <= set(EQUIPMENT) for kit in one.equipment)
        assert 20 <= len(one.cue) <= 160
        assert one.cue[0].isupper()
        assert one.cue.endswith((".", "!"))


def test_no_name_or_alias_means_two_movements() -> None:
    owners: dict[tuple[str, ...], str] = {}
    for one in MOVEMENTS:
        for name in (one.name, *one.aliases):
            assert owners.setdefault(key(words(name)), one.name) == one.name
    assert len({one.name for one in MOVEMENTS}) == len(MOVEMENTS)


@pytest.mark.parametrize(
    ("part", "stress", "exceptions"),
    [
        ("Overhead", "overhead", set()),
        ("Push-up", "floor", {"Incline Push-up", "Wall Push-up", "Incline Close-Grip Push-up", "Ring Push-up"}),
        ("Hanging", "hanging", set()),
        ("Pull-up", "hanging", set()),
        ("Jump", "jumping", set()),
        ("Deadlift", "hip", set()),
        ("Lunge", "knee", set()),
        ("Skullcrusher", "elbow", set()),
        ("Wrist", "wrist", set()),
        ("Neck", "neck", set()),
        ("Calf", "ankle", set()),
        ("Curl-up", "floor", set()),
    ],
)
def test_names_and_stresses_agree(part: str, stress: Load, exceptions: set[str]) -> None:
    exceptions = exceptions | {"Wall Close-Grip Push-up", "Incline Pike Push-up"}
    named = [one for one in MOVEMENTS if part in one.name and one.name not in exceptions]
    assert named
    assert [one.name for one in named if stress not in one.stresses] == []


def test_names_and_equipment_agree() -> None:
    things: dict[str, Equipment] = {
        "Barbell": "barbell",
        "Dumbbell": "dumbbells",
        "Kettlebell": "kettlebell",
        "Cable": "cables",
        "Machine": "machine",
        "Band": "bands",
        "Ring": "rings",
        "Bodyweight": "bodyweight",
    }
    for one in MOVEMENTS:
        for word in one.name.replace("-", " ").split():
            assert word not in things or things[word] in frozenset().union(*one.equipment), one.name


def test_a_bare_movement_needs_nothing() -> None:
    bare = [one for one in MOVEMENTS if any("bodyweight" in kit for kit in one.equipment)]
    assert {one.equipment for one in bare} == {(frozenset({"bodyweight"}),)}


def test_holds_carries_and_the_like_are_timed() -> None:
    timed = {one.name for one in MOVEMENTS if one.timed}
    assert {"Plank", "Side Plank", "Wall Sit", "Dead Hang", "Farmer Carry", "Mountain Climber"} <= timed
    assert not {"Push-up", "Crunch", "Deadlift", "Barbell Curl"} & timed
    assert all(one.timed for one in MOVEMENTS if one.pattern == "carry" or one.name.endswith("Hold"))


def test_one_side_at_a_time() -> None:
    unilateral = {one.name for one in MOVEMENTS if one.unilateral}
    assert {"Bulgarian Split Squat", "Side Plank", "Dumbbell Row", "Pallof Press"} <= unilateral
    assert {one.name for one in MOVEMENTS if one.name.startswith("Single-")} <= unilateral
    assert not {"Barbell Back Squat", "Plank", "Push-up"} & unilateral


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Goblet Squat", "Goblet Squat"),
        ("goblet squats", "Goblet Squat"),
        ("RDL", "Romanian Deadlift"),
        ("DB bench", "Dumbbell Bench Press"),
        ("skullcrushers", "Barbell Skullcrusher"),
        ("Curl, Barbell", "Barbell Curl"),
        ("goblet squat with smile", None),
        ("goblet sqaut", None),
    ],
)
def test_movements_are_found_by_their_exact_names(typed: str, name: str | None) -> None:
    found = by_name(typed)
    assert (found.name if found else None) == name


def test_an_entry_is_read() -> None:
    expected = Movement(
        name="Hop",
        aliases=("hop",),
        primary="legs",
        secondary=("core",),
        equipment=(frozenset({"barbell", "bench"}), frozenset({"dumbbells"})),
        pattern="squat",
        level="beginner",
        stresses=frozenset({"knee"}),
        unilateral=False,
        timed=False,
        cue="Land softly.",
    )
    assert asdict(movement("Hop", "legs", GOOD)) == asdict(expected)
    one_sided, timed = (movement("Hop", "legs", {**GOOD, flag: True}) for flag in ("unilateral", "timed"))
    assert (one_sided.unilateral, one_sided.timed, timed.unilateral, timed.timed) == (True, False, False, True)
    assert movement("Hop", "legs", {**GOOD, "cue": "x" * 160}).cue == "x" * 160
    assert movement("Hop", "legs", {**GOOD, "stresses": list(LOADS)}).stresses == set(LOADS)
    assert movement("Hop", "legs", {**GOOD, "equipment": [["bodyweight"]]}).equipment == (frozenset({"bodyweight"}),)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"colour": "red"}, "keys"),
        ({"pattern": "hop"}, "pattern"),
        ({"level": "easy"}, "level"),
        ({"unilateral": 1}, "unilateral or timed"),
        ({"timed": "yes"}, "unilateral or timed"),
        ({"cue": ""}, "cue"),
        ({"cue": "x" * 161}, "cue"),
        ({"secondary": ["arms"]}, "secondary"),
        ({"secondary": ["core", "core"]}, "secondary"),
        ({"secondary": ["legs"]}, "secondary"),
        ({"secondary": ["full_body"]}, "secondary"),
        ({"stresses": ["knees"]}, "stresses"),
        ({"stresses": ["knee", "knee"]}, "stresses"),
        ({"equipment": []}, "equipment"),
        ({"equipment": [[]]}, "equipment"),
        ({"equipment": [["barbell"], []]}, "equipment"),
        ({"equipment": [["hoop"]]}, "equipment"),
        ({"equipment": [["barbell", "barbell"]]}, "equipment"),
        ({"equipment": [["barbell"], ["barbell", "bench"]]}, "equipment"),
        ({"equipment": [["barbell"], ["barbell"]]}, "equipment"),
        ({"equipment": [["bodyweight"], ["barbell"]]}, "equipment"),
        ({"equipment": [["bodyweight", "barbell"]]}, "equipment"),
    ],
)
def test_a_bad_entry_is_refused(change: dict[str, Any], what: str) -> None:
    with pytest.raises(BadData, match=f"^Hop: bad {what}$"):
        movement("Hop", "legs", {**GOOD, **change})


@pytest.mark.parametrize("missing", GOOD)
def test_an_entry_must_be_whole(missing: str) -> None:
    with pytest.raises(BadData, match="^Hop: bad keys$"):
        movement("Hop", "legs", {name: value for name, value in GOOD.items() if name != missing})


def test_an_index_has_names_and_aliases() -> None:
    one = movement("High Hop", "legs", GOOD)
    assert index([one]) == {("high", "hop"): one, ("hop",): one}


def test_names_that_say_nothing_or_too_much_are_refused() -> None:
    one, other = movement("Hop", "legs", GOOD), movement("Hopping", "legs", GOOD)
    with pytest.raises(BadData, match="^Hopping: bad name 'hop'$"):
        index([one, other])
    with pytest.raises(BadData, match="^3x10: bad name '3x10'$"):
        index([movement("3x10", "legs", GOOD)])
