"""Who is asked, in turn: the model of the settings, its substitutes, and at last the rules, which always answer."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic_ai import Agent, UsageLimits
from pydantic_ai.exceptions import ModelHTTPError, UnexpectedModelBehavior, UserError
from pydantic_ai.models import Model, infer_model
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import RunUsage

from ai_coach.coach import agents, rules
from ai_coach.coach.breaker import Breaker
from ai_coach.coach.budget import Budget, Reserved
from ai_coach.coach.insights import Insights
from ai_coach.coach.metering import Meters, Run, likely_tokens
from ai_coach.coach.questions import Question
from ai_coach.settings import DEFAULT_MODEL, CoachSettings

log = logging.getLogger(__name__)
T = TypeVar("T")

LEAST_SECONDS = 0.5  # with less time left no model is asked any more
RULES_SECONDS = 0.3  # what the rules may need at the end
NO_ENTRY = (401, 403)  # the key is wrong: asking again changes nothing
MAX_REQUESTS = 2  # a question, and once more if the answer breaks a rule


class ModelFailed(Exception):
    """A model gave no answer that may be shown. It is logged, counted, and told to its breaker already."""


class OverBudget(ModelFailed):
    """It was not even asked: the day's tokens are used up."""


class Said(NamedTuple, Generic[T]):
    """An answer, and whose it is. `for_want_of_tokens`: only because the caller has none left; others may have."""

    answer: T
    model: str
    for_want_of_tokens: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A language model that can be asked."""

    name: str
    model: Model
    breaker: Breaker


def usable(name: str) -> Model | None:
    """The model of that name, or None without its key or package; the rules need neither."""
    if name == rules.NAME:
        return None
    try:
        return infer_model(name)
    except (UserError, ImportError) as error:
        reason = str(error).splitlines()[0].split(" or pass ")[0]  # what follows is for programmers
        level = logging.INFO if name == DEFAULT_MODEL else logging.WARNING  # whoever names one wants it
        log.log(level, "Going without %s, rules answer: %s", name, reason)
        return None


class Chain:
    """All who can be asked. Where that is nobody but the rules, it is by choice, and no failure."""

    def __init__(self, settings: CoachSettings, budget: Budget, meters: Meters, insights: Insights) -> None:
        self._settings = settings
        self._budget = budget
        self._meters = meters
        self._insights = insights
        self._paying: set[asyncio.Task[None]] = set()
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
            await asyncio.gather(*self._paying, return_exceptions=True)

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
    ) -> Said[T]:
        """`until` is the deadline on the monotonic clock."""
        words = await self._words(question)
        over_budget = False
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
                return Said(result.output, candidate.name)
            except ModelFailed as failed:
                over_budget |= isinstance(failed, OverBudget)
        answer: T = await self.by_rules(question)
        return Said(answer, rules.NAME, over_budget)

    async def _words(self, question: Question) -> str:
        """For the models, which alone are told the insights; nothing where there are none."""
        return question.for_model(await self._insights.of(question.shown)) if self.candidates else ""

    async def by_rules(self, question: Question) -> Any:
        """What the rules say, of the type of the question's agent; its machinery would take longer than they do."""
        # In a thread: a routine of thousands of odd names takes a second, and others are waiting.
        return await asyncio.to_thread(rules.answer, question)

    async def stream(self, question: Question, caller: str, until: float) -> AsyncGenerator[Said[str], None]:
        """A chat answer in pieces. Where a model fails the next one begins anew."""
        words = await self._words(question)
        over_budget = False
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
                        run.received += len(piece)
                        yield Said(piece, candidate.name)
                return
            except ModelFailed as failed:
                over_budget |= isinstance(failed, OverBudget)
        text: str = await self.by_rules(question)
        for word in text.split(" "):
            yield Said(f"{word} ", rules.NAME, over_budget)

    @asynccontextmanager
    async def _run(self, candidate: Candidate, words: str, caller: str, until: float) -> AsyncIterator["Run"]:
        """One run of one model: within budget and time, watched by its breaker, paid for in the end.

        Raises ModelFailed for whatever goes wrong with the model, even where it is only to be passed over.
        """
        left = until - monotonic() - RULES_SECONDS
        if left < LEAST_SECONDS:
            self._meters.runs.labels(candidate.name, "no_time").inc()
            raise ModelFailed("no time is left")
        likely = likely_tokens(words)
        reserved = await self._budget.reserve(caller, likely + self._settings.max_tokens)
        if reserved is None:
            self._meters.runs.labels(candidate.name, "over_budget").inc()
            raise OverBudget("the day's budget is used up")
        run = Run(RunUsage(), self._model_settings(left))
        try:
            if not candidate.breaker.allows():
                self._meters.runs.labels(candidate.name, "left_alone").inc()
                raise ModelFailed("it is being left alone")
            async with self._watched(candidate, is_fair=left >= self._settings.deadline / 2), asyncio.timeout(left):
                yield run
        except (GeneratorExit, asyncio.CancelledError):
            run.was_left = True
            raise
        finally:
            self._meters.cost.labels(candidate.name).inc(float(run.usage.cost or 0))
            await asyncio.shield(self._pay(candidate, reserved, *run.tokens(likely)))

    def _pay(self, candidate: Candidate, reserved: Reserved, taken: int, given: int) -> asyncio.Task[None]:
        """In a task of its own: whoever is cancelled has no time left, and would otherwise keep what was set aside."""
        self._meters.tokens.labels(candidate.name, "input").inc(taken)
        self._meters.tokens.labels(candidate.name, "output").inc(given)
        paying = asyncio.create_task(self._budget.settle(reserved, taken + given))
        self._paying.add(paying)
        paying.add_done_callback(self._paying.discard)
        return paying

    @asynccontextmanager
    async def _watched(self, candidate: Candidate, *, is_fair: bool) -> AsyncIterator[None]:
        """`is_fair`: it has a good part of the time that a question may take, so being late is its own fault."""
        began, outcome = monotonic(), "cancelled"  # whoever asked has left: nobody's failure
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
            if is_fair or not isinstance(error, TimeoutError):
                candidate.breaker.failed(for_good=isinstance(error, ModelHTTPError) and error.status_code in NO_ENTRY)
            log.warning("%s failed", candidate.name, extra={"error": f"{outcome}: {str(error)[:300]}"})
            raise ModelFailed from error
        finally:
            self._meters.seconds.labels(candidate.name).observe(monotonic() - began)
            self._meters.runs.labels(candidate.name, outcome).inc()

    def _model_settings(self, left: float) -> ModelSettings:
        return ModelSettings(
            temperature=self._settings.temperature,
            max_tokens=self._settings.max_tokens,
            timeout=left,
            max_retries=0,  # the chain and its breakers are the one owner of retries
        )
