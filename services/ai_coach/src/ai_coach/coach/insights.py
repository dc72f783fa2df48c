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
    """A line of a routine. Under its `id` the worker keeps what it derived; two lines that say the same are equal."""

    id: int = field(default=0, compare=False, repr=False)


def line_of(stored: Stored) -> Line:
    """An exercise of the API as a line."""
    return Line(stored.name, stored.sets, stored.reps, stored.weight, stored.workout_day, id=stored.id)


class Insights:
    """Reads what the worker has left in Redis."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def of(self, lines: Sequence[Line]) -> list[Mapping[str, Any]]:
        """The insight of each line."""
        kept = await self._kept([insights.key(line.id) for line in lines])
        return [_insight(line, value) for line, value in zip(lines, kept, strict=True)]

    async def _kept(self, keys: list[str]) -> Sequence[bytes | None]:
        client = self._store.client
        found = await self._store.attempt(client.mget(keys)) if client is not None and keys else None
        return [None] * len(keys) if found is None else found


def _insight(line: Line, kept: bytes | None) -> Mapping[str, Any]:
    fields = (line.name, line.sets, line.reps, line.weight, line.workout_day)
    found = insights.decode(kept, insights.digest(line.id, *fields)) if kept else None
    return found or _derived(line)


def _derived(line: Exercise) -> Mapping[str, Any]:
    known = recognise(line.name)
    return insight(line, known.primary, known.secondary, known.pattern, known.kind).asdict()
