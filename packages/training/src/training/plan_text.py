"""The words around a session: its title, what it is, and tips."""

from collections.abc import Sequence

from training.listing import listed
from training.plan_load import RESERVE_REPS
from training.plan_wish import Wish, contradicts_itself
from training.session import PlannedExercise, plan_minutes

MAX_NAMED, MAX_NAMED_LENGTH = 6, 40
_ENDS_EARLY = 0.7


def title(wish: Wish) -> str:
    """A session's name."""
    return f"{wish.minutes}-Minute {wish.focus.capitalize() if wish.focus else 'Whole Body'} Session"


def description(wish: Wish, exercises: Sequence[PlannedExercise], *, is_full: bool) -> str:
    """What the session is, and what about it may surprise. `is_full`: it ends because it holds all it should."""
    sentences = _about(wish, exercises) if exercises else _about_nothing(wish)
    if wish.avoided:
        sentences.append(f"It avoids: {_named(wish.avoided.words())}.")
    if wish.unknown:
        sentences.append(f"I did not understand: {_named(wish.unknown)}. Please check that the session suits you.")
    if exercises and (minutes := plan_minutes(exercises)) < wish.minutes * _ENDS_EARLY:
        why = "more would tire you without training you more" if is_full else "nothing else fits what you asked for"
        sentences.append(f"It ends after {minutes} minutes: {why}.")
    return " ".join(sentences)


def tips(wish: Wish) -> tuple[str, ...]:
    """What helps with any session like this."""
    always = (
        "Warm up for 5 minutes, then do one or two light sets of the first movement.",
        f"End each set with {RESERVE_REPS} good repetitions in reserve.",
        "When every set reaches the top of its range, take the smallest step up next time.",
    )
    learn = ("Learn each movement with a light weight before you add any.",) if wish.level == "beginner" else ()
    spare = ("Stop what hurts, whatever the plan says.",) if wish.avoided else ()
    return (*always, *learn, *spare)


def _about(wish: Wish, exercises: Sequence[PlannedExercise]) -> list[str]:
    sentences = [f"A session for {wish.focus or 'the whole body'} with {_kit(wish)}, planned by rule."]
    if wish.focus and all(exercise.muscle_group != wish.focus for exercise in exercises):
        sentences.append(f"Nothing for {wish.focus} fits what you asked for, so it trains the rest of you.")
    elif contradicts_itself(wish):
        sentences.append(
            f"Most of what trains {wish.focus} is what you want to avoid: this keeps to the little that is not, and "
            "trains it less than it could. If it hurts, let it rest and ask a physiotherapist."
        )
    return sentences


def _about_nothing(wish: Wish) -> list[str]:
    return [
        f"Nothing in the catalogue fits {wish.minutes} minutes with {_kit(wish)} and what you want to "
        "avoid. Take one of the limits away, or ask a physiotherapist what you may do."
    ]


def _kit(wish: Wish) -> str:
    return listed(sorted(wish.at_hand)).replace("_", " ")


def _named(words: Sequence[str]) -> str:
    """Some words of a person, without what is not seen: no control character turns the sentence around."""
    seen = ["".join(char for char in word if char.isprintable())[:MAX_NAMED_LENGTH] for word in words]
    named = list(dict.fromkeys(word.strip() or "something unreadable" for word in seen))
    more = ["and more"] if len(named) > MAX_NAMED else []
    return ", ".join([*named[:MAX_NAMED], *more])
