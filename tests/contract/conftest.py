"""One API in `open` mode for all that only reads or adds; tests that want another one start it."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from tests.conftest import StartApi
from tests.databases import sql
from tests.people import Person, log_in
from tests.processes import Api

Exercise = dict[str, object]
Add = Callable[..., Exercise]
SECRET = "a secret that the tests know, of more than 32 bytes"
SQUAT: Exercise = {"name": "Squat", "sets": 3, "reps": 5}


@pytest.fixture(scope="session")
def api(start_session_api: StartApi) -> Api:
    """An API as development has it, but with limits that nobody reaches, and a secret that can be used to forge."""
    return start_session_api(JWT_SECRET_KEY=SECRET)


@pytest.fixture(scope="session")
def session_client(api: Api) -> Iterator[httpx.Client]:
    """One connection for a whole run."""
    with api.client() as client:
        yield client


@pytest.fixture
def client(session_client: httpx.Client) -> httpx.Client:
    """A caller without a token and without a cookie."""
    session_client.cookies.clear()
    return session_client


@pytest.fixture
def empty(api: Api) -> None:
    """The routines are empty; what other tests left in them is gone."""
    sql(api.variables["DATABASE_URL"], "DELETE FROM exercises")


@pytest.fixture
def add(client: httpx.Client) -> Add:
    """Add an exercise: `add(name="Bench Press")` gives what the API says it is."""

    def add_exercise(**fields: object) -> Exercise:
        answer = client.post("/exercises", json=SQUAT | fields)
        assert answer.status_code == 201, answer.text
        body: Exercise = answer.json()
        return body

    return add_exercise


@pytest.fixture(scope="session")
def admin(session_client: httpx.Client) -> Person:
    """The first admin, logged in."""
    return log_in(session_client, "admin")


@pytest.fixture(scope="session")
def private(start_session_api: StartApi) -> Iterator[httpx.Client]:
    """A caller without a token of an API in `private` mode."""
    with start_session_api(API_ACCESS="private").client() as client:
        yield client
