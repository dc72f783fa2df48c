"""Black-box tests: real processes, real HTTP, nothing of the services imported."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Protocol
from uuid import uuid4

import pytest

from devstack.ports import free_port
from tests.databases import new_database
from tests.processes import UNHANDLED, Api, Coach


class StartApi(Protocol):
    """`start_api(LIMITS, API_ACCESS="private")`: a running API on a new database, migrated.

    `beside=api` shares that one's. Whoever waits for another path than `/readyz` has no database yet, or an empty one.
    """

    def __call__(
        self, *settings: Mapping[str, str], beside: Api | None = None, wait_for: str = "/readyz", **variables: str
    ) -> Api: ...


def _start_api(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartApi]:
    folder = tmp_path_factory.mktemp("api")
    started: list[Api] = []
    with ExitStack() as stack:

        def start(
            *settings: Mapping[str, str], beside: Api | None = None, wait_for: str = "/readyz", **variables: str
        ) -> Api:
            variables = {name: value for some in (*settings, variables) for name, value in some.items()}
            if beside:
                variables = {"DATABASE_URL": beside.variables["DATABASE_URL"], **variables}
            elif "DATABASE_URL" not in variables:
                variables["DATABASE_URL"] = stack.enter_context(new_database(postgres_url))
            migrate = beside is None and wait_for == "/readyz"
            api = Api(folder / f"{uuid4().hex[:8]}.log", variables, migrate=migrate)
            stack.callback(api.stop)
            started.append(api)
            api.start(wait_for)
            return api

        yield start
    for api in started:
        print(f"--- the end of the log of {api.url}:\n" + "\n".join(api.output().splitlines()[-15:]))
    assert not [api.url for api in started if UNHANDLED in api.output()], "an API logged an unhandled error"


# For one test; for a module whose tests share what they start; for a whole run of a worker.
start_api = pytest.fixture(_start_api)
start_module_api = pytest.fixture(_start_api, scope="module")
start_session_api = pytest.fixture(_start_api, scope="session")


class StartCoach(Protocol):
    """`start_coach(api, AI_COACH_AUTH="token")`: a running coach, beside an API that may be away (None)."""

    def __call__(self, api: Api | None, *settings: Mapping[str, str], **variables: str) -> Coach: ...


def _start_coach(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartCoach]:
    folder = tmp_path_factory.mktemp("coach")
    started: list[Coach] = []
    with ExitStack() as stack:

        def start(api: Api | None, *settings: Mapping[str, str], **variables: str) -> Coach:
            variables = {name: value for some in (*settings, variables) for name, value in some.items()}
            url = api.url if api else f"http://127.0.0.1:{free_port()}"
            coach = Coach(folder / f"{uuid4().hex[:8]}.log", {"WORKOUT_API_URL": url, "AI_MODEL": "rules", **variables})
            stack.callback(coach.stop)
            started.append(coach)
            coach.start()
            return coach

        yield start
    assert not [coach.url for coach in started if UNHANDLED in coach.output()], "a coach logged an unhandled error"


start_coach = pytest.fixture(_start_coach)
start_module_coach = pytest.fixture(_start_coach, scope="module")
start_session_coach = pytest.fixture(_start_coach, scope="session")
