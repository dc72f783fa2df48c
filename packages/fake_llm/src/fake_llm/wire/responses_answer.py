"""OpenAI Responses: the answer. Its stream repeats every part when it is done, and the whole answer at the end."""

import time
from collections.abc import Iterator
from typing import Any

import orjson

from fake_llm.reply import argument_text
from fake_llm.wire.base import Event, Turn, pieces, sse

_Item = dict[str, Any]
_Told = tuple[str, dict[str, Any]]  # an event's type and fields, before it has a number


def answer(turn: Turn) -> Event:
    """The answer in one piece."""
    return Event(orjson.dumps(_response(turn, _final_status(turn))), turn.usage)


def _final_status(turn: Turn) -> str:
    return "incomplete" if turn.reply.stop == "length" else "completed"


def _response(turn: Turn, status: str) -> dict[str, Any]:
    ended = status != "in_progress"
    cut = status == "incomplete"
    return {
        "id": f"resp_{turn.number:06d}",
        "object": "response",
        "created_at": int(time.time()),
        "status": status,
        "error": None,
        "incomplete_details": {"reason": "max_output_tokens"} if cut else None,
        "instructions": turn.body.get("instructions"),
        "max_output_tokens": turn.body.get("max_output_tokens"),
        "metadata": {},
        "model": turn.prompt.model,
        "output": _items(turn) if ended else [],
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "reasoning": {"effort": None, "summary": None},
        "service_tier": "default",
        "store": turn.body.get("store", True),
        "temperature": 1.0,
        "text": turn.body.get("text", {"format": {"type": "text"}}),
        "tool_choice": turn.body.get("tool_choice", "auto"),
        "tools": turn.body.get("tools", []),
        "top_p": 1.0,
        "truncation": "disabled",
        "usage": _usage(turn) if ended else None,
    }


def _usage(turn: Turn) -> dict[str, Any]:
    return {
        "input_tokens": turn.usage.input,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": turn.usage.output,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": turn.usage.input + turn.usage.output,
    }


def _items(turn: Turn) -> list[_Item]:
    items: list[_Item] = []
    if turn.reply.text:
        items.append(_message_item(turn))
    for i, call in enumerate(turn.reply.calls):
        items.append(
            {
                "type": "function_call",
                "id": f"fc_{turn.number:06d}_{i}",
                "call_id": f"call_{turn.number:06d}_{i}",
                "name": call.name,
                "arguments": argument_text(call),
                "status": _final_status(turn),
            }
        )
    return items


def _message_item(turn: Turn) -> _Item:
    if turn.reply.stop == "refusal":
        part: _Item = {"type": "refusal", "refusal": turn.reply.text}
    else:
        part = {"type": "output_text", "text": turn.reply.text, "annotations": [], "logprobs": []}
    item_id = f"msg_{turn.number:06d}"
    status = _final_status(turn)
    return {"type": "message", "id": item_id, "role": "assistant", "status": status, "content": [part]}


def events(turn: Turn) -> Iterator[Event]:
    """The answer as a stream. Usage is in the last event."""
    status = _final_status(turn)
    begun = _response(turn, "in_progress")
    told: list[_Told] = [("response.created", {"response": begun}), ("response.in_progress", {"response": begun})]
    for index, item in enumerate(_items(turn)):
        told += _item_events(index, item)
    for number, (kind, fields) in enumerate(told):
        yield Event(_sse(kind, number, **fields))
    yield Event(_sse(f"response.{status}", len(told), response=_response(turn, status)), turn.usage)


def _item_events(index: int, item: _Item) -> Iterator[_Told]:
    empty: _Item = {"content": []} if item["type"] == "message" else {"arguments": ""}
    yield "response.output_item.added", {"output_index": index, "item": item | empty | {"status": "in_progress"}}
    at = {"item_id": item["id"], "output_index": index}
    if item["type"] == "message":
        yield from _part_events(at | {"content_index": 0}, item["content"][0])
    else:
        for piece in pieces(item["arguments"]):
            yield "response.function_call_arguments.delta", at | {"delta": piece}
        yield "response.function_call_arguments.done", at | {"arguments": item["arguments"], "name": item["name"]}
    yield "response.output_item.done", {"output_index": index, "item": item}


def _part_events(at: dict[str, Any], part: _Item) -> Iterator[_Told]:
    kind = part["type"]
    field = "refusal" if kind == "refusal" else "text"
    extra: _Item = {} if kind == "refusal" else {"logprobs": []}
    yield "response.content_part.added", at | {"part": part | {field: ""}}
    for piece in pieces(part[field]):
        yield f"response.{kind}.delta", at | extra | {"delta": piece}
    yield f"response.{kind}.done", at | extra | {field: part[field]}
    yield "response.content_part.done", at | {"part": part}


def _sse(kind: str, number: int, **fields: Any) -> bytes:
    return sse({"type": kind, "sequence_number": number, **fields}, kind)


def error_event(message: str) -> bytes:
    """An error in the midst of a stream. Its number is not the next one: nobody counts after an error."""
    return _sse("error", 0, code="server_is_overloaded", message=message, param=None)
