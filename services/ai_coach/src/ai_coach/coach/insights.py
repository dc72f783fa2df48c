"""What the lines of a routine train: as the worker has derived it, or derived here where it has not (yet)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ai_coach.coach.store import Store
from ledger import insights
from tracker_client import Exercise as Stored
from training.insight import insight
from training.model import Exercise
from training.recognition import recognise


@dataclass(frozen=True, slots=True)
class Line(Exercise):
    """A line of a routine with its insight, which follows from it: two lines are equal without."""

    insight: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)


class Insights:
    """Reads what the worker has left in Redis."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def lines(self, stored: Sequence[Stored]) -> tuple[Line, ...]:
        """The exercises of the API as lines."""
        kept = await self._kept([insights.key(exercise.id) for exercise in stored])
        return tuple(_line(exercise, value) for exercise, value in zip(stored, kept, strict=True))

    async def _kept(self, keys: list[str]) -> Sequence[bytes | None]:
        client = self._store.client
        found = await self._store.attempt(client.mget(keys)) if client is not None and keys else None
        return [None] * len(keys) if found is None else found


def _line(stored: Stored, kept: bytes | None) -> Line:
    fields = (stored.name, stored.sets, stored.reps, stored.weight, stored.workout_day)
    found = insights.decode(kept, insights.digest(stored.id, *fields)) if kept else None
    return Line(*fields, insight=found or _derived(Exercise(*fields)))


def _derived(exercise: Exercise) -> Mapping[str, Any]:
    known = recognise(exercise.name)
    return insight(exercise, known.primary, known.secondary, known.pattern, known.kind).asdict()
