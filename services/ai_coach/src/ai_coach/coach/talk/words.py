"""What a question is about: movements, exercises of one's own, muscle groups, joints, equipment."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from training.equipment import normalise as equipment_of
from training.model import EQUIPMENT, Equipment, Exercise, Movement, MuscleGroup
from training.recognition import recognise

Routine = Sequence[Exercise] | None


class Turn(NamedTuple):
    """Something that was said before, by `user` or `coach`."""

    role: str
    content: str


History = Sequence[Turn]

GROUPS: dict[str, tuple[MuscleGroup, ...]] = {
    "chest|pecs?|pectorals?": ("chest",),
    "back(?! (squat|to|in|into|from|at|down|on))|lats?": ("back",),
    "shoulders?|delts?|deltoids?": ("shoulders",),
    "arms?": ("biceps", "triceps"),
    "biceps?": ("biceps",),
    "triceps?": ("triceps",),
    "legs?|thighs?|quads?|hamstrings?|glutes?|butt|calf|calves|lower body": ("legs",),
    "core|abs?|abdominals?|six ?pack": ("core",),
}
JOINT = r"\b(knees?|shoulders?|elbows?|wrists?|hips?|(lower )?backs?(?! (to|in|into|from|at|up|on)\b)|ankles?|necks?)\b"
NOT_JOINT = r"\b(upper|mid|middle) backs?\b"

MAX_READ = 400  # characters of a question in which names are looked for
_MAX_WORDS_OF_A_NAME = 5
_MAX_WORDS_OF_A_THING = 3
_EVERYDAY = frozenset({"run", "walk", "all", "any", "anything", "everything", "weight", "weights"})
_NOT_THERE = r"\b(no|without( an?)?|(don't|do not|doesn't) have( an?| any)?|haven't( got)?( an?| any)?|lack( an?)?) "
_GONE = r" (is|are) (broken|taken|busy|missing|occupied|gone)\b"


def plain(message: str) -> str:
    """Lower case, straight apostrophes, single blanks."""
    return " ".join(message.lower().replace("’", "'").split())


def listed(words: Sequence[str], last: str = "and") -> str:
    """`a, b and c`, in the catalogue's words without underscores."""
    shown = [word.replace("_", " ") for word in words]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} {last} {shown[-1]}"


def line(exercise: Exercise) -> str:
    """`Bench Press: 4 × 8 with 80 kg`, `Plank: 3 × 40 s`."""
    movement = recognise(exercise.name).movement
    unit = " s" if movement and movement.timed else ""
    weight = f" with {exercise.weight:g} kg" if exercise.weight else ""
    return f"{exercise.name}: {exercise.sets} × {exercise.reps}{unit}{weight}"


def apart(question: str) -> str:
    """The question with the equipment set apart: somebody who asks for a bench press with dumbbells names the first."""
    return re.sub(r" (with|without|using|but|only|just)\b", r", \1", question)


def named(question: str) -> Movement | None:
    """The catalogue's movement that a question names, the longest name first."""
    found = _named(question)
    return found[0] if found else None


def without_name(question: str) -> str:
    """The question without the movement's name: the back of `back squat` is nobody's back."""
    found = _named(question)
    return question.replace(found[1], " ", 1) if found else question


def own(question: str, routine: Routine) -> Exercise | None:
    """The exercise of the routine that a question names; of several the heaviest."""
    heaviest_first = sorted(routine or (), key=lambda exercise: -(exercise.weight or 0.0))
    said = [exercise for exercise in heaviest_first if re.search(rf"\b{re.escape(exercise.name.lower())}", question)]
    if said:
        return max(said, key=lambda exercise: len(exercise.name))
    movement = named(question)
    return next((e for e in heaviest_first if movement and recognise(e.name).movement == movement), None)


def groups(question: str) -> tuple[MuscleGroup, ...]:
    """The muscle groups that a question names."""
    found = [group for sign, named in GROUPS.items() if re.search(rf"\b({sign})\b", question) for group in named]
    return tuple(dict.fromkeys(found))


def joints(question: str) -> tuple[str, ...]:
    """The joints that a question names."""
    said = re.sub(NOT_JOINT, " ", without_name(question))
    return tuple(dict.fromkeys(match[0].removesuffix("s") for match in re.finditer(JOINT, said)))


def things(question: str) -> tuple[frozenset[Equipment], frozenset[Equipment]]:
    """The equipment that a question says is there, and is not."""
    text = without_name(question)
    gone = {thing for part in _missing(text) for _, thing in _things(part)}
    missing = frozenset().union(*gone) - {"bodyweight"}
    there = frozenset().union(*(thing for _, thing in _things(text))) - missing
    return frozenset(there), frozenset(missing)


def _missing(text: str) -> Iterator[str]:
    for clause in re.split(r"[,.;!?]|\bbut\b|\bonly\b|\bjust\b", text):
        if found := re.search(_NOT_THERE, clause):
            yield clause[found.end() :]
        elif found := re.search(_GONE, clause):
            yield clause[: found.start()]


def _things(text: str) -> Iterator[tuple[str, frozenset[Equipment]]]:
    for part in _parts(text, _MAX_WORDS_OF_A_THING):
        found, unknown = equipment_of([part])
        is_all = found == frozenset(EQUIPMENT) and "gym" not in part
        if unknown or is_all or part in _EVERYDAY or part.endswith("'s"):
            continue
        if found != {"bodyweight"}:
            yield part, found - {"bodyweight"}
        elif part in ("no equipment", "without equipment", "no gym", "no weights", "nothing", "bodyweight", "at home"):
            yield part, found


def _parts(text: str, most: int) -> Iterator[str]:
    """Words that stand together, the longest first."""
    clauses = [re.findall(r"[\w'-]+", clause) for clause in re.split(r"[,.;:!?()]", text[:MAX_READ])]
    for size in range(most, 0, -1):
        for words in clauses:
            for start in range(len(words) - size + 1):
                yield " ".join(words[start : start + size])


def _named(question: str) -> tuple[Movement, str] | None:
    for part in _parts(question, _MAX_WORDS_OF_A_NAME):
        found = recognise(part)
        if part not in _EVERYDAY and found.kind in ("exact", "alias") and found.movement is not None:
            return found.movement, part
    return None
