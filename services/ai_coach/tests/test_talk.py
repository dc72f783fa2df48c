"""What the rule coach says of joints, equipment, one's own numbers, days, minutes, and what was said before."""

import pytest

from ai_coach.coach.conversation import reply
from ai_coach.coach.talk.words import Turn
from training.model import Exercise

ROUTINE = (
    Exercise("Bench Press", 4, 8, 80.0, "A"),
    Exercise("Back Squat", 4, 6, 100.0, "A"),
    Exercise("Plank", 3, 40, None, "A"),
    Exercise("Deadlift", 3, 5, 120.0, "B"),
    Exercise("Barbell Row", 4, 8, 70.0, "Monday"),
)
FULL = tuple(
    Exercise(name, sets, 10, 40.0)
    for name, sets in [
        *(("Bench Press", 10), ("Overhead Press", 8), ("Barbell Row", 8), ("Lat Pulldown", 6), ("Back Squat", 16)),
        *(("Romanian Deadlift", 16), ("Barbell Curl", 6), ("Triceps Pushdown", 6), ("Crunch", 6)),
    ]
)
ANSWERS = [
    # A joint and the movement that loads it.
    ("What can I do instead of squats, my knee is sore?", ["Goblet Box Squat", "Hip Thrust", "doctor"], ["Lunge"]),
    ("My shoulder hurts when I bench press", ["Neutral-Grip Dumbbell Press", "doctor"], ["Overhead"]),
    # Another movement for the same muscles.
    ("Replace barbell row, I have no barbell", ["- Dumbbell Row", "same back"], ["- Barbell"]),
    ("alternative to bench press with dumbbells", ["of Barbell Bench Press", "- Dumbbell Bench Press"], ["Machine"]),
    (
        "My gym's cable machine is broken, what replaces the lat pulldown?",
        ["- Band Lat Pulldown"],
        ["- Close-Grip Lat"],
    ),
    # 6 is the top of 3 to 6, and 102.5 is the next weight of a bar that is 2 % heavier.
    (
        "Which weight should I use for back squat next week?",
        ["100 or 102.5 kg", "If you got all 4 × 6, go"],
        ["All sets"],
    ),
    # Epley 140, Brzycki 135.
    ("What is my 1RM on the deadlift?", ["About 138 kg", "If you got all 3 × 5", "the top of your range"], ["until 6"]),
    ("How much should I bench?", ["Stay at 80 kg"], []),
    ("What is my max on the leg press?", ["your routine has no Leg Press", "÷ 30"], []),
    ("What do I train on day B?", ["Day B:\n- Deadlift: 3 × 5 with 120 kg"], ["Bench"]),
    ("What is on Monday?", ["Monday:\n- Barbell Row: 4 × 8 with 70 kg"], ["Bench"]),
    ("What is on Tuesday?", ["no day Tuesday; its days are A, B and Monday"], []),
    ("show my routine", ["Day A:", "Day B:", "Monday:", "- Plank: 3 × 40 s"], []),
    ("What muscles does the bench press work?", ["works the chest first; triceps and shoulders help"], []),
    # Rows give the biceps half of 4, presses the triceps half of 4.
    ("How do I get bigger arms?", ["Biceps: 2 sets a week now; 10 to 20", "Triceps: 2 sets", "Add about 8"], []),
    ("How do I get a bigger chest", ["Chest: 4 sets a week now", "Add about 6 a week"], []),
    ("I only have 20 minutes and a kettlebell. Give me a session.", ["20-Minute", "Kettlebell Row", "/recommend"], []),
    ("Give me a 30 minute leg workout with dumbbells, I have a bad knee", ["Legs", "avoids: knee"], ["Goblet Squat"]),
    ("I can't do a single pull-up. How do I get my first one?", ["Negatives", "band", "rows"], []),
    ("I can't do a push-up", ["a table or a wall", "negatives", "band"], []),
    ("Add 3 sets of face pulls to my routine", ["I only read", "`POST /exercises`", "Face Pull, sets 3"], []),
    ("Remove squats from my routine", ["I only read", "DELETE"], []),
    ("What is RPE?", ["RPE, the rate of perceived exertion", "one to three"], []),
    ("what does RIR mean", ["RIR, repetitions in reserve"], []),
    ("What is 1RM?", ["1RM, the one-repetition maximum"], []),
    ("AMRAP", ["as many repetitions"], []),
    ("What's a superset?", ["two exercises done in turn"], []),
    ("What is hypertrophy?", ["the growth of muscle"], []),
    ("explain progressive overload", ["a little more over time"], []),
    ("What is a compound exercise?", ["several joints"], []),
    ("I want to lose 10 kg of fat", ["half a per cent", "dietitian"], []),
    ("I skipped breakfast, can I train?", ["Yes", "dizzy", "doctor"], []),
    ("xyzzy", ["Try one of these", "/recommend"], []),
]


@pytest.mark.parametrize(("question", "has", "has_not"), ANSWERS)
def test_an_answer_is_to_the_point(question: str, has: list[str], has_not: list[str]) -> None:
    text = reply(question, ROUTINE)
    assert [part for part in has if part not in text] == []
    assert [part for part in has_not if part in text] == []
    assert len(text.split()) <= 200


@pytest.mark.parametrize("question", [question for question, *_ in ANSWERS])
@pytest.mark.parametrize("routine", [None, ()])
def test_no_routine_is_needed_to_answer(question: str, routine: tuple[Exercise, ...] | None) -> None:
    text = reply(question, routine)
    assert len(text.split()) <= 200
    assert question == "xyzzy" or "Try one of these" not in text


def test_it_remembers_what_it_was_asked_about() -> None:
    history = [Turn("user", "How do I do a goblet squat?"), Turn("coach", "Not the bench press.")]
    assert reply("And how many sets of it?", None, history).startswith("Goblet Squat: 3 sets of 6 to 12")
    own = [*history, Turn("user", "What about the bench press?")]
    assert reply("And how many sets of it?", ROUTINE, own).startswith("4 sets as you have it. Your Bench Press: 4 × 8")
    assert reply("And which muscles?", None) == reply("And which muscles?", None, [Turn("user", "Hello")])


def test_nothing_needs_adding_where_all_is_there() -> None:
    # Legs: 16 + 16 of at most 30. Back: 8 + 6, and half of 16; core: 6, and half of 8 + 8 + 16; at most 20 each.
    text = reply("What should I add to my routine?", FULL)
    assert text.startswith("Nothing needs adding. ")
    assert "not how much it is: there is more than needed for back, legs and core." in text
    assert "Take about 2 sets a week away from legs" in text
    assert not reply("What should I add to my routine?", ROUTINE).startswith("Nothing")
