"""When an application fails or its client leaves: what is answered, logged and passed on."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

from runtime import problems
from runtime.edge import Edge
from runtime.logs import request_fields
from runtime.metrics import Metrics

Call = Callable[..., Awaitable[Any]]
CANARY = "hunter2"


@pytest.fixture
def app(metrics: Metrics) -> FastAPI:
    """Routes with bugs, and the edge where services have it."""
    app = FastAPI()
    problems.install(app)

    @app.get("/bug")
    async def bug(word: str = "") -> None:
        raise RuntimeError(f"the database password is {word}")

    @app.get("/cut")
    async def cut() -> StreamingResponse:
        async def parts() -> AsyncIterator[bytes]:
            yield b"half"
            raise RuntimeError("no more")

        return StreamingResponse(parts(), 202)

    @app.get("/forever")
    async def forever() -> StreamingResponse:
        async def parts() -> AsyncIterator[bytes]:
            while True:
                yield b"tick"
                await asyncio.sleep(0.001)

        return StreamingResponse(parts())

    app.add_middleware(Edge, metrics=metrics, max_body_bytes=100, headers={"X-Own": "1"})
    return app


def active(metrics: Metrics) -> float | None:
    return metrics.registry.get_sample_value("http_server_active_requests")


def counted(metrics: Metrics, route: str, status: int) -> float | None:
    labels = {"http_route": route, "http_request_method": "GET", "http_response_status_code": str(status)}
    return metrics.registry.get_sample_value("http_server_request_duration_seconds_count", labels)


async def test_a_bug_is_answered_as_a_problem(call: Call, app: FastAPI) -> None:
    answer = await call(app, path="/bug", headers=[("x-trace-id", "mine")])
    assert answer.status == 500
    body = json.loads(answer.body)
    assert len(body.pop("trace_id")) == 32
    assert body == {
        "type": "about:blank",
        "title": "Internal Server Error",
        "status": 500,
        "detail": "Internal server error",
        "request_id": "mine",
    }
    assert answer.all("content-type") == ["application/problem+json"]
    assert answer.all("x-request-id") == ["mine"]
    assert answer.all("x-own") == ["1"]


async def test_nothing_of_a_bug_is_told_to_the_caller(call: Call, app: FastAPI) -> None:
    answer = await call(app, path=f"/bug?word={CANARY}")
    assert answer.status == 500
    assert CANARY not in answer.body.decode() + str(answer.headers)
    assert "RuntimeError" not in answer.body.decode()


async def test_a_bug_is_logged_once_with_its_trace_and_the_requests_ids(
    call: Call, app: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    fields: list[Any] = []

    class Notes(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            fields.append((record.name, dict(request_fields.get())))

    notes = Notes()
    logging.root.addHandler(notes)
    try:
        await call(app, path="/bug?word=iron", headers=[("x-trace-id", "mine")])
    finally:
        logging.root.removeHandler(notes)
    (record,) = (r for r in caplog.records if r.levelno >= logging.WARNING)
    assert (record.name, record.levelname, record.getMessage()) == ("runtime.edge", "ERROR", "Unhandled error")
    assert record.exc_info is not None
    assert str(record.exc_info[1]) == "the database password is iron"
    (ids,) = (ids for name, ids in fields if name == "runtime.edge")
    assert ids["request_id"] == "mine"
    assert len(ids["trace_id"]) == 32


async def test_a_bug_is_counted_as_500_and_leaves_nothing_behind(call: Call, app: FastAPI, metrics: Metrics) -> None:
    await call(app, path="/bug")
    assert counted(metrics, "/bug", 500) == 1.0
    assert active(metrics) == 0.0
    assert request_fields.get() == {}


async def test_after_a_bug_the_next_request_is_answered(call: Call, app: FastAPI) -> None:
    assert [(await call(app, path=path)).status for path in ("/bug", "/nowhere", "/bug")] == [500, 404, 500]


async def test_an_answer_that_breaks_off_is_not_made_to_look_whole(
    app: FastAPI, metrics: Metrics, caplog: pytest.LogCaptureFixture, call: Call
) -> None:
    sent: list[Any] = []
    with pytest.raises(RuntimeError, match="no more"):
        await call(app, path="/cut", messages=sent)
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert (sent[0]["status"], sent[1]["body"], sent[1]["more_body"]) == (202, b"half", True)
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR] == ["Unhandled error"]
    assert counted(metrics, "/cut", 202) == 1.0
    assert active(metrics) == 0.0
    assert request_fields.get() == {}


async def test_a_failing_connection_is_passed_on(metrics: Metrics) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200})

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        raise OSError("the connection is gone")

    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": "/", "headers": [], "client": None}
    with pytest.raises(OSError, match="gone"):
        await Edge(app, metrics=metrics, max_body_bytes=1, headers={})(scope, receive, send)
    assert active(metrics) == 0.0


async def test_a_client_that_leaves_ends_its_stream_quietly(
    call: Call, app: FastAPI, metrics: Metrics, caplog: pytest.LogCaptureFixture
) -> None:
    async with asyncio.timeout(5):
        answer = await call(app, path="/forever", leaves_after=3)
    assert answer.status == 200
    assert [r for r in caplog.records if r.levelno >= logging.WARNING] == []
    assert counted(metrics, "/forever", 200) == 1.0
    assert active(metrics) == 0.0


async def test_a_cancelled_request_is_over(call: Call, metrics: Metrics, caplog: pytest.LogCaptureFixture) -> None:
    begun = asyncio.Event()

    async def endless(scope: Any, receive: Any, send: Any) -> None:
        begun.set()
        await asyncio.Event().wait()

    edge = Edge(endless, metrics=metrics, max_body_bytes=1, headers={})
    running = asyncio.ensure_future(call(edge))
    async with asyncio.timeout(5):
        await begun.wait()
    assert active(metrics) == 1.0
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert active(metrics) == 0.0
    assert [r for r in caplog.records if r.levelno >= logging.ERROR] == []


async def test_requests_at_the_same_time_keep_their_own_ids(call: Call, metrics: Metrics) -> None:
    meeting = asyncio.Barrier(3)
    seen: dict[str, Any] = {}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await meeting.wait()
        seen[scope["path"]] = (request_fields.get()["request_id"], active(metrics))
        await meeting.wait()
        await send({"type": "http.response.start", "status": 204})
        await send({"type": "http.response.body"})

    edge = Edge(app, metrics=metrics, max_body_bytes=1, headers={})

    async def one(name: str) -> None:
        await call(edge, path=f"/{name}", headers=[("x-trace-id", name)])

    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        for name in "abc":
            group.create_task(one(name))
    assert seen == {"/a": ("a", 3.0), "/b": ("b", 3.0), "/c": ("c", 3.0)}
    assert active(metrics) == 0.0
