"""Refused fields: which field an error names, and that nothing of the input comes back."""

import json
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal

import pytest
from fastapi import Body, FastAPI, Header, Path, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from runtime import problems

Call = Callable[..., Awaitable[Any]]
INT = "Input should be a valid integer, unable to parse string as an integer"
JSON = [("content-type", "application/json")]
CANARY = "hunter2"


def _no_bench(name: str) -> str:
    if name == "bench":
        raise ValueError("no bench today")
    return name


class Row(BaseModel):
    """A nested model."""

    reps: int


class Cat(BaseModel):
    """One of two shapes."""

    kind: Literal["cat"]


class Dog(BaseModel):
    """The other."""

    kind: Literal["dog"]


class Line(BaseModel):
    """A body with everything that can be wrong."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, AfterValidator(_no_bench)] = "squat"
    sets: int = Field(3, le=100)
    day: Literal["A", "B"] = "A"
    code: str = Field("a", pattern="^a$")
    rows: list[Row] = []
    pet: Annotated[Cat | Dog, Field(discriminator="kind")] | None = None


@pytest.fixture(scope="module")
def app() -> FastAPI:
    """Routes that take a value from everywhere."""
    app = FastAPI()
    problems.install(app)

    @app.post("/lines")
    async def one(line: Line) -> int:
        return line.sets

    @app.post("/lists")
    async def several(lines: list[Line]) -> int:
        return len(lines)

    @app.post("/two")
    async def two(a: Annotated[int, Body()], b: Annotated[int, Body()] = 1) -> int:
        return a + b

    @app.get("/lines/{line_id}")
    async def found(
        line_id: Annotated[int, Path()],
        page: Annotated[int, Query(ge=1)] = 1,
        x_floor: Annotated[int, Header()] = 0,
    ) -> int:
        return line_id

    return app


async def refused(call: Call, app: FastAPI, method: str, path: str, **request: Any) -> list[tuple[str, str]]:
    """(field, message) of each error; the detail must say the same."""
    answer = await call(app, method, path, **request)
    assert answer.status == 422, answer.body
    body = json.loads(answer.body)
    assert body["detail"] == "; ".join(f"{e['field']}: {e['message']}" for e in body["errors"])
    assert (body["type"], body["status"]) == ("about:blank", 422)
    return [(e["field"], e["message"]) for e in body["errors"]]


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"sets": 101}, [("sets", "Input should be less than or equal to 100")]),
        ({"sets": "x", "day": "C"}, [("sets", INT), ("day", "Input should be 'A' or 'B'")]),
        ({"name": "bench"}, [("name", "no bench today")]),
        ({"rows": [{"reps": 1}, {"reps": "x"}]}, [("rows.1.reps", INT)]),
        ({"rows": [{}]}, [("rows.0.reps", "Field required")]),
        ({"colour": "red"}, [("colour", "Extra inputs are not permitted")]),
        ([], [("body", "Input should be a valid dictionary or object to extract fields from")]),
    ],
)
async def test_an_error_names_the_field_of_the_body(
    call: Call, app: FastAPI, body: object, errors: list[tuple[str, str]]
) -> None:
    assert await refused(call, app, "POST", "/lines", headers=JSON, body=[json.dumps(body).encode()]) == errors


@pytest.mark.parametrize("body", [b"{", b'{"sets": 1} x', b"NaN x"])
async def test_malformed_json_is_an_error_of_the_body(call: Call, app: FastAPI, body: bytes) -> None:
    ((field, _),) = await refused(call, app, "POST", "/lines", headers=JSON, body=[body])
    assert field == "body"


async def test_a_body_that_is_no_text_is_a_bad_request(call: Call, app: FastAPI) -> None:
    answer = await call(app, "POST", "/lines", headers=JSON, body=[b"\xff"])
    assert answer.status == 400
    assert answer.all("content-type") == ["application/problem+json"]


async def test_a_missing_body_is_an_error_of_the_body(call: Call, app: FastAPI) -> None:
    assert await refused(call, app, "POST", "/lines", headers=JSON) == [("body", "Field required")]


async def test_an_error_in_a_list_names_the_place_in_it(call: Call, app: FastAPI) -> None:
    body = json.dumps([{"sets": 1}, {"sets": "x"}]).encode()
    ((field, message),) = await refused(call, app, "POST", "/lists", headers=JSON, body=[body])
    assert message == INT
    assert field.endswith("1.sets")


async def test_single_values_of_a_body_are_named(call: Call, app: FastAPI) -> None:
    assert await refused(call, app, "POST", "/two", headers=JSON, body=[b'{"b": "x"}']) == [
        ("a", "Field required"),
        ("b", INT),
    ]


async def test_path_query_and_headers_are_named(call: Call, app: FastAPI) -> None:
    errors = await refused(call, app, "GET", "/lines/x?page=0", headers=[("x-floor", "cellar")])
    assert errors == [
        ("line_id", INT),
        ("page", "Input should be greater than or equal to 1"),
        ("x-floor", INT),
    ]


HIDDEN = [
    {"sets": CANARY},
    {"sets": [CANARY]},
    {"day": CANARY},
    {"code": CANARY},
    {"rows": CANARY},
    {"rows": [CANARY]},
    {"rows": [{"reps": CANARY}]},
    {"name": {"first": CANARY}},
    {"colour": CANARY},
    CANARY,
    [CANARY],
    {"pet": {"kind": CANARY}},
]


@pytest.mark.parametrize("body", HIDDEN, ids=str)
async def test_no_value_of_the_body_comes_back(call: Call, app: FastAPI, body: object) -> None:
    answer = await call(app, "POST", "/lines", headers=JSON, body=[json.dumps(body).encode()])
    assert answer.status == 422
    assert CANARY not in answer.body.decode()
    assert CANARY not in str(answer.headers)


@pytest.mark.parametrize("body", [f'{{"sets": "{CANARY}"', CANARY, f'"{CANARY}'])
async def test_no_malformed_body_comes_back(call: Call, app: FastAPI, body: str) -> None:
    answer = await call(app, "POST", "/lines", headers=JSON, body=[body.encode()])
    assert answer.status == 422
    assert CANARY not in answer.body.decode()


async def test_no_value_of_path_query_or_header_comes_back(call: Call, app: FastAPI) -> None:
    answer = await call(app, "GET", f"/lines/{CANARY}?page={CANARY}", headers=[("x-floor", CANARY)])
    assert answer.status == 422
    assert CANARY not in answer.body.decode()


@pytest.mark.parametrize(
    "media_type",
    ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "text/x+json", "application/xml", "json"],
)
async def test_a_body_of_another_type_is_unsupported(call: Call, app: FastAPI, media_type: str) -> None:
    answer = await call(app, "POST", "/lines", headers=[("content-type", media_type)], body=[b'{"sets": 1}'])
    assert answer.status == 415
    assert json.loads(answer.body) == {
        "type": "about:blank",
        "title": "Unsupported Media Type",
        "status": 415,
        "detail": "The body must be JSON: send it with Content-Type: application/json",
        "request_id": "",
        "trace_id": "",
    }


async def test_a_body_without_a_type_is_unsupported(call: Call, app: FastAPI) -> None:
    assert (await call(app, "POST", "/lines", body=[b'{"sets": 1}'])).status == 415


@pytest.mark.parametrize(
    "media_type",
    ["application/json", "Application/JSON", "application/json; charset=utf-8", "application/vnd.gym+json"],
)
async def test_json_of_any_name_is_read(call: Call, app: FastAPI, media_type: str) -> None:
    good = await call(app, "POST", "/lines", headers=[("content-type", media_type)], body=[b'{"sets": 7}'])
    assert (good.status, good.body) == (200, b"7")
    bad = await call(app, "POST", "/lines", headers=[("content-type", media_type)], body=[b"[]"])
    assert bad.status == 422


async def test_a_missing_body_of_another_type_is_a_missing_body(call: Call, app: FastAPI) -> None:
    errors = await refused(call, app, "POST", "/lines", headers=[("content-type", "text/plain")])
    assert errors == [("body", "Field required")]


async def test_a_wrong_query_is_no_matter_of_the_bodys_type(call: Call, app: FastAPI) -> None:
    errors = await refused(call, app, "GET", "/lines/1?page=0", headers=[("content-type", "text/plain")])
    assert errors == [("page", "Input should be greater than or equal to 1")]
