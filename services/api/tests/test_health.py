"""What the service says of itself: the root, health for people, probes for machines."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import asyncpg
import httpx
import pytest
from asgi_lifespan import LifespanManager

from api import migrations
from api.app import create_app
from api.migrations import head
from api.settings import ApiSettings

pytestmark = pytest.mark.anyio

NOWHERE = "postgresql://workout:workout123@127.0.0.1:1/workout_tracker"


@pytest.fixture
async def lost() -> AsyncIterator[httpx.AsyncClient]:
    """An application whose database refuses connections."""
    settings = ApiSettings.model_validate({"database_url": NOWHERE, "bcrypt_rounds": 4})
    async with LifespanManager(create_app(settings)) as running:
        transport = httpx.ASGITransport(running.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as client:
            yield client


@asynccontextmanager
async def revision(sql: asyncpg.Connection, *statements: str) -> AsyncIterator[None]:
    """The database with another revision, for a while."""
    before = await sql.fetchval("SELECT version_num FROM alembic_version")
    try:
        for statement in statements:
            await sql.execute(statement)
        yield
    finally:
        await sql.execute("CREATE TABLE IF NOT EXISTS alembic_version (version_num varchar(32) NOT NULL PRIMARY KEY)")
        await sql.execute("DELETE FROM alembic_version")
        await sql.execute("INSERT INTO alembic_version VALUES ($1)", before)


async def test_the_root_says_what_this_is(client: httpx.AsyncClient) -> None:
    answer = await client.get("/")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {"message": "Welcome to the Workout Tracker API", "version": "0.1.0", "docs": "/docs"}
    assert (await client.get("/docs")).status_code == 200


async def test_health_is_the_contracts_and_counts_every_routines_exercises(
    client: httpx.AsyncClient, sql: asyncpg.Connection
) -> None:
    user = await sql.fetchval(
        "INSERT INTO users (username, role, password_hash) VALUES ('anna', 'user', 'x') RETURNING id"
    )
    await sql.execute("INSERT INTO routines (owner_id) VALUES ($1)", user)
    for count in (2, 4):
        await sql.execute("INSERT INTO exercises (routine_id, name, sets, reps) SELECT id, 'Squat', 3, 5 FROM routines")
        before = datetime.now(UTC).replace(microsecond=0)
        answer = await client.get("/health")
        assert answer.status_code == 200
        body = answer.json()
        assert before <= datetime.strptime(body.pop("timestamp"), "%Y-%m-%dT%H:%M:%S%z") <= datetime.now(UTC)
        assert body == {
            "status": "healthy",
            "version": "0.1.0",
            "database": {"status": "connected", "message": "Connected", "exercise_count": count},
        }


async def test_the_timestamp_ends_with_z(client: httpx.AsyncClient) -> None:
    timestamp = (await client.get("/health")).json()["timestamp"]
    assert len(timestamp) == len("2026-02-05T12:00:00Z")
    assert timestamp.endswith("Z")


async def test_health_says_unhealthy_and_still_200_without_a_database(lost: httpx.AsyncClient) -> None:
    answer = await lost.get("/health")
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"status", "version", "timestamp", "database"}
    assert (body["status"], body["version"]) == ("unhealthy", "0.1.0")
    assert body["database"] == {
        "status": "disconnected",
        "message": "The database cannot be reached",
        "exercise_count": None,
    }


async def test_a_process_lives_whatever_its_database_does(client: httpx.AsyncClient, lost: httpx.AsyncClient) -> None:
    for where in (client, lost):
        answer = await where.get("/livez")
        assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


async def test_a_process_is_ready_when_the_schema_is_its_own(client: httpx.AsyncClient) -> None:
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})


UNREACHABLE = "The database cannot be reached, or its schema was never made"
OLDER = "The database's schema is {}, older than {}: run `workout-api migrate`"


async def obstacle(client: httpx.AsyncClient) -> str:
    answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "2"
    assert answer.json()["type"] == "urn:problem:not-ready"
    detail: str = answer.json()["detail"]
    return detail


async def test_a_process_is_not_ready_without_its_database(lost: httpx.AsyncClient) -> None:
    assert await obstacle(lost) == UNREACHABLE


async def test_a_process_is_not_ready_when_the_schema_was_never_made(
    client: httpx.AsyncClient, sql: asyncpg.Connection
) -> None:
    async with revision(sql, "DROP TABLE alembic_version"):
        assert await obstacle(client) == UNREACHABLE
    async with revision(sql, "DELETE FROM alembic_version"):
        assert await obstacle(client) == OLDER.format(None, head())
    assert (await client.get("/readyz")).status_code == 200


async def test_a_process_is_not_ready_when_the_schema_is_older(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = head()
    monkeypatch.setattr(migrations, "head", lambda: "9999")
    assert await obstacle(client) == OLDER.format(older, "9999")


@pytest.mark.parametrize("newer", ["9999", "0002_something", "deadbeef"])
async def test_a_process_is_ready_when_the_schema_is_newer(
    client: httpx.AsyncClient, sql: asyncpg.Connection, newer: str
) -> None:
    async with revision(sql, f"UPDATE alembic_version SET version_num = '{newer}'"):
        assert (await client.get("/readyz")).json() == {"status": "ready"}
        assert (await client.get("/exercises")).status_code == 200


@pytest.mark.parametrize("path", ["/", "/health", "/livez", "/readyz", "/metrics"])
async def test_a_head_is_a_get_without_its_body(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.head(path)
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("path", ["/", "/health", "/livez", "/readyz", "/metrics"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_nothing_can_be_sent_there(client: httpx.AsyncClient, path: str, method: str) -> None:
    answer = await client.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


async def test_the_metrics_are_prometheus_text(client: httpx.AsyncClient) -> None:
    answer = await client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")
    assert 'build_info{service="api",version="0.1.0"} 1.0' in answer.text
