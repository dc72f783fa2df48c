"""What the rule coach says: each common question, how movements are done, and one's own numbers."""

import tomllib
from importlib.resources import files

import pytest

from ai_coach.coach.conversation import CANNOT, SIGNATURE, reply
from ai_coach.coach.talk.routine import EMPTY_ROUTINE, NO_ROUTINE
from ai_coach.coach.talk.texts import ENGLISH_ONLY
from training.model import Exercise

COMMON = tomllib.loads(files("ai_coach.coach.talk").joinpath("common_questions.toml").read_text(encoding="utf-8"))
QUESTIONS = [
    ("sore", "My legs are so sore after squats"),
    ("pain", "My elbow hurts a bit"),
    ("warm_up", "How should I warm up?"),
    ("cool_down", "Is stretching useful?"),
    ("deload", "What is a deload?"),
    ("plateau", "my back squat is stuck"),
    ("plateau", "how do I break a plateau"),
    ("rest", "How long should I rest between sets?"),
    ("frequency", "How often should I train?"),
    ("sets_reps", "How many sets are best to build muscle?"),
    ("effort", "Should I train to failure?"),
    ("fat_loss", "How do I lose fat?"),
    ("food", "How much protein is needed?"),
    ("cardio", "Is running bad for strength?"),
    ("sleep", "I'm tired today"),
    ("time", "I'm busy this month"),
    ("start", "I am new to lifting"),
    ("form", "Is my technique right?"),
    ("thanks", "Thank you!"),
    ("hello", "Hello coach"),
]
MOVEMENTS = [
    *("Squat", "Deadlift", "Bench Press", "Overhead Press", "Barbell Row", "Pull-up", "Push-up", "Lunge", "Plank"),
    *("Romanian Deadlift", "Lat Pulldown", "Leg Press", "Goblet Squat", "Hip Thrust", "Face Pull", "Dead Bug"),
    *("Kettlebell Swing", "Lateral Raise", "Triceps Pushdown", "Hammer Curl"),
]
ROUTINE = (
    Exercise("Bench Press", 4, 8, 80.0),
    Exercise("Squat", 5, 5, 100.0),
    Exercise("Lat Pulldown", 3, 12, 50.0),
    Exercise("Push-Up", 3, 12),
    Exercise("My Own Thing", 3, 8, 20.0),
)
OWN = [
    # Epley and Brzycki at 8 repetitions of 80 kg: 101.3 and 99.3, their mean 100.
    ("How do I progress on bench press?", "Your Bench Press: 4 × 8 with 80 kg.", "do 9 repetitions", "about 100 kg"),
    # At 5 of 100 kg: 116.7 and 112.5; heavy work goes from 3 to 6.
    ("how do i increase my SQUAT", "Your Squat: 5 × 5 with 100 kg.", "do 6 repetitions", "about 115 kg"),
    # The top is reached, and the next plate of the stack is at most a tenth.
    (
        "How do I progress on lat pull-downs?",
        "Your Lat Pulldown: 3 × 12 with 50 kg.",
        "go up to 52.5 kg",
        "about 71 kg",
    ),
    ("What is next for push-ups?", "Your Push-Up: 3 × 12.", "do one set more: 4 sets of 10", ""),
    ("How to improve my own thing", "Your My Own Thing: 3 × 8 with 20 kg.", "repetitions a set", "kg"),
]


@pytest.mark.parametrize(("kind", "question"), QUESTIONS)
@pytest.mark.parametrize("routine", [None, (), ROUTINE])
def test_a_common_question_has_its_answer(kind: str, question: str, routine: tuple[Exercise, ...] | None) -> None:
    assert reply(question, routine) == f"{COMMON[kind]['answer']}\n\n{SIGNATURE}"


def test_every_common_answer_has_a_question_here() -> None:
    assert {kind for kind, _ in QUESTIONS} == set(COMMON)


@pytest.mark.parametrize("name", MOVEMENTS)
@pytest.mark.parametrize("words", ["How do I do a {}?", "how to perform {} please", "EXPLAIN the {}", "What is a {}?"])
def test_how_a_movement_is_done(name: str, words: str) -> None:
    text = reply(words.format(name), None)
    assert " It works " in text
    assert " and needs " in text
    assert "_" not in text


@pytest.mark.parametrize(("question", "numbers", "step", "maximum"), OWN)
def test_progress_speaks_of_ones_own_numbers(question: str, numbers: str, step: str, maximum: str) -> None:
    text = reply(question, ROUTINE)
    assert text.startswith(numbers)
    assert step in text
    assert maximum in text


def test_what_a_routine_lacks_needs_the_routine() -> None:
    question = "What should I add for a balanced routine?"
    assert reply(question, None).startswith(NO_ROUTINE)
    assert reply(question, ()).startswith(EMPTY_ROUTINE)
    text = reply(question, ROUTINE)
    assert text.startswith("5 exercises on 1 day, 18 sets a week")
    assert "hinge" in text


@pytest.mark.parametrize("question", ["What is the capital of France?", "xyzzy", "?", "🤷", "how do I do quux?"])
def test_what_it_does_not_know_it_says(question: str) -> None:
    assert reply(question, ROUTINE) == f"{CANNOT}\n\n{SIGNATURE}"


@pytest.mark.parametrize(
    "question", ["你好", "¿Cuántas series de pecho por semana?", "Wie viele Sätze Brust pro Woche?"]
)
def test_another_language_is_told_so(question: str) -> None:
    assert reply(question, ROUTINE) == f"{ENGLISH_ONLY}\n\n{SIGNATURE}"


EVERYTHING = [question for _, question in QUESTIONS] + [question for question, *_ in OWN] + ["What should I add?"]


@pytest.mark.parametrize("question", EVERYTHING)
def test_an_answer_is_short_says_where_it_comes_from_and_stays_the_same(question: str) -> None:
    large = tuple(Exercise(f"Thing {number} with a long name", 3, 10, 10.0) for number in range(300))
    for routine in (None, (), ROUTINE, large):
        text = reply(question, routine)
        assert len(text.split()) <= 200
        assert text.endswith(SIGNATURE)
        assert reply(f"  {question.upper()}\n", routine) == text == reply(question, routine)
