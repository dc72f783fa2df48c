"""Scripts that answer: something fixed, something random that fits the schema, something changed."""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import orjson

from fake_llm.instances import FreeText, Instances
from fake_llm.prompt import OUTPUT_TOOL, Prompt, Schema, ToolCall
from fake_llm.reply import Reply, Script, encode
from fake_llm.strings import words

Fill = Callable[[Schema], Any]
Change = Callable[[Any, Prompt], Any]


def address(prompt: Prompt, fill: Fill, text: str, output_tool: str = OUTPUT_TOOL) -> Reply:
    """The answer where the request wants it: in the output tool, as JSON text, or else as `text`.

    `fill` is given the schema and returns the instance.
    """
    if tool := prompt.answer_tool(output_tool):
        return Reply(calls=(ToolCall(tool.name, fill(tool.schema)),))
    if (schema := prompt.output_schema) is not None:
        return Reply(text=encode(fill(schema)))
    return Reply(text=text)


def changed(reply: Reply, change: Callable[[Any], Any]) -> Reply:
    """`reply` with its answer changed, be it arguments, JSON text or plain text. Calls on the way stay as they are."""
    if not reply.final or reply.status >= 400:
        return reply
    if reply.calls:
        return replace(reply, calls=tuple(replace(call, arguments=change(call.arguments)) for call in reply.calls))
    if (found := _object(reply.text)) is None:
        return replace(reply, text=str(change(reply.text)))
    return replace(reply, text=encode(change(found)))


def _object(text: str) -> dict[str, Any] | None:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def seeded(seed: int, prompt: Prompt) -> Random:
    """The same request gets the same answer, whatever else is asked at the time."""
    parts = [prompt.system, *(f"{message.role}:{message.text}" for message in prompt.messages)]
    return Random("\n".join([str(seed), *parts]))


class Fixed:
    """Always the same: a text, or the arguments of the output tool (JSON text where the request wants that)."""

    def __init__(self, answer: str | dict[str, Any], *, output_tool: str = OUTPUT_TOOL) -> None:
        self._answer = answer
        self._output_tool = output_tool

    def __call__(self, prompt: Prompt) -> Reply:
        if isinstance(answer := self._answer, str):
            return Reply(text=answer)
        return address(prompt, lambda schema: answer, encode(answer), self._output_tool)


class Call:
    """Calls a tool, by name, unless it was called since the user last spoke; afterwards `then` answers."""

    def __init__(self, tool: str, arguments: dict[str, Any], then: Script | None = None) -> None:
        self._call = ToolCall(tool, arguments)
        self._then = then or Valid()

    def __call__(self, prompt: Prompt) -> Reply:
        if self._call.name in prompt.called:
            return self._then(prompt)
        return Reply(calls=(self._call,), final=False)


class Valid:
    """A random instance of the schema that the request carries, or `text`. `call_tools` calls all others first."""

    def __init__(
        self, seed: int = 0, *, text: str | None = None, call_tools: bool = False, output_tool: str = OUTPUT_TOOL
    ) -> None:
        self._seed = seed
        self._text = text
        self._call_tools = call_tools
        self._output_tool = output_tool

    def __call__(self, prompt: Prompt) -> Reply:
        rng = seeded(self._seed, prompt)
        if self._call_tools and (calls := tool_calls(prompt, rng, self._output_tool)):
            return Reply(calls=calls, final=False)
        return self.answer(prompt, rng)

    def answer(self, prompt: Prompt, rng: Random, free_text: FreeText | None = None) -> Reply:
        """The answer itself; `free_text` says what stands in strings that may be anything."""
        text = words(rng, 40, 80).capitalize() + "." if self._text is None else self._text
        return address(prompt, lambda schema: Instances(schema, rng, free_text).make(), text, self._output_tool)


def tool_calls(prompt: Prompt, rng: Random, output_tool: str) -> tuple[ToolCall, ...]:
    """A call, with valid arguments, of every tool that was not called since the user last spoke."""
    waiting = [tool for tool in prompt.function_tools(output_tool) if tool.name not in prompt.called]
    if prompt.tool_choice == "none" or prompt.forced_tool is not None:
        return ()
    return tuple(ToolCall(tool.name, Instances(tool.schema, rng).make()) for tool in waiting)


class Mutated:
    """A valid answer, changed: `change(instance, prompt)` gets arguments or parsed JSON (or plain text) and returns it.

    For answers that fit the schema and are wrong all the same.
    """

    def __init__(self, change: Change, inner: Script | None = None, *, outcome: str = "mutated") -> None:
        self._change = change
        self._inner = inner or Valid()
        self._outcome = outcome

    def __call__(self, prompt: Prompt) -> Reply:
        reply = self._inner(prompt)
        if not reply.final:
            return reply
        return replace(changed(reply, lambda found: self._change(found, prompt)), outcome=self._outcome)
