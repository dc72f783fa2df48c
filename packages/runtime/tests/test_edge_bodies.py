"""How much a request may bring: bodies up to a limit, headers up to 16 KiB."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse

from runtime import problems
from runtime.edge import Edge
from runtime.metrics import Metrics

Call = Callable[..., Awaitable[Any]]
LIMIT = 100
JSON = ("content-type", "application/json")
REFUSAL = f"The body is larger than {LIMIT} bytes"
HEADER_LIMIT = 16_384


@pytest.fixture
def app(metrics: Metrics) -> FastAPI:
    """Routes that read their body in each way, or not at all."""
    app = FastAPI()
    problems.install(app)

    @app.post("/parsed")
    async def parsed(body: dict[str, str]) -> int:
        return len(body["a"])

    @app.post("/raw")
    async def raw(request: Request) -> int:
        return len(await request.body())

    @app.post("/unread")
    async def unread() -> str:
        return "answered"

    @app.post("/unread-stream")
    async def unread_stream() -> StreamingResponse:
        async def parts() -> AsyncIterator[str]:
            yield "one"
            yield "two"

        return StreamingResponse(parts())

    app.add_middleware(Edge, metrics=metrics, max_body_bytes=LIMIT, headers={"X-Own": "1"})
    return app


def body_of(size: int) -> bytes:
    """JSON of exactly this size."""
    return json.dumps({"a": "x" * (size - len(json.dumps({"a": ""})))}).encode()


def announced(size: int | str) -> tuple[str, str]:
    return "content-length", str(size)


@pytest.mark.parametrize("path", ["/parsed", "/raw"])
@pytest.mark.parametrize("announces", [True, False])
async def test_a_body_of_exactly_the_limit_is_read(call: Call, app: FastAPI, path: str, announces: bool) -> None:
    body = body_of(LIMIT)
    headers = [JSON, announced(LIMIT)] if announces else [JSON]
    answer = await call(app, "POST", path, headers=headers, body=[body])
    assert answer.status == 200
    assert answer.body == (b"91" if path == "/parsed" else b"100")


@pytest.mark.parametrize("path", ["/parsed", "/raw"])
@pytest.mark.parametrize("announces", [True, False])
async def test_one_byte_more_is_refused(call: Call, app: FastAPI, path: str, announces: bool) -> None:
    headers = [JSON, announced(LIMIT + 1)] if announces else [JSON]
    answer = await call(app, "POST", path, headers=[*headers, ("x-trace-id", "mine")], body=[body_of(LIMIT + 1)])
    assert answer.status == 413
    body = json.loads(answer.body)
    assert (body["type"], body["status"], body["detail"], body["request_id"]) == ("about:blank", 413, REFUSAL, "mine")
    assert answer.all("content-type") == ["application/problem+json"]
    assert answer.all("x-own") == ["1"]


@pytest.mark.parametrize(("last", "status"), [(b"x" * 40, 200), (b"x" * 41, 413)])
async def test_chunks_are_counted_together(call: Call, app: FastAPI, last: bytes, status: int) -> None:
    answer = await call(app, "POST", "/raw", body=[b"x" * 30, b"", b"x" * 30, last])
    assert answer.status == status


async def test_a_body_that_is_announced_smaller_than_it_is_is_still_counted(call: Call, app: FastAPI) -> None:
    assert (await call(app, "POST", "/raw", headers=[announced(5)], body=[b"x" * 101])).status == 413


async def test_an_announced_body_is_refused_before_it_is_read(call: Call, app: FastAPI) -> None:
    unread = [b"x" * 60, b"x" * 60]
    asked: list[int] = []

    async def receive() -> dict[str, Any]:
        asked.append(1)
        return {"type": "http.request", "body": unread.pop(), "more_body": True}

    async def counting(scope: Any, _: Any, send: Any) -> None:
        await app(scope, receive, send)

    assert (await call(counting, "POST", "/raw", headers=[announced(120)])).status == 413
    assert asked == []


@pytest.mark.parametrize("value", ["", "abc", "-101", "+101", "1e9", "101 ", "0x99", "101, 101"])
async def test_an_announcement_that_is_no_number_is_ignored(call: Call, app: FastAPI, value: str) -> None:
    assert (await call(app, "POST", "/raw", headers=[("content-length", value)], body=[b"x"])).status == 200


@pytest.mark.parametrize("value", ["101", "9" * 20, "1" * 5000])
async def test_any_large_announcement_is_refused(call: Call, app: FastAPI, value: str) -> None:
    assert (await call(app, "POST", "/raw", headers=[("content-length", value)])).status == 413


async def test_a_number_in_another_header_announces_nothing(call: Call, app: FastAPI) -> None:
    assert (await call(app, "POST", "/raw", headers=[("x-length", "500")], body=[b"x"])).status == 200


async def test_a_route_that_does_not_read_its_body_answers(call: Call, app: FastAPI) -> None:
    answer = await call(app, "POST", "/unread", body=[b"x" * 101])
    assert (answer.status, answer.body) == (200, b'"answered"')


@pytest.mark.parametrize(("path", "whole"), [("/unread", b'"answered"'), ("/unread-stream", b"onetwo")])
async def test_an_announced_body_that_nobody_reads_cuts_no_answer_off(
    call: Call, app: FastAPI, path: str, whole: bytes
) -> None:
    answer = await call(app, "POST", path, headers=[announced(101)], body=[b"x" * 101])
    assert (answer.status, answer.body) == (200, whole) or answer.status == 413


async def test_a_request_without_a_body_is_never_too_large(call: Call, metrics: Metrics) -> None:
    app = FastAPI()

    @app.get("/")
    async def route(request: Request) -> int:
        return len(await request.body())

    app.add_middleware(Edge, metrics=metrics, max_body_bytes=0, headers={})
    assert (await call(app)).status == 200


async def test_a_client_that_leaves_adds_nothing_to_its_body(call: Call, metrics: Metrics) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        while (await receive())["type"] != "http.disconnect":
            continue
        await send({"type": "http.response.start", "status": 204})
        await send({"type": "http.response.body"})

    edge = Edge(app, metrics=metrics, max_body_bytes=LIMIT, headers={})
    assert (await call(edge, "POST", body=[b"x" * LIMIT], leaves_after=0)).status == 204


def headers_of(size: int) -> list[tuple[str, str]]:
    """Headers whose names and values have exactly this size together."""
    first, second = ("x-trace-id", "mine"), ("x-filler", "b" * 8000)
    so_far = sum(map(len, (*first, *second, "x-more")))
    return [first, second, ("x-more", "c" * (size - so_far))]


async def test_headers_of_exactly_the_limit_pass(call: Call, app: FastAPI) -> None:
    assert (await call(app, "POST", "/unread", headers=headers_of(HEADER_LIMIT))).status == 200


async def test_one_byte_more_of_headers_is_refused(call: Call, app: FastAPI, metrics: Metrics) -> None:
    answer = await call(app, "POST", "/unread", headers=headers_of(HEADER_LIMIT + 1))
    assert answer.status == 431
    body = json.loads(answer.body)
    assert body.pop("trace_id")
    assert body == {
        "type": "about:blank",
        "title": "Request Header Fields Too Large",
        "status": 431,
        "detail": "The request's headers are larger than 16384 bytes",
        "request_id": "mine",
    }
    assert answer.all("x-request-id") == ["mine"]
    assert answer.all("x-own") == ["1"]
    labels = {"http_route": "unmatched", "http_request_method": "POST", "http_response_status_code": "431"}
    assert metrics.registry.get_sample_value("http_server_request_duration_seconds_count", labels) == 1.0


async def test_too_large_headers_never_reach_the_application(call: Call, metrics: Metrics) -> None:
    async def app(*_: object) -> None:
        raise AssertionError("the application was called")

    edge = Edge(app, metrics=metrics, max_body_bytes=1, headers={})
    assert (await call(edge, headers=headers_of(HEADER_LIMIT + 1))).status == 431
