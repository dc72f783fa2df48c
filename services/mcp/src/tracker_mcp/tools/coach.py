"""What only the coach can say. It answers by rules where it has no model."""

from typing import Annotated, Any, TypeVar

from pydantic import Field, ValidationError

from tracker_mcp import schemas
from tracker_mcp.backend import Backend
from tracker_mcp.tools.registering import Registry
from tracker_mcp.words import PlainError
from training.model import Level, MuscleGroup

A = TypeVar("A", schemas.Recommendation, schemas.Analysis)
Word = Annotated[str, Field(min_length=1, max_length=40)]


class CoachTools:
    """Passed on to the AI Coach, as whoever is calling."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    async def recommend(
        self,
        focus_area: MuscleGroup | None = None,
        equipment_available: Annotated[list[Word] | None, Field(max_length=30)] = None,
        session_duration_minutes: Annotated[int, Field(ge=15, le=180)] = 60,
        level: Level | None = None,
        avoid: Annotated[list[Word] | None, Field(max_length=10, description="Such as knee or overhead")] = None,
    ) -> schemas.Recommendation:
        """Have the coach plan one session that fits equipment, time and focus, and spares what must be avoided."""
        wanted = {
            "focus_area": focus_area,
            "equipment_available": equipment_available,
            "session_duration_minutes": session_duration_minutes,
            "level": level,
            "avoid": avoid,
        }
        given = {name: value for name, value in wanted.items() if value is not None}
        return _read(schemas.Recommendation, await self._backend.coach("POST", "/recommend", given))

    async def analyze(self) -> schemas.Analysis:
        """Have the coach say what the routine is good at and what it lacks. Slower than routine-summary."""
        return _read(schemas.Analysis, await self._backend.coach("GET", "/analyze"))


def register(registry: Registry, backend: Backend) -> None:
    """Add both."""
    tools = CoachTools(backend)
    registry.read("Plan a session", tools.recommend, schemas.Recommendation)
    registry.read("Analyse the routine", tools.analyze, schemas.Analysis)


def _read(kind: type[A], answer: dict[str, Any]) -> A:
    """What was promised, and nothing longer: the words may be a language model's."""
    try:
        return kind.model_validate(answer)
    except ValidationError as error:
        raise PlainError("The AI Coach gave an answer of another shape: is it of another version?") from error
