"""Nobody asks for a metric that does not exist: what dashboards and alerts name is scraped from services that run.

The exporters' names stand in `exporters/`, each file with where they come from: those of PostgreSQL and Redis were
scraped once from the exporters beside real servers, those of Kubernetes are documented.
"""

import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from devstack.valkey import Valkey
from fake_llm import FakeProvider, Valid
from tests.background import Worker, run_worker
from tests.conftest import StartApi, StartCoach
from tests.faults.coaches import vendor
from tests.observability.asked import ADDED, questions, rules, series
from tests.processes import Api, Coach, Service
from tests.together import PASSWORD, accounts, for_coach, for_worker

EXPORTED = {
    line
    for path in (Path(__file__).parent / "exporters").iterdir()
    for line in path.read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
}
PROMETHEUS_OWN = {"up"}
Emitted = dict[str, set[str]]  # labels by metric


class Mcp(Service):
    """A `workout-mcp --http`."""

    command = ("workout-mcp", "--http")
    port_variable = "MCP_PORT"


def scrape(*urls: str) -> Emitted:
    """What Prometheus would read there."""
    found: Emitted = defaultdict(set)
    for url in urls:
        text = httpx.get(f"{url}/metrics", timeout=30).text
        for family in text_string_to_metric_families(text):  # type: ignore[no-untyped-call]
            for sample in family.samples:
                found[sample.name] |= set(sample.labels)
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For logs, and passwords of service accounts."""
    (made := tmp_path_factory.mktemp("emitted") / "accounts").mkdir()
    (made / "mcp").write_text(PASSWORD, encoding="utf-8")
    return made.parent


@pytest.fixture(scope="module")
def redis_url(folder: Path) -> Iterator[str]:
    """The names of the worker's keys are fixed, so it gets a server of its own."""
    with Valkey(folder / "valkey") as server:
        yield server.url


@pytest.fixture(scope="module")
def api(start_module_api: StartApi, folder: Path) -> Api:
    """An API that was used."""
    api = start_module_api(accounts(folder / "accounts"))
    with api.client() as client:
        assert client.get("/exercises").status_code == 200
        assert client.post("/auth/login", json={"username": "user", "password": "user123"}).status_code == 200
    return api


@pytest.fixture(scope="module")
def coach(start_module_coach: StartCoach, api: Api, redis_url: str) -> Iterator[Coach]:
    """A coach that was asked, and whose model has answered."""
    with FakeProvider(Valid(seed=1)) as fake:
        coach = start_module_coach(api, for_coach(redis_url), vendor(fake))
        with coach.client() as client:
            assert client.post("/chat", json={"message": "How often should I train?"}).json()["source"] == "llm"
        yield coach


@pytest.fixture(scope="module")
def worker(api: Api, redis_url: str, folder: Path) -> Iterator[Worker]:
    """A worker that tells of a run."""
    variables = for_worker(api.url, redis_url)
    assert run_worker("run", "refresh_exercises", **variables).returncode == 0
    worker = Worker(folder / "worker.log", variables)
    worker.start()
    until = time.monotonic() + 30
    while "worker_runs_total" not in scrape(worker.url):
        assert time.monotonic() < until
        time.sleep(0.1)
    yield worker
    worker.stop()


@pytest.fixture(scope="module")
def mcp(api: Api, folder: Path) -> Iterator[Mcp]:
    """An MCP server that was spoken to."""
    account = {"WORKOUT_API_URL": api.url, "WORKOUT_USERNAME": "mcp", "WORKOUT_PASSWORD": PASSWORD}
    mcp = Mcp(folder / "mcp.log", account)
    mcp.start()
    with mcp.client() as client:
        assert client.post("/mcp", json={}).status_code == 401
    yield mcp
    mcp.stop()


@pytest.fixture(scope="module")
def emitted(api: Api, coach: Coach, worker: Worker, mcp: Mcp) -> Emitted:
    """All metrics of all services."""
    return scrape(api.url, coach.url, worker.url, mcp.url)


def test_everything_that_is_asked_for_is_emitted(emitted: Emitted) -> None:
    recorded = {rule["record"] for rule in rules() if "record" in rule}
    known = emitted.keys() | EXPORTED | PROMETHEUS_OWN | recorded
    missing = {(where, each.name) for where, expr in questions() for each in series(expr) if each.name not in known}
    assert missing == set()


def test_everything_is_chosen_by_labels_that_it_has(emitted: Emitted) -> None:
    wrong = {
        (where, each.name, label)
        for where, expr in questions()
        for each in series(expr)
        if each.name in emitted
        for label in each.labels - emitted[each.name] - ADDED
    }
    assert wrong == set()


def test_each_service_has_what_is_asked_of_all(api: Api, coach: Coach, worker: Worker, mcp: Mcp) -> None:
    for service in (api, coach, worker, mcp):
        found = scrape(service.url)
        assert {"build_info", "http_server_request_duration_seconds_bucket", "http_server_active_requests"} <= set(
            found
        )
        assert {"process_cpu_seconds_total", "process_resident_memory_bytes", "process_start_time_seconds"} <= set(
            found
        )
