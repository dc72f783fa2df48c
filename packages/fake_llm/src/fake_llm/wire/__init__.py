"""The protocols, by the path of their endpoint."""

from fake_llm.wire import anthropic, chat, responses
from fake_llm.wire.base import Event, Turn, Wire

WIRES: dict[str, Wire] = {
    "/v1/messages": anthropic,
    "/v1/chat/completions": chat,
    "/v1/responses": responses,
}

__all__ = ["WIRES", "Event", "Turn", "Wire"]
