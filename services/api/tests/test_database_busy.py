"""A database that answers, but not as one would like: too busy, refusing, without tables, read-only."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import bcrypt
import httpx
import pytest
from asgi_lifespan import LifespanManager

from api import migrations
from api.app import create_app
from api.settings import ApiSettings, RateLimitSettings

pytestmark = pytest.mark.anyio

MakeUser = Callable[..., Awaitable[dict[str, str]]]
MakeClient = Callable[..., Awaitable[httpx.AsyncClient]]
SQUAT = {"name": "Squat", "sets": 3, "reps": 5}
LOGIN = {"username": "anna", "password": "correct horse"}
AWAY = "urn:problem:database-unavailable"
WAITING = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@asynccontextmanager
async def locked(sql: asyncpg.Connection, table: str) -> AsyncIterator[None]:
    """Nobody reads or writes the table for a while."""
    async with sql.transaction():
        await sql.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield


async def wait_for(sql: asyncpg.Connection, count: int) -> list[int]:
    """The processes that wait for a lock, once they are `count`."""
    for _ in range(200):
        await sql.execute("SELECT pg_stat_clear_snapshot()")
        processes = [row["pid"] for row in await sql.fetch(WAITING)]
        if len(processes) >= count:
            break
        await asyncio.sleep(0.005)
    return processes


async def timed(request: Awaitable[httpx.Response]) -> tuple[int, float]:
    began = time.monotonic()
    answer = await request
    if answer.status_code == 503:
        assert (answer.json()["type"], answer.headers["retry-after"]) == (AWAY, "2")
    return answer.status_code, time.monotonic() - began


async def test_a_full_pool_is_a_503_within_two_seconds_and_heals(
    make_client: MakeClient, make_user: MakeUser, sql: asyncpg.Connection
) -> None:
    admin = await make_user("root", role="admin")
    client = await make_client(pool_size=2)
    exercise = (await client.post("/exercises", json=SQUAT)).json()["id"]
    assert (await client.get("/admin/users", headers=admin)).status_code == 200
    async with locked(sql, "exercises"):
        reads = [client.get("/exercises", headers=admin) for _ in range(6)]
        writes = [client.patch(f"/exercises/{exercise}", json={"sets": 4}, headers=admin) for _ in range(6)]
        live = client.get("/livez")
        answers = await asyncio.gather(*(timed(request) for request in (*reads, *writes, live)))
    assert [status for status, _ in answers] == [503] * 12 + [200]
    assert max(seconds for _, seconds in answers) < 2
    assert min(seconds for _, seconds in answers[:12]) > 1  # nobody gives up before that
    answers = await asyncio.gather(*(timed(client.get("/exercises")) for _ in range(20)))
    assert {status for status, _ in answers} == {200}
    assert (await client.get(f"/exercises/{exercise}")).json()["sets"] == 3


async def test_whoever_waits_for_a_turn_gets_one(make_client: MakeClient, sql: asyncpg.Connection) -> None:
    client = await make_client(pool_size=2)
    assert (await client.post("/exercises", json=SQUAT)).status_code == 201
    async with locked(sql, "exercises"):
        tasks = [asyncio.create_task(timed(client.get("/exercises"))) for _ in range(30)]
        assert len(await wait_for(sql, 2)) == 2  # no more connections than the pool may have
    assert {status for status, _ in await asyncio.gather(*tasks)} == {200}


@pytest.mark.parametrize(("pool_size", "sessions"), [(1, 1), (2, 1), (5, 2), (8, 4)])
async def test_writes_use_half_as_many_connections_but_at_least_one(
    make_client: MakeClient, make_user: MakeUser, sql: asyncpg.Connection, pool_size: int, sessions: int
) -> None:
    admin = await make_user("root", role="admin")
    client = await make_client(pool_size=pool_size)
    assert (await client.get("/auth/me", headers=admin)).status_code == 200
    async with locked(sql, "users"):
        tasks = [asyncio.create_task(timed(client.get("/admin/users", headers=admin))) for _ in range(sessions + 2)]
        await wait_for(sql, sessions)
        await asyncio.sleep(0.05)
        assert len(await wait_for(sql, sessions)) == sessions
    assert {status for status, _ in await asyncio.gather(*tasks)} == {200}


@pytest.mark.parametrize("key", [None, "a-key"])
async def test_a_write_whose_connection_is_cut_never_happened(
    client: httpx.AsyncClient, sql: asyncpg.Connection, key: str | None
) -> None:
    before = await sql.fetch("SELECT total, version FROM routines")
    async with sql.transaction():
        await sql.execute("SELECT FROM routines FOR UPDATE")  # the trigger that counts has to wait
        headers = {"Idempotency-Key": key} if key else {}
        task = asyncio.create_task(timed(client.post("/exercises", json=SQUAT, headers=headers)))
        (process,) = await wait_for(sql, 1)
        assert await sql.fetchval("SELECT pg_terminate_backend($1)", process)
        status, _ = await task
    assert status == 503
    assert await sql.fetchval("SELECT count(*) FROM exercises") == 0
    assert await sql.fetchval("SELECT count(*) FROM idempotent_answers") == 0
    assert await sql.fetch("SELECT total, version FROM routines") == before
    assert (await client.post("/exercises", json=SQUAT, headers=headers)).status_code == 201


@pytest.fixture
async def database(postgres_url: str, worker_id: str) -> AsyncIterator[str]:
    """The URL of an empty database of the test's own."""
    name = f"busy_{worker_id}_{uuid4().hex[:8]}"
    connection = await asyncpg.connect(postgres_url)
    await connection.execute(f"CREATE DATABASE {name}")
    yield urlunsplit(urlsplit(postgres_url)._replace(path=f"/{name}"))
    await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await connection.close()


async def execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(statement.format(name=urlsplit(url).path[1:]))
    await connection.close()


async def ask(url: str) -> list[httpx.Response]:
    """What an application on that database answers, on either way to PostgreSQL."""
    values = {"database_url": url, "bcrypt_rounds": 4, "rate_limits": RateLimitSettings(enabled=False)}
    async with LifespanManager(create_app(ApiSettings.model_validate(values))) as running:
        transport = httpx.ASGITransport(running.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as client:
            return [await client.post("/exercises", json=SQUAT), await client.post("/auth/login", json=LOGIN)]


REFUSALS = {
    "no connection is left": "ALTER DATABASE {name} CONNECTION LIMIT 0",
    "it is a standby": "ALTER DATABASE {name} SET default_transaction_read_only = on",
    "its tables are not there": "DROP TABLE exercises, users CASCADE",
    "statements are cancelled": "ALTER DATABASE {name} SET statement_timeout = '1ms'",
}


@pytest.mark.parametrize("case", list(REFUSALS))
async def test_a_database_that_cannot_serve_is_a_503_on_both_ways(database: str, case: str) -> None:
    await migrations.upgrade(database)
    hashed = bcrypt.hashpw(LOGIN["password"].encode(), bcrypt.gensalt(4)).decode()
    await execute(database, f"INSERT INTO users (username, role, password_hash) VALUES ('anna', 'user', '{hashed}')")
    await execute(database, REFUSALS[case])
    for answer in await ask(database):
        assert (answer.status_code, answer.json()["type"]) == (503, AWAY), answer.request.url
        assert answer.headers["retry-after"] == "2"


STRANGERS = [{"path": "/not_there"}, {"netloc": "nobody:pw@{host}"}, {"netloc": "x:y@127.0.0.1:1"}]


@pytest.mark.parametrize("change", STRANGERS)
async def test_a_database_that_does_not_know_us_is_a_503_on_both_ways(
    postgres_url: str, change: dict[str, str]
) -> None:
    parts = urlsplit(postgres_url)
    given = {key: value.format(host=parts.netloc.rpartition("@")[2]) for key, value in change.items()}
    for answer in await ask(urlunsplit(parts._replace(**given))):
        assert (answer.status_code, answer.json()["type"]) == (503, AWAY), answer.request.url


async def test_a_mistake_of_ours_is_no_outage(database: str) -> None:
    await migrations.upgrade(database)
    await execute(database, "ALTER TABLE exercises RENAME COLUMN reps TO repetitions")
    await execute(database, "ALTER TABLE users RENAME COLUMN email TO address")
    assert [answer.status_code for answer in await ask(database)] == [500, 500]
