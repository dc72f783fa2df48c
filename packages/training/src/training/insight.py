"""What can be said about one line of a routine."""

from dataclasses import dataclass
from typing import Literal

from training.load import estimated_1rm_kg, volume_kg
from training.model import Exercise, MuscleGroup, Pattern

Zone = Literal["strength", "muscle", "endurance"]

# Nobody has a maximum in a plank, a carry or a run, whatever weight is on.
_WITHOUT_MAXIMUM: frozenset[Pattern | None] = frozenset({"core", "carry", "locomotion"})


@dataclass(frozen=True, slots=True)
class Insight:
    """A line's muscles, numbers and how its name was recognised (`kind`). Kilograms, rounded to 0.1."""

    primary: MuscleGroup | None
    secondary: tuple[MuscleGroup, ...]
    pattern: Pattern | None
    kind: str
    sets: int
    volume_kg: float
    estimated_1rm_kg: float | None
    zone: Zone

    def asdict(self) -> dict[str, str | float | list[str] | None]:
        """The same as JSON has it: text, numbers, null and lists of text."""
        return {
            "primary": self.primary,
            "secondary": list(self.secondary),
            "pattern": self.pattern,
            "kind": self.kind,
            "sets": self.sets,
            "volume_kg": self.volume_kg,
            "estimated_1rm_kg": self.estimated_1rm_kg,
            "zone": self.zone,
        }


def zone(reps: int) -> Zone:
    """What a set mostly trains, of the repetition continuum: 1-5, 6-12, more (Schoenfeld et al. 2021; edges vary)."""
    if reps <= 5:
        return "strength"
    return "muscle" if reps <= 12 else "endurance"


def insight(
    exercise: Exercise,
    primary: MuscleGroup | None,
    secondary: tuple[MuscleGroup, ...],
    pattern: Pattern | None,
    kind: str,
) -> Insight:
    """Put together what was recognised and what the numbers give. No 1RM for core, carries and locomotion."""
    one_rm = None if pattern in _WITHOUT_MAXIMUM else estimated_1rm_kg(exercise.weight, exercise.reps)
    return Insight(
        primary=primary,
        secondary=secondary,
        pattern=pattern,
        kind=kind,
        sets=exercise.sets,
        volume_kg=round(volume_kg(exercise), 1),
        estimated_1rm_kg=None if one_rm is None else round(one_rm, 1),
        zone=zone(exercise.reps),
    )
