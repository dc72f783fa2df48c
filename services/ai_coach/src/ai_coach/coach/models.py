"""Who is asked, in turn: the model of the settings, its substitutes, and at last the rules, which always answer."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from time import monotonic
from typing import TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge
from pydantic_ai import Agent, UsageLimits
from pydantic_ai.exceptions import UnexpectedModelBehavior, UserError
from pydantic_ai.models import Model, infer_model
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import RunUsage

from ai_coach.coach import agents, rules
from ai_coach.coach.breaker import Breaker
from ai_coach.coach.budget import Budget
from ai_coach.coach.questions import Question
from ai_coach.settings import CoachSettings

log = logging.getLogger(__name__)
T = TypeVar("T")

LEAST_SECONDS = 0.5  # with less time left no model is asked any more
RULES_SECONDS = 0.3  # what the rules may need at the end
MAX_REQUESTS = 2  # a question, and once more if the answer breaks a rule
CHARACTERS_PER_TOKEN = 3  # few, so that what a question is taken to cost beforehand is rather too much
INSTRUCTION_TOKENS = 1500  # ours, and the schema of the answer


class ModelFailed(Exception):
    """A model gave no answer that may be shown. It is logged, counted, and told to its breaker already."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A language model that can be asked."""

    name: str
    model: Model
    breaker: Breaker


class Meters:
    """What models cost and how they fared, as metrics."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.tokens = Counter(
            "coach_llm_tokens_total", "Tokens of language models", ("model", "direction"), registry=registry
        )
        self.runs = Counter(
            "coach_llm_runs_total", "Questions to language models", ("model", "outcome"), registry=registry
        )
        self.breakers = Gauge("coach_llm_breaker_open", "1 while a model is left alone", ("model",), registry=registry)


def usable(name: str) -> Model | None:
    """The model of that name, or None without its key or package; the rules need neither."""
    if name == rules.NAME:
        return None
    try:
        return infer_model(name)
    except (UserError, ImportError) as error:
        reason = str(error).splitlines()[0].split(" or pass ")[0]  # what follows is for programmers
        log.info("Going without %s: %s", name, reason)
        return None


class Chain:
    """All who can be asked. Where that is nobody but the rules, it is by choice, and no failure."""

    def __init__(self, settings: CoachSettings, budget: Budget, meters: Meters) -> None:
        self._settings = settings
        self._budget = budget
        self._meters = meters
        self._rules = rules.RuleModel()
        self.candidates = [
            Candidate(name, model, Breaker(settings.breaker_failures, settings.breaker_seconds))
            for name in dict.fromkeys((settings.model, *settings.fallback_models))
            if (model := usable(name)) is not None
        ]
        for candidate in self.candidates:
            gauge = meters.breakers.labels(candidate.name)
            gauge.set_function(lambda breaker=candidate.breaker: float(breaker.is_open))  # type: ignore[misc]

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Keeps the connections to the vendors, and closes them in the end."""
        async with AsyncExitStack() as stack:
            for candidate in self.candidates:
                await stack.enter_async_context(candidate.model)
            yield

    @property
    def names(self) -> list[str]:
        """Everybody in turn, for the cache's key."""
        return [*(candidate.name for candidate in self.candidates), rules.NAME]

    @property
    def answering(self) -> str:
        """Who answers at the moment."""
        return next((c.name for c in self.candidates if not c.breaker.is_open), rules.NAME)

    @property
    def is_degraded(self) -> bool:
        """Is a model being left alone?"""
        return any(candidate.breaker.is_open for candidate in self.candidates)

    async def ask(
        self, agent: Agent[agents.Deps, T], question: Question, deps: agents.Deps, caller: str, until: float
    ) -> tuple[T, str]:
        """(the answer, whose it is). `until` is the deadline on the monotonic clock."""
        words = question.for_model() if self.candidates else ""
        for candidate in self.candidates:
            try:
                async with self._run(candidate, words, caller, until) as run:
                    result = await agent.run(
                        words,
                        deps=deps,
                        model=candidate.model,
                        model_settings=run.settings,
                        usage=run.usage,
                        usage_limits=UsageLimits(request_limit=MAX_REQUESTS),
                    )
                return result.output, candidate.name
            except ModelFailed:
                continue
        return await self.by_rules(agent, question, deps), rules.NAME

    async def by_rules(self, agent: Agent[agents.Deps, T], question: Question, deps: agents.Deps) -> T:
        """What the rules say."""
        return (await agent.run(question.for_rules(), deps=replace(deps, by_rules=True), model=self._rules)).output

    async def stream(self, question: Question, caller: str, until: float) -> AsyncGenerator[tuple[str, str], None]:
        """(a piece of a chat answer, whose it is). Where a model fails the next one begins anew."""
        words = question.for_model() if self.candidates else ""
        for candidate in self.candidates:
            try:
                async with (
                    self._run(candidate, words, caller, until) as run,
                    agents.chat.run_stream(
                        words,
                        deps=agents.Deps(),
                        model=candidate.model,
                        model_settings=run.settings,
                        usage=run.usage,
                        usage_limits=UsageLimits(request_limit=1),
                    ) as streamed,
                ):
                    async for piece in streamed.stream_text(delta=True, debounce_by=None):
                        yield piece, candidate.name
                return
            except ModelFailed:
                continue
        deps = agents.Deps(by_rules=True)
        async with agents.chat.run_stream(question.for_rules(), deps=deps, model=self._rules) as streamed:
            async for piece in streamed.stream_text(delta=True, debounce_by=None):
                yield piece, rules.NAME

    @asynccontextmanager
    async def _run(self, candidate: Candidate, words: str, caller: str, until: float) -> AsyncIterator["Run"]:
        """One run of one model: within budget and time, watched by its breaker, paid for in the end.

        Raises ModelFailed for whatever goes wrong with the model, even where it is only to be passed over.
        """
        left = until - monotonic() - RULES_SECONDS
        if left < LEAST_SECONDS:
            raise ModelFailed("no time is left")
        likely = INSTRUCTION_TOKENS + len(words) // CHARACTERS_PER_TOKEN + self._settings.max_tokens
        reserved = await self._budget.reserve(caller, likely)
        if reserved is None:
            self._meters.runs.labels(candidate.name, "over_budget").inc()
            raise ModelFailed("the day's budget is used up")
        run = Run(RunUsage(), self._model_settings(left))
        try:
            if not candidate.breaker.allows():
                raise ModelFailed("it is being left alone")
            async with self._watched(candidate), asyncio.timeout(left):
                yield run
        finally:
            self._meters.tokens.labels(candidate.name, "input").inc(run.usage.input_tokens)
            self._meters.tokens.labels(candidate.name, "output").inc(run.usage.output_tokens)
            await self._budget.settle(reserved, run.usage.total_tokens)

    @asynccontextmanager
    async def _watched(self, candidate: Candidate) -> AsyncIterator[None]:
        outcome = "cancelled"  # whoever asked has left: nobody's failure
        try:
            yield
            outcome = "answered"
            candidate.breaker.succeeded()
        except UnexpectedModelBehavior as error:
            # It is there, but what it says may not be shown: the next question may fare better.
            outcome = "unusable"
            log.warning("%s gave no usable answer", candidate.name, extra={"error": str(error)[:300]})
            raise ModelFailed from error
        except Exception as error:  # whatever an SDK raises: the person gets an answer
            outcome = type(error).__name__
            candidate.breaker.failed()
            log.warning("%s failed", candidate.name, extra={"error": f"{outcome}: {str(error)[:300]}"})
            raise ModelFailed from error
        finally:
            self._meters.runs.labels(candidate.name, outcome).inc()

    def _model_settings(self, left: float) -> ModelSettings:
        return ModelSettings(
            temperature=self._settings.temperature,
            max_tokens=self._settings.max_tokens,
            timeout=left,
            max_retries=0,  # the chain and its breakers are the one owner of retries
        )


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a model: what it may, and what it used."""

    usage: RunUsage
    settings: ModelSettings
