"""The rule coach: a Pydantic AI model that thinks in rules. Deterministic, instant, and always there."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from pydantic_ai import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    ModelResponsePart,
    TextPart,
    ToolCallPart,
    UserPromptPart,
)
from pydantic_ai.messages import ModelResponseStreamEvent
from pydantic_ai.models import Model, ModelRequestParameters, StreamedResponse
from pydantic_ai.profiles import ModelProfile
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import RequestUsage

from ai_coach.coach import questions
from ai_coach.coach.conversation import reply
from ai_coach.coach.schemas import RecommendationRequest
from ai_coach.coach.talk.words import Turn
from training.model import Exercise
from training.plan import plan_session
from training.review import review

NAME = "rules"


def answer(prompt: str, output_tool: str | None) -> ModelResponsePart:
    """What the rules say to a question of `questions`: a text, or the arguments of the output tool."""
    data: dict[str, Any] = questions.read(prompt)
    routine = None if data["routine"] is None else tuple(Exercise(**e) for e in data["routine"])
    if data["task"] == "chat":
        history = [Turn(**turn) for turn in data["history"]]
        return TextPart(_without_tags(reply(data["message"], routine, history)))
    assert output_tool is not None
    made = _plan(data["request"], routine) if data["task"] == "recommend" else _analysis(routine or ())
    return ToolCallPart(output_tool, {name: _without_tags(value) for name, value in made.items()})


def _without_tags(value: Any) -> Any:
    """Names of exercises and things are repeated as somebody wrote them: nothing in them may look like HTML."""
    if isinstance(value, str):
        return value.replace("<", "‹").replace(">", "›")
    return [_without_tags(item) for item in value] if isinstance(value, list) else value


def _plan(request: dict[str, Any], routine: Sequence[Exercise] | None) -> dict[str, object]:
    wanted = RecommendationRequest.model_validate(request).as_plan_request()
    plan = plan_session(wanted, routine or ())
    return {
        "title": plan.title,
        "description": plan.description,
        "exercises": [asdict(exercise) for exercise in plan.exercises],
        "estimated_duration_minutes": plan.minutes,
        "difficulty": plan.difficulty,
        "tips": list(plan.tips),
    }


def _analysis(routine: Sequence[Exercise]) -> dict[str, object]:
    found = review(routine)
    return {
        "summary": found.summary,
        "strengths": list(found.strengths),
        "areas_to_improve": list(found.areas_to_improve),
        "recommendations": list(found.recommendations),
        "muscle_balance_score": found.balance_score,
    }


def _prompt(messages: Sequence[ModelMessage]) -> str:
    for message in messages:
        for part in message.parts if isinstance(message, ModelRequest) else ():
            if isinstance(part, UserPromptPart) and isinstance(part.content, str):
                return part.content
    raise ValueError("There is no question")


class RuleModel(Model):
    """Answers what the coach's agents ask. Uses no tokens, so that metering stays honest."""

    def __init__(self) -> None:
        super().__init__(profile=ModelProfile(supports_json_schema_output=False))

    @property
    def model_name(self) -> str:
        """What `model` says in an answer."""
        return NAME

    @property
    def system(self) -> str:
        """The provider, for traces."""
        return "offline"

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """One answer."""
        # In a thread: a routine of thousands of odd names takes a second, and others are waiting.
        part = await asyncio.to_thread(_answer, messages, model_request_parameters)
        return ModelResponse(parts=[part], model_name=NAME, usage=RequestUsage())

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: Any = None,
    ) -> AsyncIterator[StreamedResponse]:
        """The same answer, word by word."""
        part = await asyncio.to_thread(_answer, messages, model_request_parameters)
        yield RuleStream(model_request_parameters, part=part)


def _answer(messages: list[ModelMessage], parameters: ModelRequestParameters) -> ModelResponsePart:
    tools = parameters.output_tools
    return answer(_prompt(messages), tools[0].name if tools else None)


@dataclass
class RuleStream(StreamedResponse):
    """An answer in pieces."""

    part: ModelResponsePart = field(kw_only=True)
    _timestamp: datetime = field(default_factory=lambda: datetime.now(UTC), kw_only=True)

    async def _get_event_iterator(self) -> AsyncIterator[ModelResponseStreamEvent]:
        if isinstance(self.part, TextPart):
            for word in self.part.content.split(" "):
                for event in self._parts_manager.handle_text_delta(vendor_part_id="text", content=f"{word} "):
                    yield event
        else:
            yield self._parts_manager.handle_part(vendor_part_id=0, part=self.part)

    @property
    def model_name(self) -> str:
        """As the model's."""
        return NAME

    @property
    def provider_name(self) -> str:
        """As the model's `system`."""
        return "offline"

    @property
    def provider_url(self) -> None:
        """There is none."""

    @property
    def timestamp(self) -> datetime:
        """When the answer began."""
        return self._timestamp
