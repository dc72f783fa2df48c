"""What the rule coach says to a question: the first of `talk`'s answerers that has an answer gives it."""

import re
from collections.abc import Callable, Sequence

from ai_coach.coach.talk import movements, numbers, routine, sessions, texts, writing
from ai_coach.coach.talk.words import History, Routine, Turn, named, plain

Answerer = Callable[[str, Routine, History], str | None]

SIGNATURE = "(I answer from rules, without a language model.)"
CANNOT = (
    "I did not find a rule for that question. Try one of these: “What should I add to my routine?”, “How do I do a "
    "Romanian deadlift?”, “Which weight should I use for squats?”, “What can I do instead of bench press?”, “How do I "
    "get bigger arms?”, “What do I train on day A?”, “I have 20 minutes and a kettlebell.” I also know about warm-up, "
    "rest, frequency, easy weeks, plateaus, soreness and food in brief. For a whole session that fits your time and "
    "equipment there is the planner of the app, `POST /recommend`. I understand English only."
)
ANSWERERS: tuple[Answerer, ...] = (
    texts.language,
    texts.particular,
    writing.change,
    texts.definition,
    sessions.session,
    movements.pain,
    movements.instead,
    movements.works,
    numbers.maximum,
    numbers.weight,
    numbers.sets_of,
    numbers.progress,
    movements.how_to,
    routine.of_a_day,
    routine.muscle,
    routine.lacks,
    texts.usual,
)
"""The surest signs first, then somebody's own numbers, then what holds for everybody."""

_BACK = r"\b(it|that|this|that one|this one|them|those|these)\b"
_GOES_ON = r"^(and|but|also|ok|okay|so|what about|how about)\b"


def reply(message: str, own: Routine, history: Sequence[Turn] = ()) -> str:
    """An answer of at most some 200 words, that says where it comes from. The same question gets the same answer."""
    question = _whole(plain(message), history)
    found = (answer(question, own, history) for answer in ANSWERERS)
    return f"{next(filter(None, found), CANNOT)}\n\n{SIGNATURE}"


def _whole(question: str, history: Sequence[Turn]) -> str:
    """The question with the movement that it goes back to: the last one somebody asked about."""
    goes_back = re.search(_BACK, question)
    if named(question) is not None or not (goes_back or re.search(_GOES_ON, question)):
        return question
    before = (named(plain(turn.content)) for turn in reversed(history) if turn.role == "user")
    movement = next(filter(None, before), None)
    if movement is None:
        return question
    name = movement.name.lower()
    if goes_back:
        return f"{question[: goes_back.start()]}the {name}{question[goes_back.end() :]}"
    return f"{question.rstrip(' ?!.')} for the {name}?"
