"""The MCP server in this process, before a real API and a real coach in processes of their own."""

import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import httpx
import httpx2
import pytest
from asgi_lifespan import LifespanManager
from fastapi import FastAPI
from fastmcp import Client
from fastmcp.client.transports import StreamableHttpTransport
from pydantic import SecretStr

from devstack.child import Child
from devstack.ports import free_port
from tests.conftest import StartApi
from tests.people import Person, log_in, new_person
from tests.processes import Api, environment, program
from tracker_mcp.app import create_app
from tracker_mcp.settings import McpSettings

PASSWORD = "the password of the MCP server's account"
URL = "http://localhost:8003/mcp"
MakeToken = Callable[..., str]
Row = dict[str, Any]


class StartApp(Protocol):
    """`await start_app(write=True)`: the application, running, with other settings."""

    async def __call__(self, **settings: object) -> FastAPI: ...


@pytest.fixture(scope="session")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The service account's password, as `make run` would have made it."""
    folder = tmp_path_factory.mktemp("accounts")
    (folder / "mcp").write_text(PASSWORD)
    return folder


@pytest.fixture(scope="session")
def api(start_session_api: StartApi, accounts: Path) -> Api:
    """In `private` mode, so that everybody has a routine of their own and tests do not meet."""
    return start_session_api(API_ACCESS="private", API_SERVICE_ACCOUNTS_DIR=str(accounts))


@pytest.fixture(scope="session")
def coach(api: Api, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a coach that answers by rules."""
    url = f"http://127.0.0.1:{(port := free_port())}"
    variables = {"WORKOUT_API_URL": api.url, "AI_COACH_PORT": str(port), "AI_MODEL": "rules"}
    variables["AI_COACH_RATELIMIT_ENABLED"] = "false"
    command: list[str | Path] = [Path(sys.executable).with_name("workout-ai-coach"), "serve"]
    with (tmp_path_factory.mktemp("coach") / "coach.log").open("ab") as log:
        child = Child("coach", command, output=log.fileno(), environment=environment(**variables))
    deadline = time.monotonic() + 60
    while not _answers(f"{url}/readyz"):
        assert child.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    yield url
    child.signal_group(signal.SIGTERM)
    child.wait(15)
    child.kill()


def _answers(url: str) -> bool:
    try:
        return httpx.get(url).status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture(scope="session")
def served(api: Api, coach: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a `workout-mcp --http` in a process of its own, with write tools."""
    port, log = free_port(), tmp_path_factory.mktemp("mcp") / "mcp.log"
    settings = environment(
        **{"WORKOUT_API_URL": api.url, "AI_COACH_URL": coach, "WORKOUT_USERNAME": "mcp", "WORKOUT_PASSWORD": PASSWORD},
        **{"MCP_PORT": str(port), "MCP_WRITE": "true", "MCP_RATELIMIT_ENABLED": "false"},
    )
    with log.open("ab") as output:
        child = Child("mcp", [program("workout-mcp"), "--http"], output=output.fileno(), environment=settings)
    deadline = time.monotonic() + 60
    while not _answers(f"http://127.0.0.1:{port}/readyz"):
        assert child.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}/mcp"
    child.kill()


@pytest.fixture(scope="session")
def http(api: Api) -> Iterator[httpx.Client]:
    """A caller of the API itself."""
    with api.client() as client:
        yield client


@pytest.fixture(scope="session")
def admin(http: httpx.Client) -> Person:
    """The first admin, logged in."""
    return log_in(http, "admin")


@pytest.fixture
def anna(http: httpx.Client, admin: Person) -> Person:
    """Somebody new, with an empty routine."""
    return new_person(http, admin)


@pytest.fixture
def make_token(http: httpx.Client) -> MakeToken:
    """`make_token(anna, scope="write")`: a personal token."""

    def make(person: Person, **fields: object) -> str:
        answer = http.post("/auth/tokens", json={"name": "tests", **fields}, headers=person.headers)
        assert answer.status_code == 201, answer.text
        token: str = answer.json()["token"]
        return token

    return make


@pytest.fixture
def exchanged(http: httpx.Client) -> Callable[[str], str]:
    """The access token that the MCP server gets for a personal one."""

    def exchange(token: str) -> str:
        account = log_in(http, "mcp", PASSWORD)
        answer = http.post("/auth/exchange", json={"token": token}, headers=account.headers)
        assert answer.status_code == 200, answer.text
        access: str = answer.json()["access_token"]
        return access

    return exchange


@pytest.fixture
def add(http: httpx.Client) -> Callable[..., Row]:
    """`add(anna, name="Squat")`: an exercise of hers."""

    def add_exercise(person: Person, **fields: object) -> Row:
        body = {"name": "Squat", "sets": 3, "reps": 5} | fields
        answer = http.post("/exercises", json=body, headers=person.headers)
        assert answer.status_code == 201, answer.text
        row: Row = answer.json()
        return row

    return add_exercise


@pytest.fixture
def rest(http: httpx.Client) -> Callable[..., Row]:
    """`rest(anna, page=2)`: what `GET /exercises` says to her."""

    def read(person: Person, **query: Any) -> Row:
        answer = http.get("/exercises", params=query, headers=person.headers)
        assert answer.status_code == 200, answer.text
        page: Row = answer.json()
        return page

    return read


@pytest.fixture
async def start_app(api: Api, coach: str) -> AsyncIterator[StartApp]:
    """Applications with settings of the test's own, stopped after it."""
    async with AsyncExitStack() as stack:

        async def start(**settings: object) -> FastAPI:
            values = {"api_url": api.url, "coach_url": coach, "username": "mcp", "limits_enabled": False}
            values |= {"password": SecretStr(PASSWORD), **settings}
            app = create_app(McpSettings.model_validate(values))
            await stack.enter_async_context(LifespanManager(app))
            return app

        yield start


@pytest.fixture
async def app(start_app: StartApp) -> FastAPI:
    """As the settings have it by default, but with write tools and without limits."""
    return await start_app(write=True)


def raw_client(app: FastAPI, **options: Any) -> httpx2.AsyncClient:
    """A plain HTTP client of it."""
    options.pop("follow_redirects", None)
    transport = httpx2.ASGITransport(app=app, client=("192.0.2.1", 5000))
    return httpx2.AsyncClient(transport=transport, base_url="http://localhost:8003", **options)


@asynccontextmanager
async def assistant(app: FastAPI, token: str, mode: Any = "auto") -> AsyncIterator[Client[Any]]:
    """FastMCP's client with a token."""
    factory: Any = partial(raw_client, app)
    transport = StreamableHttpTransport(URL, auth=token, httpx_client_factory=factory)
    async with Client(transport, mode=mode) as client:
        yield client


async def call(client: Client[Any], tool: str, **arguments: Any) -> Row:
    """The structured answer of a call that succeeds."""
    answer = await client.call_tool(tool, arguments, raise_on_error=False)
    assert not answer.is_error, answer.content
    assert answer.structured_content is not None
    return answer.structured_content


async def error(client: Client[Any], tool: str, **arguments: Any) -> str:
    """What a call that fails says."""
    answer = await client.call_tool(tool, arguments, raise_on_error=False)
    assert answer.is_error, answer.structured_content
    text: str = answer.content[0].text  # type: ignore[union-attr]
    return text
