"""One question, one trace: from the browser through the coach and the API into the database."""

from collections.abc import Iterator

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span as Otlp

from tests.conftest import StartApi, StartCoach
from tests.databases import sql
from tests.observability.collector import Span, collecting
from tests.processes import Api, Coach

SERVER, CLIENT = Otlp.SPAN_KIND_SERVER, Otlp.SPAN_KIND_CLIENT
TRACE, BROWSER = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
HEADERS = {"traceparent": f"00-{TRACE}-{BROWSER}-01", "X-Trace-Id": "ui-react"}  # as the frontend sends them

Traced = tuple[Api, Coach, list[Span]]


@pytest.fixture
def traced(start_api: StartApi, start_coach: StartCoach) -> Iterator[Traced]:
    """Both services, which tell a collector; what they have not told yet they tell when they are stopped."""
    with collecting() as (endpoint, spans):
        api = start_api(OTEL_EXPORTER_OTLP_ENDPOINT=endpoint)
        coach = start_coach(api, OTEL_EXPORTER_OTLP_ENDPOINT=endpoint, AI_COACH_CONTEXT_TIMEOUT="20")
        yield api, coach, spans


def find(spans: list[Span], service: str, kind: int, parent: str) -> list[Span]:
    """The spans right below another one."""
    return [span for span in spans if (span.service, span.kind, span.parent) == (service, kind, parent)]


def test_a_question_is_one_trace_down_to_the_database(traced: Traced) -> None:
    api, coach, spans = traced
    with coach.client() as client:
        answer = client.post("/recommend", json={"equipment_available": ["barbell"]}, headers=HEADERS)
        assert answer.status_code == 200
    coach.stop()
    api.stop()
    ours = [span for span in spans if span.trace == TRACE]
    (asked,) = find(ours, "workout-ai-coach", SERVER, BROWSER)
    assert asked.name == "POST /recommend"
    calls = find(ours, "workout-ai-coach", CLIENT, asked.id)
    assert {call.attributes["server.address"] for call in calls} == {"127.0.0.1"}
    answered = [span for call in calls for span in find(ours, "workout-api", SERVER, call.id)]
    assert len(answered) == len(calls), "every call is one request there"
    reads = [span for span in answered if span.name == "GET /exercises"]
    statements = [span for read in reads for span in find(ours, "workout-api", CLIENT, read.id)]
    assert len(statements) >= len(reads) > 0
    database = api.variables["DATABASE_URL"].rpartition("/")[2]
    for statement in statements:
        assert statement.name.endswith(f" {database}")
        assert statement.attributes["db.system.name"] == "postgresql"
    assert any("exercises" in statement.attributes["db.query.text"] for statement in statements)


def test_a_write_shows_its_transaction_and_no_value(traced: Traced) -> None:
    api, _, spans = traced
    new = {"name": "Canary Row", "sets": 3, "reps": 8}
    with api.client() as client:
        assert client.post("/exercises", json=new, headers=HEADERS).status_code == 201
        assert client.get("/exercises/0", headers=HEADERS).status_code == 422
    api.stop()
    ours = [span for span in spans if span.trace == TRACE]
    written = next(span for span in ours if span.name == "POST /exercises")
    statements = [span.attributes["db.query.text"] for span in find(ours, "workout-api", CLIENT, written.id)]
    assert [text for text in statements if text.startswith("INSERT INTO exercises")]
    assert "Canary" not in str([span.attributes for span in spans])
    assert not any(span.failed for span in ours)


@pytest.mark.parametrize(("method", "operation"), [("GET", "SELECT"), ("POST", "INSERT")])
def test_a_statement_that_fails_says_so(traced: Traced, method: str, operation: str) -> None:
    api, _, spans = traced
    sql(api.variables["DATABASE_URL"], "ALTER TABLE exercises RENAME TO gone")
    with api.client() as client:
        body = {"name": "Squat", "sets": 3, "reps": 5} if method == "POST" else None
        assert client.request(method, "/exercises", json=body, headers=HEADERS).status_code == 503
    api.stop()
    (failed,) = [span for span in spans if span.trace == TRACE and span.failed and span.kind == CLIENT]
    assert failed.attributes["error.type"] == "UndefinedTableError"
    assert failed.name.startswith(f"{operation} ")


def test_an_api_that_is_away_is_a_failed_call(start_coach: StartCoach) -> None:
    with collecting() as (endpoint, spans):
        coach = start_coach(None, OTEL_EXPORTER_OTLP_ENDPOINT=endpoint)
        with coach.client() as client:
            assert client.get("/analyze", headers=HEADERS).status_code == 503
        coach.stop()
        (asked,) = find(spans, "workout-ai-coach", SERVER, BROWSER)
        (call,) = find(spans, "workout-ai-coach", CLIENT, asked.id)
        assert call.failed
