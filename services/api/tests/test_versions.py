"""A routine's total and version: true after every statement of every writer, and never the same twice."""

from asyncio import create_task, gather
from collections.abc import Awaitable, Callable
from itertools import chain
from random import Random
from time import time

import asyncpg
import httpx
import pytest

pytestmark = pytest.mark.anyio

MakeUser = Callable[..., Awaitable[dict[str, str]]]
BODY = {"name": "Squat", "sets": 3, "reps": 5}
QUERIES = ("", "?page=2", "?page=99", "?page_size=1", "?sort_by=name", "?sort_order=desc", "?scope=all")
SHARED = "(SELECT id FROM routines WHERE owner_id IS NULL)"
OTHER = "(SELECT id FROM routines WHERE owner_id IS NOT NULL)"


async def fill(sql: asyncpg.Connection, count: int = 3) -> list[int]:
    query = f"INSERT INTO exercises (routine_id, name, sets, reps) SELECT {SHARED}, 'Lift ' || n, 3, 5 "
    rows = await sql.fetch(query + "FROM generate_series(1, $1) n RETURNING id", count)
    return sorted(row["id"] for row in rows)


@pytest.mark.parametrize(
    ("statement", "total"),
    [
        (f"INSERT INTO exercises (routine_id, name, sets, reps) VALUES ({SHARED}, 'New', 1, 1)", 4),
        (f"INSERT INTO exercises (routine_id, name, sets, reps) SELECT {SHARED}, name, 1, 1 FROM exercises", 7),
        ("UPDATE exercises SET reps = reps + 1", 3),
        ("UPDATE exercises SET reps = reps", 3),
        (f"UPDATE exercises SET weight = 1 WHERE id = (SELECT max(id) FROM exercises WHERE routine_id = {SHARED})", 3),
        (f"DELETE FROM exercises WHERE id = (SELECT min(id) FROM exercises WHERE routine_id = {SHARED})", 2),
        ("DELETE FROM exercises", 0),
        ("TRUNCATE exercises", 0),
        (f"UPDATE exercises SET routine_id = {SHARED}", 4),
        (f"UPDATE exercises SET routine_id = {OTHER} WHERE id = (SELECT max(id) - 1 FROM exercises)", 2),
        (f"UPDATE exercises SET routine_id = CASE routine_id WHEN {SHARED} THEN {OTHER} ELSE {SHARED} END", 1),
        (
            "WITH gone AS (DELETE FROM exercises RETURNING *) INSERT INTO exercises (routine_id, name, sets, reps) "
            "SELECT routine_id, name, sets, reps FROM gone",
            3,
        ),
        (
            f"MERGE INTO exercises e USING (SELECT max(id) AS id FROM exercises WHERE routine_id = {SHARED}) m "
            "ON e.id = m.id WHEN MATCHED THEN DELETE",
            2,
        ),
    ],
)
async def test_no_tag_holds_after_a_write_by_whomever(
    client: httpx.AsyncClient, make_user: MakeUser, sql: asyncpg.Connection, statement: str, total: int
) -> None:
    admin = await make_user("root", role="admin")
    await fill(sql)
    await sql.execute(f"INSERT INTO exercises (routine_id, name, sets, reps) VALUES ({OTHER}, 'Other', 1, 1)")
    before = [(await client.get(f"/exercises{query}", headers=admin)).headers["etag"] for query in QUERIES]
    await sql.execute(statement)
    for query, old in zip(QUERIES, before, strict=True):
        answer = await client.get(f"/exercises{query}", headers={**admin, "If-None-Match": old})
        assert (answer.status_code, query) == (200, query)
        assert answer.headers["etag"] not in before
        if "scope" not in query:
            assert (answer.json()["total"], answer.headers["x-total-count"]) == (total, str(total))
    assert await sql.fetchval(f"SELECT count(*) FROM exercises WHERE routine_id = {SHARED}") == total


MOVES = {
    "insert": f"INSERT INTO exercises (routine_id, name, sets, reps) "
    f"SELECT {SHARED}, 'x', 1, 1 FROM generate_series(1, $1)",
    "update": "UPDATE exercises SET reps = reps % 1000 + 1 WHERE id % 3 = $1",
    "delete": "DELETE FROM exercises WHERE id % 3 = $1",
    "away": f"UPDATE exercises SET routine_id = {OTHER} WHERE id % 3 = $1",
    "back": f"UPDATE exercises SET routine_id = {SHARED} WHERE id % 2 = $1",
}


@pytest.mark.parametrize("seed", range(6))
async def test_total_is_always_true_and_no_version_comes_twice(
    client: httpx.AsyncClient, make_user: MakeUser, sql: asyncpg.Connection, seed: int
) -> None:
    await make_user("anna")
    chance = Random(seed)
    state = "SELECT owner_id, total, version, (SELECT count(*) FROM exercises WHERE routine_id = r.id) FROM routines r"
    tags: dict[str, bytes] = {}
    versions = {row["owner_id"]: row["version"] for row in await sql.fetch(state)}
    for _ in range(40):
        kind = chance.choice([*MOVES, "insert", "truncate"])
        if kind == "truncate":
            await sql.execute("TRUNCATE exercises")
        else:
            await sql.execute(MOVES[kind], chance.randint(0, 3))
        for owner, total, version, count in await sql.fetch(state):
            assert total == count
            assert version >= versions[owner]
            versions[owner] = version
        answer = await client.get("/exercises?page_size=200")
        assert tags.setdefault(answer.headers["etag"], answer.content) == answer.content


async def test_readers_never_see_two_answers_under_one_tag(client: httpx.AsyncClient, sql: asyncpg.Connection) -> None:
    ids = await fill(sql, 5)

    async def write(n: int) -> None:
        await client.patch(f"/exercises/{ids[n % 5]}", json={"reps": n + 1})
        await client.post("/exercises", json=BODY)

    async def read() -> list[httpx.Response]:
        return [await client.get("/exercises?page_size=200") for _ in range(10)]

    reading = [create_task(read()) for _ in range(4)]
    await gather(*(write(n) for n in range(20)))
    seen: dict[str, bytes] = {}
    for answer in chain.from_iterable(await gather(*reading)):
        assert seen.setdefault(answer.headers["etag"], answer.content) == answer.content
        assert answer.json()["total"] == len(answer.json()["items"]) == int(answer.headers["x-total-count"])
    assert len(seen) > 1
    assert (await client.get("/exercises")).json()["total"] == 25


async def version(sql: asyncpg.Connection, routine: str) -> int:
    found: int = await sql.fetchval(f"SELECT version FROM routines WHERE id = {routine}")
    return found


async def test_a_version_is_the_time_in_milliseconds(sql: asyncpg.Connection) -> None:
    before = time() * 1000
    await fill(sql, 1)
    assert before - 2 <= await version(sql, SHARED) <= time() * 1000 + 2


async def test_a_version_grows_though_the_clock_went_back(make_user: MakeUser, sql: asyncpg.Connection) -> None:
    await make_user("anna")
    ahead = int(time() * 1000) + 10**9
    await sql.execute(f"UPDATE routines SET version = $1 WHERE id = {OTHER}", ahead)
    one = f"INSERT INTO exercises (routine_id, name, sets, reps) VALUES ({OTHER}, 'Squat', 1, 1)"
    writes = (one, "UPDATE exercises SET reps = 2", "DELETE FROM exercises", one, "TRUNCATE exercises")
    for n, statement in enumerate(writes, start=1):
        await sql.execute(statement)
        assert await version(sql, OTHER) == ahead + n


async def test_a_rolled_back_write_leaves_no_trace(client: httpx.AsyncClient, sql: asyncpg.Connection) -> None:
    await fill(sql, 2)
    before = await client.get("/exercises")
    transaction = sql.transaction()
    await transaction.start()
    await sql.execute("DELETE FROM exercises")
    await transaction.rollback()
    after = await client.get("/exercises")
    assert (after.headers["etag"], after.content) == (before.headers["etag"], before.content)


async def test_no_writer_chooses_the_version_of_an_exercise(client: httpx.AsyncClient, sql: asyncpg.Connection) -> None:
    (exercise,) = await fill(sql, 1)
    for expected in (2, 3):
        await sql.execute("UPDATE exercises SET version = 1")
        assert (await client.get(f"/exercises/{exercise}")).headers["etag"] == f'"{exercise}.{expected}"'
