"""A short plan in a chat: minutes, equipment, focus and what to spare, read from the question."""

import re

from ai_coach.coach.talk.words import JOINT, History, Routine, apart, groups, joints, named, things
from training.model import Level
from training.plan import PlanRequest, plan_session

LEAST_MINUTES, MOST_MINUTES, USUAL_MINUTES = 15, 180, 45
MAX_LINES = 8

_MINUTES = (
    r"\b(\d{1,3}) ?-?(min|mins|minutes?)\b(?! (into|of rest|rest|between|break|ago|apart|after|before|plank|walk|run))"
)
_HOURS = {r"\bhalf an hour\b": 30, r"\b(an|one|1) hour\b": 60, r"\b(two|2) hours\b": 120}
_SESSION = r"\b(session|workout|routine|plan|program(me)?)\b"
_MAKE = r"\b(give|make|plan|create|suggest|build|write|design|need|want|propose|generate)\b"
_HAVE = r"\b(i have|i've got|i only have|i just have|only|what (should|can|could) i (do|train)|with)\b"
_NOT_THIS = r"\bhow (many|often|long|much|do|should)\b|\b(protein|eat|my (routine|plan|program(me)?))\b"
_LEVELS: dict[str, Level] = {r"\b(beginner|new to|newbie|novice)\b": "beginner", r"\badvanced\b": "advanced"}
_SPARED = r"\b(?:no|avoid|avoiding|without|spare|skip) (jump\w*|overhead|floor|hanging|impact)\b"


def session(question: str, routine: Routine, _: History) -> str | None:
    """A session that fits what the question says."""
    question = apart(question)
    said = _minutes(question)
    there, missing = things(question)
    if not _is_asked_for(question, said, bool(there)):
        return None
    hurting = joints_that_hurt(question)
    asked = groups(re.sub(JOINT, " ", question) if hurting else question)
    request = PlanRequest(
        focus=asked[0] if asked else None,
        equipment=tuple(sorted((there or set(PlanRequest().equipment)) - missing)),
        minutes=min(MOST_MINUTES, max(LEAST_MINUTES, said or USUAL_MINUTES)),
        level=next((level for sign, level in _LEVELS.items() if re.search(sign, question)), None),
        avoid=(*hurting, *re.findall(_SPARED, question)),
    )
    plan = plan_session(request, routine or ())
    lines = "".join(f"\n- {e.name}: {e.sets} × {e.reps}, {e.weight_suggestion}" for e in plan.exercises[:MAX_LINES])
    tips = f"\n{plan.tips[0]}" if plan.exercises else ""
    warning = "\nLeave out what hurts, whatever the plan says." if request.avoid else ""
    return (
        f"{plan.title}. {plan.description}{lines}{tips}{warning}\n"
        "`POST /recommend`, the planner of the app, gives the full session with notes on each movement."
    )


def joints_that_hurt(question: str) -> tuple[str, ...]:
    """The joints to spare."""
    hurts = r"\b(sore|hurt\w*|pain\w*|ach\w+|bad|avoid|spare|protect|easy on|without|no)\b"
    return joints(question) if re.search(hurts, question) else ()


def _is_asked_for(question: str, minutes: int | None, has_things: bool) -> bool:
    if re.search(_NOT_THIS, question):
        return False
    if re.search(_MAKE, question) and re.search(_SESSION, question):
        return minutes is not None or has_things or re.search(r"\b(session|workout)\b", question) is not None
    if minutes is None or named(question) is not None:
        return False
    return has_things or re.search(rf"{_SESSION}|{_HAVE}", question) is not None


def _minutes(question: str) -> int | None:
    if found := re.search(_MINUTES, question):
        return int(found[1])
    return next((minutes for sign, minutes in _HOURS.items() if re.search(sign, question)), None)
