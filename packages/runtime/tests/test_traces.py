"""Traces: none without an endpoint; with one, spans reach a collector, and a dead collector costs nothing.

The tracer provider belongs to the whole process, so whoever sets one has a process of his own.
"""

import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import monotonic

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, use_span

from runtime import traces

Python = Callable[..., subprocess.CompletedProcess[str]]
TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"

PROGRAM = """
from opentelemetry import trace
from runtime import logs, traces
logs.configure("gym", "json")
provider = traces.configure("gym", "1.2.3", ENDPOINT)
with trace.get_tracer("tests").start_as_current_span("squat"):
    print(traces.current_trace_id())
print(traces.current_trace_id())
provider.shutdown()
"""

NOTES = """
from opentelemetry import trace
from runtime import traces
print(traces.are_on())
provider = traces.configure("gym", "1.2.3", ENDPOINT)
print(traces.are_on())
traces.note("warm-up", 0.5, {})
with trace.get_tracer("tests").start_as_current_span("squat"):
    traces.note("SELECT gym", 0.5, {"db.system.name": "postgresql"})
    traces.note("INSERT gym", 0.5, {}, ValueError("a secret"))
provider.shutdown()
"""

SERVICE = """
import asyncio, httpx
from fastapi import FastAPI
from runtime import problems, traces
from runtime.edge import Edge
from runtime.metrics import Metrics
provider = traces.configure("gym", "1.2.3", ENDPOINT)
app = FastAPI(telemetry={"metrics": False, "logs": False, "operation_spans": False})
problems.install(app)
app.add_middleware(Edge, metrics=Metrics("gym", "1"), max_body_bytes=1, headers={})
async def main():
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gym.test") as client:
        for headers in ({}, {"traceparent": "00-TRACE-SPAN-01"}):
            print((await client.get("/nowhere", headers=headers)).json()["trace_id"])
asyncio.run(main())
provider.shutdown()
"""


@dataclass
class Collector:
    """What an OTLP collector was sent."""

    url: str = ""
    paths: list[str] = field(default_factory=list)
    tokens: list[str | None] = field(default_factory=list)
    exports: list[ExportTraceServiceRequest] = field(default_factory=list)

    @property
    def spans(self) -> list[tuple[str, str]]:
        """(trace id, name) of each span."""
        return [
            (span.trace_id.hex(), span.name)
            for export in self.exports
            for resource in export.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]


@pytest.fixture
def collector() -> Iterator[Collector]:
    found = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            found.paths.append(self.path)
            found.tokens.append(self.headers["x-token"])
            found.exports.append(ExportTraceServiceRequest.FromString(body))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found.url = f"http://127.0.0.1:{server.server_port}"
        serving = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        yield found
        server.shutdown()
        serving.join()


def program(text: str, endpoint: str) -> str:
    return text.replace("ENDPOINT", repr(endpoint)).replace("TRACE", TRACE).replace("SPAN", SPAN)


@pytest.mark.parametrize("endpoint", [None, ""])
def test_without_an_endpoint_there_are_no_traces(endpoint: str | None) -> None:
    assert traces.configure("gym", "1.2.3", endpoint) is None
    assert traces.current_trace_id() is None


def test_without_an_endpoint_nothing_is_even_imported(python: Python) -> None:
    done = python(
        "import sys\nfrom runtime import traces\ntraces.configure('gym', '1', None)\n"
        "print([name for name in sys.modules if name.startswith(('opentelemetry.sdk', 'opentelemetry.exporter'))])"
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")


@pytest.mark.parametrize(
    ("number", "text"), [(0xABC, "0" * 29 + "abc"), (int(TRACE, 16), TRACE), (2**128 - 1, "f" * 32)]
)
def test_a_trace_id_is_32_digits(number: int, text: str) -> None:
    context = SpanContext(number, 1, is_remote=False, trace_flags=TraceFlags(1))
    with use_span(NonRecordingSpan(context)):
        assert traces.current_trace_id() == text
    assert traces.current_trace_id() is None


@pytest.mark.parametrize("ending", ["", "/"])
def test_spans_reach_the_collector(python: Python, collector: Collector, ending: str) -> None:
    done = python(program(PROGRAM, collector.url + ending))
    assert (done.returncode, done.stderr) == (0, "")
    trace_id, outside = done.stdout.split()
    assert outside == "None"
    assert collector.paths == ["/v1/traces"]
    assert collector.spans == [(trace_id, "squat")]
    (resource,) = (each.resource for export in collector.exports for each in export.resource_spans)
    attributes = {each.key: each.value.string_value for each in resource.attributes}
    assert (attributes["service.name"], attributes["service.version"]) == ("gym", "1.2.3")


def test_the_exporters_other_variables_keep_their_meaning(python: Python, collector: Collector) -> None:
    done = python(program(PROGRAM, collector.url), env=os.environ | {"OTEL_EXPORTER_OTLP_HEADERS": "x-token=iron"})
    assert (done.returncode, done.stderr) == (0, "")
    assert collector.tokens == ["iron"]


def test_the_trace_that_people_quote_is_the_one_that_is_exported(python: Python, collector: Collector) -> None:
    done = python(program(SERVICE, collector.url))
    assert (done.returncode, done.stderr) == (0, "")
    made, given = done.stdout.split()
    assert given == TRACE
    assert {trace_id for trace_id, _ in collector.spans} == {made, TRACE}


def test_calls_that_are_over_are_noted_within_what_is_traced(python: Python, collector: Collector) -> None:
    done = python(program(NOTES, collector.url))
    assert (done.returncode, done.stdout, done.stderr) == (0, "False\nTrue\n", "")
    assert {name for _, name in collector.spans} == {"squat", "SELECT gym", "INSERT gym"}
    spans = {
        span.name: span for e in collector.exports for r in e.resource_spans for s in r.scope_spans for span in s.spans
    }
    good, bad = spans["SELECT gym"], spans["INSERT gym"]
    assert good.parent_span_id == bad.parent_span_id == spans["squat"].span_id
    assert good.end_time_unix_nano - good.start_time_unix_nano == pytest.approx(5e8)
    assert [(each.key, each.value.string_value) for each in bad.attributes] == [("error.type", "ValueError")]
    assert (good.status.code, bad.status.code) == (good.status.STATUS_CODE_UNSET, bad.status.STATUS_CODE_ERROR)
    assert "a secret" not in str(collector.exports)


@pytest.fixture
def refusing() -> Iterator[str]:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture
def silent() -> Iterator[str]:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize("kind", ["refusing", "silent"])
def test_a_dead_collector_costs_no_error_and_no_noise(
    request: pytest.FixtureRequest, python: Python, kind: str
) -> None:
    began = monotonic()
    done = python(program(PROGRAM, request.getfixturevalue(kind)), env=os.environ | {"OTEL_EXPORTER_OTLP_TIMEOUT": "1"})
    assert (done.returncode, done.stderr) == (0, "")
    trace_id, outside = done.stdout.split()
    assert (len(trace_id), outside) == (32, "None")
    assert monotonic() - began < 10
