"""What happens to a question: red flags first, then an answer that is kept, then the models, then the rules."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic
from typing import TypeVar

from prometheus_client import Counter
from pydantic import BaseModel

from ai_coach.coach import agents, rules, safety
from ai_coach.coach.cache import Answer, Cache, key_of
from ai_coach.coach.context import ContextReader, digest
from ai_coach.coach.errors import NothingToAnalyze
from ai_coach.coach.models import Chain
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
from ai_coach.edge.errors import ApiUnreachable
from tracker_client import Unreachable
from training.model import Exercise
from training.plan import plan_minutes
from training.review import routine_score

log = logging.getLogger(__name__)
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
        if (answer := refer_out(asked)) is not None:
            return self.count("chat", answer)
        until = monotonic() + self.deadline
        routine = await self.context.routine_or_none(caller) if asked.include_workout_context else None

        async def make() -> ChatResponse:
            text, model = await self.chain.ask(
                agents.chat, agents.chat_prompt(asked, routine), agents.Deps(), caller.key, until
            )
            return ChatResponse(response=text, context_used=routine is not None, source=source(model), model=model)

        return self.count("chat", await self._kept(ChatResponse, self.key("chat", asked, routine), make))

    async def recommend(self, wanted: RecommendationRequest, caller: Caller) -> WorkoutRecommendation:
        """Plan a session."""
        until = monotonic() + self.deadline
        routine = await self.context.routine_or_none(caller)
        deps = agents.Deps(agents.as_request(wanted))

        async def make() -> WorkoutRecommendation:
            draft, model = await self.chain.ask(
                agents.recommend, agents.recommend_prompt(wanted, routine), deps, caller.key, until
            )
            return self._finished(draft, model)

        key = self.key("recommend", wanted, routine)
        return self.count("recommend", await self._kept(WorkoutRecommendation, key, make))

    @staticmethod
    def _finished(draft: Recommendation, model: str) -> WorkoutRecommendation:
        minutes = plan_minutes(agents.as_plan(draft).exercises)  # computed, never believed
        fields = draft.model_dump() | {"estimated_duration_minutes": minutes}
        return WorkoutRecommendation(**fields, source=source(model), model=model)

    async def analyze(self, caller: Caller) -> ProgressAnalysis:
        """Analyse the caller's routine. Raises NothingToAnalyze, ApiUnreachable, Refused."""
        until = monotonic() + self.deadline
        try:
            routine = await self.context.routine(caller)
        except Unreachable:
            raise ApiUnreachable from None
        if not routine:
            raise NothingToAnalyze

        async def make() -> ProgressAnalysis:
            draft, model = await self.chain.ask(
                agents.analyze, agents.analyze_prompt(routine), agents.Deps(), caller.key, until
            )
            fields = draft.model_dump() | {"muscle_balance_score": routine_score(routine)}
            return ProgressAnalysis(**fields, source=source(model), model=model)

        return self.count("analyze", await self._kept(ProgressAnalysis, self.key("analyze", None, routine), make))

    async def _kept(self, kind: type[R], key: str, make: Callable[[], Awaitable[R]]) -> R:
        """The answer that is kept for `key`, or a new one."""

        async def finish() -> Answer:
            return self._finished_answer(await make())

        body, was_kept = await self.cache.make(key, finish)
        answer = kind.model_validate_json(body)
        return answer.model_copy(update={"source": "cache"}) if was_kept else answer

    def key(self, task: str, request: BaseModel | None, routine: tuple[Exercise, ...] | None) -> str:
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
        await self.cache.keep(key, self._finished_answer(answer))

    def _finished_answer(self, made: ChatResponse | WorkoutRecommendation | ProgressAnalysis) -> Answer:
        return Answer(made.model_dump_json(), is_fallback=made.source == "rules" and bool(self.chain.candidates))

    async def by_rules(self, asked: ChatRequest, routine: tuple[Exercise, ...] | None) -> ChatResponse:
        """What the rules say, for want of anything better."""
        text = await self.chain.by_rules(agents.chat, agents.chat_prompt(asked, routine), agents.Deps())
        return ChatResponse(response=text, context_used=routine is not None, source="rules", model=rules.NAME)

    def count(self, task: str, answer: R) -> R:
        """For the metrics: who answered."""
        self.answered.labels(task, answer.source).inc()
        return answer


def source(model: str) -> Source:
    """Rules, or a language model."""
    return "rules" if model == rules.NAME else "llm"


def refer_out(asked: ChatRequest) -> ChatResponse | None:
    """The fixed answer to a question that belongs to a doctor. No model and no cache sees it."""
    said = [asked.message, *(turn.content for turn in asked.history if turn.role == "user")]
    if (flag := safety.red_flag(*said)) is None:
        return None
    log.info("Referred out", extra={"red_flag": flag.kind})
    return ChatResponse(response=flag.answer, context_used=False, source="rules", model=rules.NAME)
