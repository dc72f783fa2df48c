"""The API away, Redis away, both: the coach answers what it can, and says what it cannot, at once."""

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack

import pytest

from devstack.ports import free_port
from devstack.valkey import Valkey
from tests.conftest import StartApi, StartCoach
from tests.faults.coaches import PUSH_UP, ask
from tests.faults.test_valkey_lost import silent_server
from tests.people import somewhere
from tests.processes import Api, Coach

ALLOWED = 2.0
UNREACHABLE = "Unable to connect to workout API."


@pytest.fixture(scope="module")
def api(start_module_api: StartApi) -> Api:
    api = start_module_api()
    with api.client() as client:
        assert client.post("/exercises", json=PUSH_UP).status_code == 201
    return api


@pytest.fixture(params=["there", "dead", "silent"])
def api_url(request: pytest.FixtureRequest, api: Api) -> Iterator[tuple[str, str]]:
    """(how the API is, its address)."""
    with ExitStack() as stack:
        yield request.param, address(request.param, api.url, "http", stack)


@pytest.fixture(params=["there", "dead", "silent", "unset"])
def redis_url(request: pytest.FixtureRequest, valkey_url: str) -> Iterator[tuple[str, str]]:
    """(how Redis is, its address)."""
    with ExitStack() as stack:
        yield request.param, "" if request.param == "unset" else address(request.param, valkey_url, "redis", stack)


def address(state: str, real: str, scheme: str, stack: ExitStack) -> str:
    """Of a server that is there, of none at all, or of one that never says a word."""
    if state == "there":
        return real
    port = free_port()
    if state == "silent":
        stack.enter_context(silent_server(port))
    return f"{scheme}://127.0.0.1:{port}"


def test_every_endpoint_answers_at_once_whatever_is_away(
    start_coach: StartCoach, api_url: tuple[str, str], redis_url: tuple[str, str]
) -> None:
    coach = start_coach(None, WORKOUT_API_URL=api_url[1], REDIS_URL=redis_url[1], AI_COACH_CONTEXT_TIMEOUT="1")
    has_api, has_redis = api_url[0] == "there", redis_url[0] == "there"
    with coach.client() as client:
        for endpoint in ("chat", "stream", "recommend"):
            with timed(endpoint):
                answer = ask(client, endpoint)
            assert answer.get("context_used", has_api) is has_api
        for path, wanted in {"/analyze": 200, "/exercises": 200, "/exercises?page_size=0": 422}.items():
            with timed(path):
                response = client.get(path, headers=somewhere())
            assert response.status_code == (wanted if has_api else 503), response.text
            if not has_api:
                assert response.json()["detail"] == UNREACHABLE
        with timed("/health"):
            health = client.get("/health").json()
        assert health["status"] == ("unhealthy" if not has_api else "healthy" if has_redis else "degraded")
        assert (health["workout_api_connected"], health["redis_connected"]) == (has_api, has_redis)
        with timed("/readyz"):
            assert client.get("/readyz").status_code == 200, "nothing is shared that it could not do without"


class timed:
    """Nobody waits longer than allowed."""

    def __init__(self, what: str) -> None:
        self.what = what

    def __enter__(self) -> None:
        self.begin = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        taken = time.perf_counter() - self.begin
        print(f"{self.what}: {taken:.3f} s")
        assert taken < ALLOWED, self.what


def test_answers_go_on_while_redis_dies_and_comes_back(start_coach: StartCoach, api: Api, own_valkey: Valkey) -> None:
    coach = start_coach(api, REDIS_URL=own_valkey.url)
    wanted = {"focus_area": "chest", "equipment_available": ["barbell", "flat bench"]}
    assert first_and_second(coach, wanted) == ("rules", "cache")
    assert own_valkey.child
    own_valkey.child.kill()
    assert first_and_second(coach, wanted) == ("rules", "rules")
    own_valkey.start()
    deadline = time.monotonic() + 15
    while first_and_second(coach, wanted)[1] != "cache":
        assert time.monotonic() < deadline
        time.sleep(0.1)


def first_and_second(coach: Coach, wanted: Mapping[str, object]) -> tuple[object, object]:
    """Who answers the same question, asked twice."""
    with coach.client() as client:
        one, two = (client.post("/recommend", json=wanted, headers=somewhere()).json() for _ in range(2))
    return one["source"], two["source"]
