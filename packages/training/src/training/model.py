"""The words of the sport, as types. Weights are kilograms."""

from dataclasses import dataclass
from typing import Literal, get_args

MuscleGroup = Literal["chest", "back", "shoulders", "biceps", "triceps", "legs", "core", "full_body"]
"""Where an exercise works, as people ask for it; `full_body` is a focus and the group of what works everything."""

Equipment = Literal[
    "bodyweight",
    "dumbbells",
    "barbell",
    "kettlebell",
    "cables",
    "machine",
    "bands",
    "pull_up_bar",
    "bench",
    "incline_bench",
    "rings",
]
"""What a movement needs.

`bodyweight` needs nothing but floor, wall and furniture, and is always at hand. A `bench` is flat; an `incline_bench`
can be set, up or down.
"""

Pattern = Literal[
    "squat",
    "hinge",
    "lunge",
    "horizontal_push",
    "vertical_push",
    "horizontal_pull",
    "vertical_pull",
    "core",
    "carry",
    "locomotion",
    "isolation",
]
"""How a movement moves. All but `core`, `locomotion` and `isolation` are compound: several joints work."""

Level = Literal["beginner", "intermediate", "advanced"]

Load = Literal[
    "shoulder",
    "elbow",
    "wrist",
    "neck",
    "lower_back",
    "hip",
    "knee",
    "ankle",
    "overhead",
    "jumping",
    "spinal_loading",
    "hanging",
    "floor",
]
"""What a movement asks of a body, and what somebody may want to avoid: joints, and ways of moving."""

MUSCLE_GROUPS: tuple[MuscleGroup, ...] = get_args(MuscleGroup)
EQUIPMENT: tuple[Equipment, ...] = get_args(Equipment)
PATTERNS: tuple[Pattern, ...] = get_args(Pattern)
LEVELS: tuple[Level, ...] = get_args(Level)
LOADS: tuple[Load, ...] = get_args(Load)


@dataclass(frozen=True, slots=True)
class Exercise:
    """A line of a routine. `weight` is in kilograms per repetition; None is bodyweight."""

    name: str
    sets: int
    reps: int
    weight: float | None = None
    workout_day: str = "A"


@dataclass(frozen=True, slots=True, eq=False)
class Movement:
    """An entry of the catalogue, which has each of them once: they are compared as what they are, not field by field.

    `equipment` lists alternatives: each is a set of things that together suffice. `stresses` is what the movement asks
    of a body, for people who must avoid it. A `timed` movement is counted in seconds.
    """

    name: str
    aliases: tuple[str, ...]
    primary: MuscleGroup
    secondary: tuple[MuscleGroup, ...]
    equipment: tuple[frozenset[Equipment], ...]
    pattern: Pattern
    level: Level
    stresses: frozenset[Load]
    unilateral: bool
    timed: bool
    cue: str
