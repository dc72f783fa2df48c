"""OpenAI Chat Completions: `POST /v1/chat/completions`."""

import time
from collections.abc import Iterator
from typing import Any

import orjson

from fake_llm.prompt import Message, Prompt, ProtocolName, Schema, Tool, ToolCall, merged
from fake_llm.reply import argument_text
from fake_llm.shapes import BadRequest, arguments, items, mapping, one_of, schema, string, texts
from fake_llm.wire.base import Event, Turn, pieces, sse
from fake_llm.wire.openai import OVERLOADED, REQUEST_ID, error, tool_choice

__all__ = ["NAME", "REQUEST_ID", "answer", "error", "error_event", "events", "parse"]

NAME: ProtocolName = "openai-chat"

_ROLES = ("system", "developer", "user", "assistant", "tool")


def parse(body: dict[str, Any]) -> Prompt:
    """The request. System messages may stand anywhere; together they are the system text."""
    system, messages = _said(body)
    if not messages and not system:
        raise BadRequest("messages: at least one message is required")
    choice, forced = tool_choice(body.get("tool_choice"))
    return Prompt(
        protocol=NAME,
        model=string(body.get("model"), "model"),
        system="\n\n".join(filter(None, system)),
        messages=merged(messages),
        tools=tuple(_tools(body.get("tools"))),
        tool_choice=choice,
        forced_tool=forced,
        native_schema=_schema(body),
        stream=body.get("stream") is True,
    )


def _said(body: dict[str, Any]) -> tuple[list[str], list[Message]]:
    system: list[str] = []
    messages: list[Message] = []
    for i, item in enumerate(items(body.get("messages"), "messages")):
        where = f"messages[{i}]"
        turn = mapping(item, where)
        role = one_of(turn.get("role"), _ROLES, f"{where}.role")
        text = texts(turn.get("content"), f"{where}.content")
        if role in ("system", "developer"):
            system.append(text)
        elif role == "tool":
            messages.append(Message("tool", text, answers=string(turn.get("tool_call_id"), f"{where}.tool_call_id")))
        elif role == "assistant":
            messages.append(Message("assistant", text, tuple(_calls(turn, where))))
        else:
            messages.append(Message("user", text))
    return system, messages


def _calls(turn: dict[str, Any], where: str) -> Iterator[ToolCall]:
    for item in items(turn.get("tool_calls"), f"{where}.tool_calls"):
        call = mapping(item, f"{where}.tool_calls")
        function = mapping(call.get("function"), f"{where}.tool_calls.function")
        yield ToolCall(
            string(function.get("name"), f"{where}.tool_calls.function.name"),
            arguments(function.get("arguments"), f"{where}.tool_calls.function.arguments"),
            string(call.get("id"), f"{where}.tool_calls.id"),
        )


def _tools(value: object) -> Iterator[Tool]:
    for i, item in enumerate(items(value, "tools")):
        tool = mapping(item, f"tools[{i}]")
        if string(tool.get("type"), f"tools[{i}].type") == "function":
            function = mapping(tool.get("function"), f"tools[{i}].function")
            yield Tool(
                string(function.get("name"), f"tools[{i}].function.name"),
                schema(function.get("parameters") or {}, f"tools[{i}].function.parameters"),
                string(function.get("description") or "", f"tools[{i}].function.description"),
            )


def _schema(body: dict[str, Any]) -> Schema | None:
    form = mapping(body.get("response_format") or {}, "response_format")
    if form.get("type") != "json_schema":
        return None
    return schema(mapping(form.get("json_schema"), "response_format.json_schema").get("schema"), "schema")


def answer(turn: Turn) -> Event:
    """The answer in one piece."""
    reply = turn.reply
    refused = reply.stop == "refusal"
    message: dict[str, Any] = {
        "role": "assistant",
        "content": None if refused or (reply.calls and not reply.text) else reply.text,
        "refusal": reply.text if refused else None,
        "annotations": [],
    }
    if reply.calls:
        message["tool_calls"] = [
            {"id": _call_id(turn, i), "type": "function", "function": {"name": c.name, "arguments": argument_text(c)}}
            for i, c in enumerate(reply.calls)
        ]
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": _finish_reason(turn)}
    body = _head(turn, "chat.completion") | {"choices": [choice], "usage": _usage(turn)}
    return Event(orjson.dumps(body), turn.usage)


def _head(turn: Turn, kind: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{turn.number:06d}",
        "object": kind,
        "created": int(time.time()),
        "model": turn.prompt.model,
        "service_tier": "default",
        "system_fingerprint": None,
    }


def _usage(turn: Turn) -> dict[str, Any]:
    return {
        "prompt_tokens": turn.usage.input,
        "completion_tokens": turn.usage.output,
        "total_tokens": turn.usage.input + turn.usage.output,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
    }


def _finish_reason(turn: Turn) -> str:
    if turn.reply.stop == "length":
        return "length"
    return "tool_calls" if turn.reply.calls else "stop"


def _call_id(turn: Turn, index: int) -> str:
    return f"call_{turn.number:06d}_{index}"


def events(turn: Turn) -> Iterator[Event]:
    """The answer as a stream. Usage comes last, in a chunk of its own, and only when the request asks for it."""
    options = turn.body.get("stream_options")
    metered = isinstance(options, dict) and options.get("include_usage") is True
    head = _head(turn, "chat.completion.chunk") | ({"usage": None} if metered else {})
    for delta in _deltas(turn):
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": None}
        yield Event(sse(head | {"choices": [choice]}))
    last = {"index": 0, "delta": {}, "logprobs": None, "finish_reason": _finish_reason(turn)}
    yield Event(sse(head | {"choices": [last]}))
    if metered:
        yield Event(sse(head | {"choices": [], "usage": _usage(turn)}), turn.usage)
    yield Event(b"data: [DONE]\n\n")


def _deltas(turn: Turn) -> Iterator[dict[str, Any]]:
    field = "refusal" if turn.reply.stop == "refusal" else "content"
    yield {"role": "assistant", field: "" if not turn.reply.calls else None}
    for piece in pieces(turn.reply.text):
        yield {field: piece}
    for index, call in enumerate(turn.reply.calls):
        function = {"name": call.name, "arguments": ""}
        yield {"tool_calls": [{"index": index, "id": _call_id(turn, index), "type": "function", "function": function}]}
        for piece in pieces(argument_text(call)):
            yield {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}


def error_event(message: str) -> bytes:
    """An error in the midst of a stream."""
    return sse(error(OVERLOADED, message))
