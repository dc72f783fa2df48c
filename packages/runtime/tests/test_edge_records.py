"""What every request leaves behind: series of metrics and a line in the access log."""

import logging
from collections.abc import Awaitable, Callable, Iterator
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI, Request

from runtime import docs, problems
from runtime import edge as edge_module
from runtime.edge import Edge
from runtime.logs import extra_fields
from runtime.metrics import Metrics

Call = Callable[..., Awaitable[Any]]
COUNT = "http_server_request_duration_seconds_count"


@pytest.fixture
def app(metrics: Metrics) -> FastAPI:
    """Routes with and without prefixes."""
    app = FastAPI(docs_url=None, redoc_url=None)
    inner, outer = APIRouter(prefix="/lines"), APIRouter(prefix="/gyms/{gym}")

    @inner.get("/{line_id}")
    async def line(line_id: int) -> int:
        return line_id

    @outer.get("/racks/{rack:path}")
    async def rack(rack: str) -> str:
        return rack

    @app.get("/plain")
    async def plain(request: Request) -> int:
        request.scope["user_name"] = "anna"
        return 1

    for path in ("/livez", "/readyz", "/metrics"):
        app.add_api_route(path, plain)
    outer.include_router(inner)
    app.include_router(outer, prefix="/v1")
    app.include_router(inner)
    docs.install(app)
    problems.install(app)
    app.add_middleware(Edge, metrics=metrics, max_body_bytes=100, headers={})
    return app


@pytest.fixture
def lines() -> Iterator[list[logging.LogRecord]]:
    """The access log at its least level, each record with the fields it would be written with."""
    found: list[logging.LogRecord] = []

    class Notes(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            record.fields = extra_fields(record)
            found.append(record)

    notes, access = Notes(), logging.getLogger("access")
    access.addHandler(notes)
    access.setLevel(logging.DEBUG)
    yield found
    access.setLevel(logging.NOTSET)
    access.removeHandler(notes)


def series(metrics: Metrics) -> dict[tuple[str, str, str], float]:
    """(route, method, status): how often."""
    names = ("http_route", "http_request_method", "http_response_status_code")
    return {
        tuple(sample.labels[name] for name in names): sample.value  # type: ignore[misc]
        for family in metrics.registry.collect()
        for sample in family.samples
        if sample.name == COUNT
    }


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/plain", ("/plain", "GET", "200")),
        ("GET", "/lines/7", ("/lines/{line_id}", "GET", "200")),
        ("GET", "/lines/x", ("/lines/{line_id}", "GET", "422")),
        ("HEAD", "/lines/7", ("/lines/{line_id}", "HEAD", "200")),
        ("GET", "/v1/gyms/home/lines/7", ("/v1/gyms/{gym}/lines/{line_id}", "GET", "200")),
        ("GET", "/v1/gyms/home/racks/a/b", ("/v1/gyms/{gym}/racks/{rack}", "GET", "200")),
        ("DELETE", "/lines/7", ("/lines/{line_id}", "DELETE", "405")),
        ("BREW", "/lines/7", ("/lines/{line_id}", "_OTHER", "405")),
        ("get", "/plain", ("/plain", "_OTHER", "405")),
        ("GET", "/nowhere", ("unmatched", "GET", "404")),
        ("BREW", "/nowhere", ("unmatched", "_OTHER", "404")),
    ],
)
async def test_a_series_is_a_route_a_method_and_a_status(
    call: Call, app: FastAPI, metrics: Metrics, method: str, path: str, expected: tuple[str, str, str]
) -> None:
    await call(app, method, path)
    assert series(metrics) == {expected: 1.0}


async def test_equal_requests_share_a_series(call: Call, app: FastAPI, metrics: Metrics) -> None:
    for number in range(3):
        await call(app, path=f"/lines/{number}")
    await call(app, path="/plain")
    assert series(metrics) == {("/lines/{line_id}", "GET", "200"): 3.0, ("/plain", "GET", "200"): 1.0}


async def test_random_paths_and_methods_add_no_series(call: Call, app: FastAPI, metrics: Metrics) -> None:
    random = Random(7)
    for path in ("/x", "/docs/assets/x"):
        await call(app, path=path)
    await call(app, "BREW", "/x")
    before = set(series(metrics))
    for number in range(2000):
        word = random.randbytes(6).hex()
        if number % 2:
            await call(app, path=f"/{word}")
        else:
            await call(app, word.upper(), f"/{word}/{word}")
    for number in range(20):
        await call(app, path=f"/docs/assets/{number}")
    assert set(series(metrics)) == before
    assert sum(series(metrics).values()) == 2023.0


async def test_a_route_of_another_framework_is_named_by_its_path(call: Call, metrics: Metrics) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        scope["route"] = SimpleNamespace(path="/raw")
        await send({"type": "http.response.start", "status": 204})
        await send({"type": "http.response.body"})

    await call(Edge(app, metrics=metrics, max_body_bytes=1, headers={}))
    assert series(metrics) == {("/raw", "GET", "204"): 1.0}


async def test_a_request_takes_as_long_as_it_takes(
    call: Call, app: FastAPI, metrics: Metrics, monkeypatch: pytest.MonkeyPatch, lines: list[logging.LogRecord]
) -> None:
    clock = iter([100.0, 100.5, 100.812341])
    monkeypatch.setattr(edge_module, "perf_counter", lambda: next(clock))
    await call(app, path="/plain")
    labels = {"http_route": "/plain", "http_request_method": "GET", "http_response_status_code": "200"}
    total = metrics.registry.get_sample_value("http_server_request_duration_seconds_sum", labels)
    assert total == pytest.approx(0.812341)
    assert vars(lines[0])["duration_ms"] == 812.34


async def test_a_request_is_active_while_it_is_answered(call: Call, metrics: Metrics) -> None:
    seen: list[float | None] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(metrics.registry.get_sample_value("http_server_active_requests"))
        await send({"type": "http.response.start", "status": 204})
        await send({"type": "http.response.body"})

    await call(Edge(app, metrics=metrics, max_body_bytes=1, headers={}))
    seen.append(metrics.registry.get_sample_value("http_server_active_requests"))
    assert seen == [1.0, 0.0]


async def test_a_request_is_a_line_with_these_fields(call: Call, app: FastAPI, lines: list[logging.LogRecord]) -> None:
    await call(app, path="/plain?q=secret", headers=[("x-trace-id", "mine")])
    (line,) = lines
    assert (line.name, line.levelname, line.getMessage()) == ("access", "INFO", "GET /plain 200")
    fields = vars(line)["fields"]
    assert isinstance(fields.pop("duration_ms"), float)
    assert len(fields.pop("trace_id")) == 32
    assert fields == {
        "request_id": "mine",
        "method": "GET",
        "route": "/plain",
        "status": 200,
        "user": "anna",
        "client": "192.0.2.1",
    }


@pytest.mark.parametrize("method", ["POST", "HEAD"])
async def test_a_line_has_the_path_as_it_came_and_the_route_as_it_is_called(
    call: Call, app: FastAPI, lines: list[logging.LogRecord], method: str
) -> None:
    await call(app, method, "/lines/7")
    status = 200 if method == "HEAD" else 405
    assert lines[0].getMessage() == f"{method} /lines/7 {status}"
    assert vars(lines[0])["route"] == "/lines/{line_id}"
    assert vars(lines[0])["user"] is None


async def test_a_method_of_no_standard_is_not_repeated(
    call: Call, app: FastAPI, lines: list[logging.LogRecord]
) -> None:
    await call(app, "BREW", "/plain")
    assert lines[0].getMessage() == "_OTHER /plain 405"
    assert vars(lines[0])["method"] == "_OTHER"


@pytest.mark.parametrize("client", [None, "absent"])
async def test_a_client_without_an_address_has_none(
    call: Call, app: FastAPI, lines: list[logging.LogRecord], client: str | None
) -> None:
    async def without(scope: Any, receive: Any, send: Any) -> None:
        del scope["client"]
        await app(scope, receive, send)

    await (call(app, path="/plain", client=None) if client is None else call(without, path="/plain"))
    assert vars(lines[0])["client"] is None


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics"])
async def test_probes_are_logged_for_those_who_debug(
    call: Call, app: FastAPI, lines: list[logging.LogRecord], path: str
) -> None:
    await call(app, path=path)
    assert [line.levelname for line in lines] == ["DEBUG"]
    logging.getLogger("access").setLevel(logging.INFO)
    await call(app, path=path)
    await call(app, path="/plain")
    assert [line.getMessage() for line in lines[1:]] == ["GET /plain 200"]


async def test_a_level_above_info_silences_the_access_log(
    call: Call, app: FastAPI, lines: list[logging.LogRecord]
) -> None:
    logging.getLogger("access").setLevel(logging.WARNING)
    await call(app, path="/plain")
    assert lines == []
