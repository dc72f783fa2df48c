"""What is asked of the coach, but belongs to the app: it reads a routine, and changes nothing in it."""

import re

from ai_coach.coach.talk.words import History, Routine, named
from training.plan_variety import is_light

_PLEASE = r"^(please |hey |coach,? |ok |can you |could you |would you |will you |i want you to )*"
_CHANGE = _PLEASE + r"(add|put|insert|save|log|remove|delete|drop|change|set|update|replace|move|rename)\b.*\b"
_ASKED = (
    _CHANGE
    + r"((my|the) (routine|plan|program(me)?|workouts?|split|list)|day [a-z\d]|"
    + r"(mon|tues|wednes|thurs|fri|satur|sun)day)\b"
)
_SETS = r"\b(\d{1,2}) ?(sets?|x|×)"
_REPS = r"(?:\bsets? of|x|×) ?(\d{1,3})\b|\b(\d{1,3}) (?:reps|repetitions)\b"


def change(question: str, _: Routine, __: History) -> str | None:
    """That the coach only reads, and how to do it."""
    if not (asked := re.search(_ASKED, question)):
        return None
    movement = named(question)
    if asked[2] not in ("add", "put", "insert", "save", "log") or movement is None:
        return (
            "I only read your routine, and change nothing in it. In the app you can add, edit and delete lines; for "
            "programs there are `POST /exercises`, `PATCH /exercises/{id}` and `DELETE /exercises/{id}`."
        )
    sets = found[1] if (found := re.search(_SETS, question)) else "3"
    reps = (found[1] or found[2]) if (found := re.search(_REPS, question)) else None
    return (
        f"I only read your routine, and change nothing in it. Add it in the app, or with `POST /exercises`: name "
        f"{movement.name}, sets {sets}, reps {reps or (12 if is_light(movement) else 10)}, and the weight and day you "
        f"like. It is done so: {movement.cue}"
    )
