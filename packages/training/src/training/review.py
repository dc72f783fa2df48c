"""What a routine is good at, what it lacks, and what to change: in plain sentences, from the week's sets alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from training.balance import Balance, Family, balance, balance_score
from training.catalogue import MOVEMENTS
from training.load import totals
from training.model import LEVELS, Exercise, Movement, MuscleGroup
from training.recognition import recognise
from training.weekly import GroupWeek, Worked, week

MAX_SENTENCES = 5  # of each kind: nobody changes more at once
_FAMILY_WORDS: dict[Family, str] = {
    "knee": "squat or lunge",
    "hip": "hinge (bending at the hip)",
    "horizontal_push": "horizontal push",
    "vertical_push": "overhead push",
    "horizontal_pull": "row",
    "vertical_pull": "pull from above",
}
_FAMILY_EXAMPLE: dict[Family, str] = {
    "knee": "Goblet Squat",
    "hip": "Romanian Deadlift",
    "horizontal_push": "Push-Up",
    "vertical_push": "Dumbbell Shoulder Press",
    "horizontal_pull": "One-Arm Dumbbell Row",
    "vertical_pull": "Lat Pulldown",
}


@dataclass(frozen=True, slots=True)
class Review:
    """A routine, looked at. `balance_score` is 0 to 100, None where nothing was recognised."""

    summary: str
    strengths: tuple[str, ...]
    areas_to_improve: tuple[str, ...]
    recommendations: tuple[str, ...]
    balance_score: float | None


def worked(routine: Sequence[Exercise]) -> list[Worked]:
    """The routine's lines with what their names say they work."""
    lines = []
    for exercise in routine:
        found = recognise(exercise.name)
        lines.append(Worked(exercise, found.primary, found.secondary, found.pattern))
    return lines


def routine_score(routine: Sequence[Exercise]) -> float | None:
    """The balance score (see `training.balance.balance_score`)."""
    return balance_score(worked(routine))


def review(routine: Sequence[Exercise]) -> Review:
    """The review of a routine whose every day comes once a week. No diagnosis, nothing about the person."""
    lines = worked(routine)
    groups, found = week(lines), balance(lines)
    return Review(
        summary=_summary(routine, lines, found),
        strengths=tuple(_strengths(groups, found))[:MAX_SENTENCES],
        areas_to_improve=tuple(_weaknesses(groups, found))[:MAX_SENTENCES],
        recommendations=tuple(_recommendations(groups, found))[:MAX_SENTENCES],
        balance_score=found.score,
    )


def facts(routine: Sequence[Exercise]) -> dict[str, object]:
    """The same in numbers, JSON-plain, for whoever puts it into words."""
    lines = worked(routine)
    found = balance(lines)
    return {
        "weekly_sets": {g.group: {"sets": g.sets, "from": g.low, "to": g.high, "is": g.verdict} for g in week(lines)},
        "ratios": {f"{r.first}/{r.second}": r.ratio for r in found.ratios},
        "missing_muscle_groups": list(found.missing_groups),
        "missing_movements": [_FAMILY_WORDS[family] for family in found.missing_families],
        "volume_kg": round(totals(routine).volume_kg, 1),
        "not_recognised": [line.exercise.name for line in lines if line.primary is None],
        "muscle_balance_score": found.score,
    }


def _summary(routine: Sequence[Exercise], lines: list[Worked], found: Balance) -> str:
    days = len({exercise.workout_day for exercise in routine})
    numbers = totals(routine)
    text = f"{_count(len(routine), 'exercise')} on {_count(days, 'day')}, {_count(numbers.sets, 'set')} a week"
    text += f" and {numbers.volume_kg:,.0f} kg of volume." if numbers.volume_kg else "."
    if found.score is None:
        return f"{text} I recognise none of the names, so I cannot say which muscles they train."
    text += f" {_verdict(found.score)} ({found.score:g} of 100)."
    unknown = [line.exercise.name for line in lines if line.primary is None]
    if unknown:
        more = " and more" if len(unknown) > 3 else ""
        text += f" Not counted, because I do not know them: {', '.join(unknown[:3])}{more}."
    return text


def _verdict(score: float) -> str:
    if score >= 85:
        return "The work is well balanced"
    if score >= 60:
        return "The work is fairly balanced, with some gaps"
    return "The work is one-sided"


def _strengths(groups: Sequence[GroupWeek], found: Balance) -> list[str]:
    enough = [_group(g.group) for g in groups if g.verdict == "within"]
    sentences = []
    if enough:
        sentences.append(f"Enough sets a week for {_join(enough)}.")
    sentences += [
        f"{r.first.capitalize()} and {r.second} are in balance ({r.first_sets:g} to {r.second_sets:g} sets)."
        for r in found.ratios
        if r.ratio is not None and 0.5 <= r.ratio <= 2
    ]
    if not found.missing_families:
        sentences.append("Every kind of basic movement is there: squat, hinge, push and pull in both directions.")
    return sentences or ["You have begun: every line that is written down can be built upon."]


def _weaknesses(groups: Sequence[GroupWeek], found: Balance) -> list[str]:
    sentences = (
        [f"Nothing trains {_join([_group(group) for group in found.missing_groups])}."] if found.missing_groups else []
    )
    sentences += [f"There is no {_FAMILY_WORDS[family]}." for family in found.missing_families]
    for ratio in found.ratios:
        lighter, heavier = sorted(((ratio.first_sets, ratio.first), (ratio.second_sets, ratio.second)))
        if heavier[0] and lighter[0] * 2 < heavier[0]:
            sentences.append(
                f"{heavier[1].capitalize()} gets {heavier[0]:g} sets a week, {lighter[1]} only {lighter[0]:g}."
            )
    sentences += [
        f"Few sets for {_group(g.group)}: {g.sets:g} a week of {g.low:g} or more." for g in groups if 0 < g.sets < g.low
    ]
    sentences += [
        f"Many sets for {_group(g.group)}: {g.sets:g} a week, more than {g.high:g}."
        for g in groups
        if g.verdict == "above"
    ]
    return sentences


def _recommendations(groups: Sequence[GroupWeek], found: Balance) -> list[str]:
    sentences = [
        f"Add a {_FAMILY_WORDS[family]}, for example {_FAMILY_EXAMPLE[family]}, 3 sets of 8 to 12."
        for family in found.missing_families
    ]
    sentences += [
        f"Add {_example(g.group)} for {_group(g.group)}, 3 sets of 10 to 15."
        for g in sorted(groups, key=lambda g: (g.sets / g.low, g.group))
        if g.verdict == "below"
    ]
    sentences += [
        f"Take about {_count(round(g.sets - g.high), 'set')} a week away from {_group(g.group)}, the last ones first."
        for g in groups
        if g.sets - g.high >= 1
    ]
    return sentences or ["Keep it as it is, and add the smallest step of weight when all sets reach their top."]


def _example(group: MuscleGroup) -> str:
    """The easiest usual movement for a group: the first of the catalogue's beginners."""
    fitting: list[Movement] = [m for m in MOVEMENTS if m.primary == group]
    return min(fitting, key=lambda m: (LEVELS.index(m.level), m.pattern != "isolation", m.name)).name


def _group(group: MuscleGroup) -> str:
    return group.replace("_", " ")


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _join(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
