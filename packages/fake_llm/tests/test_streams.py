"""The order of events on the wire, and clients that leave before the end."""

import asyncio
import json
import time
from collections.abc import Iterator
from typing import Any

import anyio.to_thread
import httpx2
import pytest
from pydantic_ai import Agent, RunCancelled
from pydantic_ai.models import Model

from fake_llm import FakeProvider, Fixed, Paced, Reply, Script, ToolCall, Valid, faults
from fake_llm.reply import tokens

ASK = {"model": "m", "stream": True, "messages": [{"role": "user", "content": "Go"}]}
ASKED = {
    "anthropic": ("/v1/messages", ASK | {"max_tokens": 9}),
    "openai-chat": ("/v1/chat/completions", ASK | {"stream_options": {"include_usage": True}}),
    "openai-responses": ("/v1/responses", {"model": "m", "stream": True, "input": "Go"}),
}


def both(prompt: Any) -> Reply:
    """A text and a call in one answer."""
    return Reply(text="Look", calls=(ToolCall("history", {"weeks": 4}),))


def stream(http: httpx2.Client, protocol: str) -> list[tuple[str | None, Any]]:
    """The events: name and data."""
    path, body = ASKED[protocol]
    response = http.post(path, json=body)
    assert response.headers["content-type"].startswith("text/event-stream")
    return list(events(response.text))


def events(text: str) -> Iterator[tuple[str | None, Any]]:
    """Parses a stream of server-sent events."""
    assert text.endswith("\n\n")
    for block in text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines())
        yield fields.get("event"), fields["data"] if fields["data"] == "[DONE]" else json.loads(fields["data"])


def test_anthropic(fake: FakeProvider, http: httpx2.Client) -> None:
    fake.script = both
    found = stream(http, "anthropic")
    block = ["content_block_start", "content_block_delta", "content_block_stop"]
    names = ["message_start", "ping", *block, *block, "message_delta", "message_stop"]
    assert [name for name, _ in found] == [data["type"] for _, data in found] == names
    data = [data for _, data in found]
    assert data[0]["message"]["usage"]["input_tokens"] == data[-2]["usage"]["input_tokens"] == 1
    assert data[3]["delta"] == {"type": "text_delta", "text": "Look"}
    assert data[5]["content_block"] | {"id": 0} == {"type": "tool_use", "id": 0, "name": "history", "input": {}}
    assert data[6]["delta"] == {"type": "input_json_delta", "partial_json": '{"weeks":4}'}
    assert data[-2]["delta"]["stop_reason"] == "tool_use"


def test_openai_chat(fake: FakeProvider, http: httpx2.Client) -> None:
    fake.script = both
    found = [data for _, data in stream(http, "openai-chat")]
    assert found.pop() == "[DONE]"
    usage = found.pop()
    assert usage["choices"] == []
    assert usage["usage"]["total_tokens"] == usage["usage"]["prompt_tokens"] + usage["usage"]["completion_tokens"]
    assert len({chunk["id"] for chunk in found}) == 1
    assert all(chunk["object"] == "chat.completion.chunk" and chunk["usage"] is None for chunk in found)
    deltas = [chunk["choices"][0]["delta"] for chunk in found]
    assert deltas[0]["role"] == "assistant"
    assert deltas[1] == {"content": "Look"}
    assert deltas[2]["tool_calls"][0]["function"] == {"name": "history", "arguments": ""}
    assert deltas[3]["tool_calls"][0] == {"index": 0, "function": {"arguments": '{"weeks":4}'}}
    assert [chunk["choices"][0]["finish_reason"] for chunk in found] == [None] * 4 + ["tool_calls"]


def test_openai_chat_says_its_usage_only_when_asked(fake: FakeProvider, http: httpx2.Client) -> None:
    text = http.post("/v1/chat/completions", json=ASK).text
    assert "usage" not in text
    [entry] = fake.journal
    assert (entry.input_tokens, entry.output_tokens) == (0, 0)


def test_openai_responses(fake: FakeProvider, http: httpx2.Client) -> None:
    fake.script = both
    found = stream(http, "openai-responses")
    part = ["content_part.added", "output_text.delta", "output_text.done", "content_part.done"]
    call = ["function_call_arguments.delta", "function_call_arguments.done"]
    added, done = "output_item.added", "output_item.done"
    names = ["created", "in_progress", added, *part, done, added, *call, done, "completed"]
    assert [name for name, _ in found] == [f"response.{name}" for name in names]
    assert [data["sequence_number"] for _, data in found] == list(range(len(found)))
    last = found[-1][1]["response"]
    assert last["output"] == [data["item"] for name, data in found if name == "response.output_item.done"]
    assert last["usage"]["output_tokens"] == tokens('Lookhistory{"weeks":4}')
    assert found[0][1]["response"]["usage"] is None


def test_usage_of_a_stream_that_is_cut(fake: FakeProvider, http: httpx2.Client) -> None:
    fake.script = faults.disconnect_mid_stream(3, of=Fixed("x" * 400))
    for protocol in ASKED:
        with pytest.raises(httpx2.RemoteProtocolError):
            stream(http, protocol)
    metered = [(entry.input_tokens, entry.output_tokens) for entry in fake.journal]
    assert metered == [(1, 1), (0, 0), (0, 0)]  # only Anthropic has said anything by then


@pytest.mark.parametrize("script", [Paced(0.02, Fixed("word " * 400)), faults.hang(), faults.slow_drip(5)])
async def test_a_client_that_leaves_is_noticed(fake: FakeProvider, model: Model, script: Script) -> None:
    fake.script = script
    agent = Agent(model)

    async def read() -> None:
        async with agent.run_stream("Go", model_settings={"max_tokens": 512, "max_retries": 0}) as streamed:
            async for _ in streamed.stream_text():
                pass

    reading = asyncio.create_task(read())
    await anyio.to_thread.run_sync(fake.wait_until, lambda found: bool(found and found[0].body))
    await asyncio.sleep(0.1)
    left = time.time()
    reading.cancel()
    with pytest.raises((asyncio.CancelledError, RunCancelled)):
        await reading
    [entry] = await anyio.to_thread.run_sync(fake.wait_until, lambda found: found[0].disconnected)
    assert entry.disconnected_at is not None
    assert -0.001 < entry.disconnected_at - left < 0.25  # usually a few milliseconds; machines are busy
    assert entry.finished_at == entry.disconnected_at
    assert entry.outcome == ("abandoned" if isinstance(script, Paced) else entry.outcome)


async def test_a_finished_stream_is_not_a_client_that_left(fake: FakeProvider, model: Model, ask: Any) -> None:
    fake.script = Valid(2)
    for _ in range(5):
        await ask(Agent(model), stream=True)
    found = await anyio.to_thread.run_sync(fake.wait_until, lambda all_: all(one.finished_at for one in all_))
    assert [(entry.outcome, entry.disconnected) for entry in found] == [("answered", False)] * 5


async def test_leaving_one_stream_disturbs_no_other(fake: FakeProvider, model: Model, ask: Any) -> None:
    fake.script = Paced(0.01, Fixed("word " * 40))
    leaving = [asyncio.create_task(ask(Agent(model), stream=True)) for _ in range(5)]
    staying = [asyncio.create_task(ask(Agent(model), stream=True)) for _ in range(5)]
    await anyio.to_thread.run_sync(fake.wait_until, lambda found: len(found) == 10)
    for task in leaving:
        task.cancel()
    await asyncio.gather(*leaving, return_exceptions=True)
    assert [output for output, _ in await asyncio.gather(*staying)] == ["word " * 40] * 5
    found = await anyio.to_thread.run_sync(fake.wait_until, lambda all_: all(one.finished_at for one in all_))
    assert sorted(entry.outcome for entry in found) == ["abandoned"] * 5 + ["answered"] * 5
