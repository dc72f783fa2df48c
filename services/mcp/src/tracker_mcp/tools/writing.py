"""Adding and changing exercises. Nothing here deletes."""

from typing import Annotated, Any
from uuid import uuid4

from pydantic import Field

from tracker_mcp import schemas
from tracker_mcp.backend import Backend
from tracker_mcp.tools.registering import Registry
from tracker_mcp.words import PlainError

# Contract §3.4; the API holds these limits too.
Name = Annotated[str, Field(min_length=1, max_length=100)]
Sets = Annotated[int, Field(ge=1, le=100)]
Reps = Annotated[int, Field(ge=1, le=1000)]
Weight = Annotated[float, Field(ge=0, le=1_000_000, description="kg; left out: bodyweight")]
NewWeight = Annotated[float, Field(ge=0, le=1_000_000, description="kg")]
Day = Annotated[str, Field(min_length=1, max_length=10)]
Key = Annotated[
    str,
    Field(pattern=r"^[\x21-\x7e]{1,200}$", description="Of your choice; a repeated call with it adds nothing twice"),
]


class WritingTools:
    """Present only where the settings allow writing."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    async def add_exercise(
        self,
        name: Name,
        sets: Sets,
        reps: Reps,
        weight: Weight | None = None,
        workout_day: Day = "A",
        request_key: Key | None = None,
    ) -> schemas.Added:
        """Add an exercise to the routine. Ask the person first."""
        fields = {"name": name, "sets": sets, "reps": reps, "weight": weight, "workout_day": workout_day}
        added = await self._backend.add(fields, request_key or str(uuid4()))
        return schemas.Added(exercise=_shown(added.exercise))

    async def update_exercise(
        self,
        exercise_id: Annotated[int, Field(ge=1, le=2_147_483_647)],
        name: Name | None = None,
        sets: Sets | None = None,
        reps: Reps | None = None,
        weight: NewWeight | None = None,
        workout_day: Day | None = None,
        bodyweight: Annotated[bool, Field(description="Take the weight away")] = False,
    ) -> schemas.Changed:
        """Change some fields of an exercise; what is left out stays. Ask the person first. Answers before and after."""
        if bodyweight and weight is not None:
            raise PlainError("Give either weight or bodyweight, not both")
        wanted = {"name": name, "sets": sets, "reps": reps, "weight": weight, "workout_day": workout_day}
        fields: dict[str, Any] = {field: value for field, value in wanted.items() if value is not None}
        if bodyweight:
            fields["weight"] = None
        if not fields:
            raise PlainError("Nothing to change: give at least one field")
        before, after = await self._backend.change(exercise_id, fields)
        return schemas.Changed(before=_shown(before), exercise=_shown(after))


def register(registry: Registry, backend: Backend) -> None:
    """Add both."""
    tools = WritingTools(backend)
    registry.write("Add an exercise", tools.add_exercise, schemas.Added, overwrites=False)
    registry.write("Change an exercise", tools.update_exercise, schemas.Changed, overwrites=True)


def _shown(exercise: Any) -> schemas.Exercise:
    return schemas.Exercise.model_validate(exercise.model_dump())
