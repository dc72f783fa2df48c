"""What the requests of every service meet: proxies, the edge, other origins, its own routes, probes, docs."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from asgi_lifespan import LifespanManager
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse

from runtime.application import assemble
from runtime.metrics import Metrics

Call = Callable[..., Awaitable[Any]]
Make = Callable[..., FastAPI]
ORIGIN = "https://gym.example.org"


@pytest.fixture
def make(metrics: Metrics) -> Make:
    """An application with two routers: `make(cors_origins=[...])`."""
    lines, pages = APIRouter(prefix="/lines"), APIRouter()

    @lines.get("/{line_id}")
    async def read(line_id: int, request: Request) -> dict[str, Any]:
        return {"client": request.client and request.client.host, "scheme": request.url.scheme}

    @lines.post("")
    async def add(body: dict[str, int]) -> int:
        return len(body)

    @pages.get("/page", response_class=HTMLResponse)
    async def page() -> HTMLResponse:
        return HTMLResponse("<p>", headers={"Content-Security-Policy": "default-src 'self'"})

    @pages.get("/lines/{anything:path}")
    async def last(anything: str) -> str:
        return "the later router"

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.ready = True
        yield
        app.state.ready = False

    async def obstacle(app: FastAPI) -> str | None:
        return None if getattr(app.state, "ready", False) else "Not started"

    def assembled(**options: Any) -> FastAPI:
        values: dict[str, Any] = {"max_body_bytes": 100, "cors_origins": (), "trusted_proxies": ()} | options
        return assemble(
            title="Gym API",
            version="1.2.3",
            description="Lines and pages.",
            routers=[lines, pages],
            metrics=metrics,
            lifespan=lifespan,
            obstacle=obstacle,
            **values,
        )

    return assembled


async def test_every_answer_carries_the_edges_headers(call: Call, make: Make) -> None:
    answer = await call(make(), path="/lines/1")
    assert answer.status == 200
    assert answer.all("x-content-type-options") == ["nosniff"]
    assert answer.all("content-security-policy") == ["default-src 'none'; frame-ancestors 'none'"]
    assert answer.all("referrer-policy") == ["no-referrer"]
    assert len(answer.all("x-request-id")[0]) == 8


async def test_a_page_keeps_its_own_policy(call: Call, make: Make) -> None:
    assert (await call(make(), path="/page")).all("content-security-policy") == ["default-src 'self'"]
    (policy,) = (await call(make(), path="/docs")).all("content-security-policy")
    assert policy.startswith("default-src 'self';")


async def test_errors_are_problems_with_ids(call: Call, make: Make) -> None:
    answer = await call(make(), path="/nowhere", headers=[("x-trace-id", "mine")])
    assert answer.status == 404
    assert answer.all("content-type") == ["application/problem+json"]
    assert json.loads(answer.body)["request_id"] == "mine"


async def test_routers_are_tried_in_their_order(call: Call, make: Make) -> None:
    assert b"client" in (await call(make(), path="/lines/1")).body
    assert (await call(make(), path="/lines/1/2")).body == b'"the later router"'


async def test_a_slash_too_many_is_not_redirected(call: Call, make: Make) -> None:
    assert (await call(make(), path="/page/")).status == 404


async def test_the_body_limit_is_the_given_one(call: Call, make: Make) -> None:
    headers = [("content-type", "application/json")]
    body = [b'{"a": 1}'.ljust(100)]
    assert (await call(make(), "POST", "/lines", headers=headers, body=body)).status == 200
    assert (await call(make(max_body_bytes=99), "POST", "/lines", headers=headers, body=body)).status == 413


async def test_probes_ask_the_running_application(call: Call, make: Make) -> None:
    app = make()
    assert (await call(app, path="/readyz")).status == 503
    async with LifespanManager(app, startup_timeout=60, shutdown_timeout=60) as running:
        assert (await call(running.app, path="/readyz")).status == 200
    assert b"Not started" in (await call(app, path="/readyz")).body
    assert b'service="tests"' in (await call(app, path="/metrics")).body


async def test_the_document_names_the_application_and_its_routes(call: Call, make: Make) -> None:
    document = json.loads((await call(make(), path="/openapi.json")).body)
    assert document["info"] == {"title": "Gym API", "version": "1.2.3", "description": "Lines and pages."}
    assert document["paths"]["/lines/{line_id}"]["get"]["operationId"] == "read"
    assert list(document["paths"])[-3:] == ["/livez", "/readyz", "/metrics"]
    assert "ProblemDetails" in document["components"]["schemas"]
    assert "/docs" not in document["paths"]


@pytest.mark.parametrize("path", ["/redoc", "/docs/oauth2-redirect"])
async def test_no_other_pages_are_served(call: Call, make: Make, path: str) -> None:
    assert (await call(make(), path=path)).status == 404


async def test_the_docs_page_needs_nothing_from_elsewhere(call: Call, make: Make) -> None:
    answer = await call(make(), path="/docs")
    assert answer.status == 200
    assert b"//cdn" not in answer.body


FORWARDED = [("x-forwarded-for", "198.51.100.7"), ("x-forwarded-proto", "https")]


@pytest.mark.parametrize(
    ("proxies", "client", "scheme"),
    [
        ((), "192.0.2.1", "http"),
        (("198.51.100.0/24",), "192.0.2.1", "http"),
        (("192.0.2.1",), "198.51.100.7", "https"),
        (("203.0.113.9", "192.0.2.0/24"), "198.51.100.7", "https"),
    ],
)
async def test_forwarded_headers_count_only_from_trusted_proxies(
    call: Call, make: Make, proxies: tuple[str, ...], client: str, scheme: str
) -> None:
    answer = await call(make(trusted_proxies=proxies), path="/lines/1", headers=FORWARDED)
    assert json.loads(answer.body) == {"client": client, "scheme": scheme}


async def test_without_origins_no_page_elsewhere_may_read(call: Call, make: Make) -> None:
    answer = await call(make(), path="/lines/1", headers=[("origin", ORIGIN)])
    assert [name for name, _ in answer.headers if name.startswith("access-control")] == []


async def test_a_named_origin_may_read_what_it_needs(call: Call, make: Make) -> None:
    answer = await call(make(cors_origins=[ORIGIN]), path="/lines/1", headers=[("origin", ORIGIN)])
    assert answer.all("access-control-allow-origin") == [ORIGIN]
    assert answer.all("access-control-allow-credentials") == ["true"]
    (exposed,) = answer.all("access-control-expose-headers")
    assert exposed == (
        "ETag, Link, Location, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id, X-Response-Time, X-Total-Count"
    )


async def test_another_origin_may_not_read(call: Call, make: Make) -> None:
    answer = await call(make(cors_origins=[ORIGIN]), path="/lines/1", headers=[("origin", "https://evil.example")])
    assert answer.all("access-control-allow-origin") == []


async def test_a_preflight_says_what_may_be_sent(call: Call, make: Make) -> None:
    asked = "Idempotency-Key, If-Match, X-Trace-Id, traceparent, Authorization, If-None-Match, Content-Type"
    headers = [
        ("origin", ORIGIN),
        ("access-control-request-method", "PATCH"),
        ("access-control-request-headers", asked),
    ]
    answer = await call(make(cors_origins=[ORIGIN]), "OPTIONS", "/lines/1", headers=headers)
    assert answer.status == 200
    assert answer.all("access-control-allow-methods") == ["GET, POST, PATCH, DELETE"]
    allowed = {name.strip().lower() for name in answer.all("access-control-allow-headers")[0].split(",")}
    assert allowed >= {name.strip().lower() for name in asked.split(",")}
    assert len(answer.all("x-request-id")) == 1


@pytest.mark.parametrize(("name", "value"), [("method", "PUT"), ("headers", "X-Secret")])
async def test_a_preflight_for_anything_else_is_refused(call: Call, make: Make, name: str, value: str) -> None:
    headers = {"access-control-request-method": "GET"} | {f"access-control-request-{name}": value}
    answer = await call(
        make(cors_origins=[ORIGIN]), "OPTIONS", "/lines/1", headers=[("origin", ORIGIN), *headers.items()]
    )
    assert answer.status == 400


async def test_the_error_of_another_origin_can_be_read_there_too(call: Call, make: Make) -> None:
    answer = await call(make(cors_origins=[ORIGIN]), path="/nowhere", headers=[("origin", ORIGIN)])
    assert answer.status == 404
    assert answer.all("access-control-allow-origin") == [ORIGIN]
