"""What a request asks, in words that all three protocols share. Scripts see this and nothing of the wire."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

Schema = dict[str, Any]
ProtocolName = Literal["anthropic", "openai-chat", "openai-responses"]
Role = Literal["user", "assistant", "tool"]
ToolChoice = Literal["auto", "any", "none"]

OUTPUT_TOOL = "final_result"  # how pydantic-ai names, or begins to name, the tool that takes the structured answer


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that the model may call."""

    name: str
    schema: Schema
    description: str = ""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call. Arguments are a string only where they are meant to be no JSON."""

    name: str
    arguments: dict[str, Any] | str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of the conversation; `answers` is the id of the call that a tool's message is the result of."""

    role: Role
    text: str = ""
    calls: tuple[ToolCall, ...] = ()
    answers: str = ""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One request to the model."""

    protocol: ProtocolName
    model: str
    system: str
    messages: tuple[Message, ...]
    tools: tuple[Tool, ...] = ()
    tool_choice: ToolChoice = "auto"
    forced_tool: str | None = None
    native_schema: Schema | None = None
    stream: bool = False

    @property
    def supplied(self) -> tuple[str, ...]:
        """Every text that is data, not instructions: what users wrote and what tools returned."""
        return tuple(message.text for message in self.messages if message.role != "assistant" and message.text)

    @property
    def called(self) -> frozenset[str]:
        """Names of the tools that were called since the user last spoke."""
        names: set[str] = set()
        for message in self.messages:
            names = set() if message.role == "user" else names | {call.name for call in message.calls}
        return frozenset(names)

    @property
    def output_schema(self) -> Schema | None:
        """The schema of an answer that is to be JSON text, asked for by the protocol or by the system text."""
        return self.native_schema if self.native_schema is not None else schema_within(self.system)

    def function_tools(self, output_tool: str = OUTPUT_TOOL) -> tuple[Tool, ...]:
        """The tools that do something, as opposed to taking the answer."""
        return tuple(tool for tool in self.tools if not tool.name.startswith(output_tool))

    def answer_tool(self, output_tool: str = OUTPUT_TOOL) -> Tool | None:
        """The tool that has to be called with the answer, if there is one."""
        if self.tool_choice == "none":
            return None
        if self.forced_tool is not None:
            return next((tool for tool in self.tools if tool.name == self.forced_tool), None)
        output = next((tool for tool in self.tools if tool.name.startswith(output_tool)), None)
        return output or (self.tools[0] if self.tools and self.tool_choice == "any" else None)


def schema_within(text: str) -> Schema | None:
    """The JSON schema that stands on a line of its own in `text`: "answer with JSON that fits this schema"."""
    for line in text.splitlines():
        if line.startswith("{") and '"properties"' in line:
            try:
                found = json.loads(line)
            except ValueError:
                continue
            if isinstance(found, dict):
                return found
    return None


def merged(messages: Iterable[Message]) -> tuple[Message, ...]:
    """Consecutive messages of the assistant as one: the Responses protocol sends each call as an item of its own."""
    result: list[Message] = []
    for message in messages:
        if result and result[-1].role == message.role == "assistant":
            last = result.pop()
            text = "\n".join(filter(None, (last.text, message.text)))
            message = replace(last, text=text, calls=last.calls + message.calls)
        result.append(message)
    return tuple(result)


def unpaired(messages: Iterable[Message]) -> str | None:
    """What is wrong when a tool's result has no call, or a call no result. Real providers refuse both."""
    waiting: set[str] = set()
    for message in messages:
        if message.role == "tool":
            if message.answers not in waiting:
                return f"the result of tool call {message.answers!r} follows no such call"
            waiting.discard(message.answers)
        elif waiting:
            break
        waiting |= {call.id for call in message.calls}
    return f"tool calls without a result: {', '.join(sorted(waiting))}" if waiting else None
