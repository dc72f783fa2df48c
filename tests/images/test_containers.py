"""The images, run as a cluster runs them. `make test-images` builds them and names their tag in IMAGES_TAG."""

import json
from pathlib import Path

import httpx
import pytest

from tests.images.conftest import ALIVE, PORTS, Start, for_worker
from tests.images.containers import TAG, Container, docker, image, inside, run, settings
from tests.images.dockerfiles import SERVICES
from tests.people import bearer

pytestmark = pytest.mark.skipif(not TAG, reason="needs images and a Docker engine: make test-images")

GRACE = 20
PYTHON = [service.replace("_", "-") for service in SERVICES]
SQUAT = {"name": "Front Squat", "sets": 4, "reps": 6, "weight": 70, "workout_day": "C"}
CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "calculate-volume", "arguments": {}}}
# Modules whose compiled form is not there or is not of this source: each start would compile them again.
STALE = """
import importlib.util as util, pathlib, sysconfig
def fresh(source):
    compiled = pathlib.Path(util.cache_from_source(str(source)))
    return compiled.exists() and compiled.read_bytes()[8:12] == int(source.stat().st_mtime).to_bytes(4, "little")
for folder in (sysconfig.get_path("purelib"), sysconfig.get_path("stdlib")):
    for source in pathlib.Path(folder).rglob("*.py"):
        fresh(source) or print(source)
"""
LEFT_OVER = """
find / -xdev -type f -perm /6000 2>/dev/null
for tool in pip pip3 uv npm npx gcc cc g++ make; do command -v $tool; done
find / -xdev ( -name pip -o -name uv -o -name ensurepip -o -name .cache -o -name .npm ) 2>/dev/null
find /app -xdev ! -user 0 -o -perm /022 ! -type l
:
"""
LEFT_OVER = LEFT_OVER.replace("(", r"\(").replace(")", r"\)")

every_image = pytest.mark.parametrize("name", PORTS)


@pytest.fixture
def admin(system: dict[str, Container], secrets: Path) -> dict[str, str]:
    """The header of the account whose password is in a file."""
    body = {"username": "admin", "password": (secrets / "admin").read_text()}
    answer = httpx.post(f"{system['api'].url}/auth/login", json=body, timeout=30)
    return bearer(answer.json()["access_token"])


@every_image
def test_its_own_account_has_no_name_and_no_rights(name: str) -> None:
    assert docker("inspect", "--format", "{{.Config.User}}", image(name)).stdout.strip() == "10001:10001"


@every_image
def test_nothing_is_left_in_it_that_installs_compiles_or_gives_rights(name: str) -> None:
    assert inside(name, "sh", "-c", LEFT_OVER) == ""


@pytest.mark.parametrize("name", PYTHON)
def test_python_finds_everything_compiled(name: str) -> None:
    assert inside(name, "python", "-c", STALE) == ""


@every_image
def test_it_says_which_version_it_is(name: str) -> None:
    labels = json.loads(docker("inspect", "--format", "{{json .Config.Labels}}", image(name)).stdout)
    assert labels["org.opencontainers.image.version"] == TAG


@every_image
def test_it_starts_without_what_it_needs_and_stops_in_its_grace(name: str, start: Start) -> None:
    container = start(name)
    container.wait_for(ALIVE.get(name, "/livez"))
    assert container.stop(GRACE) < GRACE / 2
    assert container.state()["ExitCode"] == 0, container.output()


@pytest.mark.parametrize("name", PYTHON)
def test_it_may_be_stopped_while_it_starts(name: str, start: Start) -> None:
    container = start(name)
    assert container.stop(GRACE) < GRACE / 2
    assert container.state()["ExitCode"] in {0, 143}, container.output()


def test_an_exercise_goes_through_the_web_apps_server(system: dict[str, Container], admin: dict[str, str]) -> None:
    with httpx.Client(base_url=f"{system['frontend'].url}/api", headers=admin, timeout=30) as client:
        made = client.post("/exercises", json=SQUAT)
        assert made.status_code == 201
        assert client.get(f"/exercises/{made.json()['id']}").json() == made.json()
        assert client.get("/livez").status_code == 404


def test_the_web_app_is_served(system: dict[str, Container]) -> None:
    page = httpx.get(system["frontend"].url)
    assert "<title>Workout Tracker</title>" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_the_coach_answers(system: dict[str, Container], admin: dict[str, str]) -> None:
    answer = httpx.post(f"{system['ai-coach'].url}/recommend", json={"focus_area": "chest"}, headers=admin, timeout=60)
    assert answer.status_code == 200
    assert answer.json()["source"] == "rules"


def test_an_assistant_is_answered(system: dict[str, Container], admin: dict[str, str]) -> None:
    with httpx.Client(headers={"Accept": "application/json, text/event-stream"}, timeout=60) as client:
        token = client.post(f"{system['api'].url}/auth/tokens", json={"name": "tests"}, headers=admin).json()["token"]
        answer = client.post(f"{system['mcp'].url}/mcp", json=CALL, headers=bearer(token))
    assert answer.status_code == 200
    assert answer.json()["result"]["isError"] is False


def test_a_cronjobs_command_runs_to_its_end(system: dict[str, Container], secrets: Path, own_valkey: str) -> None:
    options = settings(for_worker(system, own_valkey), secrets)
    done = run("worker", "run", "refresh_exercises", options=options)
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout.splitlines()[-1])["failed"] == 0
