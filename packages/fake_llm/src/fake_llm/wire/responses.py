"""OpenAI Responses: `POST /v1/responses`. The request here, the answer in `responses_answer`."""

from collections.abc import Iterator
from typing import Any

from fake_llm.prompt import Message, Prompt, ProtocolName, Schema, Tool, ToolCall, merged
from fake_llm.shapes import BadRequest, arguments, items, mapping, one_of, schema, string, texts
from fake_llm.wire.openai import REQUEST_ID, error, tool_choice
from fake_llm.wire.responses_answer import answer, error_event, events

__all__ = ["NAME", "REQUEST_ID", "answer", "error", "error_event", "events", "parse"]

NAME: ProtocolName = "openai-responses"

_ROLES = ("system", "developer", "user", "assistant")


def parse(body: dict[str, Any]) -> Prompt:
    """The request. Nothing is kept between requests, so `previous_response_id` is refused."""
    if body.get("previous_response_id"):
        raise BadRequest("previous_response_id: this fake keeps no conversation; send the whole of it as input")
    system = [texts(body.get("instructions"), "instructions")]
    messages: list[Message] = []
    given = body.get("input")
    for i, item in enumerate([{"role": "user", "content": given}] if isinstance(given, str) else items(given, "input")):
        found = _message(mapping(item, f"input[{i}]"), f"input[{i}]")
        if isinstance(found, str):
            system.append(found)
        elif found is not None:
            messages.append(found)
    if not messages and len(system) == 1:
        raise BadRequest("input: at least one message is required")
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


def _message(item: dict[str, Any], where: str) -> Message | str | None:
    """A message; or the text of a system message; or None for what the fake has no use for, such as reasoning."""
    kind = string(item.get("type", "message"), f"{where}.type")
    if kind == "function_call":
        call = ToolCall(
            string(item.get("name"), f"{where}.name"),
            arguments(item.get("arguments"), f"{where}.arguments"),
            string(item.get("call_id"), f"{where}.call_id"),
        )
        return Message("assistant", calls=(call,))
    if kind == "function_call_output":
        call_id = string(item.get("call_id"), f"{where}.call_id")
        return Message("tool", texts(item.get("output"), f"{where}.output"), answers=call_id)
    if kind != "message":
        return None
    role = one_of(item.get("role"), _ROLES, f"{where}.role")
    text = texts(item.get("content"), f"{where}.content")
    if role in ("system", "developer"):
        return text
    return Message("assistant" if role == "assistant" else "user", text)


def _tools(value: object) -> Iterator[Tool]:
    for i, item in enumerate(items(value, "tools")):
        tool = mapping(item, f"tools[{i}]")
        if string(tool.get("type"), f"tools[{i}].type") == "function":
            yield Tool(
                string(tool.get("name"), f"tools[{i}].name"),
                schema(tool.get("parameters") or {}, f"tools[{i}].parameters"),
                string(tool.get("description") or "", f"tools[{i}].description"),
            )


def _schema(body: dict[str, Any]) -> Schema | None:
    form = mapping(mapping(body.get("text") or {}, "text").get("format") or {}, "text.format")
    return schema(form.get("schema"), "text.format.schema") if form.get("type") == "json_schema" else None
