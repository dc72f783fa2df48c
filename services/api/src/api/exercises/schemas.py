"""What crosses the wire: contract §3.4."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from runtime.fields import integral, line, visible_line

MAX_ID = 2_147_483_647  # PostgreSQL's integer
MAX_WEIGHT = 1_000_000  # kg: no lift comes near, and no sum of volumes overflows


Name = Annotated[
    str,
    line(100, description="Blanks around it are dropped", examples=["Bench Press"]),
    AfterValidator(visible_line),
]


Sets = Annotated[int, Field(ge=1, le=100, strict=True, examples=[4]), BeforeValidator(integral)]
Reps = Annotated[int, Field(ge=1, le=1000, strict=True, examples=[8]), BeforeValidator(integral)]
Weight = Annotated[
    float,
    Field(
        ge=0,
        le=MAX_WEIGHT,
        strict=True,
        allow_inf_nan=False,
        description="Kilograms; null is bodyweight",
        examples=[80.0],
    ),
]
WorkoutDay = Annotated[str, line(10, examples=["A"]), AfterValidator(visible_line)]


def _one_spelling(text: object) -> object:
    """One resource has one URL: not also 01, +1, 1_0 or 1.0, which Pydantic would take."""
    if isinstance(text, str) and not re.fullmatch(r"0|-?[1-9][0-9]*", text):
        raise PydanticCustomError("int_parsing", "Input should be a whole number, written in digits")
    return text


ExerciseId = Annotated[int, Field(ge=1, le=MAX_ID, examples=[1]), BeforeValidator(_one_spelling)]


class NewExercise(BaseModel):
    """An exercise to add."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    sets: Sets
    reps: Reps
    weight: Weight | None = None
    workout_day: WorkoutDay = "A"


def _absent() -> Any:
    """The value of a field that was not sent; nobody reads it, and OpenAPI shows no default."""


class ExerciseChanges(BaseModel):
    """What to change. Fields that are absent stay; only `weight` may be null, which clears it."""

    model_config = ConfigDict(extra="forbid")

    name: Name = Field(default_factory=_absent)
    sets: Sets = Field(default_factory=_absent)
    reps: Reps = Field(default_factory=_absent)
    weight: Weight | None = Field(default_factory=_absent)
    workout_day: WorkoutDay = Field(default_factory=_absent)


class Exercise(BaseModel):
    """A line of a routine."""

    id: int = Field(examples=[1])
    name: str = Field(examples=["Bench Press"])
    sets: int = Field(examples=[4])
    reps: int = Field(examples=[8])
    weight: float | None = Field(description="Kilograms; null is bodyweight", examples=[80.0])
    workout_day: str = Field(examples=["A"])


class ExercisePage(BaseModel):
    """One page of a routine. A page beyond the last is empty."""

    page: int = Field(examples=[1])
    page_size: int = Field(examples=[20])
    total: int = Field(description="Exercises on all pages", examples=[27])
    items: list[Exercise]


Column = Literal["id", "name", "sets", "reps", "weight", "workout_day"]
COLUMNS: tuple[Column, ...] = ("id", "name", "sets", "reps", "weight", "workout_day")
SORTABLE = sorted(COLUMNS)


class Selection(BaseModel):
    """Whose exercises."""

    model_config = ConfigDict(frozen=True)

    scope: Literal["own", "all"] = Field(
        "own", description="`all`, every routine's, is for the roles admin and service"
    )


class PageQuery(Selection):
    """Which page of which exercises, in which order and form."""

    page: int = Field(1, ge=1, le=MAX_ID, description="The first page is 1")
    page_size: int = Field(20, ge=1, le=200)
    # Checked by the route: the contract wants a 400 of its own words, not a 422.
    sort_by: str = Field("id", json_schema_extra={"enum": list(COLUMNS)})
    sort_order: Literal["asc", "desc"] = "asc"
    format: Literal["json", "csv"] = "json"

    @property
    def offset(self) -> int:
        """How many exercises stand before this page."""
        return (self.page - 1) * self.page_size
