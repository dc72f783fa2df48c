"""People who want a session: every focus × equipment × minutes once, with a routine and a level drawn for each.

More are drawn at random, with something to avoid. The same seed draws the same people.
"""

from dataclasses import dataclass
from itertools import product
from random import Random
from typing import Any

from services.ai_coach.evals.cases import NOBODY, STRANGER, routines
from training.model import LEVELS, MUSCLE_GROUPS, Level, MuscleGroup
from training.plan import PlanRequest

EQUIPMENT: dict[str, tuple[str, ...]] = {
    "nothing": (),
    "dumbbells": ("dumbbells",),
    "home": ("a pair of adjustable dumbbells", "pull-up bar", "resistance bands", "yoga mat"),
    "usual": ("barbell", "dumbbells", "cables", "bodyweight"),
    "gym": ("full gym",),
}
MINUTES = (15, 45, 60, 90, 180)
FOCUSES: tuple[MuscleGroup | None, ...] = (None, *MUSCLE_GROUPS)
AVOIDED = ("knee", "shoulder", "lower back", "overhead", "jumping", "wrists", "hanging", "burpees", "my left elbow")
EXTRA = 135


@dataclass(frozen=True, slots=True)
class Profile:
    """Somebody's wish and whose routine they have."""

    name: str
    routine: str
    wanted: PlanRequest

    @property
    def body(self) -> dict[str, Any]:
        """The wish as `/recommend` takes it."""
        return {
            "focus_area": self.wanted.focus,
            "equipment_available": list(self.wanted.equipment),
            "session_duration_minutes": self.wanted.minutes,
            "level": self.wanted.level,
            "avoid": list(self.wanted.avoid),
        }


def profiles(seed: int, extra: int = EXTRA) -> list[Profile]:
    """The whole grid, then `extra` more."""
    rng = Random(seed)
    grid = list(product(FOCUSES, EQUIPMENT, MINUTES))
    made = [_profile(rng, number, *cell, ()) for number, cell in enumerate(grid)]
    for number in range(len(grid), len(grid) + extra):
        focus, kit, minutes = rng.choice(grid)
        avoid = tuple(rng.sample(AVOIDED, rng.randint(1, 2)))
        made.append(_profile(rng, number, focus, kit, rng.choice((minutes, rng.randint(15, 180))), avoid))
    return made


def _profile(
    rng: Random, number: int, focus: MuscleGroup | None, kit: str, minutes: int, avoid: tuple[str, ...]
) -> Profile:
    level: Level | None = rng.choice((None, *LEVELS))
    routine = rng.choice((NOBODY, *(owner for owner in routines() if owner != STRANGER)))
    name = f"{number}: {focus or 'no focus'}, {kit}, {minutes} min, {level or 'no level'}, {routine}"
    if avoid:
        name += f", not {' nor '.join(avoid)}"
    return Profile(name, routine, PlanRequest(focus, EQUIPMENT[kit], minutes, level, avoid))
