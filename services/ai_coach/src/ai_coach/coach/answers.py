"""What happens to a question: red flags first, then an answer that is kept, then the models, then the rules."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic
from typing import TypeVar

from prometheus_client import Counter
from pydantic import BaseModel, ValidationError

from ai_coach.coach import agents, questions, rules, safety
from ai_coach.coach.cache import Answer, Cache, key_of
from ai_coach.coach.context import ContextReader, digest
from ai_coach.coach.errors import NothingToAnalyze
from ai_coach.coach.models import Chain
from ai_coach.coach.questions import Routine
from ai_coach.coach.schemas import (
    ChatRequest,
    ChatResponse,
    ProgressAnalysis,
    Recommendation,
    RecommendationRequest,
    Source,
    WorkoutRecommendation,
)
from ai_coach.edge.callers import Caller
from training.plan import plan_minutes
from training.recognition import recognise
from training.review import routine_score

R = TypeVar("R", ChatResponse, WorkoutRecommendation, ProgressAnalysis)

SCHEMA_VERSION = 1  # of the answers below: raise it when one changes


@dataclass(frozen=True, slots=True)
class Coach:
    """Everything a question meets."""

    chain: Chain
    cache: Cache
    context: ContextReader
    deadline: float
    answered: Counter

    async def chat(self, asked: ChatRequest, caller: Caller) -> ChatResponse:
        """Answer a question."""
        if (answer := referred_out(asked)) is not None:
            return self.count("chat", answer)
        until = monotonic() + self.deadline
        routine = await self.context.routine_or_none(caller) if asked.include_workout_context else None

        async def make() -> ChatResponse:
            text, model = await self.chain.ask(
                agents.chat, questions.chat(asked, routine), agents.Deps(), caller.key, until
            )
            return chat_response(text, routine, model)

        return self.count("chat", await self._kept(ChatResponse, self.key("chat", asked, routine), make))

    async def recommend(self, wanted: RecommendationRequest, caller: Caller) -> WorkoutRecommendation:
        """Plan a session."""
        if (flag := safety.red_flag(*wanted.avoid, *wanted.equipment_available)) is not None:
            return self.count("recommend", _no_plan(flag.answer, wanted))
        until = monotonic() + self.deadline
        routine = await self.context.routine_or_none(caller)

        async def make() -> WorkoutRecommendation:
            question, deps = questions.recommend(wanted, routine), agents.Deps(wanted.as_plan_request())
            return _computed(*await self.chain.ask(agents.recommend, question, deps, caller.key, until))

        key = self.key("recommend", wanted, routine)
        return self.count("recommend", await self._kept(WorkoutRecommendation, key, make))

    async def analyze(self, caller: Caller) -> ProgressAnalysis:
        """Analyse the caller's routine. Raises NothingToAnalyze, ApiUnreachable, NotAuthenticated."""
        until = monotonic() + self.deadline
        routine = await self.context.routine(caller)
        if not routine:
            raise NothingToAnalyze

        async def make() -> ProgressAnalysis:
            draft, model = await self.chain.ask(
                agents.analyze, questions.analyze(routine), agents.Deps(), caller.key, until
            )
            fields = draft.model_dump() | {"muscle_balance_score": routine_score(routine)}
            return ProgressAnalysis(**fields, source=_source(model), model=model)

        return self.count("analyze", await self._kept(ProgressAnalysis, self.key("analyze", None, routine), make))

    async def _kept(self, kind: type[R], key: str, make: Callable[[], Awaitable[R]]) -> R:
        """The answer that is kept for `key`, or a new one."""

        async def finish() -> Answer:
            return self._keepable(await make())

        body, was_kept = await self.cache.make(key, finish)
        if not was_kept:
            return kind.model_validate_json(body)
        return kept(kind, body) or await make()

    def key(self, task: str, request: BaseModel | None, routine: Routine) -> str:
        """Everything that shapes an answer, and nothing of who asks: equal questions share one."""
        parts = {
            "task": task,
            "request": request.model_dump(mode="json") if request else None,
            "routine": digest(routine),
            "models": self.chain.names,
            "prompts": agents.VERSION,
            "schema": SCHEMA_VERSION,
        }
        return key_of(parts)

    async def keep(self, key: str, answer: ChatResponse) -> None:
        """Keep an answer that was streamed."""
        await self.cache.keep(key, self._keepable(answer))

    def _keepable(self, made: ChatResponse | WorkoutRecommendation | ProgressAnalysis) -> Answer:
        return Answer(made.model_dump_json(), is_fallback=made.source == "rules" and bool(self.chain.candidates))

    async def by_rules(self, asked: ChatRequest, routine: Routine) -> ChatResponse:
        """What the rules say, for want of anything better."""
        text = await self.chain.by_rules(agents.chat, questions.chat(asked, routine), agents.Deps())
        return chat_response(text, routine, rules.NAME)

    def count(self, task: str, answer: R) -> R:
        """For the metrics: who answered."""
        self.answered.labels(task, answer.source).inc()
        return answer


def kept(kind: type[R], body: str) -> R | None:
    """An answer that was kept; None where somebody has written something else in its place."""
    try:
        return kind.model_validate_json(body).model_copy(update={"source": "cache"})
    except ValidationError:
        return None


def chat_response(text: str, routine: Routine, model: str) -> ChatResponse:
    """The answer of `model`, who saw `routine`."""
    return ChatResponse(response=text.strip(), context_used=routine is not None, source=_source(model), model=model)


def referred_out(asked: ChatRequest) -> ChatResponse | None:
    """The fixed answer to a question that belongs to a doctor. No model and no cache sees it."""
    said = [asked.message, *(turn.content for turn in asked.history if turn.role == "user")]
    flag = safety.red_flag(*said)
    return flag and ChatResponse(response=flag.answer, context_used=False, source="rules", model=rules.NAME)


def _no_plan(reason: str, wanted: RecommendationRequest) -> WorkoutRecommendation:
    return WorkoutRecommendation(
        title="Please ask a professional first",
        description=reason,
        exercises=[],
        estimated_duration_minutes=0,
        difficulty=wanted.level or "beginner",
        tips=[],
        source="rules",
        model=rules.NAME,
    )


def _computed(draft: Recommendation, model: str) -> WorkoutRecommendation:
    """The draft with everything that can be computed, computed: what a model says of it is not believed."""
    exercises = [
        exercise.model_copy(update={"muscle_group": recognise(exercise.name).primary or exercise.muscle_group})
        for exercise in draft.exercises
    ]
    minutes = plan_minutes(draft.as_plan().exercises) if exercises else 0
    fields = draft.model_copy(update={"exercises": exercises, "estimated_duration_minutes": minutes}).model_dump()
    return WorkoutRecommendation(**fields, source=_source(model), model=model)


def _source(model: str) -> Source:
    """Rules, or a language model."""
    return "rules" if model == rules.NAME else "llm"
