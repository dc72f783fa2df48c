"""Coaches beside a format fake of their vendor, and what an answer must be whoever gave it."""

import json
from collections.abc import Iterator, Mapping
from uuid import uuid4

import httpx

from fake_llm import FakeProvider
from tests.people import somewhere

PUSH_UP = {"name": "Push-Up", "sets": 3, "reps": 12, "workout_day": "A"}
MODELS = {
    "anthropic": "anthropic:claude-haiku-5-5",
    "chat": "openai-chat:gpt-5-mini",
    "responses": "openai-responses:gpt-5-mini",
}
ENDPOINTS = ("chat", "stream", "recommend", "analyze")


def vendor(fake: FakeProvider, protocol: str = "anthropic") -> dict[str, str]:
    """Settings of a coach whose model is the fake."""
    return {
        "AI_MODEL": MODELS[protocol],
        "ANTHROPIC_API_KEY": "of-the-tests",
        "ANTHROPIC_BASE_URL": fake.anthropic_base_url,
        "OPENAI_API_KEY": "of-the-tests",
        "OPENAI_BASE_URL": fake.openai_base_url,
    }


def events(text: str) -> Iterator[tuple[str, dict[str, object]]]:
    """(name, data) of each server-sent event."""
    for block in text.replace("\r\n", "\n").split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if "event" in fields:
            yield fields["event"], json.loads(fields["data"])


def ask(client: httpx.Client, endpoint: str, **wanted: object) -> dict[str, object]:
    """One valid answer of `chat`, `stream`, `recommend` or `analyze`. The question is one that nobody has asked."""
    if endpoint == "analyze":
        response = client.get("/analyze", headers=somewhere())
    elif endpoint == "recommend":
        # Words that mean nothing make the request new and the plan no other.
        body: Mapping[str, object] = {"equipment_available": ["dumbbells", uuid4().hex], **wanted}
        response = client.post("/recommend", json=body, headers=somewhere())
    else:
        path = "/chat" if endpoint == "chat" else "/chat/stream"
        body = {"message": f"How long should I rest? {uuid4().hex}", **wanted}
        response = client.post(path, json=body, headers=somewhere())
    assert response.status_code == 200, response.text
    answer = dict(list(events(response.text))[-1][1]) if endpoint == "stream" else response.json()
    check(endpoint, answer)
    return answer


def check(endpoint: str, answer: dict[str, object]) -> None:
    """It has the contract's fields, and something in them."""
    assert answer["source"] in ("llm", "rules", "cache")
    assert answer["model"]
    if endpoint == "recommend":
        assert {"title", "description", "difficulty", "tips", "estimated_duration_minutes"} <= answer.keys()
        exercises = answer["exercises"]
        assert isinstance(exercises, list)
        assert exercises
        assert all({"name", "sets", "reps", "muscle_group"} <= exercise.keys() for exercise in exercises)
    elif endpoint == "analyze":
        assert {"summary", "strengths", "areas_to_improve", "recommendations", "muscle_balance_score"} <= answer.keys()
    else:
        assert str(answer["response"]).strip()
        assert isinstance(answer["context_used"], bool)
