"""What scripts get to see of requests that pydantic-ai does not, or seldom, send."""

from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from uvicorn.config import Config

from fake_llm import FakeProvider, Fixed, Message, Prompt, ToolCall, Valid

MESSAGES, CHAT, RESPONSES = "/v1/messages", "/v1/chat/completions", "/v1/responses"
SCHEMA = {"type": "object", "properties": {"weeks": {"type": "integer"}}, "required": ["weeks"]}
FUNCTION = {"name": "history", "parameters": SCHEMA}
BODIES: dict[str, dict[str, Any]] = {
    MESSAGES: {
        "model": "m",
        "max_tokens": 9,
        "messages": [{"role": "user", "content": "Go"}],
        "tools": [{"type": "web_search_20250305", "name": "search"}, {"name": "history", "input_schema": SCHEMA}],
    },
    CHAT: {
        "model": "m",
        "messages": [{"role": "user", "content": "Go"}],
        "tools": [{"type": "custom", "custom": {}}, {"type": "function", "function": FUNCTION}],
    },
    RESPONSES: {"model": "m", "input": "Go", "tools": [{"type": "web_search"}, {"type": "function", **FUNCTION}]},
}
CHOICES: list[tuple[str, Any, tuple[str, str | None]]] = [
    (MESSAGES, {"type": "auto"}, ("auto", None)),
    (MESSAGES, {"type": "any"}, ("any", None)),
    (MESSAGES, {"type": "none"}, ("none", None)),
    (MESSAGES, {"type": "tool", "name": "history"}, ("any", "history")),
    *((path, "auto", ("auto", None)) for path in (CHAT, RESPONSES)),
    *((path, "required", ("any", None)) for path in (CHAT, RESPONSES)),
    *((path, "none", ("none", None)) for path in (CHAT, RESPONSES)),
    (CHAT, {"type": "function", "function": {"name": "history"}}, ("any", "history")),
    (CHAT, {"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": []}}, ("any", None)),
    (RESPONSES, {"type": "function", "name": "history"}, ("any", "history")),
    (RESPONSES, {"type": "allowed_tools", "mode": "auto", "tools": []}, ("auto", None)),
    (RESPONSES, {"type": "web_search"}, ("auto", None)),
]

See = Callable[..., Prompt]


@pytest.fixture
def see(fake: FakeProvider, http: httpx2.Client) -> See:
    """Sends a body, changed, and returns what the script saw."""

    def send(path: str, **changes: Any) -> Prompt:
        seen: list[Prompt] = []

        def script(prompt: Prompt) -> Any:
            seen.append(prompt)
            return Fixed("Yes.")(prompt)

        fake.script = script
        response = http.post(path, json=BODIES[path] | changes)
        assert response.status_code == 200, response.text
        return seen[0]

    return send


@pytest.mark.parametrize(("path", "choice", "expected"), CHOICES)
def test_tool_choice(see: See, path: str, choice: Any, expected: Any) -> None:
    prompt = see(path, tool_choice=choice)
    assert (prompt.tool_choice, prompt.forced_tool) == expected
    assert [tool.name for tool in prompt.tools] == ["history"]  # the provider's own tools take no part


@pytest.mark.parametrize(("path", "choice", "expected"), CHOICES)
def test_a_valid_answer_obeys_the_choice(
    fake: FakeProvider, http: httpx2.Client, path: str, choice: Any, expected: Any
) -> None:
    fake.script = Valid()
    answer = http.post(path, json=BODIES[path] | {"tool_choice": choice}).text
    assert ("history" in answer.partition('"tools"')[0]) == (expected[0] == "any")


def test_anthropic_conversation(see: See) -> None:
    messages = [
        {"role": "user", "content": [{"type": "image", "source": {}}, {"type": "text", "text": "Look"}]},
        {"role": "assistant", "content": [{"type": "thinking", "thinking": "…"}, {"type": "text", "text": "I do"}]},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "t", "name": "history", "input": {"weeks": 1}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t"}, {"type": "text", "text": "Now"}]},
        {"role": "system", "content": "Late."},
    ]
    prompt = see(MESSAGES, system="First.", messages=messages)
    assert prompt.system == "First.\n\nLate."
    assert prompt.messages == (
        Message("user", "Look"),
        Message("assistant", "I do", (ToolCall("history", {"weeks": 1}, "t"),)),
        Message("tool", answers="t"),
        Message("user", "Now"),
    )


def test_openai_conversations(see: See) -> None:
    calls = [
        {"id": name, "type": "function", "function": {"name": "history", "arguments": arguments}}
        for name, arguments in (("a", '{"weeks":1}'), ("b", '{"weeks":'))
    ]
    chat = see(
        CHAT,
        messages=[
            {"role": "developer", "content": [{"type": "text", "text": "First."}]},
            {"role": "user", "content": [{"type": "text", "text": "Look"}, {"type": "image_url", "image_url": {}}]},
            {"role": "assistant", "content": "I do", "tool_calls": calls},
            *({"role": "tool", "tool_call_id": name, "content": name} for name in "ab"),
        ],
    )
    items = [
        {"role": "developer", "content": "First."},
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Look"}]},
        {"type": "reasoning", "id": "r", "summary": []},
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "I do"}]},
        *({"type": "function_call", "call_id": call["id"], **call["function"]} for call in calls),  # type: ignore[dict-item]
        *({"type": "function_call_output", "call_id": name, "output": name} for name in "ab"),
    ]
    responses = see(RESPONSES, input=items)
    assert chat.messages == responses.messages
    assert chat.system == responses.system == "First."
    assert chat.messages[1].calls == (ToolCall("history", {"weeks": 1}, "a"), ToolCall("history", '{"weeks":', "b"))
    assert chat.supplied == ("Look", "a", "b")
    assert chat.called == {"history"}


def test_a_fake_that_cannot_start(monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeProvider() as other, pytest.raises(OSError, match="in use"), FakeProvider(port=other.port):
        pass

    def load(config: Config) -> None:
        raise RuntimeError("no config")

    monkeypatch.setattr(Config, "load", load)
    with pytest.raises(RuntimeError, match="no config"), FakeProvider():
        pass
