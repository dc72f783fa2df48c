"""Who asks first: the web app, through its own server, and an assistant, through the MCP server."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.browser.house import Page
from tests.conftest import StartApi, StartCoach
from tests.observability.collector import Span, collecting
from tests.observability.test_traces import BROWSER, CLIENT, HEADERS, SERVER, TRACE, find
from tests.people import bearer, log_in
from tests.processes import Api, Coach, Service

PASSWORD = "the password of the MCP server's account"
CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "recommend", "arguments": {}}}
Traced = tuple[Api, Coach, list[Span], str]


class Mcp(Service):
    """A `workout-mcp --http`."""

    command = ("workout-mcp", "--http")
    port_variable = "MCP_PORT"


@pytest.fixture
def traced(start_api: StartApi, start_coach: StartCoach, tmp_path: Path) -> Iterator[Traced]:
    """Both services, which tell a collector; what they have not told yet they tell when they are stopped."""
    accounts = tmp_path / "accounts"
    accounts.mkdir()
    (accounts / "mcp").write_text(PASSWORD)
    with collecting() as (endpoint, spans):
        api = start_api(OTEL_EXPORTER_OTLP_ENDPOINT=endpoint, API_SERVICE_ACCOUNTS_DIR=str(accounts))
        coach = start_coach(api, OTEL_EXPORTER_OTLP_ENDPOINT=endpoint, AI_COACH_CONTEXT_TIMEOUT="20")
        yield api, coach, spans, endpoint


@pytest.fixture
def run() -> Iterator[Callable[[Service, str], Service]]:
    """`run(service, "/readyz")`: started, and stopped after the test."""
    started: list[Service] = []

    def start(service: Service, path: str) -> Service:
        started.append(service)
        service.start(path)
        return service

    yield start
    for service in started:
        service.stop()


def goes_on_to_the_database(spans: list[Span], caller: Span | str) -> bool:
    """Below `caller` the coach was asked, and the API by the coach, and the database by the API."""
    parent = caller if isinstance(caller, str) else caller.id
    return any(
        find(spans, "workout-api", CLIENT, read.id)
        for asked in find(spans, "workout-ai-coach", SERVER, parent)
        for call in find(spans, "workout-ai-coach", CLIENT, asked.id)
        for read in find(spans, "workout-api", SERVER, call.id)
        if read.name == "GET /exercises"
    )


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx, which serves the app in its image, is not there")
def test_the_web_apps_server_hands_the_browsers_trace_on(
    traced: Traced, run: Callable[[Service, str], Service], tmp_path: Path
) -> None:
    api, coach, spans, _ = traced
    addresses = {"FRONTEND_API_URL": api.url, "FRONTEND_AI_COACH_URL": coach.url}
    page = run(Page(tmp_path / "page.log", "nginx", addresses), "/healthz")
    with page.client() as client:
        answer = client.post("/ai-coach/recommend", json={"equipment_available": ["barbell"]}, headers=HEADERS)
        assert answer.status_code == 200, answer.text
    coach.stop()
    api.stop()
    assert goes_on_to_the_database([span for span in spans if span.trace == TRACE], BROWSER)


def test_an_assistants_question_is_one_trace_down_to_the_database(
    traced: Traced, run: Callable[[Service, str], Service], tmp_path: Path
) -> None:
    api, coach, spans, endpoint = traced
    variables = {"WORKOUT_API_URL": api.url, "AI_COACH_URL": coach.url, "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint}
    account = {"WORKOUT_USERNAME": "mcp", "WORKOUT_PASSWORD": PASSWORD}
    mcp = run(Mcp(tmp_path / "mcp.log", variables | account), "/readyz")
    with api.client() as client:
        person = log_in(client, "user")
        made = client.post("/auth/tokens", json={"name": "tests"}, headers=person.headers)
        token = bearer(made.json()["token"])
    headers = HEADERS | token | {"Accept": "application/json, text/event-stream"}
    answer = httpx.post(f"{mcp.url}/mcp", json=CALL, headers=headers, timeout=60)
    assert answer.json()["result"]["isError"] is False, answer.text
    for service in (mcp, coach, api):
        service.stop()
    ours = [span for span in spans if span.trace == TRACE]
    assert find(ours, "workout-mcp", SERVER, BROWSER), [(span.service, span.name) for span in spans]
    calls = [span for span in ours if (span.service, span.kind) == ("workout-mcp", CLIENT)]
    assert {call.attributes["server.address"] for call in calls} == {"127.0.0.1"}
    assert [call for call in calls if goes_on_to_the_database(ours, call)]
