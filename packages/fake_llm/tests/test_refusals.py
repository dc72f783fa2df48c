"""Requests that a real provider would not take either get the protocol's own error."""

from itertools import product
from typing import Any

import httpx2
import pytest
from pydantic_ai import Agent
from pydantic_ai.exceptions import ModelServerError

from fake_llm import FakeProvider
from fake_llm.reply import Reply

MESSAGES, CHAT, RESPONSES = "/v1/messages", "/v1/chat/completions", "/v1/responses"
USER = [{"role": "user", "content": "Go"}]
RESULT = {"type": "tool_result", "tool_use_id": "t1", "content": "x"}
USE = {"type": "tool_use", "id": "t1", "name": "history", "input": {}}
CALL = {"id": "t1", "type": "function", "function": {"name": "history", "arguments": "{}"}}

BAD_SCHEMAS: list[Any] = [
    {"type": "thing"},
    {"type": []},
    {"properties": []},
    {"properties": {"a": "string"}},
    {"required": "a"},
    {"enum": []},
    {"anyOf": [7]},
    {"type": "integer", "minimum": "1"},
    {"minLength": 1.5},
    {"$ref": 7},
]
NO_REQUESTS: list[Any] = [[], "text", 7, None, {}, {"model": "m"}]
BAD: list[tuple[str, Any]] = [
    *product((MESSAGES, CHAT, RESPONSES), NO_REQUESTS),
    (MESSAGES, {"model": "m", "messages": USER}),
    (MESSAGES, {"model": "m", "max_tokens": 0, "messages": USER}),
    (MESSAGES, {"model": 5, "max_tokens": 9, "messages": USER}),
    (MESSAGES, {"model": "m", "max_tokens": 9, "messages": []}),
    (MESSAGES, {"model": "m", "max_tokens": 9, "messages": [{"role": "robot", "content": "Go"}]}),
    (MESSAGES, {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": [{"text": "no type"}]}]}),
    (MESSAGES, {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": [RESULT]}]}),
    (MESSAGES, {"model": "m", "max_tokens": 9, "messages": [*USER, {"role": "assistant", "content": [USE]}]}),
    (MESSAGES, {"model": "m", "max_tokens": 9, "messages": USER, "tools": [{"name": "no_schema"}]}),
    (MESSAGES, {"model": "m", "max_tokens": 9, "messages": USER, "tool_choice": {"type": "required"}}),
    (CHAT, {"model": "m", "messages": "Go"}),
    (CHAT, {"model": "m", "messages": [{"role": "tool", "tool_call_id": "t1", "content": "x"}]}),
    (CHAT, {"model": "m", "messages": [*USER, {"role": "assistant", "tool_calls": [CALL]}, *USER]}),
    (CHAT, {"model": "m", "messages": USER, "tools": [{"type": "function", "name": "not nested"}]}),
    (CHAT, {"model": "m", "messages": USER, "tool_choice": "any"}),
    (CHAT, {"model": "m", "messages": USER, "response_format": {"type": "json_schema"}}),
    (RESPONSES, {"model": "m", "input": [{"type": "function_call_output", "call_id": "t1", "output": "x"}]}),
    (RESPONSES, {"model": "m", "input": [{"role": "user", "content": 7}]}),
    (RESPONSES, {"model": "m", "input": "Go", "tools": [{"type": "function", "parameters": {}}]}),
    (RESPONSES, {"model": "m", "input": "Go", "previous_response_id": "resp_1"}),
]


def assert_error(response: httpx2.Response, status: int, path: str) -> None:
    """The status, and the body that the protocol gives to errors."""
    assert response.status_code == status
    body = response.json()
    if path == MESSAGES:
        assert body["type"] == "error"
        assert set(body["error"]) == {"type", "message"}
    else:
        assert set(body["error"]) == {"message", "type", "param", "code"}
    assert body["error"]["message"]


@pytest.mark.parametrize(("path", "body"), BAD)
def test_bad_request(fake: FakeProvider, http: httpx2.Client, path: str, body: Any) -> None:
    response = http.post(path, json=body)
    assert_error(response, 400, path)
    [entry] = fake.journal
    assert (entry.outcome, entry.status) == ("bad_request", 400)


@pytest.mark.parametrize("schema", BAD_SCHEMAS)
def test_bad_schema(http: httpx2.Client, schema: Any) -> None:
    form = {"type": "json_schema", "schema": schema}
    tool = {"name": "f", "input_schema": schema}
    body = {"model": "m", "max_tokens": 9, "messages": USER}
    assert_error(http.post(MESSAGES, json=body | {"tools": [tool]}), 400, MESSAGES)
    assert_error(http.post(MESSAGES, json=body | {"output_config": {"format": form}}), 400, MESSAGES)
    tool = {"type": "function", "function": {"name": "f", "parameters": schema}}
    assert_error(http.post(CHAT, json=body | {"tools": [tool]}), 400, CHAT)
    assert_error(http.post(RESPONSES, json={"model": "m", "input": "Go", "text": {"format": form}}), 400, RESPONSES)


@pytest.mark.parametrize("path", [MESSAGES, CHAT, RESPONSES])
@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b'{"model": NaN}', b"[" * 5000])
def test_not_json(http: httpx2.Client, path: str, content: bytes) -> None:
    assert_error(http.post(path, content=content), 400, path)


@pytest.mark.parametrize("path", [MESSAGES, CHAT, RESPONSES])
def test_no_key_no_method(fake: FakeProvider, http: httpx2.Client, path: str) -> None:
    assert_error(http.get(path), 405, path)
    del http.headers["x-api-key"]
    assert_error(http.post(path, json={}), 401, path)
    assert [entry.outcome for entry in fake.journal] == ["not_found", "no_key"]


def test_unknown_path(fake: FakeProvider, http: httpx2.Client) -> None:
    anthropic = {"anthropic-version": "2026-10-21"}
    assert_error(http.post("/v1/complete", json={}, headers=anthropic), 404, MESSAGES)
    assert_error(http.post("/v1/embeddings", json={}), 404, CHAT)
    assert [entry.outcome for entry in fake.journal] == ["not_found"] * 2


async def test_a_script_that_fails(
    fake: FakeProvider, make_model: Any, ask: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def script(prompt: Any) -> Reply:
        raise KeyError("oops")

    fake.script = script
    with pytest.raises(ModelServerError, match="oops"):
        await ask(Agent(make_model("anthropic")))
    assert fake.journal[0].outcome == "script_error"
    assert "KeyError" in caplog.text
