"""Errors as answers: one shape, `application/problem+json` (RFC 9457), for every status of every service."""

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from itertools import islice
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, Field
from starlette._utils import get_route_path
from starlette.exceptions import HTTPException
from starlette.types import Scope

MEDIA_TYPE = "application/problem+json"
MAX_FIELD_ERRORS = 20  # nobody mends more at once, and names of unknown fields are whatever was sent


class FieldError(BaseModel):
    """What is wrong with one field of the request."""

    field: str = Field(examples=["sets"])
    message: str = Field(examples=["Input should be less than or equal to 100"])


class ProblemDetails(BaseModel):
    """The body of every error (RFC 9457). `errors` stands only where single fields were refused."""

    type: str = Field(examples=["about:blank"], description="Stable name of the kind of problem, for programs")
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["Exercise not found"], description="One sentence for people")
    request_id: str = Field(examples=["3f1c9a52"], description="Equals the X-Request-Id header")
    trace_id: str = Field(examples=["4bf92f3577b34da6a3ce929d0e0e4736"], description="Quote it when you ask for help")
    errors: list[FieldError] | None = None


class Problem(Exception):
    """Base of all errors that are answers. A subclass sets `status`, `detail` and, for programs, `kind`."""

    status: int = 500
    kind: str = "about:blank"
    detail: str = "Internal server error"

    def __init__(self, detail: str | None = None, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail or self.detail)
        self.detail = detail or self.detail
        self.headers = dict(headers or {})
        self.errors: Sequence[FieldError] | None = None


class InvalidRequest(Problem):
    """A request that is well-formed HTTP but not acceptable: 422 with a line for each field."""

    status = 422
    detail = "The request is invalid"

    def __init__(self, *errors: FieldError) -> None:
        super().__init__("; ".join(f"{e.field}: {e.message}" for e in errors))
        self.errors = errors


class NotAuthenticated(Problem):
    """No token, or one that does not hold (any more)."""

    status = 401
    kind = "urn:problem:not-authenticated"
    detail = "Not authenticated"

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"})


class ServiceUnavailable(Problem):
    """Something this service cannot do without is away: 503, and when to try again (in seconds)."""

    status = 503
    detail = "The service is temporarily unavailable"

    def __init__(self, detail: str | None = None, *, retry_after: int = 2) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after)})


def answer(scope: Scope, problem: Problem) -> Response:
    """The response for `problem`; request and trace id come from the edge, through the scope."""
    body: dict[str, Any] = {
        "type": problem.kind,
        "title": _title(problem.status),
        "status": problem.status,
        "detail": problem.detail,
        "request_id": scope.get("request_id", ""),
        "trace_id": scope.get("trace_id", ""),
    }
    if problem.errors is not None:
        body["errors"] = [e.model_dump() for e in problem.errors]
    headers = {"Cache-Control": "no-store"} | problem.headers
    return Response(orjson.dumps(body), problem.status, headers, MEDIA_TYPE)


def _title(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:  # of somebody's own making
        return f"Status {status}"


def documented(*problems: type[Problem] | int) -> dict[int | str, dict[str, Any]]:
    """The `responses=` entries of a route that can answer with these problems or plain statuses."""
    details: dict[int | str, list[str]] = {}
    for problem in problems:
        status, detail = (
            (problem, HTTPStatus(problem).phrase) if isinstance(problem, int) else (problem.status, problem.detail)
        )
        details.setdefault(status, []).append(detail)
    schema = {"schema": {"$ref": f"#/components/schemas/{ProblemDetails.__name__}"}}
    return {
        status: {"description": "; ".join(words), "content": {MEDIA_TYPE: schema}} for status, words in details.items()
    }


def install(app: FastAPI) -> None:
    """Make `app` answer every error, its own and the framework's, as a problem. The rest are bugs: the edge's 500."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    openapi = app.openapi

    def with_problems() -> dict[str, Any]:
        document = openapi()
        schema = ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")
        components = document.setdefault("components", {}).setdefault("schemas", {})
        components.update(schema.pop("$defs"), ProblemDetails=schema)
        for operations in document["paths"].values():
            for operation in operations.values():
                _add_what_anybody_may_get(operation)
        return document

    app.openapi = with_problems  # type: ignore[method-assign]  # FastAPI documents this way


def _add_what_anybody_may_get(operation: dict[str, Any]) -> None:
    """Answers of the edge and of FastAPI's reading of bodies, which no route declares."""
    statuses = [431, *([400, 413, 415] if "requestBody" in operation else [])]
    for status, answer_ in documented(*statuses).items():
        operation["responses"].setdefault(str(status), answer_)


async def _on_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return answer(request.scope, error)


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    problem = Problem(str(error.detail), headers=error.headers)
    problem.status = error.status_code
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        problem.headers["Allow"] = ", ".join(allowed_methods(request))
    return answer(request.scope, problem)


async def _on_validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    if _is_not_json(request, error.errors()):
        problem = Problem("The body must be JSON: send it with Content-Type: application/json")
        problem.status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
        return answer(request.scope, problem)
    return answer(request.scope, InvalidRequest(*field_errors(error.errors())))


def _is_not_json(request: Request, errors: Sequence[Any]) -> bool:
    """A body of another type reaches the validator as bytes; its complaint would not name the real cause."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_json = media_type == "application/json" or (
        media_type.startswith("application/") and media_type.endswith("+json")
    )
    return not is_json and any(e["loc"] == ("body",) and e["type"] != "missing" for e in errors)


def field_errors(errors: Iterable[Any]) -> list[FieldError]:
    """Pydantic's errors by field, without the input they complain about: it may be a password."""
    first = islice(errors, MAX_FIELD_ERRORS)
    return [FieldError(field=_field(e)[:100], message=_message(e)) for e in first]


def _message(error: Any) -> str:
    if error.get("type") == "union_tag_invalid":  # Pydantic's own words repeat what was sent
        return f"Input should be one of {error['ctx']['expected_tags']}"
    message: str = error["msg"]
    return message.removeprefix("Value error, ")


def _field(error: Any) -> str:
    """`("query", "page")` is page, `("body", "items", 1, "sets")` is items.1.sets, malformed JSON is body."""
    where, *names = error["loc"]
    if not names or (len(names) == 1 and isinstance(names[0], int)):
        return str(where)
    return ".".join(map(str, names))


def allowed_methods(request: Request) -> list[str]:
    """Every method that some route takes at this path: a route knows only its own (RFC 9110 §15.5.6 wants all).

    Where several patterns match, `/pets/new` and `/pets/{id}` say, the first one tells what the path is.
    """
    found: str | None = None
    methods: set[str] = set()
    for context in iter_route_contexts(request.app.routes):
        pattern = getattr(context, "path_regex", None)
        shown = getattr(context, "include_in_schema", True)
        if pattern and shown and pattern.match(get_route_path(request.scope)):
            found = found or pattern.pattern
            methods |= set(context.methods or ()) if pattern.pattern == found else set()
    if not methods:  # of a mounted application, which serves files
        methods = {"GET"}
    if "GET" in methods:
        methods.add("HEAD")
    return sorted(methods)
