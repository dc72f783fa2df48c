"""What the edge adds to an answer: ids, times, headers, and HEAD."""

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse

from runtime import edge as edge_module
from runtime import problems
from runtime.edge import Edge
from runtime.limits import Quota
from runtime.logs import request_fields
from runtime.metrics import Metrics

Call = Callable[..., Awaitable[Any]]
TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
HEX32 = re.compile(r"[0-9a-f]{32}")


@pytest.fixture
def app(metrics: Metrics) -> Edge:
    """Routes that show what reached them."""
    app = FastAPI()
    problems.install(app)

    @app.get("/ids")
    async def ids(request: Request) -> dict[str, Any]:
        scope = request.scope
        return {
            "scope": [scope["request_id"], scope["trace_id"]],
            "logs": request_fields.get(),
            "method": scope["method"],
        }

    @app.get("/stream")
    async def stream() -> StreamingResponse:
        return StreamingResponse(iter(["one", "two"]), headers={"X-Own": "the route's", "Content-Length": "6"})

    @app.post("/only")
    async def only() -> int:
        return 1

    return Edge(app, metrics=metrics, max_body_bytes=100, headers={"X-Own": "the edge's", "X-Other": "too"})


async def ids_of(call: Call, app: Edge, *headers: tuple[str, str]) -> tuple[str, str]:
    """(request id, trace id) as the route, the logs and the answer agree on them."""
    answer = await call(app, path="/ids", headers=headers)
    body = json.loads(answer.body)
    request_id, trace_id = body["scope"]
    assert body["logs"] == {"request_id": request_id, "trace_id": trace_id}
    assert answer.all("x-request-id") == [request_id]
    return request_id, trace_id


async def test_ids_are_made_where_none_came(call: Call, app: Edge) -> None:
    first, second = await ids_of(call, app), await ids_of(call, app)
    assert re.fullmatch(r"[0-9a-f]{8}", first[0])
    assert HEX32.fullmatch(first[1])
    assert first[0] != second[0]
    assert first[1] != second[1]


@pytest.mark.parametrize("given", ["a", "ui-react", "Az09._~:/+=@,#-", "a" * 128])
async def test_a_safe_request_id_is_kept(call: Call, app: Edge, given: str) -> None:
    assert (await ids_of(call, app, ("x-trace-id", given)))[0] == given


@pytest.mark.parametrize(
    "given", ["", "a" * 129, "a b", 'a"b', "a<b", "a\nb", "a\n", "a;b", "a{b", "é", "a\x00", "a\\"]
)
async def test_an_unsafe_request_id_is_replaced(call: Call, app: Edge, given: str) -> None:
    assert re.fullmatch(r"[0-9a-f]{8}", (await ids_of(call, app, ("x-trace-id", given)))[0])


async def test_only_the_named_header_gives_the_request_id(call: Call, app: Edge) -> None:
    assert (await ids_of(call, app, ("x-request-id", "mine"), ("x-correlation-id", "mine")))[0] != "mine"


@pytest.mark.parametrize(
    "given",
    [
        f"00-{TRACE}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-00",
        f"cc-{TRACE}-{SPAN}-01",
        f"cc-{TRACE}-{SPAN}-01-what-the-future-will-be-like",
        f"00-{TRACE}-{'0' * 15}1-01",
    ],
)
async def test_a_valid_traceparent_gives_the_trace_id(call: Call, app: Edge, given: str) -> None:
    request_id, trace_id = await ids_of(call, app, ("traceparent", given))
    assert trace_id == TRACE
    assert request_id != TRACE


@pytest.mark.parametrize(
    "given",
    [
        "",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{TRACE}-{SPAN.upper()}-01",
        f"00-{TRACE[:-1]}-{SPAN}-01",
        f"00-{TRACE}0-{SPAN}-01",
        f"00-{TRACE}-{SPAN[:-1]}-01",
        f"00-{TRACE}-{SPAN}",
        f"00-{TRACE}-{SPAN}-1",
        f"0-{TRACE}-{SPAN}-01",
        f"cc-{TRACE}-{SPAN}-01.future",
        f"00-{TRACE[:-1]}g-{SPAN}-01",
        f" 00-{TRACE}-{SPAN}-01",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01-more",
    ],
)
async def test_an_invalid_traceparent_is_ignored(call: Call, app: Edge, given: str) -> None:
    _, trace_id = await ids_of(call, app, ("traceparent", given))
    assert HEX32.fullmatch(trace_id)
    assert trace_id not in (TRACE, "0" * 32)


async def test_request_fields_end_with_the_request(call: Call, app: Edge) -> None:
    await ids_of(call, app)
    assert request_fields.get() == {}


async def test_the_answer_says_how_long_it_took(call: Call, app: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([10.0, 10.012344, 11.0])
    monkeypatch.setattr(edge_module, "perf_counter", lambda: next(clock))
    assert (await call(app, path="/ids")).all("x-response-time") == ["12.34ms"]


async def test_own_headers_stand_where_the_application_sets_none(call: Call, app: Edge) -> None:
    answer = await call(app, path="/ids")
    assert answer.all("x-own") == ["the edge's"]
    assert answer.all("x-other") == ["too"]


async def test_own_headers_do_not_override_the_applications(call: Call, app: Edge) -> None:
    answer = await call(app, path="/stream")
    assert answer.all("x-own") == ["the route's"]
    assert answer.all("x-other") == ["too"]


async def test_header_names_are_compared_without_case(call: Call, metrics: Metrics) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": [(b"X-OWN", b"mine")]})
        await send({"type": "http.response.body"})

    answer = await call(Edge(app, metrics=metrics, max_body_bytes=1, headers={"x-OWN": "edge"}))
    assert [value for name, value in answer.headers if name.lower() == "x-own"] == ["mine"]


async def test_an_answer_without_any_headers_gets_the_edges(call: Call, metrics: Metrics) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 204})
        await send({"type": "http.response.body"})

    answer = await call(Edge(app, metrics=metrics, max_body_bytes=1, headers={}))
    assert [name for name, _ in answer.headers] == ["x-request-id", "x-response-time"]


async def test_a_quota_becomes_headers(call: Call, metrics: Metrics) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        scope["quota"] = Quota("read", 60, 30, 59, 12)
        await send({"type": "http.response.start", "status": 204})
        await send({"type": "http.response.body"})

    answer = await call(Edge(app, metrics=metrics, max_body_bytes=1, headers={}))
    assert answer.all("ratelimit-policy") == ['"read";q=60;w=30']
    assert answer.all("ratelimit") == ['"read";r=59;t=12']


async def test_without_a_quota_there_are_no_such_headers(call: Call, app: Edge) -> None:
    assert [name for name, _ in (await call(app, path="/ids")).headers if name.startswith("ratelimit")] == []


@pytest.mark.parametrize("path", ["/ids", "/stream"])
async def test_a_head_is_a_get_without_its_body(call: Call, app: Edge, path: str) -> None:
    given = [("x-trace-id", "same"), ("traceparent", f"00-{TRACE}-{SPAN}-01")]
    get = await call(app, "GET", path, headers=given)
    head = await call(app, "HEAD", path, headers=given)
    assert (head.status, head.body) == (200, b"")
    assert get.all("content-length") == head.all("content-length") == [str(len(get.body))]
    assert head.all("content-type") == get.all("content-type")
    assert [m.get("more_body") for m in head.messages] == [m.get("more_body") for m in get.messages]


async def test_a_head_of_an_error_has_no_body_either(call: Call, app: Edge) -> None:
    head = await call(app, "HEAD", "/nowhere")
    assert (head.status, head.body) == (404, b"")
    assert int(head.all("content-length")[0]) > 100


async def test_the_application_sees_a_get_and_the_server_its_head(call: Call, metrics: Metrics) -> None:
    seen: dict[str, Any] = {}
    given: dict[str, Any] = {"type": "http", "method": "HEAD", "path": "/", "headers": [], "client": None}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.update(scope)
        await send({"type": "http.response.start", "status": 204})
        await send({"type": "http.response.body"})

    async def nothing(*_: object) -> None:
        return None

    await Edge(app, metrics=metrics, max_body_bytes=1, headers={})(given, nothing, nothing)  # type: ignore[arg-type]
    assert seen["method"] == "GET"
    assert given == {"type": "http", "method": "HEAD", "path": "/", "headers": [], "client": None}


async def test_a_head_where_no_get_is_gets_405(call: Call, app: Edge) -> None:
    answer = await call(app, "HEAD", "/only")
    assert (answer.status, answer.all("allow"), answer.body) == (405, ["POST"], b"")


@pytest.mark.parametrize("kind", ["lifespan", "websocket"])
async def test_other_scopes_pass_through_untouched(metrics: Metrics, kind: str) -> None:
    passed: list[object] = []

    async def app(*everything: object) -> None:
        passed.extend(everything)

    scope, receive, send = {"type": kind}, object(), object()
    await Edge(app, metrics=metrics, max_body_bytes=1, headers={})(scope, receive, send)  # type: ignore[arg-type]
    assert passed[0] is scope
    assert passed[1] is receive
    assert passed[2] is send
    assert metrics.registry.get_sample_value("http_server_active_requests") == 0.0
