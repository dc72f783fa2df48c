"""What happens to a question: red flags first, then an answer that is kept, then the models, then the rules."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any, TypeVar

from prometheus_client import Counter
from pydantic import BaseModel, ValidationError

from ai_coach import __version__
from ai_coach.coach import agents, questions, rules, safety
from ai_coach.coach.cache import Answer, Cache, key_of
from ai_coach.coach.context import ContextReader, digest
from ai_coach.coach.errors import NothingToAnalyze
from ai_coach.coach.models import Chain, Said
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

        async def make() -> Answer:
            said = await self.chain.ask(agents.chat, questions.chat(asked, routine), agents.Deps(), caller.key, until)
            return self._made(said, chat_response(said.answer, routine, said.model))

        return self.count("chat", await self._kept(ChatResponse, self.key("chat", asked, routine), make, until))

    async def recommend(self, wanted: RecommendationRequest, caller: Caller) -> WorkoutRecommendation:
        """Plan a session."""
        if (flag := safety.red_flag(*wanted.avoid, *wanted.equipment_available)) is not None:
            return self.count("recommend", _no_plan(flag.answer, wanted))
        until = monotonic() + self.deadline
        routine = await self.context.routine_or_none(caller)

        async def make() -> Answer:
            question, deps = questions.recommend(wanted, routine), agents.Deps(wanted.as_plan_request())
            said = await self.chain.ask(agents.recommend, question, deps, caller.key, until)
            return self._made(said, _computed(said.answer, said.model))

        key = self.key("recommend", wanted, routine)
        return self.count("recommend", await self._kept(WorkoutRecommendation, key, make, until))

    async def analyze(self, caller: Caller) -> ProgressAnalysis:
        """Analyse the caller's routine. Raises NothingToAnalyze, ApiUnreachable, NotAuthenticated."""
        until = monotonic() + self.deadline
        routine = await self.context.routine(caller)
        if not routine:
            raise NothingToAnalyze

        async def make() -> Answer:
            question = await asyncio.to_thread(questions.analyze, routine)  # a second for thousands of odd names
            said = await self.chain.ask(agents.analyze, question, agents.Deps(), caller.key, until)
            fields = said.answer.model_dump() | {"muscle_balance_score": routine_score(routine)}
            return self._made(said, ProgressAnalysis(**fields, source=_source(said.model), model=said.model))

        key = self.key("analyze", None, routine)
        return self.count("analyze", await self._kept(ProgressAnalysis, key, make, until))

    async def _kept(self, kind: type[R], key: str, make: Callable[[], Awaitable[Answer]], until: float) -> R:
        """The answer that is kept for `key`, or a new one."""
        found = await self.cache.make(key, make, until)
        if not found.was_kept:
            return kind.model_validate_json(found.body)
        return kept(kind, found.body) or kind.model_validate_json((await make()).body)

    def key(self, task: str, request: BaseModel | None, routine: Routine) -> str:
        """Everything that shapes an answer, and nothing of who asks: equal questions share one."""
        parts = {
            "task": task,
            "request": request.model_dump(mode="json") if request else None,
            "routine": digest(routine),
            "models": self.chain.names,
            "prompts": agents.VERSION,
            "version": __version__,  # the rules and the answers' fields are those of a version
        }
        return key_of(parts)

    async def keep(self, key: str, answer: ChatResponse, *, for_want_of_tokens: bool) -> None:
        """Keep an answer that was streamed."""
        await self.cache.keep(key, self._keepable(answer, answer.model, for_want_of_tokens=for_want_of_tokens))

    def _made(self, said: Said[Any], made: BaseModel) -> Answer:
        return self._keepable(made, said.model, for_want_of_tokens=said.for_want_of_tokens)

    def _keepable(self, made: BaseModel, model: str, *, for_want_of_tokens: bool) -> Answer:
        """Rules in a model's place must not outlive the trouble, nor may one caller's lack of tokens reach others."""
        stands_in = model == rules.NAME and bool(self.chain.candidates)
        return Answer(made.model_dump_json(), "none" if for_want_of_tokens else "short" if stands_in else "full")

    async def by_rules(self, asked: ChatRequest, routine: Routine) -> ChatResponse:
        """What the rules say, for want of anything better."""
        text = await self.chain.by_rules(questions.chat(asked, routine))
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
    said = [asked.message, *(turn.content for turn in reversed(asked.history) if turn.role == "user")]
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
