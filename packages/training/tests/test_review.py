"""Reviews of small routines. Sets are counted by hand: 1 for the first muscle of a movement, 0.5 for its others."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.balance import balance_score
from training.catalogue import by_name
from training.model import MUSCLE_GROUPS, Exercise
from training.recognition import recognise
from training.review import MAX_SENTENCES, Review, facts, review, routine_score, worked

PUSH = [Exercise("Bench Press", 4, 8, 80), Exercise("Overhead Press", 4, 8, 40)]
WHOLE = [
    Exercise("Bench Press", 6, 8, 80, "A"),
    Exercise("Overhead Press", 6, 8, 40, "A"),
    Exercise("Barbell Row", 6, 8, 70, "B"),
    Exercise("Pull-up", 6, 8, None, "B"),
    Exercise("Back Squat", 8, 6, 100, "C"),
    Exercise("Romanian Deadlift", 8, 8, 90, "C"),
    Exercise("Dumbbell Fly", 4, 12, 12, "A"),
    Exercise("Triceps Pushdown", 4, 12, 25, "A"),
    Exercise("Barbell Curl", 5, 12, 25, "B"),
    Exercise("Crunch", 4, 15, None, "C"),
]
exercises = st.builds(
    Exercise,
    name=st.text(max_size=40) | st.sampled_from(["Bench Press", "Squat", "Row", "Plank", "Running", "Curl", "Burpee"]),
    sets=st.integers(1, 100),
    reps=st.integers(1, 1000),
    weight=st.none() | st.floats(0, 1000),
    workout_day=st.sampled_from("ABC"),
)


def sentences(found: Review) -> list[str]:
    return [found.summary, *found.strengths, *found.areas_to_improve, *found.recommendations]


def test_pushing_alone() -> None:
    found = review(PUSH)
    # Volume: 4 × 8 × 80 + 4 × 8 × 40. Score: chest, shoulders and triceps have 4 sets and more and the core, which the
    # overhead press braces, 2, so 40 × 3.5 / 7; two of six families, 30 × 2 / 6; no pair is even.
    assert found.summary == (
        "2 exercises on 1 day, 8 sets a week and 3,840 kg of volume. The work is one-sided (30 of 100)."
    )
    assert found.balance_score == 30.0
    assert found.strengths == ("You have begun: every line that is written down can be built upon.",)
    assert found.areas_to_improve == (
        "Nothing trains back, biceps or legs.",
        "There is no squat or lunge.",
        "There is no hinge (bending at the hip).",
        "There is no row.",
        "There is no pull from above.",
    )
    assert found.recommendations == (
        "Add a squat or lunge, for example Goblet Squat, 3 sets of 8 to 12.",
        "Add a hinge (bending at the hip), for example Romanian Deadlift, 3 sets of 8 to 12.",
        "Add a row, for example Dumbbell Row, 3 sets of 8 to 12.",
        "Add a pull from above, for example Lat Pulldown, 3 sets of 8 to 12.",
        "Add Two-Arm Dumbbell Row for back, 3 sets of 10 to 15.",
    )


def test_a_whole_routine() -> None:
    found = review(WHOLE)
    assert found.balance_score == 100.0
    assert "10 exercises on 3 days, 57 sets a week" in found.summary
    assert "The work is well balanced (100 of 100)." in found.summary
    assert "Pushing and pulling are in balance." in found.strengths
    assert "Squatting and hinging are in balance." in found.strengths
    assert found.strengths[0].startswith("Enough sets a week for chest, back, shoulders, biceps, triceps, legs and ")
    assert found.strengths[-1].startswith("Every kind of basic movement is there")
    assert found.areas_to_improve == ()
    assert found.recommendations == (
        "Keep it as it is, and add the smallest step of weight when all sets reach their top.",
    )


def test_a_pair_that_is_uneven_is_named_and_one_that_is_not_is_praised() -> None:
    def of_sets(push: int, pull: int) -> Review:
        return review([Exercise("Bench Press", push, 8, 80), Exercise("Barbell Row", pull, 8, 80)])

    even, uneven = of_sets(8, 4), of_sets(9, 4)
    assert "Pushing and pulling are in balance." in even.strengths
    assert not any("Pushing" in sentence for sentence in even.areas_to_improve)
    assert not any("Pushing" in sentence for sentence in uneven.strengths)
    assert "Pulling gets 2.2 times the work of pushing." in sentences(review_of_pairs(4, 9))
    # 62 to 125 is 0.496, which two decimals make 0.5.
    close = review_of_pairs(62, 125)
    assert "Pulling gets 2 times the work of pushing." in sentences(close)
    assert "Pushing and pulling are in balance." not in close.strengths


def review_of_pairs(push: int, pull: int) -> Review:
    """A routine that lacks nothing else, so that the pair is not crowded out."""
    rest = [exercise for exercise in WHOLE if exercise.name in ("Back Squat", "Romanian Deadlift", "Crunch")]
    return review(
        [
            *rest,
            Exercise("Bench Press", push - 3, 8, 80),
            Exercise("Overhead Press", 3, 8, 40),
            Exercise("Barbell Row", pull - 3, 8, 70),
            Exercise("Lat Pulldown", 3, 8, 70),
        ]
    )


def test_one_half_of_the_body() -> None:
    legs = review([Exercise("Squat", 12, 8, 80), Exercise("Plank", 6, 60), Exercise("Curl", 1, 8, 10)])
    assert "Enough sets a week for legs and core." in legs.strengths
    found = facts([Exercise("Squat", 12, 8, 80)])
    assert found["ratios"] == {"push/pull": None, "knee/hip": None, "upper/lower": 0.0}
    only = sentences(review([e for e in WHOLE if e.name not in ("Back Squat", "Romanian Deadlift")]))
    assert "The upper body gets all of the work, the lower body none." in only


def test_too_much() -> None:
    found = review([Exercise("Bench Press", 21, 8, 80), *WHOLE[1:6], *WHOLE[7:]])
    assert "Many sets for chest: 21 a week, more than 20." in found.areas_to_improve
    assert "Take about 1 set a week away from chest, the last ones first." in found.recommendations
    spread = "That is about how it is spread, not how much it is: there is more than needed for chest."
    assert found.summary.endswith(f" of 100). {spread}")
    more = review([Exercise("Bench Press", 25, 8, 80), *WHOLE[1:6], *WHOLE[7:]])
    assert "Take about 5 sets a week away from chest, the last ones first." in more.recommendations


def test_an_example_is_not_there_already() -> None:
    routine = [Exercise("Barbell Bench Press", 2, 8, 80), *WHOLE[1:6], *WHOLE[7:]]
    found = review(routine)
    assert "Few sets for chest: 2 a week of 10 or more." in found.areas_to_improve
    assert "Add Dumbbell Bench Press for chest, 3 sets of 10 to 15." in found.recommendations


def test_no_name_is_recognised() -> None:
    found = review([Exercise("Gribbel", 3, 8, 10), Exercise("Wobbelit", 1, 8, None)])
    assert found == Review(
        "2 exercises on 1 day, 4 sets a week and 240 kg of volume. "
        "I recognise none of the names, so I cannot say which muscles they train.",
        (),
        (),
        ("Give the exercises usual names, such as Bench Press or Goblet Squat, so that their sets can be counted.",),
        None,
    )


def test_names_that_are_not_recognised_are_named_but_not_all() -> None:
    unknown = [Exercise(name, 3, 8) for name in ("Gribbel", "Wobbelit", "Zwuck", "Quork")]
    assert review([*PUSH, *unknown[:3]]).summary.endswith('I do not know them: "Gribbel", "Wobbelit", "Zwuck".')
    assert review([*PUSH, *unknown]).summary.endswith('I do not know them: "Gribbel", "Wobbelit", "Zwuck" and more.')
    assert review([Exercise("Running", 1, 30), unknown[0]]).summary.endswith('I do not know them: "Gribbel".')


def test_an_empty_routine() -> None:
    found = review([])
    assert found.summary == "The routine is empty."
    assert found.strengths == found.areas_to_improve == ()
    assert found.recommendations[0].startswith("Begin with a squat")
    assert found.balance_score is None


def test_running_alone_is_known_but_no_strength_work() -> None:
    found = review([Exercise("Running", 1, 30)])
    assert found.summary == (
        "1 exercise on 1 day, 1 set a week. I recognise no strength work, so there is no balance to judge."
    )
    assert found.recommendations[0].startswith("Begin with a squat")


def test_without_weight_there_is_no_volume() -> None:
    for weight in (None, 0.0):
        assert review([Exercise("Push-up", 3, 10, weight)]).summary.startswith(
            "1 exercise on 1 day, 3 sets a week. The"
        )


def test_the_same_line_twice_is_as_one_of_twice_the_sets() -> None:
    twice, once = review([PUSH[0], PUSH[0]]), review([Exercise("Bench Press", 8, 8, 80)])
    assert twice.summary.removeprefix("2 exercises") == once.summary.removeprefix("1 exercise")
    assert twice.areas_to_improve == once.areas_to_improve
    assert twice.recommendations == once.recommendations


def test_a_thousand_lines() -> None:
    found = review([PUSH[0]] * 1000)
    assert "1000 exercises on 1 day, 4000 sets a week and 2,560,000 kg" in found.summary
    assert found.balance_score == 22.1  # 40 × 3 / 7 for chest, triceps and shoulders, 30 / 6 for a family


def test_fairly_balanced() -> None:
    found = review([exercise for exercise in WHOLE if exercise.name not in ("Back Squat", "Crunch")])
    assert found.balance_score is not None
    assert 60 <= found.balance_score < 85
    assert "The work is fairly balanced, with some gaps" in found.summary


def test_facts_by_hand() -> None:
    found = facts([*PUSH, Exercise("Gribbel", 3, 8, 1.26)])
    weekly = found["weekly_sets"]
    assert isinstance(weekly, dict)
    assert weekly["chest"] == {"sets": 4, "from": 10, "to": 20, "is": "below"}
    assert weekly["shoulders"]["sets"] == 6  # 4 and half of 4
    assert found["ratios"] == {"push/pull": None, "knee/hip": None, "upper/lower": None}
    assert found["missing_muscle_groups"] == ["back", "biceps", "legs"]
    assert found["missing_movements"] == ["squat or lunge", "hinge (bending at the hip)", "row", "pull from above"]
    assert found["volume_kg"] == 3870.2
    assert found["not_recognised"] == ["Gribbel"]
    assert found["muscle_balance_score"] == 30.0


@pytest.mark.parametrize("group", [group for group in MUSCLE_GROUPS if group != "full_body"])
def test_what_is_advised_exists_and_trains_what_it_is_for(group: str) -> None:
    everything = [exercise for exercise in WHOLE if recognise(exercise.name).primary != group]
    advised = re.findall(rf"Add ([A-Z][\w -]+) for {group},", " ".join(review(everything).recommendations))
    examples = re.findall(r"for example ([\w -]+), 3 sets", " ".join(review(PUSH).recommendations))
    assert all((found := by_name(name)) and found.primary == group and not found.timed for name in advised)
    assert examples
    assert all(by_name(name) for name in examples)


@given(st.lists(exercises, max_size=8))
@settings(deadline=None, max_examples=100)
def test_any_routine_is_reviewed(routine: list[Exercise]) -> None:
    found = review(routine)
    assert found == review(routine)
    assert found.balance_score == routine_score(routine) == balance_score(worked(routine))
    assert found.balance_score == facts(routine)["muscle_balance_score"]
    assert json.loads(json.dumps(facts(routine), allow_nan=False)) == facts(routine)
    assert max(map(len, (found.strengths, found.areas_to_improve, found.recommendations))) <= MAX_SENTENCES
    assert found.recommendations
    assert all(sentence.endswith(".") and len(sentence) <= 1200 for sentence in sentences(found))
    said = " ".join((*found.strengths, *found.areas_to_improve, *found.recommendations)).lower()
    assert not re.search(r"injur|diagnos|disease|pain|imbalanced body|you suffer|posture", said)
