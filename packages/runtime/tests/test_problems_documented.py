"""Errors in the OpenAPI document, and the methods that a 405 names."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI

from runtime import docs, problems
from runtime.edge import Edge
from runtime.metrics import Metrics
from runtime.problems import Problem, ServiceUnavailable, documented

Call = Callable[..., Awaitable[Any]]
CONTENT = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}


class Missing(Problem):
    """A problem as services define them."""

    status = 404
    detail = "No such line"


class Gone(Problem):
    """Another of the same status."""

    status = 404
    detail = "No such rack"


def test_problems_and_plain_statuses_are_documented_by_status() -> None:
    assert documented(Missing, 401, ServiceUnavailable) == {
        404: {"description": "No such line", "content": CONTENT},
        401: {"description": "Unauthorized", "content": CONTENT},
        503: {"description": "The service is temporarily unavailable", "content": CONTENT},
    }


def test_problems_of_one_status_share_an_entry() -> None:
    assert documented(Missing, Gone, 404) == {
        404: {"description": "No such line; No such rack; Not Found", "content": CONTENT}
    }


def test_nothing_is_documented_where_nothing_can_go_wrong() -> None:
    assert documented() == {}


@pytest.fixture
def app() -> FastAPI:
    """One path whose methods are spread over routers, as in a service with a file for each verb."""
    app = FastAPI(docs_url=None, redoc_url=None)
    reading, writing = APIRouter(prefix="/lines"), APIRouter()

    @reading.get("/{line_id}", responses=documented(Missing))
    async def read(line_id: int) -> int:
        return line_id

    @writing.patch("/lines/{line_id}")
    async def change(line_id: int) -> int:
        return line_id

    @writing.delete("/lines/{line_id}")
    async def delete(line_id: int) -> int:
        return line_id

    @writing.post("/lines")
    async def add() -> int:
        return 1

    @app.put("/lines/special")
    async def replace() -> int:
        return 1

    app.include_router(reading)
    app.include_router(writing)
    docs.install(app)
    problems.install(app)
    return app


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/lines/1", "DELETE, GET, HEAD, PATCH"),
        ("OPTIONS", "/lines/1", "DELETE, GET, HEAD, PATCH"),
        ("GET", "/lines", "POST"),
        ("POST", "/lines/special", "PUT"),
        ("BREW", "/lines", "POST"),
        ("POST", "/docs", "GET, HEAD"),
    ],
)
async def test_a_405_names_every_method_of_the_path(
    call: Call, app: FastAPI, method: str, path: str, allowed: str
) -> None:
    answer = await call(app, method, path)
    assert answer.status == 405
    assert answer.all("allow") == [allowed]
    assert b'"detail":"Method Not Allowed"' in answer.body


async def test_a_405_of_a_mounted_application_names_its_methods(call: Call, app: FastAPI) -> None:
    answer = await call(app, "POST", "/docs/assets/swagger-ui.css")
    assert answer.status == 405
    assert answer.all("allow") == ["GET, HEAD"]


async def test_behind_a_prefix_a_405_names_every_method_too(call: Call, app: FastAPI) -> None:
    answer = await call(app, "PUT", "/api/lines/1", root_path="/api")
    assert answer.status == 405
    assert answer.all("allow") == ["DELETE, GET, HEAD, PATCH"]


async def test_what_a_405_allows_is_answered(call: Call, app: FastAPI, metrics: Metrics) -> None:
    edge = Edge(app, metrics=metrics, max_body_bytes=100, headers={})
    allowed = (await call(edge, "PUT", "/lines/1")).all("allow")[0].split(", ")
    assert [(await call(edge, method, "/lines/1")).status for method in allowed] == [200, 200, 200, 200]


def test_the_shape_of_errors_is_part_of_the_document(app: FastAPI) -> None:
    schemas = app.openapi()["components"]["schemas"]
    details = schemas["ProblemDetails"]
    assert details["required"] == ["type", "title", "status", "detail", "request_id", "trace_id"]
    assert "$defs" not in details
    assert {name: field.get("examples") for name, field in details["properties"].items()} == {
        "type": ["about:blank"],
        "title": ["Not Found"],
        "status": [404],
        "detail": ["Exercise not found"],
        "request_id": ["3f1c9a52"],
        "trace_id": ["4bf92f3577b34da6a3ce929d0e0e4736"],
        "errors": None,
    }
    assert details["properties"]["errors"]["default"] is None
    assert details["properties"]["errors"]["anyOf"][0]["items"] == {"$ref": "#/components/schemas/FieldError"}
    assert schemas["FieldError"]["required"] == ["field", "message"]
    assert schemas["FieldError"]["properties"]["field"]["examples"] == ["sets"]
    assert schemas["FieldError"]["properties"]["message"]["examples"] == ["Input should be less than or equal to 100"]


def test_the_fields_of_an_error_are_described(app: FastAPI) -> None:
    properties = app.openapi()["components"]["schemas"]["ProblemDetails"]["properties"]
    assert {name: field["description"] for name, field in properties.items() if "description" in field} == {
        "type": "Stable name of the kind of problem, for programs",
        "detail": "One sentence for people",
        "request_id": "Equals the X-Request-Id header",
        "trace_id": "Quote it when you ask for help",
    }


def test_a_route_documents_its_errors(app: FastAPI) -> None:
    responses = app.openapi()["paths"]["/lines/{line_id}"]["get"]["responses"]
    assert responses["404"] == {"description": "No such line", "content": CONTENT}


def test_the_document_is_the_same_each_time(app: FastAPI) -> None:
    assert app.openapi() == app.openapi()


def test_an_application_without_any_schema_gets_the_errors_too() -> None:
    app = FastAPI()
    problems.install(app)
    assert set(app.openapi()["components"]["schemas"]) == {"ProblemDetails", "FieldError"}
