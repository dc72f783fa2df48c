"""Answers from the whole routine: what is in it, what it lacks, and what a muscle group gets."""

import re
from collections.abc import Sequence

from ai_coach.coach.talk.words import History, Routine, groups, line, listed, named
from training.balance import balance
from training.catalogue import of_group
from training.model import Exercise, MuscleGroup
from training.plan_kit import is_without_weight
from training.recognition import recognise
from training.review import review, worked
from training.weekly import BANDS, GroupWeek, week

NO_ROUTINE = (
    "I cannot see your routine right now, so only in general: a balanced week has a squat, a hinge, a push and a pull "
    "in two directions each, and something for the core, with about 10 sets for each muscle group."
)
EMPTY_ROUTINE = (
    "Your routine is still empty. Begin with a squat, a hinge, a push and a pull, two or three sets of 8 to 12 each, "
    "on two or three days a week; or let me plan a first session."
)
MAX_LINES = 15

_WEEKDAY = r"(mon|tues|wednes|thurs|fri|satur|sun)day"
_ALL = (
    r"\b(show|list|display|print|read|give)( me| out)? (my|the) (whole |current |full )?(routine|plan|program(me)?|"
    r"exercises|workouts?|split)\b|"
    r"\bwhat('s| is| are| exercises are)? (currently )?(in|on) my (routine|plan|program(me)?)\b|"
    r"\bwhat('s| is| does) my (current )?(routine|plan|program(me)?|split)( look like| contain)?\W*$"
)
_ON_A_DAY = r"\b(what|what's|which|show|list|display|tell)\b"
_GROW = (
    r"\b(bigger|bigg?est|grow(ing)?|bulk|wider|thicker|size|mass|build|develop|strengthen|train my|work my|define[ds]?|"
    r"toned?|how many sets|enough|too (much|many|little|few)|stronger|exercises? (for|works?|to)|for (my )?)\b"
)
_REVIEW = (
    r"\b(add|balanced?|missing|lack(s|ing)?|improve|weak|routine|plan|program(me)?|gap|analy[sz]e|review|change)\b"
)


def of_a_day(question: str, routine: Routine, _: History) -> str | None:
    """The lines of a day, or of all days."""
    everything = re.search(_ALL, question) is not None
    wanted = None if everything else _day(question, routine or ())
    if not everything and wanted is None:
        return None
    if not routine:
        return EMPTY_ROUTINE if routine is not None else "I cannot see your routine right now; are you logged in?"
    days: dict[str, list[Exercise]] = {}
    for exercise in sorted(routine, key=lambda e: e.workout_day):
        days.setdefault(exercise.workout_day, []).append(exercise)
    if wanted in days:
        return _lines({wanted: days[wanted]})
    if everything:
        return _lines(days)
    return f"Your routine has no day {wanted}; its days are {listed(list(days)[:MAX_LINES])}.\n{_lines(days)}"


def muscle(question: str, routine: Routine, _: History) -> str | None:
    """What a muscle group gets in a week, and what would make it grow."""
    wanted = groups(question)
    if not wanted or not re.search(_GROW, question) or named(question) is not None:
        return None
    found = {g.group: g for g in week(worked(routine))} if routine else {}
    taken = {movement.name for e in routine or () if (movement := recognise(e.name).movement)}
    about = "\n".join(f"- {_about(group, found.get(group), taken)}" for group in wanted[:3])
    return (
        f"Muscle grows from enough hard sets, done twice a week or so, that slowly get heavier:\n{about}\n"
        "Leave one to three repetitions in reserve, add weight when all sets reach the top of their range, sleep "
        "seven hours, and eat about 1.6 g of protein per kilogram of body weight."
    )


def lacks(question: str, routine: Routine, _: History) -> str | None:
    """What the routine lacks, and what is too much."""
    if not re.search(_REVIEW, question) or re.search(r"\bprotein|warm|rest between\b", question):
        return None
    if routine is None:
        return NO_ROUTINE
    if not routine:
        return EMPTY_ROUTINE
    found = review(routine)
    points = "".join(f"\n- {sentence}" for sentence in found.recommendations[:4])
    nothing = "Nothing needs adding. " if found.balance_score is not None and _is_complete(routine) else ""
    return f"{nothing}{found.summary}{points}"


def _is_complete(routine: Sequence[Exercise]) -> bool:
    lines = worked(routine)
    return not balance(lines).missing_families and all(g.verdict != "below" for g in week(lines))


def _day(question: str, routine: Sequence[Exercise]) -> str | None:
    """The day that a question asks for, as the routine spells it where it has it."""
    if not re.search(_ON_A_DAY, question) or re.search(r"\b(eat|eating|rest|best|warm)\b", question):
        return None
    for day in dict.fromkeys(exercise.workout_day for exercise in routine):
        name = re.escape(day.lower())
        stem = name.removesuffix("s") + "s?"
        bare = rf"|\bon {name}\b" if len(day) > 1 else ""
        if re.search(rf"\bday {name}\b|\b{stem} day\b{bare}", question) or day.lower() in question.split(" on ")[1:]:
            return day
    if found := re.search(rf"\bday ([a-z]|\d)\b|\b(on|for) (?P<weekday>{_WEEKDAY})s?\b", question):
        return found["weekday"].capitalize() if found["weekday"] else found[1].upper()
    return None


def _lines(days: dict[str, list[Exercise]]) -> str:
    room, text = MAX_LINES, []
    for day, exercises in days.items():
        if room <= 0:
            break
        text += [
            f"{day if day.lower().endswith('day') else f'Day {day}'}:",
            *(f"- {line(e)}" for e in exercises[:room]),
        ]
        room -= len(exercises)
    more = [f"… and {-room} more or the days after; the app shows them all."] if room < 0 else []
    return "\n".join([*text, *more])


def _about(group: MuscleGroup, now: GroupWeek | None, taken: set[str]) -> str:
    name, band = group.capitalize(), BANDS[group]
    reach = f"{band.low:g} to {band.high:g} sets a week"
    if now is None:
        return f"{name}: {reach} are good, for example {_examples(group, taken)}."
    have = f"{name}: {now.sets:g} sets a week now; {reach} are good."
    if now.verdict == "above":
        return (
            f"{have} More would not help: take about {max(1, round(now.sets - now.high))} away, and do the rest well."
        )
    if now.verdict == "within":
        return f"{have} That is enough; if it stalls, add 2 sets, for example of {_examples(group, taken)}."
    missing = max(1, round(now.low - now.sets))
    return f"{have} Add about {missing} a week, for example {_examples(group, taken)}, 3 sets of 8 to 12."


def _examples(group: MuscleGroup, taken: set[str]) -> str:
    """Two usual movements, of different patterns if there are any, that are not there yet."""
    usual = sorted(
        (m for m in of_group(group) if not m.timed),
        key=lambda m: (m.name in taken, m.level == "advanced", is_without_weight(m)),
    )
    first, *rest = usual
    second = next((m for m in rest[:10] if m.pattern != first.pattern and not is_without_weight(m)), rest[0])
    return listed([first.name, second.name], "or")
