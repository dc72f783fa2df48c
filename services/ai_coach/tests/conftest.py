"""The coach in this process, beside a real API in its own, a Valkey of this worker's, and a fake of the vendors."""

import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, cast

import asyncpg
import httpx
import pytest
import redis.asyncio
from asgi_lifespan import LifespanManager
from fastapi import FastAPI
from packages.tracker_client.tests.scripted import server
from pydantic import SecretStr

sys.path.append(str(Path(__file__).parents[3]))  # `tests` is found without, too, but not when this folder runs alone

from ai_coach.app import create_app
from ai_coach.settings import CoachSettings
from devstack.valkey import Valkey
from fake_llm import FakeProvider
from tests.conftest import StartApi, start_session_api
from tests.processes import Api

__all__ = ["server", "start_session_api"]

PASSWORD = "the coach's password"
# Models that take a temperature.
CLAUDE, GPT = "anthropic:claude-haiku-4-5", "openai-chat:gpt-4o"
FOREIGN = ("AI_", "WORKOUT_", "ANTHROPIC_", "OPENAI_", "REDIS_", "LOG_", "OTEL_")

Line = tuple[str, int, int, float | None]
MakeCoach = Callable[..., Awaitable[httpx.AsyncClient]]
WriteRoutine = Callable[..., Awaitable[None]]


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of ours is set, and no key of a vendor's."""
    for name in list(os.environ):
        if name.startswith(FOREIGN):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder that makes the coach's service account."""
    folder = tmp_path_factory.mktemp("accounts")
    (folder / "ai-coach").write_text(f"{PASSWORD}\n")
    return str(folder)


@pytest.fixture(scope="session")
def open_api(start_session_api: StartApi, accounts: str) -> Api:
    """An API with one routine for all."""
    return start_session_api(API_SERVICE_ACCOUNTS_DIR=accounts)


@pytest.fixture(scope="session")
def private_api(start_session_api: StartApi, accounts: str) -> Api:
    """An API where everybody has a routine of their own."""
    return start_session_api(API_SERVICE_ACCOUNTS_DIR=accounts, API_ACCESS="private")


@pytest.fixture(scope="session")
def own_valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    """A Valkey for this worker alone: the coach's databases have fixed numbers."""
    with Valkey(tmp_path_factory.mktemp("valkey")) as valkey:
        yield valkey


@pytest.fixture
async def kept(own_valkey: Valkey) -> AsyncIterator[redis.asyncio.Redis]:
    """Its database of answers, empty at first."""
    async with redis.asyncio.Redis.from_url(f"{own_valkey.url}/0", decode_responses=True) as client:
        await client.flushall()
        yield client


@pytest.fixture(scope="session")
async def sql(open_api: Api, anyio_backend: object) -> AsyncIterator[asyncpg.Connection]:
    """The open API's database."""
    connection = await asyncpg.connect(open_api.variables["DATABASE_URL"])
    yield connection
    await connection.close()


@pytest.fixture
async def write_routine(sql: asyncpg.Connection) -> WriteRoutine:
    """`await write_routine(("Bench Press", 4, 8, 80.0))`: what the shared routine is from now on; nothing at first."""

    async def write(*lines: Line) -> None:
        await sql.execute("DELETE FROM exercises")
        shared = await sql.fetchval("SELECT id FROM routines WHERE owner_id IS NULL")
        await sql.executemany(
            "INSERT INTO exercises (routine_id, name, sets, reps, weight, workout_day) "
            "VALUES ($1, $2, $3, $4, $5, 'A')",
            [(shared, *line) for line in lines],
        )

    await write()
    return write


def make_settings(**overrides: object) -> CoachSettings:
    """Settings for tests: rules only, no limits."""
    values: dict[str, object] = {
        "api_url": "http://127.0.0.1:9",
        "model": "rules",
        "username": "ai-coach",
        "password": SecretStr(PASSWORD),
        "limits_enabled": False,
        "context_timeout": 10,
    }
    return CoachSettings.model_validate(values | overrides)


@pytest.fixture
async def make_coach(open_api: Api, own_valkey: Valkey, kept: object) -> AsyncIterator[MakeCoach]:
    """Start a coach with other settings: `await make_coach(auth="token", address="192.0.2.2")`."""
    async with AsyncExitStack() as stack:

        async def make(address: str = "192.0.2.1", **overrides: object) -> httpx.AsyncClient:
            near = {"api_url": open_api.url, "redis_url": SecretStr(own_valkey.url)}
            app = create_app(make_settings(**near | overrides))
            running = await stack.enter_async_context(LifespanManager(app, startup_timeout=60, shutdown_timeout=60))
            transport = httpx.ASGITransport(running.app, client=(address, 50_000))
            client = httpx.AsyncClient(transport=transport, base_url="http://coach.test", timeout=30)
            client.app = app  # type: ignore[attr-defined]  # for tests that look inside
            return await stack.enter_async_context(client)

        yield make


@pytest.fixture
async def client(make_coach: MakeCoach, write_routine: WriteRoutine) -> httpx.AsyncClient:
    """A caller without a token of a coach that has only its rules, beside an open API with an empty routine."""
    return await make_coach()


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeProvider]:
    """The vendors, whose keys are set."""
    with FakeProvider() as provider:
        monkeypatch.setenv("ANTHROPIC_API_KEY", "of-the-tests")
        monkeypatch.setenv("ANTHROPIC_BASE_URL", provider.anthropic_base_url)
        monkeypatch.setenv("OPENAI_API_KEY", "of-the-tests")
        monkeypatch.setenv("OPENAI_BASE_URL", provider.openai_base_url)
        yield provider


def inside(client: httpx.AsyncClient) -> Any:
    """The services of the application that a client of `make_coach` calls."""
    return cast(FastAPI, client.app).state.services  # type: ignore[attr-defined]


def events(text: str) -> list[tuple[str, dict[str, Any]]]:
    """(name, data) of each server-sent event."""
    found = []
    for block in text.replace("\r\n", "\n").split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if "event" in fields:
            found.append((fields["event"], json.loads(fields["data"])))
    return found
