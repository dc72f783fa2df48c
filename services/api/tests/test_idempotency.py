"""Idempotency-Key: a retry of `POST /exercises` adds nothing and is answered like the first request."""

import json
from asyncio import create_task, gather, sleep
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import httpx
import pytest

pytestmark = pytest.mark.anyio

MakeClient = Callable[..., Awaitable[httpx.AsyncClient]]
MakeUser = Callable[..., Awaitable[dict[str, str]]]
BODY: dict[str, Any] = {"name": "Squat", "sets": 3, "reps": 5}
KEY = "0b1f3e8a-6f0e-4c0f-9a53-2f5f0f1d2c3b"
REUSED = "Idempotency-Key: it was used for another request; take a new key for a new exercise"
BUSY = "A request with this Idempotency-Key is being worked on: try again in a moment"


async def post(client: httpx.AsyncClient, key: str | bytes = KEY, **fields: object) -> httpx.Response:
    return await client.post("/exercises", json=BODY | fields, headers=[(b"Idempotency-Key", key_bytes(key))])


def key_bytes(key: str | bytes) -> bytes:
    return key if isinstance(key, bytes) else key.encode()


async def count(sql: asyncpg.Connection, table: str = "exercises") -> int:
    found: int = await sql.fetchval(f"SELECT count(*) FROM {table}")
    return found


def same(first: httpx.Response, second: httpx.Response) -> bool:
    return all(
        (first.status_code, first.content, first.headers.get(name))
        == (second.status_code, second.content, second.headers.get(name))
        for name in ("etag", "location", "content-type", "content-length")
    )


async def test_a_retry_gets_the_first_answer_and_adds_nothing(
    client: httpx.AsyncClient, sql: asyncpg.Connection
) -> None:
    first = await post(client, weight=80)
    assert (first.status_code, first.headers["etag"]) == (201, f'"{first.json()["id"]}.1"')
    assert first.headers["location"] == f"exercises/{first.json()['id']}"
    assert same(await post(client, weight=80), first)
    assert same(await post(client, weight=80), first)
    assert await count(sql) == 1


async def test_a_retry_gets_the_first_answer_though_the_exercise_has_changed(
    client: httpx.AsyncClient, sql: asyncpg.Connection
) -> None:
    first = await post(client)
    await client.patch(f"/exercises/{first.json()['id']}", json={"sets": 9})
    assert same(await post(client), first)
    await client.delete(f"/exercises/{first.json()['id']}")
    assert same(await post(client), first)
    assert await count(sql) == 0


async def test_without_a_key_the_same_request_adds_again(client: httpx.AsyncClient, sql: asyncpg.Connection) -> None:
    for _ in range(2):
        assert (await client.post("/exercises", json=BODY)).status_code == 201
    assert (await count(sql), await count(sql, "idempotent_answers")) == (2, 0)


async def test_another_key_adds_again(client: httpx.AsyncClient, sql: asyncpg.Connection) -> None:
    answers = [await post(client, key) for key in ("a", "b", "A", "a", "B")]
    assert [answer.status_code for answer in answers] == [201] * 5
    assert len({answer.json()["id"] for answer in answers}) == await count(sql) == 4


@pytest.mark.parametrize(
    "change", [{"name": "Dips"}, {"sets": 4}, {"reps": 6}, {"weight": 0}, {"workout_day": "B"}], ids=str
)
async def test_a_key_is_refused_for_another_exercise(
    client: httpx.AsyncClient, sql: asyncpg.Connection, change: dict[str, Any]
) -> None:
    first = await post(client)
    answer = await post(client, **change)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert (answer.json()["detail"], answer.json()["type"]) == (REUSED, "urn:problem:idempotency-key-reused")
    assert await count(sql) == 1
    assert same(await post(client), first)


async def test_the_same_exercise_written_otherwise_is_the_same_request(client: httpx.AsyncClient) -> None:
    first = await post(client)
    text = json.dumps(dict(reversed(BODY.items())), indent=4)
    headers = {"Idempotency-Key": KEY, "Content-Type": "application/json"}
    assert same(await client.post("/exercises", content=text, headers=headers), first)


async def test_of_a_hundred_requests_with_one_key_one_adds(client: httpx.AsyncClient, sql: asyncpg.Connection) -> None:
    answers = await gather(*(post(client) for _ in range(100)))
    added = [answer for answer in answers if answer.status_code == 201]
    assert all(same(answer, added[0]) for answer in added)
    assert all(answer.status_code in (201, 409) for answer in answers)
    assert (await count(sql), await count(sql, "idempotent_answers")) == (1, 1)
    assert same(await post(client), added[0])


async def until_waiting(sql: asyncpg.Connection) -> None:
    """Return when somebody waits for a lock on the exercises of this worker's database."""
    waiting = (
        "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database "
        "WHERE NOT granted AND datname = current_database() AND relation = 'exercises'::regclass"
    )
    for _ in range(100):
        if await sql.fetchval(waiting):
            return
        await sleep(0.005)
    raise AssertionError("Nobody waits")


async def test_a_request_is_told_to_wait_while_the_first_is_worked_on(
    client: httpx.AsyncClient, sql: asyncpg.Connection
) -> None:
    async with sql.transaction():
        await sql.execute("LOCK TABLE exercises IN SHARE MODE")  # the first cannot insert
        first = create_task(post(client))
        await until_waiting(sql)
        second = await post(client)
        other = create_task(post(client, "another"))
        await sleep(0.01)
        assert not other.done()
    assert (second.status_code, second.headers["content-type"]) == (409, "application/problem+json")
    assert (second.json()["detail"], second.json()["type"]) == (BUSY, "urn:problem:request-in-progress")
    assert {(await first).status_code, (await other).status_code} == {201}
    assert same(await post(client), await first)
    assert await count(sql) == 2


async def test_a_key_belongs_to_its_caller(
    client: httpx.AsyncClient, make_client: MakeClient, make_user: MakeUser, sql: asyncpg.Connection
) -> None:
    anna, ben = await make_user("anna"), await make_user("ben")
    for target in (client, await make_client(access="private")):
        await sql.execute("DELETE FROM idempotent_answers")
        answers = []
        for caller in (anna, ben, anna):
            headers = {**caller, "Idempotency-Key": KEY}
            answers.append(await target.post("/exercises", json=BODY, headers=headers))
        assert [answer.status_code for answer in answers] == [201] * 3
        assert same(answers[0], answers[2])
        assert answers[0].json()["id"] != answers[1].json()["id"]
    assert await count(sql) == 4


async def test_anonymous_callers_share_their_keys_but_not_with_accounts(
    client: httpx.AsyncClient, make_user: MakeUser, sql: asyncpg.Connection
) -> None:
    anna = await make_user("anonymous")
    first = await post(client)
    assert same(await post(client), first)
    known = await client.post("/exercises", json=BODY | {"sets": 9}, headers={**anna, "Idempotency-Key": KEY})
    assert (known.status_code, await count(sql)) == (201, 2)


async def age(sql: asyncpg.Connection, interval: str) -> None:
    await sql.execute(f"UPDATE idempotent_answers SET created_at = now() - interval '{interval}'")


async def test_an_answer_is_kept_for_a_day(client: httpx.AsyncClient, sql: asyncpg.Connection) -> None:
    first = await post(client)
    await age(sql, "23 hours 59 minutes")
    await post(client, "another")
    assert same(await post(client), first)
    assert await count(sql) == 2


@pytest.mark.parametrize("change", [{}, {"sets": 9}], ids=str)
@pytest.mark.parametrize("written", [False, True], ids=["at once", "after another write"])
async def test_after_a_day_a_key_is_new(
    client: httpx.AsyncClient, sql: asyncpg.Connection, change: dict[str, Any], written: bool
) -> None:
    first = await post(client)
    await age(sql, "24 hours 1 minute")
    if written:
        await post(client, "another")
    answer = await post(client, **change)
    assert (answer.status_code, answer.json()["sets"]) == (201, change.get("sets", 3))
    assert answer.json()["id"] != first.json()["id"]
    assert same(await post(client, **change), answer)
    assert await count(sql) == 2 + written


async def test_old_answers_are_deleted_fifty_a_write(client: httpx.AsyncClient, sql: asyncpg.Connection) -> None:
    await sql.execute(
        "INSERT INTO idempotent_answers (caller, route, key, fingerprint, body, etag, created_at) "
        "SELECT 'anonymous', 'POST /exercises', n::text, '', '', '', now() - "
        "CASE WHEN n <= 120 THEN interval '25 hours' ELSE interval '23 hours' END FROM generate_series(1, 125) n"
    )
    left = []
    for key in ("a", "b", "c", "d"):
        assert (await post(client, key)).status_code == 201
        left.append(await sql.fetchval("SELECT count(*) FROM idempotent_answers WHERE key ~ '^[0-9]+$'"))
    assert left == [75, 25, 5, 5]
    assert await count(sql, "idempotent_answers") == 9


@pytest.mark.parametrize("key", ["x", "~!@#$%^&*()_+=", "x" * 255, "';DROP/**/TABLE/**/exercises;--"])
async def test_a_key_is_1_to_255_visible_characters(
    client: httpx.AsyncClient, sql: asyncpg.Connection, key: str
) -> None:
    answers = [await post(client, key), await post(client, key)]
    assert (answers[0].status_code, await count(sql)) == (201, 1)
    assert same(*answers)


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "x" * 5000, b"\x7f", "clé", b"\xff", "a\tb", b"\x1f"])
async def test_an_illegal_key_is_refused_by_name(
    client: httpx.AsyncClient, sql: asyncpg.Connection, key: str | bytes
) -> None:
    answer = await post(client, key)
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["field"] == "idempotency-key"
    assert (await count(sql), await count(sql, "idempotent_answers")) == (0, 0)


async def test_a_refused_request_uses_up_no_key(
    client: httpx.AsyncClient, make_user: MakeUser, sql: asyncpg.Connection
) -> None:
    reader = {**await make_user("rita", role="readonly"), "Idempotency-Key": KEY}
    assert (await post(client, sets=0)).status_code == 422
    assert (await client.post("/exercises", content="{", headers={"Idempotency-Key": KEY})).status_code == 415
    assert (await client.post("/exercises", json=BODY, headers=reader)).status_code == 403
    assert await count(sql, "idempotent_answers") == 0
    assert (await post(client)).status_code == 201
    assert await count(sql) == 1


async def test_what_is_kept_of_a_request_is_no_more_than_its_hash(
    client: httpx.AsyncClient, sql: asyncpg.Connection
) -> None:
    answer = await post(client)
    row = await sql.fetchrow("SELECT * FROM idempotent_answers")
    assert row is not None
    assert (row["caller"], row["route"], row["key"]) == ("anonymous", "POST /exercises", KEY)
    assert (row["body"], row["etag"], len(row["fingerprint"])) == (answer.content, answer.headers["etag"], 32)
