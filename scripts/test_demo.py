"""`scripts/demo.sh` against real services: it passes, and it ends with the first wrong answer."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from devstack.valkey import Valkey
from tests.conftest import StartApi, StartCoach, _start_api, _start_coach
from tests.faulty import faulty
from tests.processes import Api, Coach
from tests.together import accounts, for_coach

SCRIPT = Path(__file__).with_name("demo.sh")

start_module_api = pytest.fixture(_start_api, scope="module")
start_module_coach = pytest.fixture(_start_coach, scope="module")


@pytest.fixture(scope="module")
def services(
    start_module_api: StartApi, start_module_coach: StartCoach, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Api, Coach]]:
    """An API and a coach, as `make run` starts them."""
    api = start_module_api(accounts(tmp_path_factory.mktemp("secrets") / "accounts"))
    with tempfile.TemporaryDirectory(prefix="workout-demo-") as data, Valkey(Path(data)) as valkey:
        yield api, start_module_coach(api, for_coach(valkey.url))


def demo(api_url: str, coach_url: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """One walk."""
    urls = {"API_URL": api_url, "AI_COACH_URL": coach_url}
    environment = {name: text for name, text in os.environ.items() if not name.startswith("WORKOUT_")}
    return subprocess.run(
        [SCRIPT], capture_output=True, text=True, timeout=180, check=False, env={**environment, **urls, **variables}
    )


def names(api: Api) -> list[str]:
    """Of the routine's exercises."""
    with api.client() as client:
        return [item["name"] for item in client.get("/exercises", params={"page_size": 200}).json()["items"]]


def test_it_passes_and_leaves_nothing(services: tuple[Api, Coach]) -> None:
    api, coach_process = services
    before = names(api)
    ended = demo(api.url, coach_process.url)
    assert (ended.returncode, ended.stderr) == (0, ""), ended.stdout
    assert ended.stdout.endswith("All 8 steps went well.\n")
    assert "WRONG" not in ended.stdout
    assert "\x1b" not in ended.stdout, "colours are for terminals"
    assert names(api) == before


def test_it_ends_with_the_first_wrong_answer(services: tuple[Api, Coach]) -> None:
    api, coach_process = services
    before = names(api)
    with faulty(coach_process.url, lambda request: 500 if request.url.path == "/recommend" else None) as (url, _):
        ended = demo(api.url, url)
    assert ended.returncode == 1
    assert "WRONG  status 500 instead of 200" in ended.stderr
    assert "8. " not in ended.stdout
    assert names(api) == before, "what it has added is gone"


def test_nobody_there() -> None:
    ended = demo("http://127.0.0.1:1", "http://127.0.0.1:1")
    assert ended.returncode == 1
    assert "http://127.0.0.1:1/health does not answer. Is it running? (make run)" in ended.stderr


def test_a_password_that_is_wrong(services: tuple[Api, Coach]) -> None:
    api, coach_process = services
    ended = demo(api.url, coach_process.url, WORKOUT_PASSWORD="not the password")
    assert ended.returncode == 1
    assert "WRONG  status 401 instead of 200" in ended.stderr
