"""The contract's three tools: the exercises as they are, and their volume."""

from typing import Annotated, Literal

from fastmcp.tools.base import ToolResult
from pydantic import Field

from tracker_client import Refused
from tracker_mcp import schemas
from tracker_mcp.backend import Backend
from tracker_mcp.routine import lines
from tracker_mcp.tools.registering import Registry
from training.load import totals

COLUMNS = ("id", "name", "reps", "sets", "weight", "workout_day")
ORDERS = ("asc", "desc")

# What is out of range is answered with status 400, as the contract says, and not refused beforehand: so these limits
# are told, and the API holds them.
Page = Annotated[int, Field(json_schema_extra={"minimum": 1})]
PageSize = Annotated[int, Field(json_schema_extra={"minimum": 1, "maximum": 200})]
Column = Annotated[str, Field(json_schema_extra={"enum": list(COLUMNS)})]
Order = Annotated[str, Field(json_schema_extra={"enum": list(ORDERS)})]
ExerciseId = Annotated[int, Field(json_schema_extra={"minimum": 1})]


class ExerciseTools:
    """Contract §8.1. Every answer has an HTTP-style `status`."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    async def list_exercises(
        self, page: Page = 1, page_size: PageSize = 20, sort_by: Column = "id", sort_order: Order = "asc"
    ) -> ToolResult:
        """One page of the exercises. Ask for the next page while page x page_size is less than total."""
        if sort_by not in COLUMNS:
            return _refused(400, f"sort_by must be one of: {list(COLUMNS)}")
        if sort_order not in ORDERS:
            return _refused(400, f"sort_order must be one of: {list(ORDERS)}")
        try:
            found = await self._backend.page(page, page_size, sort_by, "desc" if sort_order == "desc" else "asc")
        except Refused as refused:
            return _refused(400, refused.detail)
        return _answer(schemas.ExercisePage.model_validate(found.model_dump()))

    async def get_exercise(self, exercise_id: ExerciseId) -> ToolResult:
        """One exercise by its id, which list-exercises tells."""
        try:
            found = await self._backend.exercise(exercise_id)
        except Refused as refused:
            return _refused(404 if refused.status == 404 else 400, refused.detail)
        return _answer(schemas.OneExercise.model_validate({"exercise": found.model_dump()}))

    async def calculate_volume(self) -> schemas.Volume:
        """Total volume (sets x reps x weight in kg) over all exercises, and how many have a weight."""
        routine = lines(await self._backend.routine())
        sums = totals(routine)
        return schemas.Volume(
            total_volume=round(sums.volume_kg, 6),  # takes away what binary fractions add, and nothing else
            exercise_count=len(routine),
            weighted_exercises=sums.weighted,
            bodyweight_exercises=sums.bodyweight,
        )


def register(registry: Registry, backend: Backend) -> None:
    """Add the three."""
    tools = ExerciseTools(backend)
    registry.read("List exercises", tools.list_exercises, schemas.ExercisePage, schemas.Problem)
    registry.read("Get an exercise", tools.get_exercise, schemas.OneExercise, schemas.Problem)
    registry.read("Calculate the volume", tools.calculate_volume, schemas.Volume)


def _answer(answer: schemas.Answer) -> ToolResult:
    return ToolResult(structured_content=answer.model_dump())


def _refused(status: Literal[400, 404], detail: str) -> ToolResult:
    return _answer(schemas.Problem(status=status, detail=detail))
