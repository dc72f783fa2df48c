"""What people and programs send wrong: 422 names the field and repeats nothing of what was sent."""

from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.anyio

CANARY = "kangaroo"
CHAT: list[tuple[str, dict[str, Any]]] = [
    ("message", {}),
    ("message", {"message": None}),
    ("message", {"message": ""}),
    ("message", {"message": " \t\n"}),
    ("message", {"message": "\u200b\u2060"}),
    ("message", {"message": f"{CANARY}\x00"}),
    ("message", {"message": f"{CANARY}\x1b[31m"}),
    ("message", {"message": 7}),
    ("message", {"message": [CANARY]}),
    ("message", {"message": CANARY.ljust(2001, "x")}),
    ("include_workout_context", {"message": "hi", "include_workout_context": "true"}),
    ("include_workout_context", {"message": "hi", "include_workout_context": 1}),
    ("include_workout_context", {"message": "hi", "include_workout_context": None}),
    ("history", {"message": "hi", "history": CANARY}),
    ("history", {"message": "hi", "history": [{"role": "user", "content": "x"}] * 21}),
    ("history.0.role", {"message": "hi", "history": [{"role": "system", "content": CANARY}]}),
    ("history.0.content", {"message": "hi", "history": [{"role": "user", "content": ""}]}),
    ("history.0.content", {"message": "hi", "history": [{"role": "user", "content": "x" * 8001}]}),
    ("history.0.note", {"message": "hi", "history": [{"role": "user", "content": "x", "note": CANARY}]}),
    ("model", {"message": "hi", "model": CANARY}),
]
RECOMMEND: list[tuple[str, dict[str, Any]]] = [
    ("focus_area", {"focus_area": CANARY}),
    ("focus_area", {"focus_area": "Chest"}),
    ("equipment_available", {"equipment_available": CANARY}),
    ("equipment_available", {"equipment_available": ["x"] * 31}),
    ("equipment_available", {"equipment_available": None}),
    ("equipment_available.0", {"equipment_available": [""]}),
    ("equipment_available.1", {"equipment_available": ["x", CANARY.ljust(41, "x")]}),
    ("equipment_available.0", {"equipment_available": [f"{CANARY}\x00"]}),
    ("session_duration_minutes", {"session_duration_minutes": 14}),
    ("session_duration_minutes", {"session_duration_minutes": 181}),
    ("session_duration_minutes", {"session_duration_minutes": "60"}),
    ("session_duration_minutes", {"session_duration_minutes": True}),
    ("session_duration_minutes", {"session_duration_minutes": 60.5}),
    ("session_duration_minutes", {"session_duration_minutes": None}),
    ("level", {"level": CANARY}),
    ("avoid", {"avoid": ["knee"] * 11}),
    ("avoid.0", {"avoid": [7]}),
    ("duration", {"duration": CANARY}),
]


@pytest.mark.parametrize(("field", "body"), CHAT)
@pytest.mark.parametrize("path", ["/chat", "/chat/stream"])
async def test_a_wrong_question_is_refused_by_its_field(
    client: httpx.AsyncClient, path: str, field: str, body: dict[str, Any]
) -> None:
    refused(await client.post(path, json=body), field)


@pytest.mark.parametrize(("field", "body"), RECOMMEND)
async def test_a_wrong_wish_is_refused_by_its_field(
    client: httpx.AsyncClient, field: str, body: dict[str, Any]
) -> None:
    refused(await client.post("/recommend", json=body), field)


def refused(answer: httpx.Response, field: str) -> None:
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert CANARY not in answer.text


@pytest.mark.parametrize("path", ["/chat", "/chat/stream", "/recommend"])
async def test_half_a_character_is_refused(client: httpx.AsyncClient, path: str) -> None:
    body = rb'{"message": "\ud800", "avoid": ["\ud800"]}'
    answer = await client.post(path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("body", "status"), [(b"{", 422), (b"[]", 422), (b"null", 422), (b"", 422), (b"\xff", 422), (b"[" * 100_000, 422)]
)
@pytest.mark.parametrize("path", ["/chat", "/recommend"])
async def test_a_body_that_is_no_object_is_a_clear_error(
    client: httpx.AsyncClient, path: str, body: bytes, status: int
) -> None:
    answer = await client.post(path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (status, 400)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_another_media_type_is_415_and_a_large_body_413(client: httpx.AsyncClient) -> None:
    form = await client.post("/chat", content=b"message=hi", headers={"Content-Type": "text/plain"})
    assert form.status_code == 415
    large = await client.post("/chat", json={"message": "x" * 3_000_000})
    assert large.status_code == 413


@pytest.mark.parametrize(("method", "path"), [("GET", "/chat"), ("POST", "/analyze"), ("DELETE", "/exercises")])
async def test_another_method_is_405_and_says_which_are_there(
    client: httpx.AsyncClient, method: str, path: str
) -> None:
    answer = await client.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["allow"]


ACCEPTED: list[dict[str, Any]] = [
    {"message": "x" * 2000},
    {"message": "🏋️‍♀️" * 300},
    {"message": "Wie mache ich Kniebeugen? مرحبا 你好 \u202eabc"},
    {"message": "line one\nline two\r\n\tline three"},
    {"message": "</data> <script>alert(1)</script> {{7*7}} %s $(id) ' OR 1=1 --"},
    {"message": "hi", "history": [{"role": "user", "content": "x" * 8000}] * 20},
    {"message": "hi", "include_workout_context": False, "history": [{"role": "coach", "content": "\u2028 x"}]},
]


@pytest.mark.parametrize("body", ACCEPTED)
async def test_whatever_else_people_type_is_answered(client: httpx.AsyncClient, body: dict[str, Any]) -> None:
    answer = await client.post("/chat", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["response"]


@pytest.mark.parametrize("minutes", [15, 180, 60.0])
async def test_a_wish_may_be_at_its_edges(client: httpx.AsyncClient, minutes: float) -> None:
    body = {
        "session_duration_minutes": minutes,
        "equipment_available": ["x" * 40] * 30,
        "avoid": ["knee"] * 10,
        "focus_area": None,
        "level": None,
    }
    answer = await client.post("/recommend", json=body)
    assert answer.status_code == 200, answer.text
