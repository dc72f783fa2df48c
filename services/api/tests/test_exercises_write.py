"""Writing: adding, changing and deleting an exercise."""

from asyncio import gather
from typing import Any
from urllib.parse import urljoin

import asyncpg
import httpx
import pytest

pytestmark = pytest.mark.anyio

BODY = {"name": "Bench Press", "sets": 4, "reps": 8, "weight": 82.5, "workout_day": "B"}
COLUMNS = ("id", "name", "sets", "reps", "weight", "workout_day")
OTHER = {"name": "Squat", "sets": 5, "reps": 3, "weight": 120.0, "workout_day": "Leg day"}


async def add(client: httpx.AsyncClient, **fields: object) -> dict[str, Any]:
    answer = await client.post("/exercises", json=BODY | fields)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def stored(sql: asyncpg.Connection) -> list[dict[str, Any]]:
    """All exercises of the shared routine, as they are in the table."""
    rows = await sql.fetch(
        "SELECT e.id, name, sets, reps, weight, workout_day, e.version FROM exercises e "
        "JOIN routines r ON r.id = routine_id WHERE owner_id IS NULL ORDER BY e.id"
    )
    return [dict(row) for row in rows]


async def test_an_added_exercise_is_answered_and_stored(client: httpx.AsyncClient, sql: asyncpg.Connection) -> None:
    answer = await client.post("/exercises", json=BODY)
    assert (answer.status_code, answer.headers["content-type"]) == (201, "application/json")
    (row,) = await stored(sql)
    assert row == {"id": row["id"], **BODY, "version": 1}
    assert (answer.json(), tuple(answer.json())) == ({"id": row["id"], **BODY}, COLUMNS)
    assert answer.headers["etag"] == f'"{row["id"]}.1"'
    assert answer.headers["location"] == f"exercises/{row['id']}"


@pytest.mark.parametrize("base", ["http://api.test/exercises", "https://gym.example.org/api/exercises"])
async def test_the_location_leads_to_the_exercise_behind_any_proxy(client: httpx.AsyncClient, base: str) -> None:
    answer = await client.post("/exercises", json=BODY)
    assert urljoin(base, answer.headers["location"]) == f"{base}/{answer.json()['id']}"
    found = await client.get(urljoin(str(answer.url), answer.headers["location"]))
    assert (found.json(), found.headers["etag"]) == (answer.json(), answer.headers["etag"])


async def test_weight_and_day_may_be_left_out(client: httpx.AsyncClient, sql: asyncpg.Connection) -> None:
    answer = await client.post("/exercises", json={"name": "Plank", "sets": 3, "reps": 1})
    row = {"id": answer.json()["id"], "name": "Plank", "sets": 3, "reps": 1, "weight": None, "workout_day": "A"}
    assert (answer.status_code, answer.json()) == (201, row)
    assert await stored(sql) == [row | {"version": 1}]


async def test_ids_are_not_used_again(client: httpx.AsyncClient) -> None:
    first = await add(client)
    assert (await client.delete(f"/exercises/{first['id']}")).status_code == 204
    assert (await add(client))["id"] > first["id"]


@pytest.mark.parametrize("missing", ["name", "sets", "reps"])
async def test_what_is_missing_is_named(client: httpx.AsyncClient, sql: asyncpg.Connection, missing: str) -> None:
    answer = await client.post("/exercises", json={key: value for key, value in BODY.items() if key != missing})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"field": missing, "message": "Field required"}]
    assert await stored(sql) == []


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize("unknown", ["id", "version", "routine_id", "nmae", "Name", "weight_kg"])
async def test_an_unknown_field_is_refused_by_name(
    client: httpx.AsyncClient, sql: asyncpg.Connection, method: str, unknown: str
) -> None:
    exercise = await add(client)
    path = "/exercises" if method == "POST" else f"/exercises/{exercise['id']}"
    answer = await client.request(method, path, json=OTHER | {unknown: 1})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"field": unknown, "message": "Extra inputs are not permitted"}]
    assert await stored(sql) == [exercise | {"version": 1}]


@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_every_wrong_field_is_named(client: httpx.AsyncClient, sql: asyncpg.Connection, method: str) -> None:
    exercise = await add(client)
    path = "/exercises" if method == "POST" else f"/exercises/{exercise['id']}"
    wrong = {"name": "", "sets": 0, "reps": 1001, "weight": -1, "workout_day": "12345678901", "more": 1}
    answer = await client.request(method, path, json=wrong)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == list(wrong)
    assert answer.json()["type"] == "about:blank"
    assert await stored(sql) == [exercise | {"version": 1}]


@pytest.mark.parametrize("field", BODY)
async def test_only_the_field_that_is_sent_changes(
    client: httpx.AsyncClient, sql: asyncpg.Connection, field: str
) -> None:
    exercise, neighbour = await add(client), await add(client)
    change = {field: OTHER[field]}
    answer = await client.patch(f"/exercises/{exercise['id']}", json=change)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert (answer.json(), tuple(answer.json())) == (exercise | change, COLUMNS)
    assert answer.headers["etag"] == f'"{exercise["id"]}.2"'
    assert await stored(sql) == [exercise | change | {"version": 2}, neighbour | {"version": 1}]


async def test_all_fields_may_change_at_once(client: httpx.AsyncClient, sql: asyncpg.Connection) -> None:
    exercise = await add(client)
    answer = await client.patch(f"/exercises/{exercise['id']}", json=OTHER)
    assert (answer.status_code, answer.json()) == (200, exercise | OTHER)
    found = await client.get(f"/exercises/{exercise['id']}")
    assert (found.json(), found.headers["etag"]) == (answer.json(), answer.headers["etag"])


async def test_null_clears_the_weight_and_absence_keeps_it(client: httpx.AsyncClient) -> None:
    exercise = await add(client, weight=80)
    url = f"/exercises/{exercise['id']}"
    assert (await client.patch(url, json={"sets": 9})).json() == exercise | {"sets": 9}
    assert (await client.patch(url, json={"weight": None})).json() == exercise | {"sets": 9, "weight": None}
    assert (await client.patch(url, json={"sets": 8})).json() == exercise | {"sets": 8, "weight": None}
    assert (await client.patch(url, json={"weight": 0})).json() == exercise | {"sets": 8, "weight": 0.0}
    assert (await client.get(url)).headers["etag"] == f'"{exercise["id"]}.5"'


@pytest.mark.parametrize("field", ["name", "sets", "reps", "workout_day"])
@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_null_is_refused_elsewhere(
    client: httpx.AsyncClient, sql: asyncpg.Connection, method: str, field: str
) -> None:
    exercise = await add(client)
    path = "/exercises" if method == "POST" else f"/exercises/{exercise['id']}"
    answer = await client.request(method, path, json=OTHER | {field: None})
    assert answer.status_code == 422
    kind = "string" if field in ("name", "workout_day") else "integer"
    assert answer.json()["errors"] == [{"field": field, "message": f"Input should be a valid {kind}"}]
    assert await stored(sql) == [exercise | {"version": 1}]


async def test_a_change_of_nothing_changes_nothing(client: httpx.AsyncClient, sql: asyncpg.Connection) -> None:
    exercise = await add(client)
    tag = (await client.get("/exercises")).headers["etag"]
    answer = await client.patch(f"/exercises/{exercise['id']}", json={})
    assert (answer.status_code, answer.json()) == (200, exercise)
    assert answer.headers["etag"] == f'"{exercise["id"]}.1"'
    assert (await client.get("/exercises")).headers["etag"] == tag
    assert await stored(sql) == [exercise | {"version": 1}]


async def test_a_deleted_exercise_is_gone(client: httpx.AsyncClient, sql: asyncpg.Connection) -> None:
    exercise, neighbour = await add(client), await add(client)
    answer = await client.delete(f"/exercises/{exercise['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert "content-type" not in answer.headers
    assert await stored(sql) == [neighbour | {"version": 1}]


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
async def test_what_is_not_there_is_not_found(client: httpx.AsyncClient, sql: asyncpg.Connection, method: str) -> None:
    exercise, neighbour = await add(client), await add(client)
    assert (await client.delete(f"/exercises/{exercise['id']}")).status_code == 204
    answer = await client.request(
        method, f"/exercises/{exercise['id']}", json={"sets": 1} if method == "PATCH" else None
    )
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert (answer.json()["detail"], answer.json()["title"]) == ("Exercise not found", "Not Found")
    assert answer.json()["type"] == "urn:problem:exercise-not-found"
    assert await stored(sql) == [neighbour | {"version": 1}]


async def test_concurrent_additions_are_all_kept(client: httpx.AsyncClient, sql: asyncpg.Connection) -> None:
    answers = await gather(*(client.post("/exercises", json=BODY | {"reps": n + 1}) for n in range(50)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 50
    assert sorted(row["reps"] for row in await stored(sql)) == list(range(1, 51))
    assert (await client.get("/exercises")).json()["total"] == 50


async def test_concurrent_changes_of_different_fields_are_all_kept(client: httpx.AsyncClient) -> None:
    exercise = await add(client)
    url = f"/exercises/{exercise['id']}"
    answers = await gather(*(client.patch(url, json={field: value}) for field, value in OTHER.items()))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.headers["etag"] for answer in answers}) == len(OTHER)
    assert (await client.get(url)).json() == exercise | OTHER


async def test_of_concurrent_deletions_one_deletes(client: httpx.AsyncClient) -> None:
    exercise = await add(client)
    answers = await gather(*(client.delete(f"/exercises/{exercise['id']}") for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [204] + [404] * 9
    assert (await client.get("/exercises")).json()["total"] == 0
