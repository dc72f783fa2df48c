"""Real APIs in processes of their own, and for what a real one does not show on demand, a server that can be told."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
from packages.tracker_client.tests.scripted import Scripted, server

from tests.conftest import StartApi, start_session_api
from tests.databases import sql
from tests.people import Person, log_in, new_person
from tests.processes import Api
from tracker_client import Credentials, TrackerClient

__all__ = ["server", "start_session_api"]

Connect = Callable[..., TrackerClient]
SECRET = "a secret that the tests know, of more than 32 bytes"
PASSWORD = "the worker's password"
FILL = """
    INSERT INTO exercises (routine_id, name, sets, reps, weight, workout_day)
    SELECT r.id, 'Exercise ' || n, 3, 5, nullif(n % 5, 0) * 10.5, chr(65 + n % 7)
    FROM routines r JOIN users u ON u.id = r.owner_id, generate_series(1, $2::int) n WHERE u.username = $1"""
WORKER = Credentials("worker", lambda: PASSWORD)


@pytest.fixture(scope="session")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder that makes the service account `worker`."""
    folder = tmp_path_factory.mktemp("accounts")
    (folder / "worker").write_text(f"{PASSWORD}\n")
    return str(folder)


@pytest.fixture(scope="session")
def open_api(start_session_api: StartApi, accounts: str) -> Api:
    """An API with the shared sample routine, which the tests leave as it is."""
    return start_session_api(API_SERVICE_ACCOUNTS_DIR=accounts)


@pytest.fixture(scope="session")
def private_api(start_session_api: StartApi, accounts: str) -> Api:
    """An API where everybody has a routine of their own."""
    return start_session_api(API_SERVICE_ACCOUNTS_DIR=accounts, API_ACCESS="private", JWT_SECRET_KEY=SECRET)


@pytest.fixture(scope="session")
def people(private_api: Api) -> Iterator[httpx.Client]:
    """Somebody else's connection to it."""
    with private_api.client() as client:
        yield client


@pytest.fixture(scope="session")
def admin(people: httpx.Client) -> Person:
    """Its first admin."""
    return log_in(people, "admin")


@pytest.fixture
def anna(private_api: Api, people: httpx.Client, admin: Person) -> Person:
    """Somebody with three exercises."""
    person = new_person(people, admin)
    sql(private_api.variables["DATABASE_URL"], FILL, person.username, 3)
    return person


@pytest.fixture
async def connect(anyio_backend: object) -> AsyncIterator[Connect]:
    """A client, by default as the worker: `connect(server, credentials=None)`. Closed after the test."""
    async with AsyncExitStack() as stack:
        clients: list[TrackerClient] = []

        def make(to: Api | Scripted | str, **options: Any) -> TrackerClient:
            url = to if isinstance(to, str) else to.url
            clients.append(TrackerClient(url, user_agent="tests", **({"credentials": WORKER} | options)))
            stack.push_async_callback(clients[-1].close)
            return clients[-1]

        yield make


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses between tries, which take no time."""
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr("tracker_client.transport.sleep", sleep)
    return pauses


@pytest.fixture
def move_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """`move_clock(30)`: half a minute passes for tokens and beliefs."""
    now = [1000.0]
    for module in ("client", "login"):
        monkeypatch.setattr(f"tracker_client.{module}.monotonic", lambda: now[0])

    def move(seconds: float) -> None:
        now[0] += seconds

    return move
