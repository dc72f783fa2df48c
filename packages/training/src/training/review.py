"""What a routine is good at, what it lacks, and what to change: in plain sentences, from the week's sets alone."""

import json
from collections.abc import Sequence, Set
from dataclasses import dataclass

from training.balance import TOLERATED, Balance, Family, Ratio, Side, balance, balance_score
from training.catalogue import of_group
from training.listing import listed
from training.load import totals
from training.model import LEVELS, Exercise, MuscleGroup
from training.recognition import recognise
from training.weekly import GroupWeek, Worked, week

MAX_SENTENCES = 5  # of each kind: nobody changes more at once
MAX_NAMES = 3
_FAMILY_WORDS: dict[Family, str] = {
    "knee": "squat or lunge",
    "hip": "hinge (bending at the hip)",
    "horizontal_push": "horizontal push",
    "vertical_push": "push overhead",
    "horizontal_pull": "row",
    "vertical_pull": "pull from above",
}
_FAMILY_EXAMPLE: dict[Family, str] = {
    "knee": "Goblet Squat",
    "hip": "Romanian Deadlift",
    "horizontal_push": "Push-up",
    "vertical_push": "Dumbbell Shoulder Press",
    "horizontal_pull": "Dumbbell Row",
    "vertical_pull": "Lat Pulldown",
}
_SIDE_WORDS: dict[Side, str] = {
    "push": "pushing",
    "pull": "pulling",
    "knee": "squatting",
    "hip": "hinging",
    "upper": "the upper body",
    "lower": "the lower body",
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
    if found.score is None:
        # Nothing is known of the muscles, so nothing is said about them.
        return Review(_summary(routine, lines, groups, found), (), (), (_how_to_begin(lines),), None)
    return Review(
        summary=_summary(routine, lines, groups, found),
        strengths=tuple(_strengths(groups, found))[:MAX_SENTENCES],
        areas_to_improve=tuple(_weaknesses(groups, found))[:MAX_SENTENCES],
        recommendations=tuple(_recommendations(routine, groups, found))[:MAX_SENTENCES],
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


def _summary(routine: Sequence[Exercise], lines: Sequence[Worked], groups: Sequence[GroupWeek], found: Balance) -> str:
    if not routine:
        return "The routine is empty."
    days = len({exercise.workout_day for exercise in routine})
    numbers = totals(routine)
    text = f"{_count(len(routine), 'exercise')} on {_count(days, 'day')}, {_count(numbers.sets, 'set')} a week"
    text += f" and {numbers.volume_kg:,.0f} kg of volume." if numbers.volume_kg else "."
    unknown = [line.exercise.name for line in lines if line.primary is None]
    if found.score is None and len(unknown) == len(lines):
        return f"{text} I recognise none of the names, so I cannot say which muscles they train."
    if found.score is None:
        return f"{text} I recognise no strength work, so there is no balance to judge.{_not_counted(unknown)}"
    judged = f"{_verdict(found.score)} ({found.score:g} of 100).{_too_much(groups)}"
    return f"{text} {judged}{_not_counted(unknown)}"


def _too_much(groups: Sequence[GroupWeek]) -> str:
    """What the score does not say, where it matters."""
    above = [_group(g.group) for g in groups if g.verdict == "above"]
    if not above:
        return ""
    return f" That is about how it is spread, not how much it is: there is more than needed for {listed(above)}."


def _not_counted(unknown: Sequence[str]) -> str:
    if not unknown:
        return ""
    more = " and more" if len(unknown) > MAX_NAMES else ""
    names = ", ".join(json.dumps(name, ensure_ascii=False) for name in unknown[:MAX_NAMES])  # people typed them
    return f" Not counted, because I do not know them: {names}{more}."


def _how_to_begin(lines: Sequence[Worked]) -> str:
    if lines and all(line.primary is None for line in lines):
        return "Give the exercises usual names, such as Bench Press or Goblet Squat, so that their sets can be counted."
    return "Begin with a squat, a hinge, a push and a pull, 2 or 3 sets of 8 to 12 each."


def _verdict(score: float) -> str:
    if score >= 85:
        return "The work is well balanced"
    if score >= 60:
        return "The work is fairly balanced, with some gaps"
    return "The work is one-sided"


def _strengths(groups: Sequence[GroupWeek], found: Balance) -> list[str]:
    enough = [_group(g.group) for g in groups if g.verdict == "within"]
    sentences = [f"Enough sets a week for {listed(enough)}."] if enough else []
    sentences += [
        f"{_side(r.first)} and {_SIDE_WORDS[r.second]} are in balance."
        for r in found.ratios
        if r.first_sets and _is_even(r)
    ]
    if not found.missing_families:
        sentences.append("Every kind of basic movement is there: squat, hinge, push and pull in both directions.")
    return sentences or ["You have begun: every line that is written down can be built upon."]


def _weaknesses(groups: Sequence[GroupWeek], found: Balance) -> list[str]:
    missing = [_group(group) for group in found.missing_groups]
    sentences = [f"Nothing trains {listed(missing, 'or')}."] if missing else []
    sentences += [f"There is no {_FAMILY_WORDS[family]}." for family in found.missing_families]
    sentences += [_uneven(ratio) for ratio in found.ratios if not _is_even(ratio)]
    sentences += [
        f"Few sets for {_group(g.group)}: {g.sets:g} a week of {g.low:g} or more." for g in groups if 0 < g.sets < g.low
    ]
    sentences += [
        f"Many sets for {_group(g.group)}: {g.sets:g} a week, more than {g.high:g}."
        for g in groups
        if g.verdict == "above"
    ]
    return sentences


def _is_even(ratio: Ratio) -> bool:
    """As the score has it, from the sets themselves: a rounded ratio would be in balance and not."""
    return min(ratio.first_sets, ratio.second_sets) >= TOLERATED * max(ratio.first_sets, ratio.second_sets)


def _uneven(ratio: Ratio) -> str:
    (few, lighter), (many, heavier) = sorted(
        ((ratio.first_sets, ratio.first), (ratio.second_sets, ratio.second)), key=lambda side: side[0]
    )
    # No sets here: a side counts them otherwise than a muscle group, and two numbers for the legs would puzzle.
    if not few:
        return f"{_side(heavier)} gets all of the work, {_SIDE_WORDS[lighter]} none."
    return f"{_side(heavier)} gets {many / few:.2g} times the work of {_SIDE_WORDS[lighter]}."


def _recommendations(routine: Sequence[Exercise], groups: Sequence[GroupWeek], found: Balance) -> list[str]:
    sentences = [
        f"Add a {_FAMILY_WORDS[family]}, for example {_FAMILY_EXAMPLE[family]}, 3 sets of 8 to 12."
        for family in found.missing_families
    ]
    taken = {_FAMILY_EXAMPLE[family] for family in found.missing_families}
    taken |= {movement.name for exercise in routine if (movement := recognise(exercise.name).movement)}
    sentences += [
        f"Add {_example(g.group, taken)} for {_group(g.group)}, 3 sets of 10 to 15."
        for g in sorted(groups, key=lambda g: g.sets / g.low)
        if g.verdict == "below"
    ]
    sentences += [
        f"Take about {_count(round(g.sets - g.high), 'set')} a week away from {_group(g.group)}, the last ones first."
        for g in groups
        if g.sets - g.high >= 1
    ]
    return sentences or ["Keep it as it is, and add the smallest step of weight when all sets reach their top."]


def _example(group: MuscleGroup, taken: Set[str]) -> str:
    """The easiest usual movement for a group that is not there yet: the first of the catalogue's beginners."""
    fitting = [m for m in of_group(group) if not m.timed]
    return min(fitting, key=lambda m: (m.name in taken, LEVELS.index(m.level), m.pattern == "isolation")).name


def _side(side: Side) -> str:
    return _SIDE_WORDS[side][0].upper() + _SIDE_WORDS[side][1:]


def _group(group: MuscleGroup) -> str:
    return group.replace("_", " ")


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
