"""Anthropic Messages: `POST /v1/messages`."""

from collections.abc import Iterator
from typing import Any

import orjson

from fake_llm.prompt import Message, Prompt, ProtocolName, Schema, Tool, ToolCall, ToolChoice, merged
from fake_llm.reply import Usage, argument_text
from fake_llm.shapes import BadRequest, items, mapping, one_of, schema, string, texts
from fake_llm.wire.base import Event, Turn, pieces, sse

NAME: ProtocolName = "anthropic"
REQUEST_ID = b"request-id"

_ERRORS = {
    400: "invalid_request_error",
    401: "authentication_error",
    404: "not_found_error",
    429: "rate_limit_error",
    529: "overloaded_error",
}


def parse(body: dict[str, Any]) -> Prompt:
    """The request. `max_tokens` has no default in this protocol."""
    if not isinstance(body.get("max_tokens"), int) or body["max_tokens"] < 1:
        raise BadRequest("max_tokens: a positive integer is required")
    system = [texts(body.get("system"), "system")]
    messages: list[Message] = []
    for i, item in enumerate(items(body.get("messages"), "messages")):
        turn = mapping(item, f"messages[{i}]")
        role = one_of(turn.get("role"), ("user", "assistant", "system"), f"messages[{i}].role")
        if role == "system":
            system.append(texts(turn.get("content"), f"messages[{i}].content"))
        else:
            messages += _messages(role, turn.get("content"), f"messages[{i}].content")
    if not messages:
        raise BadRequest("messages: at least one message is required")
    choice, forced = _tool_choice(body.get("tool_choice"))
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


def _messages(role: str, content: object, where: str) -> Iterator[Message]:
    if isinstance(content, str):
        yield Message("assistant" if role == "assistant" else "user", content)
        return
    blocks = [mapping(block, where) for block in items(content, where)]
    if not blocks:
        raise BadRequest(f"{where}: must not be empty")
    kinds = [string(block.get("type"), f"{where}.type") for block in blocks]
    text = "\n".join(
        string(b.get("text"), f"{where}.text") for b, kind in zip(blocks, kinds, strict=True) if kind == "text"
    )
    if role == "assistant":
        calls = tuple(_call(block, where) for block in blocks if block["type"] == "tool_use")
        yield Message("assistant", text, calls)
        return
    results = [block for block in blocks if block["type"] == "tool_result"]
    for block in results:
        call_id = string(block.get("tool_use_id"), f"{where}.tool_use_id")
        yield Message("tool", texts(block.get("content"), f"{where}.content"), answers=call_id)
    if len(results) < len(blocks):
        yield Message("user", text)


def _call(block: dict[str, Any], where: str) -> ToolCall:
    return ToolCall(
        string(block.get("name"), f"{where}.name"),
        mapping(block.get("input"), f"{where}.input"),
        string(block.get("id"), f"{where}.id"),
    )


def _tools(value: object) -> Iterator[Tool]:
    for i, item in enumerate(items(value, "tools")):
        tool = mapping(item, f"tools[{i}]")
        name = string(tool.get("name"), f"tools[{i}].name")
        if tool.get("type", "custom") == "custom":  # the others run at the provider and take no part here
            parameters = schema(tool.get("input_schema"), f"tools[{i}].input_schema")
            yield Tool(name, parameters, string(tool.get("description") or "", f"tools[{i}].description"))


def _tool_choice(value: object) -> tuple[ToolChoice, str | None]:
    choice = mapping(value or {"type": "auto"}, "tool_choice")
    kind = one_of(choice.get("type"), ("auto", "any", "none", "tool"), "tool_choice.type")
    if kind == "tool":
        return "any", string(choice.get("name"), "tool_choice.name")
    return ("any" if kind == "any" else "none" if kind == "none" else "auto"), None


def _schema(body: dict[str, Any]) -> Schema | None:
    config = mapping(body.get("output_config") or {}, "output_config")
    form = config.get("format") or body.get("output_format")
    return None if form is None else schema(mapping(form, "format").get("schema"), "format.schema")


def answer(turn: Turn) -> Event:
    """The answer in one piece. Here `input` is an object, so arguments that are no JSON become an empty one."""
    message = _message(turn, turn.usage) | {"content": _blocks(turn), **_stop(turn)}
    return Event(orjson.dumps(message), turn.usage)


def _message(turn: Turn, usage: Usage) -> dict[str, Any]:
    return {
        "id": f"msg_{turn.number:06d}",
        "type": "message",
        "role": "assistant",
        "model": turn.prompt.model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": _usage(usage) | {"service_tier": "standard"},
    }


def _usage(usage: Usage) -> dict[str, Any]:
    return {
        "input_tokens": usage.input,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "output_tokens": usage.output,
    }


def _stop(turn: Turn) -> dict[str, Any]:
    if turn.reply.stop == "refusal":
        details = {"type": "refusal", "category": None, "explanation": turn.reply.text}
        return {"stop_reason": "refusal", "stop_details": details}
    if turn.reply.stop == "length":
        return {"stop_reason": "max_tokens"}
    return {"stop_reason": "tool_use" if turn.reply.calls else "end_turn"}


def _blocks(turn: Turn) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = []
    if turn.reply.text and turn.reply.stop != "refusal":
        blocks.append({"type": "text", "text": turn.reply.text})
    for i, call in enumerate(turn.reply.calls):
        given = call.arguments if isinstance(call.arguments, dict) else {}
        blocks.append({"type": "tool_use", "id": f"toolu_{turn.number:06d}_{i}", "name": call.name, "input": given})
    return blocks


def events(turn: Turn) -> Iterator[Event]:
    """The answer as a stream. The input is metered in the first event, the output in the last but one."""
    begun = Usage(turn.usage.input, 1)
    yield Event(_sse("message_start", message=_message(turn, begun)), begun)
    yield Event(_sse("ping"))
    arguments = iter([argument_text(call) for call in turn.reply.calls])
    for index, block in enumerate(_blocks(turn)):
        if block["type"] == "text":
            yield from _block(index, {"type": "text", "text": ""}, "text_delta", "text", block["text"])
        else:
            yield from _block(index, block | {"input": {}}, "input_json_delta", "partial_json", next(arguments))
    delta = {"stop_reason": None, "stop_sequence": None, **_stop(turn)}
    yield Event(_sse("message_delta", delta=delta, usage=_usage(turn.usage)), turn.usage)
    yield Event(_sse("message_stop"))


def _block(index: int, start: dict[str, Any], kind: str, field: str, content: str) -> Iterator[Event]:
    yield Event(_sse("content_block_start", index=index, content_block=start))
    for piece in pieces(content):
        yield Event(_sse("content_block_delta", index=index, delta={"type": kind, field: piece}))
    yield Event(_sse("content_block_stop", index=index))


def _sse(kind: str, **fields: Any) -> bytes:
    return sse({"type": kind, **fields}, kind)


def error(status: int, message: str) -> dict[str, Any]:
    """The body of an error."""
    return {"type": "error", "error": {"type": _ERRORS.get(status, "api_error"), "message": message}}


def error_event(message: str) -> bytes:
    """An error in the midst of a stream."""
    return sse(error(529, message), "error")
