"""PostgreSQL stopped, frozen, restarted, or too busy: callers wait little, nothing is half done, and it heals."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path

import asyncpg
import httpx
import pytest
from asgi_lifespan import LifespanManager
from pydantic import SecretStr

from api import migrations
from api.accounts.provision import provision
from api.app import create_app
from api.settings import ApiSettings, RateLimitSettings
from devstack.ports import free_port
from devstack.postgres import Postgres

pytestmark = pytest.mark.anyio

# What was answered must survive a crash of PostgreSQL, though not one of the machine.
FAST = {"fsync": "off"}
SQUAT = {"name": "Squat", "sets": 3, "reps": 5}
LOGIN = {"username": "admin", "password": "admin123"}
AWAY = {
    "type": "urn:problem:database-unavailable",
    "title": "Service Unavailable",
    "status": 503,
    "detail": "The database is temporarily unavailable",
}
# Everything that needs the database, as a caller with a token sends it.
ROUTES: list[tuple[str, str, object]] = [
    ("GET", "/exercises", None),
    ("GET", "/exercises/1", None),
    ("GET", "/exercises/export", None),
    ("POST", "/exercises", SQUAT),
    ("PATCH", "/exercises/1", {"sets": 4}),
    ("DELETE", "/exercises/1", None),
    ("POST", "/auth/login", LOGIN),
    ("GET", "/auth/me", None),
    ("POST", "/auth/password", {"current_password": "admin123", "new_password": "a new password"}),
    ("GET", "/admin/users", None),
    ("POST", "/admin/users", {"username": "anna", "password": "correct horse"}),
    ("PATCH", "/admin/users/user", {"email": None}),
    ("DELETE", "/admin/exercises/1", None),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A PostgreSQL that these tests may ill-treat; its port stays the same when it starts again."""
    folder = tmp_path_factory.mktemp("faults")
    for parent in (folder, folder.parent, folder.parent.parent):
        parent.chmod(0o755)  # as root, PostgreSQL runs under another account
    with Postgres(Path(folder), port=free_port(), settings=FAST) as running:
        yield running


@asynccontextmanager
async def api(server: Postgres, **given: object) -> AsyncIterator[httpx.AsyncClient]:
    """An application on that server; `Authorization` is an admin's where the database is there to ask."""
    values = {"database_url": SecretStr(server.url), "bcrypt_rounds": 4, "pool_size": 40}
    settings = ApiSettings.model_validate(values | {"rate_limits": RateLimitSettings(enabled=False)} | given)
    async with LifespanManager(create_app(settings)) as running:
        transport = httpx.ASGITransport(running.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as client:
            yield client


@pytest.fixture
async def client(server: Postgres) -> AsyncIterator[httpx.AsyncClient]:
    """An admin's client of an application with a warm pool and the sample routine."""
    await migrations.upgrade(server.url)
    await provision(ApiSettings.model_validate({"database_url": SecretStr(server.url), "bcrypt_rounds": 4}))
    async with api(server) as client:
        token = (await client.post("/auth/login", json=LOGIN)).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        await asyncio.gather(*(client.get("/exercises") for _ in range(40)))
        yield client


@contextmanager
def stopped(server: Postgres) -> Iterator[None]:
    """The server, for a while not there."""
    server.stop()
    try:
        yield
    finally:
        server.start()


@asynccontextmanager
async def frozen(server: Postgres) -> AsyncIterator[None]:
    """The server and all its processes, for a while silent: connections are taken, and nothing is answered."""
    connection = await asyncpg.connect(server.url)
    assert server.child is not None
    processes = [server.child.pid, *(row[0] for row in await connection.fetch("SELECT pid FROM pg_stat_activity"))]
    try:
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        yield
    finally:
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGCONT)
    await connection.close()


async def timed(client: httpx.AsyncClient, method: str, path: str, body: object) -> tuple[httpx.Response, float]:
    began = time.monotonic()
    answer = await client.request(method, path, json=body)
    return answer, time.monotonic() - began


async def check_it_is_away(client: httpx.AsyncClient, *, seconds: float) -> None:
    """All routes say so, all at once and within `seconds`; then again, with what the pools have left."""
    for _ in range(2):
        requests = [*ROUTES, ("GET", "/readyz", None), ("GET", "/health", None), ("GET", "/livez", None)]
        *data, ready, health, live = await asyncio.gather(*(timed(client, *request) for request in requests))
        for answer, waited in (*data, ready):
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "2"), answer.request.url
            assert waited < seconds, answer.request.url
        assert [{key: answer.json()[key] for key in AWAY} for answer, _ in data] == [AWAY] * len(ROUTES)
        assert (health[0].status_code, health[0].json()["status"]) == (200, "unhealthy")
        assert health[0].json()["database"]["status"] == "disconnected"
        assert health[1] < seconds
        assert live[0].status_code == 200
        assert (await timed(client, "GET", "/livez", None))[1] < 0.1


async def check_it_is_back(client: httpx.AsyncClient) -> None:
    """Within two seconds, and then for good."""
    deadline = time.monotonic() + 2
    while (await client.get("/readyz")).status_code != 200:
        assert time.monotonic() < deadline
    assert (await client.get("/health")).json()["status"] == "healthy"
    answers = await asyncio.gather(*(client.get("/exercises") for _ in range(20)))
    answers += await asyncio.gather(*(client.get("/auth/me") for _ in range(4)))
    answers += [await client.post("/auth/login", json=LOGIN)]
    assert {answer.status_code for answer in answers} == {200}
    assert (await client.post("/exercises", json=SQUAT)).status_code == 201


async def test_a_database_that_is_gone_costs_milliseconds(client: httpx.AsyncClient, server: Postgres) -> None:
    with stopped(server):
        await check_it_is_away(client, seconds=1)
    await check_it_is_back(client)


async def test_a_database_that_is_silent_costs_two_seconds_at_most(client: httpx.AsyncClient, server: Postgres) -> None:
    async with frozen(server):
        await check_it_is_away(client, seconds=2)
    await check_it_is_back(client)


async def test_a_restart_is_noticed_by_nobody_who_comes_later(client: httpx.AsyncClient, server: Postgres) -> None:
    for _ in range(3):
        with stopped(server):
            pass
        await asyncio.sleep(0.05)  # that the old connections are gone must get through to us
        answers = await asyncio.gather(*(client.get(path) for path in ("/exercises/export", "/admin/users") * 8))
        assert {answer.status_code for answer in answers} == {200}


async def test_an_application_starts_while_its_database_is_away(client: httpx.AsyncClient, server: Postgres) -> None:
    server.stop()
    began = time.monotonic()
    try:
        async with api(server) as early:
            assert (await early.get("/livez")).status_code == 200
            assert (await early.get("/readyz")).status_code == 503
            assert (await early.get("/exercises")).status_code == 503
            assert time.monotonic() - began < 1
            server.start()
            early.headers["Authorization"] = client.headers["Authorization"]
            await check_it_is_back(early)
    finally:
        if server.child is None:
            server.start()


async def test_an_application_ends_while_its_database_is_silent(client: httpx.AsyncClient, server: Postgres) -> None:
    async with AsyncExitStack() as stack:
        other = await stack.enter_async_context(api(server))
        other.headers["Authorization"] = client.headers["Authorization"]
        await check_it_is_back(other)
        async with frozen(server):
            began = time.monotonic()
            await stack.aclose()
            assert time.monotonic() - began < 5


async def write_until_told(client: httpx.AsyncClient, name: str, enough: asyncio.Event) -> set[str]:
    """Add exercises, each again with the same key until it was answered; return the names that were."""
    answered: set[str] = set()
    while not enough.is_set():
        body = SQUAT | {"name": f"{name} {len(answered)}"}
        key = {"Idempotency-Key": f"{name}-{len(answered)}"}
        while (status := (await client.post("/exercises", json=body, headers=key)).status_code) != 201:
            assert status in (409, 503)
            await asyncio.sleep(0.01)
        answered.add(f"{name} {len(answered)}")
    return answered


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["stopped", "crashed"])
async def test_a_write_in_flight_is_never_half_done(
    client: httpx.AsyncClient, server: Postgres, how: signal.Signals
) -> None:
    enough = asyncio.Event()
    writers = [asyncio.create_task(write_until_told(client, f"{how.name}-{n}", enough)) for n in range(4)]
    for _ in range(2):
        await asyncio.sleep(0.15)
        assert server.child is not None
        server.child.signal_group(how)
        await asyncio.sleep(0.05)
        server.stop()
        server.start()
    await asyncio.sleep(0.15)
    enough.set()
    answered = set().union(*await asyncio.gather(*writers))
    connection = await asyncpg.connect(server.url)
    rows = await connection.fetch("SELECT name FROM exercises WHERE name LIKE $1", f"{how.name}-%")
    kept = await connection.fetchval("SELECT count(*) FROM idempotent_answers WHERE key LIKE $1", f"{how.name}-%")
    differing = (
        "SELECT count(*) FROM routines r WHERE total <> (SELECT count(*) FROM exercises WHERE routine_id = r.id)"
    )
    assert await connection.fetchval(differing) == 0
    await connection.close()
    assert len(answered) > 8
    assert sorted(row["name"] for row in rows) == sorted(answered)
    assert kept == len(answered)
