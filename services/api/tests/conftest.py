"""The Workout API in this process, on a database of this worker's own, with the schema that the migrations made."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import bcrypt
import httpx
import pytest
from asgi_lifespan import LifespanManager
from pydantic import SecretStr

from api import migrations
from api.app import create_app
from api.settings import ApiSettings, RateLimitSettings

MakeClient = Callable[..., Awaitable[httpx.AsyncClient]]
MakeUser = Callable[..., Awaitable[dict[str, str]]]
PASSWORD = "correct horse"
SECRET = "a-secret-of-the-tests-with-more-than-32-bytes"


@pytest.fixture(scope="session")
async def database_url(postgres_url: str, worker_id: str, anyio_backend: object) -> str:
    """A database for this worker, migrated."""
    name = f"api_{worker_id}"
    connection = await asyncpg.connect(postgres_url)
    await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()
    url = urlunsplit(urlsplit(postgres_url)._replace(path=f"/{name}"))
    await migrations.upgrade(url)
    return url


@pytest.fixture(scope="session")
async def sql(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection of the tests' own, to look and to arrange."""
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


@pytest.fixture(autouse=True)
async def empty(sql: asyncpg.Connection) -> None:
    """Each test begins with no account and no exercise; ids go on, as they do in life."""
    await sql.execute("DELETE FROM users; DELETE FROM exercises; DELETE FROM idempotent_answers")


def make_settings(database_url: str, **overrides: object) -> ApiSettings:
    """Settings for tests: cheap hashes, no limits."""
    values: dict[str, object] = {
        "database_url": SecretStr(database_url),
        "jwt_secret_key": SecretStr(SECRET),
        "bcrypt_rounds": 4,
        "pool_size": 4,
        "rate_limits": RateLimitSettings(enabled=False),
    }
    return ApiSettings.model_validate(values | overrides)


@pytest.fixture(scope="session")
async def shared_client(database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """An application in `open` mode, started once for a worker."""
    app = create_app(make_settings(database_url))
    async with (
        LifespanManager(app, startup_timeout=60, shutdown_timeout=60) as running,
        client_of(running.app) as client,
    ):
        yield client


def client_of(app: object, address: str = "192.0.2.1") -> httpx.AsyncClient:
    """A client whose requests come from `address`."""
    transport = httpx.ASGITransport(app, client=(address, 50_000))  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url="http://api.test")


@pytest.fixture
async def client(shared_client: httpx.AsyncClient) -> httpx.AsyncClient:
    """A caller without a token, in `open` mode."""
    shared_client.cookies.clear()
    return shared_client


@pytest.fixture
async def make_client(database_url: str) -> AsyncIterator[MakeClient]:
    """Start another application with other settings: `await make_client(access="private")`."""
    async with AsyncExitStack() as stack:

        async def make(**overrides: object) -> httpx.AsyncClient:
            app = create_app(make_settings(database_url, **overrides))
            running = await stack.enter_async_context(LifespanManager(app, startup_timeout=60, shutdown_timeout=60))
            return await stack.enter_async_context(client_of(running.app))

        yield make


@pytest.fixture
async def make_user(sql: asyncpg.Connection, client: httpx.AsyncClient) -> MakeUser:
    """Make an account with its routine and log in: `headers = await make_user("anna", role="admin")`."""

    async def make(username: str, role: str = "user", disabled: bool = False) -> dict[str, str]:
        hashed = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
        user = await sql.fetchval(
            "INSERT INTO users (username, email, role, password_hash) VALUES ($1, $2, $3, $4) RETURNING id",
            username,
            f"{username}@example.org",
            role,
            hashed,
        )
        await sql.execute("INSERT INTO routines (owner_id) VALUES ($1)", user)
        answer = await client.post("/auth/login", json={"username": username, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        if disabled:
            await sql.execute("UPDATE users SET disabled = true WHERE id = $1", user)
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    return make
