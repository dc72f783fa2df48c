"""Each protocol, from the real SDK to the fake and back: text, structure, tools, usage."""

from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field
from pydantic_ai import Agent, NativeOutput, PromptedOutput, ToolOutput
from pydantic_ai.models import Model
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import RunUsage

from fake_llm import Call, FakeProvider, Fixed, Valid, measure

SYSTEM = "You are a careful coach."


class Exercise(BaseModel):
    """A line of the plan."""

    name: str = Field(min_length=1, max_length=60)
    sets: int = Field(ge=1, le=10)
    reps: int | None = None
    kind: Literal["push", "pull"] = "push"


class Plan(BaseModel):
    """What the agent is to answer."""

    title: str = Field(max_length=120)
    exercises: list[Exercise] = Field(min_length=1, max_length=5)


def assert_metered(fake: FakeProvider, usage: RunUsage) -> None:
    """What the client was told is what the journal says, and it is something."""
    entries = fake.journal
    assert usage.requests == len(entries)
    assert usage.input_tokens == sum(entry.input_tokens for entry in entries) > 0
    assert usage.output_tokens == sum(entry.output_tokens for entry in entries) > 0


async def test_text(fake: FakeProvider, model: Model, protocol: str, ask: Any, stream: bool) -> None:
    fake.script = Fixed("Three sets of eight, then rest. ¡Ánimo! 💪")
    output, usage = await ask(Agent(model, instructions=SYSTEM), stream=stream)
    assert output == "Three sets of eight, then rest. ¡Ánimo! 💪"
    assert_metered(fake, usage)
    [entry] = fake.journal
    assert (entry.protocol, entry.outcome, entry.status, entry.streamed) == (protocol, "answered", 200, stream)


async def test_text_arrives_in_pieces(fake: FakeProvider, model: Model) -> None:
    text = "One word after the other, as they come. " * 3
    fake.script = Fixed(text.strip())
    async with Agent(model).run_stream("Go") as streamed:
        pieces = [piece async for piece in streamed.stream_text(delta=True, debounce_by=None)]
    assert "".join(pieces) == text.strip()
    assert len(pieces) >= 5


@pytest.mark.parametrize("wrapped", [ToolOutput, NativeOutput, PromptedOutput])
async def test_structure(fake: FakeProvider, model: Model, ask: Any, stream: bool, wrapped: Any) -> None:
    for seed in range(3):
        fake.clear()
        fake.script = Valid(seed)
        output, usage = await ask(Agent(model, output_type=wrapped(Plan), instructions=SYSTEM), stream=stream)
        assert isinstance(output, Plan)
        assert_metered(fake, usage)


async def test_a_given_structure(fake: FakeProvider, model: Model, ask: Any, stream: bool) -> None:
    answer = {"title": "Push 💪", "exercises": [{"name": "Dip", "sets": 3, "reps": 8, "kind": "push"}]}
    fake.script = Fixed(answer)
    for output_type in (Plan, NativeOutput(Plan)):
        output, _ = await ask(Agent[None, Any](model, output_type=output_type), stream=stream)
        assert output.model_dump() == answer


async def test_tool_round_trip(fake: FakeProvider, model: Model, ask: Any, stream: bool) -> None:
    asked: list[int] = []
    agent = Agent(model, output_type=Plan, instructions=SYSTEM)

    @agent.tool_plain
    def history(weeks: int) -> str:
        asked.append(weeks)
        return "Squats on Monday."

    fake.script = Call("history", {"weeks": 4}, then=Valid(5))
    output, usage = await ask(agent, stream=stream)
    assert isinstance(output, Plan)
    assert asked == [4]
    assert_metered(fake, usage)
    first, second = fake.journal
    assert "Squats on Monday." not in str(first.body)
    assert "Squats on Monday." in str(second.body)


async def test_all_tools_are_called_with_valid_arguments(fake: FakeProvider, model: Model, ask: Any) -> None:
    agent = Agent(model, instructions=SYSTEM)
    called: list[Any] = []

    @agent.tool_plain
    def history(weeks: int, kind: Literal["push", "pull"]) -> str:
        called.append((weeks, kind))
        return "Squats."

    @agent.tool_plain
    def load(exercise: Exercise) -> float:
        called.append(exercise)
        return 60.5

    fake.script = Valid(1, call_tools=True, text="Done.")
    output, usage = await ask(agent)
    assert output == "Done."
    assert len(called) == len(fake.journal) == 2  # both calls in one answer
    assert_metered(fake, usage)


async def test_a_conversation_goes_on(fake: FakeProvider, model: Model) -> None:
    agent = Agent(model, output_type=Plan, instructions=SYSTEM)
    first = await agent.run("Plan")
    second = await agent.run("Once more", message_history=first.all_messages())
    assert isinstance(second.output, Plan)
    assert [entry.outcome for entry in fake.journal] == ["answered", "answered"]


async def test_the_prompt_is_the_same_in_every_protocol(fake: FakeProvider, make_model: Any, ask: Any) -> None:
    seen = []

    def script(prompt: Any) -> Any:
        seen.append(prompt)
        return Fixed("Yes.")(prompt)

    fake.script = script
    for protocol in ("anthropic", "openai-chat", "openai-responses"):
        agent = Agent(make_model(protocol), instructions=SYSTEM)

        @agent.tool_plain
        def history(weeks: int) -> str:
            """Give what was done."""
            return str(weeks)

        await ask(agent, "What now?")
    for prompt in seen:
        assert prompt.system == SYSTEM
        assert prompt.supplied == ("What now?",)
        assert [(tool.name, tool.description) for tool in prompt.tools] == [("history", "Give what was done.")]
        assert prompt.tools[0].schema["properties"] == {"weeks": {"type": "integer"}}
        assert prompt.tool_choice == "auto"


async def test_usage_is_a_function_of_request_and_answer(fake: FakeProvider, model: Model) -> None:
    kept: list[Any] = []

    def script(prompt: Any) -> Any:
        kept.append((prompt, Fixed("x" * 41)(prompt)))
        return kept[-1][1]

    fake.script = script
    result = await Agent(model).run("y" * 79, model_settings=ModelSettings(max_tokens=512))
    assert (result.usage.input_tokens, result.usage.output_tokens) == (20, 11)
    assert (measure(*kept[0]).input, measure(*kept[0]).output) == (20, 11)
