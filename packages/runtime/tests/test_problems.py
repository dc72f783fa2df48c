"""Errors as answers: one body and the right headers for every kind of error."""

import json
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

import pytest
from fastapi import FastAPI, HTTPException
from starlette.exceptions import HTTPException as StarletteHTTPException

from runtime import problems
from runtime.problems import (
    FieldError,
    InvalidRequest,
    NotAuthenticated,
    Problem,
    ServiceUnavailable,
    answer,
    field_errors,
)

Call = Callable[..., Awaitable[Any]]
SCOPE = {"request_id": "3f1c9a52", "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736"}


class Taken(Problem):
    """A problem as services define them."""

    status = 409
    kind = "urn:problem:taken"
    detail = "The rack is taken"


def app_that_raises(error: Exception) -> FastAPI:
    app = FastAPI()
    problems.install(app)

    @app.get("/")
    async def route() -> None:
        raise error

    return app


def body_of(status: int, detail: str, kind: str = "about:blank", **more: object) -> dict[str, object]:
    return {"type": kind, "title": HTTPStatus(status).phrase, "status": status, "detail": detail} | SCOPE | more


async def test_a_problem_is_this_body_and_these_headers(call: Call) -> None:
    found = await call(app_that_raises(Taken()), **SCOPE)
    assert found.status == 409
    assert found.body == (
        b'{"type":"urn:problem:taken","title":"Conflict","status":409,"detail":"The rack is taken",'
        b'"request_id":"3f1c9a52","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736"}'
    )
    assert sorted(found.headers) == [
        ("cache-control", "no-store"),
        ("content-length", str(len(found.body))),
        ("content-type", "application/problem+json"),
    ]


async def test_a_problem_may_say_it_in_other_words_and_with_headers(call: Call) -> None:
    found = await call(app_that_raises(Taken("Until six", headers={"Retry-After": "60"})), **SCOPE)
    assert json.loads(found.body) == body_of(409, "Until six", "urn:problem:taken")
    assert found.all("retry-after") == ["60"]


async def test_a_problem_may_be_cached_where_it_says_so(call: Call) -> None:
    found = await call(app_that_raises(Taken(headers={"Cache-Control": "max-age=5"})))
    assert found.all("cache-control") == ["max-age=5"]


async def test_a_problem_outside_the_edge_has_empty_ids(call: Call) -> None:
    found = json.loads((await call(app_that_raises(Taken()))).body)
    assert (found["request_id"], found["trace_id"]) == ("", "")


def test_a_problem_without_words_is_an_internal_error() -> None:
    problem = Problem()
    assert (problem.status, problem.kind, problem.detail) == (500, "about:blank", "Internal server error")
    assert (str(problem), problem.headers, problem.errors) == ("Internal server error", {}, None)


def test_a_problems_words_are_its_own() -> None:
    assert str(Taken("Until six")) == Taken("Until six").detail == "Until six"
    assert str(Taken("")) == Taken.detail == "The rack is taken"


def test_a_problem_keeps_a_copy_of_its_headers() -> None:
    headers = {"X-A": "1"}
    problem = Taken(headers=headers)
    problem.headers["X-B"] = "2"
    assert headers == {"X-A": "1"}


@pytest.mark.parametrize("kind", [HTTPException, StarletteHTTPException])
async def test_an_http_exception_has_the_same_shape(call: Call, kind: type[StarletteHTTPException]) -> None:
    error = kind(status_code=401, detail="Who are you?", headers={"WWW-Authenticate": "Bearer"})
    found = await call(app_that_raises(error), **SCOPE)
    assert found.status == 401
    assert json.loads(found.body) == body_of(401, "Who are you?")
    assert found.all("www-authenticate") == ["Bearer"]
    assert found.all("content-type") == ["application/problem+json"]
    assert found.all("allow") == []


@pytest.mark.parametrize("status", [404, 418])
async def test_an_http_exception_without_words_says_what_its_status_means(call: Call, status: int) -> None:
    found = await call(app_that_raises(HTTPException(status)), **SCOPE)
    assert json.loads(found.body) == body_of(status, HTTPStatus(status).phrase)


async def test_a_status_without_a_standard_name_is_kept(call: Call) -> None:
    found = await call(app_that_raises(HTTPException(499, "The client has gone")), **SCOPE)
    assert found.status == 499
    assert json.loads(found.body)["detail"] == "The client has gone"


async def test_an_unknown_path_is_a_problem(call: Call) -> None:
    found = await call(app_that_raises(Taken()), "GET", "/nowhere", **SCOPE)
    assert found.status == 404
    assert json.loads(found.body) == body_of(404, "Not Found")


async def test_an_invalid_request_has_a_line_for_each_field(call: Call) -> None:
    error = InvalidRequest(FieldError(field="sets", message="Too many"), FieldError(field="reps", message="Too few"))
    assert str(error) == error.detail == "sets: Too many; reps: Too few"
    found = await call(app_that_raises(error), **SCOPE)
    assert found.status == 422
    assert json.loads(found.body) == body_of(
        422,
        "sets: Too many; reps: Too few",
        errors=[{"field": "sets", "message": "Too many"}, {"field": "reps", "message": "Too few"}],
    )


async def test_an_invalid_request_without_fields_says_so(call: Call) -> None:
    found = await call(app_that_raises(InvalidRequest()), **SCOPE)
    assert json.loads(found.body) == body_of(422, "The request is invalid", errors=[])


async def test_unavailable_says_when_to_try_again(call: Call) -> None:
    found = await call(app_that_raises(ServiceUnavailable()), **SCOPE)
    assert found.status == 503
    assert json.loads(found.body) == body_of(503, "The service is temporarily unavailable")
    assert found.all("retry-after") == ["2"]
    assert ServiceUnavailable().headers == {"Retry-After": "2"}


async def test_unavailable_may_last_longer_and_say_why(call: Call) -> None:
    found = await call(app_that_raises(ServiceUnavailable("The database restarts", retry_after=30)), **SCOPE)
    assert json.loads(found.body) == body_of(503, "The database restarts")
    assert found.all("retry-after") == ["30"]


@pytest.mark.parametrize(("given", "said"), [(None, "Not authenticated"), ("The token has expired", None)])
async def test_a_missing_login_says_how_to_log_in(call: Call, given: str | None, said: str | None) -> None:
    found = await call(app_that_raises(NotAuthenticated(given)), **SCOPE)
    assert found.status == 401
    assert json.loads(found.body) == body_of(401, said or given or "", "urn:problem:not-authenticated")
    assert found.all("www-authenticate") == ["Bearer"]
    assert NotAuthenticated(given).headers == {"WWW-Authenticate": "Bearer"}


async def test_other_exceptions_are_not_answered_here(call: Call) -> None:
    with pytest.raises(ZeroDivisionError):
        await call(app_that_raises(ZeroDivisionError()))


def test_an_answer_needs_no_application() -> None:
    response = answer({"type": "http"}, Taken())
    assert (response.status_code, response.media_type) == (409, "application/problem+json")
    assert json.loads(bytes(response.body))["detail"] == "The rack is taken"


@pytest.mark.parametrize("detail", ["Übung 🏋", 'a "quoted"\nline', "\x00"])
async def test_any_text_is_carried(call: Call, detail: str) -> None:
    assert json.loads((await call(app_that_raises(Taken(detail)))).body)["detail"] == detail


@pytest.mark.parametrize(
    ("location", "field"),
    [
        (("body", "sets"), "sets"),
        (("body", "rows", 1, "reps"), "rows.1.reps"),
        (("query", "page"), "page"),
        (("path", "id"), "id"),
        (("header", "if-match"), "if-match"),
        (("body",), "body"),
        (("body", 17), "body"),
        (("query",), "query"),
    ],
)
def test_a_location_becomes_a_field(location: tuple[str | int, ...], field: str) -> None:
    assert field_errors([{"loc": location, "msg": "no"}]) == [FieldError(field=field, message="no")]


def test_only_the_leading_words_of_the_library_are_dropped_from_a_message() -> None:
    errors = field_errors([{"loc": ("body", "a"), "msg": "Value error, Value error, no"}])
    assert errors == [FieldError(field="a", message="Value error, no")]
