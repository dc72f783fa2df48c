"""`/livez`, `/readyz` and `/metrics`."""

from collections.abc import Awaitable, Callable

import httpx
import pytest
from fastapi import FastAPI

from runtime import problems
from runtime.metrics import Metrics
from runtime.probes import probes

Probing = Callable[..., httpx.AsyncClient]


@pytest.fixture
def probing(metrics: Metrics) -> Probing:
    """A client of an application whose obstacle is what the given function says."""

    def make(obstacle: Callable[[], Awaitable[str | None]]) -> httpx.AsyncClient:
        app = FastAPI()
        app.include_router(probes(metrics, obstacle))
        problems.install(app)
        return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api.test")

    return make


async def nothing() -> str | None:
    return None


async def no_database() -> str | None:
    return "The database does not answer"


async def broken() -> str | None:
    raise RuntimeError("livez must not ask")


async def test_a_live_process_says_so_and_asks_nothing(probing: Probing) -> None:
    answer = await probing(broken).get("/livez")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


async def test_a_process_without_obstacle_is_ready(probing: Probing) -> None:
    answer = await probing(nothing).get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})


async def test_a_process_with_an_obstacle_names_it_and_says_when_to_ask_again(probing: Probing) -> None:
    answer = await probing(no_database).get("/readyz")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"] == "2"
    assert answer.json() == {
        "type": "urn:problem:not-ready",
        "title": "Service Unavailable",
        "status": 503,
        "detail": "The database does not answer",
        "request_id": "",
        "trace_id": "",
    }


async def test_readiness_is_asked_each_time(probing: Probing) -> None:
    obstacles: list[str | None] = ["Not yet", None]

    async def next_obstacle() -> str | None:
        return obstacles.pop(0)

    client = probing(next_obstacle)
    assert [(await client.get("/readyz")).status_code for _ in range(2)] == [503, 200]


async def test_metrics_are_exposed(probing: Probing) -> None:
    answer = await probing(nothing).get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert 'build_info{service="tests",version="1.2.3"} 1.0' in answer.text


async def test_the_probes_are_documented(probing: Probing) -> None:
    paths = (await probing(nothing).get("/openapi.json")).json()["paths"]
    assert list(paths) == ["/livez", "/readyz", "/metrics"]
    assert {path: operations["get"]["summary"] for path, operations in paths.items()} == {
        "/livez": "Is the process alive? Asks nothing else.",
        "/readyz": "May it get traffic? Asks what it cannot work without.",
        "/metrics": "Prometheus metrics",
    }
    assert all(operations["get"]["tags"] == ["probes"] for operations in paths.values())
    assert paths["/readyz"]["get"]["responses"]["503"] == {
        "description": "The service is temporarily unavailable",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}},
    }
    assert paths["/metrics"]["get"]["responses"]["200"]["content"] == {
        "application/openmetrics-text": {"schema": {"type": "string"}}
    }
