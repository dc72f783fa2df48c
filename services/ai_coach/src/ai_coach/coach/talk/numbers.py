"""Answers in somebody's own numbers: maximum, weight, sets, the next step."""

import re

from ai_coach.coach.talk.texts import common
from ai_coach.coach.talk.words import History, Routine, line, named, own
from training.load import MAX_ESTIMATED_REPS, estimated_1rm_kg
from training.model import Equipment, Exercise
from training.progression import INCREMENT_KG, Step, next_step, range_for
from training.recognition import recognise

HOLD_SECONDS = (20, 60)  # longer holds want a harder variation, not more patience
SMALL_STEP_KG = 2.5  # where nothing is known of what it is done with
HOW_TO_FIND_A_WEIGHT = (
    "To find your weight, begin with what is easy for 10 (for barbell lifts the empty bar, 20 kg), add in small steps, "
    "and stay with the first weight that leaves one to three repetitions in reserve."
)

_MAXIMUM = r"\b(1 ?rm|(one|1)[- ]rep(etition)?[- ]max(imum)?|max(imum)?|personal (best|record)|pr)\b"
_WEIGHT = (
    r"\b(which|what|how much) (weight|load)\b|\bhow (heavy|much) (should|can|could|must|do|may|to)\b|"
    r"\bhow many (kg|kilos?|pounds|lbs?)\b"
)


def maximum(question: str, routine: Routine, _: History) -> str | None:
    """The estimated one-repetition maximum of one's own line."""
    if not re.search(_MAXIMUM, question):
        return None
    if exercise := own(question, routine):
        return _maximum_of(exercise)
    if (movement := named(question)) is None:
        return None
    return (
        f"I cannot tell, because {_nowhere(movement.name, routine)}. Do a set of 3 to 10 with a weight that leaves no "
        "more than one in reserve, and write it down: weight × (1 + repetitions ÷ 30) is a fair estimate. "
        "5 with 100 kg, for example, give about 115 kg."
    )


def weight(question: str, routine: Routine, _: History) -> str | None:
    """Which weight to use now."""
    if not re.search(_WEIGHT, question) or re.search(r"\b(protein|creatine|rest|eat|sleep|volume)\b", question):
        return None
    if exercise := own(question, routine):
        if not exercise.weight:
            return f"Your {line(exercise)}, without weight. {_next(exercise)}"
        now, then = f"{exercise.weight:g}", f"{_next_step(exercise).weight:g}"
        which = f"Stay at {now} kg" if now == then else f"{now} or {then} kg"
        return f"{which}. Your {line(exercise)}. {_next(exercise)}{_with_maximum(exercise)}"
    if (movement := named(question)) is None:
        return None
    return (
        f"I cannot name a number for {movement.name}, because {_nowhere(movement.name, routine)}. "
        f"{HOW_TO_FIND_A_WEIGHT} Write that down, and I can say what comes next. Form comes first."
    )


def progress(question: str, routine: Routine, _: History) -> str | None:
    """What to do next on an exercise of one's own."""
    if not re.search(r"\b(progress|increase|add|more weight|next|heavier|improve|stronger)\b", question):
        return None
    if (exercise := own(question, routine)) is None:
        return None
    return f"Your {line(exercise)}. {_next(exercise)}{_with_maximum(exercise)}"


def sets_of(question: str, routine: Routine, _: History) -> str | None:
    """How many sets and repetitions of a movement."""
    if not re.search(r"\bhow many (sets|reps|repetitions|times)\b", question):
        return None
    if exercise := own(question, routine):
        return f"{_times(exercise.sets, 'set')} as you have it. Your {line(exercise)}. {_next(exercise)}"
    if (movement := named(question)) is None:
        return None
    if movement.timed:
        return f"{movement.name}: 3 sets of {HOLD_SECONDS[0]} to {HOLD_SECONDS[1]} seconds."
    reps = "10 to 15" if movement.pattern in ("isolation", "core") else "6 to 12"
    return f"{movement.name}: 3 sets of {reps}, one to three repetitions in reserve. {_begin(routine)}"


def _maximum_of(exercise: Exercise) -> str:
    estimate = estimated_1rm_kg(exercise.weight, exercise.reps)
    if estimate is not None:
        return (
            f"About {estimate:.0f} kg is the estimated one-repetition maximum of your {line(exercise)}. It supposes "
            "that the last repetitions are hard: an easy set makes it too low. No need to test it: a heavy set "
            f"of 3 to 5 tells as much, and is safer. {_next(exercise)}"
        )
    why = (
        f"sets of more than {MAX_ESTIMATED_REPS} say little about a maximum" if exercise.weight else "it has no weight"
    )
    return (
        f"I cannot estimate a maximum from your {line(exercise)}: {why}. A set of 3 to 10 with a weight that leaves no "
        f"more than one in reserve would do. {_next(exercise)}"
    )


def _with_maximum(exercise: Exercise) -> str:
    if (estimate := estimated_1rm_kg(exercise.weight, exercise.reps)) is None:
        return ""
    return f" Your estimated one-repetition maximum is about {estimate:.0f} kg."


def _next(exercise: Exercise) -> str:
    return f"{_next_step(exercise).sentence} If not, repeat it as it is until you do."


def _next_step(exercise: Exercise) -> Step:
    movement = recognise(exercise.name).movement
    kit = next(iter(movement.equipment)) if movement else frozenset[Equipment]()
    timed = movement is not None and movement.timed
    return next_step(
        exercise,
        HOLD_SECONDS if timed else range_for(exercise.reps),
        increment_kg=min((INCREMENT_KG[item] for item in kit if item in INCREMENT_KG), default=SMALL_STEP_KG),
        timed=timed,
    )


def _nowhere(name: str, routine: Routine) -> str:
    return "I cannot see your routine right now" if routine is None else f"your routine has no {name}"


def _begin(routine: Routine) -> str:
    return common("effort") if routine is None else f"It is not in your routine yet. {HOW_TO_FIND_A_WEIGHT}"


def _times(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
