"""Answers about a movement: how it is done, what it works, and what to do instead."""

import re
from collections.abc import Sequence, Set

from ai_coach.coach.talk.texts import common
from ai_coach.coach.talk.words import History, Routine, apart, joints, listed, named, things
from training import avoidance
from training.avoidance import NOTHING, Avoided
from training.catalogue import of_group
from training.equipment import possible
from training.model import EQUIPMENT, LEVELS, Equipment, Load, Movement, Pattern
from training.plan_kit import is_without_weight

BEGIN_LIGHT = "Begin light, and add weight only while every repetition looks the same."
CHOICES = 3
FEW_THINGS = 4

_PAIN = (
    r"\b(sore(ness)?|pain(s|ful)?|hurt(s|ing)?|ach(e|es|y|ing)|niggl\w*|twinge\w*|pinch\w*|bother\w*|irritated|"
    r"(bad|dodgy|cranky|stiff) (left |right |lower )?(knee|shoulder|elbow|wrist|hip|back|ankle|neck)s?)\b"
)
_INSTEAD = (
    r"\b(replac\w+|substitut\w*|alternatives?|instead|swap|in place of|other than|besides|"
    r"different (exercise|movement)|similar to)\b"
)
_LIKE: tuple[frozenset[Pattern], ...] = (
    frozenset({"squat", "lunge"}),
    frozenset({"horizontal_push", "vertical_push"}),
    frozenset({"horizontal_pull", "vertical_pull"}),
)
"""Patterns that stand in for each other, when a movement has no nearer relative."""
_ALSO: dict[str, frozenset[Load]] = {"back": frozenset({"spinal_loading"}), "shoulder": frozenset({"overhead"})}
"""What whoever is sore there does well to leave out, besides the joint itself."""


def pain(question: str, _: Routine, __: History) -> str | None:
    """What to do about a joint that hurts, and what spares it."""
    if not re.search(_PAIN, question) or not (sore := joints(question)):
        return None
    question = apart(question)
    movement = named(question)
    if movement is None:
        return common("pain")
    avoided, _unknown = avoidance.normalise(sore)
    for joint in sore:
        avoided |= Avoided(loads=frozenset(_ALSO.get(joint.split()[-1], frozenset())))
    there, missing = things(question)
    found = _alternatives(movement, _at_hand(movement, there, missing), avoided)
    where = listed(sore)
    if not found:
        return f"{common('pain')} I know nothing like {movement.name} that spares the {where} with what you have."
    names = listed([one.name for one in found], "or")
    return f"Instead of {movement.name}, these ask little of the {where}: {names}. Take what is free of pain.\n\n" + (
        common("pain")
    )


def instead(question: str, _: Routine, __: History) -> str | None:
    """What trains the same with what is there."""
    question = apart(question)
    there, missing = things(question)
    if not (re.search(_INSTEAD, question) or missing) or (movement := named(question)) is None:
        return None
    if not re.search(_INSTEAD, question) and possible(movement, _at_hand(movement, there, missing)):
        return None
    found = _alternatives(movement, _at_hand(movement, there, missing), NOTHING)
    if not found:
        return f"With what you have I know nothing that does the work of {movement.name}. Which equipment is there?"
    lines = "".join(f"\n- {one.name} ({_needs(one)}): {one.cue}" for one in found)
    return (
        f"Instead of {movement.name}, for the same {listed([movement.primary])}:{lines}\n"
        "Keep your sets and repetitions, and find the weight anew: begin light, and leave two repetitions in reserve."
    )


def works(question: str, _: Routine, __: History) -> str | None:
    """Which muscles a movement works."""
    asked = r"\bmuscles?\b.*\b(work|train|hit|target|use|do|involve|for)|\bwhat does .*\b(work|train|hit|target)\b"
    if not re.search(asked, question) or (movement := named(question)) is None:
        return None
    first = f"{movement.name} works the {listed([movement.primary])} first"
    if not movement.secondary:
        return f"{first}, and hardly anything else. {movement.cue}"
    helpers = f"{listed(movement.secondary)} {'help' if len(movement.secondary) > 1 else 'helps'}"
    return (
        f"{first}; {helpers}. In the week's count a set gives 1 to the first and a half to each other. {movement.cue}"
    )


def how_to(question: str, _: Routine, __: History) -> str | None:
    """How a movement is done."""
    asked = r"\bhow (do|to|should|can|does)\b.*\b(do|perform|execute|a|an|the|my)\b|\bexplain\b|what is an? "
    if not re.search(asked, question) or (movement := named(question)) is None:
        return None
    muscles = listed([movement.primary, *movement.secondary])
    return f"{movement.name}: {movement.cue} It works {muscles}, and needs {_needs(movement)}. {BEGIN_LIGHT}"


def _needs(movement: Movement) -> str:
    return " or ".join(listed(sorted(kit)) for kit in movement.equipment)


def _at_hand(movement: Movement, there: Set[Equipment], missing: Set[Equipment]) -> frozenset[Equipment]:
    """What can be used. Whoever does a movement on a bench or a bar has it, unless they say otherwise."""
    if not there:
        return frozenset(EQUIPMENT) - missing
    furniture = frozenset().union(*movement.equipment) & {"bench", "pull_up_bar", "rings"}
    return (frozenset(there) | furniture) - missing


def _called(thing: Equipment) -> str:
    """As movements' names have it: `Dumbbell`."""
    return thing.removesuffix("s").capitalize()


def _alternatives(movement: Movement, kit: Set[Equipment], avoided: Avoided) -> Sequence[Movement]:
    """The likest movements first, usual ones before others; the last has another pattern where joints are spared."""
    near = next((patterns for patterns in _LIKE if movement.pattern in patterns), frozenset({movement.pattern}))
    things = kit - {"bodyweight", "bench"}

    def unlike(other: Movement) -> tuple[int, ...]:
        used = frozenset().union(*other.equipment)
        misnamed = any(_called(thing) in other.name for thing in EQUIPMENT if thing not in kit)
        return (
            misnamed,
            other.pattern == "isolation" != movement.pattern,
            other.pattern not in near,
            other.pattern != movement.pattern,
            bool(things) and len(things) < FEW_THINGS and used.isdisjoint(things),  # what is named is to be used
            is_without_weight(other) and not is_without_weight(movement),
            LEVELS.index(other.level),
        )

    fitting = [
        other
        for other in of_group(movement.primary)
        if other != movement and possible(other, kit) and avoided.spares(other) and not other.timed
    ]
    likest = sorted(fitting, key=unlike)
    others = [m for m in likest[CHOICES:] if m.pattern not in (movement.pattern, "isolation")] if avoided else []
    return [*likest[: CHOICES - 1], *(others or likest[CHOICES - 1 :])[:1]]
