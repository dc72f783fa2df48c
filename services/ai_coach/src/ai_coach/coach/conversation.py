"""What the rule coach says to a question: from the routine where that helps, else from the text of common answers."""

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from training.load import estimated_1rm_kg
from training.model import Equipment, Exercise, Movement
from training.progression import INCREMENT_KG, Step, next_step, range_for
from training.recognition import recognise
from training.review import review

Routine = Sequence[Exercise] | None

SIGNATURE = "(I answer from rules, without a language model.)"
CANNOT = (
    "I did not find a rule for that question. I can say what your routine lacks, how a movement is done, how to "
    "progress on an exercise of yours, and answer questions on warm-up, sets and repetitions, rest, frequency, easy "
    "weeks, plateaus and soreness. Or ask for a session that fits your time and equipment."
)
BEGIN_LIGHT = "Begin light, and add weight only while every repetition looks the same."
NO_ROUTINE = (
    "I cannot see your routine right now, so only in general: a balanced week has a squat, a hinge, a push and a pull "
    "in two directions each, and something for the core, with about 10 sets for each muscle group."
)
EMPTY_ROUTINE = (
    "Your routine is still empty. Begin with a squat, a hinge, a push and a pull, two or three sets of 8 to 12 each, "
    "on two or three days a week; or let me plan a first session."
)
HOLD_SECONDS = (20, 60)  # longer holds want a harder variation, not more patience
SMALL_STEP_KG = 2.5  # where nothing is known of what it is done with
_MAX_WORDS_OF_A_NAME = 5


def reply(message: str, routine: Routine) -> str:
    """An answer of at most some 200 words, that says where it comes from. The same question gets the same answer."""
    question = " ".join(message.lower().replace("’", "'").split())
    for answer in (_progress, _how_to, _routine, _common):  # somebody's own numbers first
        if text := answer(question, routine):
            return f"{text}\n\n{SIGNATURE}"
    return f"{CANNOT}\n\n{SIGNATURE}"


def _how_to(question: str, _: Routine) -> str | None:
    if not re.search(
        r"\bhow (do|to|should|can|does)\b.*\b(do|perform|execute|a|an|the|my)\b|\bexplain\b|what is an? ", question
    ):
        return None
    movement = _named(question)
    if movement is None:
        return None
    needs = " or ".join(", ".join(sorted(kit)) for kit in movement.equipment).replace("_", " ")
    works = ", ".join(dict.fromkeys((movement.primary, *movement.secondary))).replace("_", " ")
    return f"{movement.name}: {movement.cue} It works {works}, and needs {needs}. {BEGIN_LIGHT}"


def _progress(question: str, routine: Routine) -> str | None:
    if not re.search(r"\b(progress|increase|add|more weight|next|heavier|improve|stronger|1 ?rm|max)\b", question):
        return None
    exercise = _own(question, routine)
    if exercise is None:
        return None
    text = f"Your {exercise.name}: {exercise.sets} × {exercise.reps}"
    text += f" with {exercise.weight:g} kg. " if exercise.weight else ". "
    text += _next_step(exercise).sentence
    if maximum := estimated_1rm_kg(exercise.weight, exercise.reps):
        text += f" Your estimated one-repetition maximum is about {maximum:.0f} kg."
    return text


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


def _routine(question: str, routine: Routine) -> str | None:
    asked = (
        r"\b(add|balanced?|missing|lack(s|ing)?|improve|weak|routine|plan|program(me)?|gap|analy[sz]e|review|change)\b"
    )
    if not re.search(asked, question) or re.search(r"\bprotein|warm|rest between\b", question):
        return None
    if routine is None:
        return NO_ROUTINE
    if not routine:
        return EMPTY_ROUTINE
    found = review(routine)
    points = "".join(f"\n- {sentence}" for sentence in found.recommendations[:4])
    return f"{found.summary}{points}"


def _common(question: str, _: Routine) -> str | None:
    return next((answer for signs, answer in _common_answers() if signs.search(question)), None)


@cache
def _common_answers() -> list[tuple[re.Pattern[str], str]]:
    data = tomllib.loads(files("ai_coach.coach").joinpath("common_questions.toml").read_text(encoding="utf-8"))
    return [(re.compile("|".join(entry["signs"])), entry["answer"]) for entry in data.values()]


def _named(question: str) -> Movement | None:
    """The catalogue's movement that a question names, the longest name first."""
    words = re.findall(r"[\w'-]+", question)[:60]
    for size in range(_MAX_WORDS_OF_A_NAME, 0, -1):
        for start in range(len(words) - size + 1):
            found = recognise(" ".join(words[start : start + size]))
            if found.kind in ("exact", "alias") and found.movement is not None:
                return found.movement
    return None


def _own(question: str, routine: Routine) -> Exercise | None:
    """The exercise of the routine that a question names."""
    named = [exercise for exercise in routine or () if exercise.name.lower() in question]
    if named:
        return max(named, key=lambda exercise: len(exercise.name))
    movement = _named(question)
    if movement is None:
        return None
    return next((e for e in routine or () if recognise(e.name).movement == movement), None)
