"""What crosses the wire: contract §4, with additions that break no client."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from runtime.fields import integral, line, lines, visible_line, visible_lines
from training.model import Level, MuscleGroup
from training.plan import PlannedExercise, PlanRequest, SessionPlan

Source = Literal["llm", "rules", "cache"]
DEFAULT_EQUIPMENT = ("barbell", "dumbbells", "cables", "bodyweight")


Message = Annotated[
    str, lines(2000, examples=["What should I add for a balanced routine?"]), AfterValidator(visible_lines)
]
Word = Annotated[str, line(40), AfterValidator(visible_line)]


class Turn(BaseModel):
    """One message of the conversation so far."""

    model_config = ConfigDict(extra="forbid")

    role: Literal["user", "coach"]
    content: Annotated[str, lines(8000), AfterValidator(visible_lines)]


class ChatRequest(BaseModel):
    """A question."""

    model_config = ConfigDict(extra="forbid")

    message: Message
    include_workout_context: bool = Field(True, strict=True, description="May the coach look at your routine?")
    history: list[Turn] = Field([], max_length=20, description="Earlier messages, oldest first")


class ChatResponse(BaseModel):
    """The answer."""

    response: str
    context_used: bool = Field(description="Did the coach see your routine?")
    source: Source = Field(description="Who answered: a language model, the rules, or an answer kept from before")
    model: str = Field(examples=["anthropic:claude-haiku-5-5", "rules"])


class RecommendationRequest(BaseModel):
    """What the session must fit."""

    model_config = ConfigDict(extra="forbid")

    focus_area: MuscleGroup | None = None
    equipment_available: list[Word] = Field(list(DEFAULT_EQUIPMENT), max_length=30)
    session_duration_minutes: Annotated[int, BeforeValidator(integral)] = Field(60, ge=15, le=180, strict=True)
    level: Level | None = None
    avoid: list[Word] = Field([], max_length=10, description="Joints or movements, such as `knee` or `overhead`")

    def as_plan_request(self) -> PlanRequest:
        """In the words of `training`."""
        return PlanRequest(
            focus=self.focus_area,
            equipment=tuple(self.equipment_available),
            minutes=self.session_duration_minutes,
            level=self.level,
            avoid=tuple(self.avoid),
        )


class RecommendedExercise(BaseModel):
    """A line of the plan."""

    name: str = Field(min_length=1, max_length=100, examples=["Bench Press"])
    sets: int = Field(ge=1, le=10, examples=[4])
    reps: str = Field(min_length=1, max_length=40, examples=["8-12"])
    weight_suggestion: str | None = Field(None, max_length=120, examples=["70-80% 1RM"])
    notes: str | None = Field(None, max_length=300, examples=["Keep elbows tucked."])
    muscle_group: MuscleGroup


class Recommendation(BaseModel):
    """A session, as a model drafts it."""

    title: str = Field(min_length=1, max_length=100)
    description: str = Field(min_length=1, max_length=1200)
    exercises: list[RecommendedExercise] = Field(
        max_length=20, description="Empty where nothing fits the request; the description then says why"
    )
    estimated_duration_minutes: int = Field(ge=0, le=240)
    difficulty: Level
    tips: list[Annotated[str, Field(min_length=1, max_length=300)]] = Field(max_length=10)

    def as_plan(self) -> SessionPlan:
        """In the words of `training`, which checks it."""
        return SessionPlan(
            title=self.title,
            description=self.description,
            exercises=tuple(
                PlannedExercise(e.name, e.sets, e.reps, e.weight_suggestion or "", e.notes or "", e.muscle_group)
                for e in self.exercises
            ),
            minutes=self.estimated_duration_minutes,
            difficulty=self.difficulty,
            tips=tuple(self.tips),
        )


class WorkoutRecommendation(Recommendation):
    """A session that was checked: it fits the equipment, the time and what must be avoided."""

    source: Source
    model: str


class Analysis(BaseModel):
    """What a routine is good at and what it lacks, as a model drafts it."""

    summary: str = Field(min_length=1, max_length=1200)
    strengths: list[Annotated[str, Field(min_length=1, max_length=300)]] = Field(max_length=10)
    areas_to_improve: list[Annotated[str, Field(min_length=1, max_length=300)]] = Field(max_length=10)
    recommendations: list[Annotated[str, Field(min_length=1, max_length=300)]] = Field(max_length=10)
    muscle_balance_score: float | None = Field(None, ge=0, le=100)


class ProgressAnalysis(Analysis):
    """The analysis; the score is always computed by rule."""

    source: Source
    model: str
