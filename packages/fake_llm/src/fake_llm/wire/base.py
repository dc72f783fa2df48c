"""What the protocols have in common: what a module of this package must offer, and the form of an event stream."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from fake_llm.prompt import Prompt, ProtocolName
from fake_llm.reply import Reply, Usage

_DELTAS = 100  # about as many pieces, at most, does a long text arrive in
_DELTA_CHARACTERS = 16  # and a short text in pieces of this size


@dataclass(frozen=True, slots=True)
class Turn:
    """A request and the reply to it. `number` makes the ids, `body` is what some protocols repeat in the answer."""

    number: int
    prompt: Prompt
    reply: Reply
    usage: Usage
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """A piece of an answer, and the usage that a client has been told of once it has this piece."""

    data: bytes
    usage: Usage | None = None


class Wire(Protocol):
    """A protocol. Each is a module."""

    NAME: ProtocolName
    REQUEST_ID: bytes  # the header that carries the provider's id of the request

    def parse(self, body: dict[str, Any]) -> Prompt:
        """The request. Raises BadRequest."""
        ...

    def answer(self, turn: Turn) -> Event:
        """The answer in one piece."""
        ...

    def events(self, turn: Turn) -> Iterator[Event]:
        """The answer as a stream."""
        ...

    def error(self, status: int, message: str) -> dict[str, Any]:
        """The body of an error."""
        ...

    def error_event(self, message: str) -> bytes:
        """An error in the midst of a stream."""
        ...


def sse(data: object, event: str | None = None) -> bytes:
    """One server-sent event."""
    head = f"event: {event}\n".encode() if event else b""
    return head + b"data: " + orjson.dumps(data) + b"\n\n"


def pieces(text: str) -> Iterator[str]:
    """`text`, cut the way a model's tokens would trickle in."""
    size = max(_DELTA_CHARACTERS, len(text) // _DELTAS)
    return (text[start : start + size] for start in range(0, len(text), size))
