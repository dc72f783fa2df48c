"""What a script decides: the content of an answer, and the manner in which it is delivered."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal, TypedDict, Unpack

import orjson

from fake_llm.prompt import Prompt, ToolCall

ANSWERED = "answered"
CHARACTERS_A_TOKEN = 4

Stop = Literal["end", "length", "refusal"]


@dataclass(frozen=True, slots=True)
class Manner:
    """How the bytes of an answer travel. Times are in seconds, counts in events of a stream."""

    delay: float = 0.0  # before the first byte
    pace: float = 0.0  # between events
    drip: float = 0.0  # between bytes
    cut_after: int | None = None  # events, then the connection is closed
    fail_after: int | None = None  # events, then the protocol's error event ends the stream
    hang: bool = False  # no byte, ever
    drop: bool = False  # no byte, and the connection is closed
    garble: bool = False  # JSON that ends too early


class MannerChanges(TypedDict, total=False):
    """Manner's fields, for keyword arguments."""

    delay: float
    pace: float
    drip: float
    cut_after: int
    fail_after: int
    hang: bool
    drop: bool
    garble: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of text, of tool calls or of both; or, from status 400 on, an error whose message is the text."""

    text: str = ""
    calls: tuple[ToolCall, ...] = ()
    stop: Stop = "end"
    status: int = 200
    retry_after: float | None = None
    final: bool = True  # False: a tool is called to know more before answering
    outcome: str = ANSWERED
    notes: tuple[str, ...] = ()
    manner: Manner = Manner()

    def delivered(self, outcome: str | None = None, **changes: Unpack[MannerChanges]) -> "Reply":
        """The same content in another manner."""
        return replace(self, manner=replace(self.manner, **changes), outcome=outcome or self.outcome)


Script = Callable[[Prompt], Reply]


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the wire reports them."""

    input: int = 0
    output: int = 0


def measure(prompt: Prompt, reply: Reply) -> Usage:
    """A token is four characters, begun ones included: the same request and answer always cost the same."""
    asked = [prompt.system, *(message.text for message in prompt.messages)]
    asked += [call_text(call) for message in prompt.messages for call in message.calls]
    asked += [tool.name + tool.description + encode(tool.schema) for tool in prompt.tools]
    if prompt.native_schema is not None:
        asked.append(encode(prompt.native_schema))
    said = [reply.text, *(call_text(call) for call in reply.calls)]
    return Usage(tokens("".join(asked)), tokens("".join(said)))


def tokens(text: str) -> int:
    """Never 0: real providers count the marks that frame even an empty text."""
    return max(1, -(-len(text) // CHARACTERS_A_TOKEN))


def call_text(call: ToolCall) -> str:
    """A call as the model would have written it."""
    return call.name + argument_text(call)


def argument_text(call: ToolCall) -> str:
    """The arguments as JSON, or as the broken JSON that they are."""
    return call.arguments if isinstance(call.arguments, str) else encode(call.arguments)


def encode(value: Any) -> str:
    """Compact JSON."""
    return orjson.dumps(value).decode()
