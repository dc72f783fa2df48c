"""Reading: pages, order, CSV, entity tags."""

import asyncpg
import httpx
import pytest

pytestmark = pytest.mark.anyio

NAMES = ["Squat", "Bench Press", "Deadlift"]


async def add(client: httpx.AsyncClient, **fields: object) -> dict[str, object]:
    answer = await client.post("/exercises", json={"name": "Squat", "sets": 3, "reps": 5} | fields)
    assert answer.status_code == 201, answer.text
    body: dict[str, object] = answer.json()
    return body


async def test_a_page_holds_the_contracts_fields(client: httpx.AsyncClient) -> None:
    added = await add(client, name="Bench Press", sets=4, reps=8, weight=80, workout_day="A")
    answer = await client.get("/exercises")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-total-count"] == "1"
    assert answer.json() == {"page": 1, "page_size": 20, "total": 1, "items": [added]}
    assert added == {"id": added["id"], "name": "Bench Press", "sets": 4, "reps": 8, "weight": 80.0, "workout_day": "A"}


async def test_pages_follow_each_other(client: httpx.AsyncClient, sql: asyncpg.Connection) -> None:
    ids = [(await add(client, name=f"Lift {n}"))["id"] for n in range(5)]
    seen = []
    for page in (1, 2, 3, 4):
        answer = await client.get("/exercises", params={"page": page, "page_size": 2})
        assert answer.headers["x-total-count"] == "5"
        seen.append([item["id"] for item in answer.json()["items"]])
    assert seen == [ids[:2], ids[2:4], ids[4:], []]
