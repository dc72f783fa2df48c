"""The OpenAPI document: it is well-formed, its examples hold, and it is true of what is really answered."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import jsonschema_rs
import pytest

pytestmark = pytest.mark.anyio

PROBLEM = "application/problem+json"
COLUMNS = ("id", "name", "sets", "reps", "weight", "workout_day")
EXERCISES = {
    "list_exercises": ("GET", "/exercises"),
    "add_exercise": ("POST", "/exercises"),
    "export_exercises": ("GET", "/exercises/export"),
    "get_exercise": ("GET", "/exercises/{exercise_id}"),
    "edit_exercise": ("PATCH", "/exercises/{exercise_id}"),
    "delete_exercise": ("DELETE", "/exercises/{exercise_id}"),
    "admin_delete_exercise": ("DELETE", "/admin/exercises/{exercise_id}"),
}
Document = dict[str, Any]


@pytest.fixture
async def document(client: httpx.AsyncClient) -> Document:
    """What `/openapi.json` serves."""
    answer = await client.get("/openapi.json")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    found: Document = answer.json()
    return found


def operations(document: Document) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def everything(node: object) -> Iterator[dict[str, Any]]:
    """Every object in the document."""
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from everything(child)


def validator(document: Document, schema: object) -> jsonschema_rs.Validator:
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", "allOf": [schema]}
    return jsonschema_rs.validator_for({**whole, "components": document["components"]})


async def test_the_document_says_what_it_describes(document: Document) -> None:
    assert document["openapi"].startswith("3.1.")
    assert document["info"]["title"] == "Workout Tracker API"
    assert document["info"]["version"] == "0.1.0"
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"


async def test_every_operation_has_a_name_of_its_own(document: Document) -> None:
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(set(names)) == len(names)
    assert [name for name in names if not re.fullmatch(r"[a-z]+(_[a-z]+)*", name)] == []
    assert all(operation.get("summary") and operation["tags"] for _, _, operation in operations(document))
    found = {operation["operationId"]: (method, path) for method, path, operation in operations(document)}
    assert EXERCISES.items() <= found.items()


async def test_every_reference_leads_somewhere(document: Document) -> None:
    targets = {node["$ref"] for node in everything(document) if "$ref" in node}
    assert len(targets) > 5
    for target in targets:
        node = document
        for part in target.removeprefix("#/").split("/"):
            node = node[part]


async def test_every_problem_has_the_one_shape(document: Document) -> None:
    shape = document["components"]["schemas"]["ProblemDetails"]
    assert list(shape["properties"]) == ["type", "title", "status", "detail", "request_id", "trace_id", "errors"]
    assert shape["required"] == ["type", "title", "status", "detail", "request_id", "trace_id"]
    for _, path, operation in operations(document):
        for status, response in operation["responses"].items():
            if int(status) >= 400:
                schema = {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}
                assert (path, response["content"]) == (path, {PROBLEM: schema})
            assert response["description"]


async def test_every_example_holds(document: Document) -> None:
    examples = 0
    nodes = [*everything(document["components"]["schemas"]), *everything(document["paths"])]
    for schema in (node for node in nodes if isinstance(node.get("examples"), list)):
        for example in schema["examples"]:
            validator(document, {key: value for key, value in schema.items() if key != "examples"}).validate(example)
            examples += 1
    assert examples > 20


EXERCISE, PAGE = ({"schema": {"$ref": f"#/components/schemas/{name}"}} for name in ("Exercise", "ExercisePage"))
CSV = {"text/csv": {"schema": {"type": "string"}, "example": "id,name,sets,reps,weight,workout_day\r\n"}}


@pytest.mark.parametrize(
    ("name", "status", "content"),
    [
        ("list_exercises", "200", {"application/json": PAGE, **CSV}),
        ("list_exercises", "304", None),
        ("add_exercise", "201", {"application/json": EXERCISE}),
        ("export_exercises", "200", CSV),
        ("get_exercise", "200", {"application/json": EXERCISE}),
        ("get_exercise", "304", None),
        ("edit_exercise", "200", {"application/json": EXERCISE}),
        ("delete_exercise", "204", None),
        ("admin_delete_exercise", "204", None),
    ],
)
async def test_a_good_answer_is_described(
    document: Document, name: str, status: str, content: dict[str, object] | None
) -> None:
    method, path = EXERCISES[name]
    response = document["paths"][path][method.lower()]["responses"][status]
    assert response.get("content") == content


ID = ("exercise_id", "path", True, {"type": "integer", "minimum": 1, "maximum": 2_147_483_647})
SCOPE = ("scope", "query", False, {"type": "string", "enum": ["own", "all"], "default": "own"})


def header(name: str, **bounds: object) -> tuple[str, str, bool, dict[str, object]]:
    return name, "header", False, {"anyOf": [{"type": "string", **bounds}, {"type": "null"}]}


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        (
            "list_exercises",
            [
                SCOPE,
                ("page", "query", False, {"type": "integer", "minimum": 1, "maximum": 2_147_483_647, "default": 1}),
                ("page_size", "query", False, {"type": "integer", "minimum": 1, "maximum": 200, "default": 20}),
                ("sort_by", "query", False, {"type": "string", "enum": list(COLUMNS), "default": "id"}),
                ("sort_order", "query", False, {"type": "string", "enum": ["asc", "desc"], "default": "asc"}),
                ("format", "query", False, {"type": "string", "enum": ["json", "csv"], "default": "json"}),
                header("if-none-match"),
            ],
        ),
        ("add_exercise", [header("idempotency-key", minLength=1, maxLength=255, pattern=r"^[\x21-\x7e]+$")]),
        ("export_exercises", [SCOPE]),
        ("get_exercise", [ID, header("if-none-match")]),
        ("edit_exercise", [ID, header("if-match")]),
        ("delete_exercise", [ID, header("if-match")]),
        ("admin_delete_exercise", [ID]),
    ],
)
async def test_a_parameter_is_described_with_its_bounds(
    document: Document, name: str, parameters: list[tuple[str, str, bool, dict[str, object]]]
) -> None:
    method, path = EXERCISES[name]
    found = []
    for each in document["paths"][path][method.lower()].get("parameters", []):
        schema = {k: v for k, v in each["schema"].items() if k not in ("title", "description", "examples")}
        found.append((each["name"], each["in"], each["required"], schema))
    assert found == parameters


@pytest.mark.parametrize(("model", "required"), [("NewExercise", ["name", "sets", "reps"]), ("ExerciseChanges", [])])
async def test_a_body_is_described_with_its_bounds(document: Document, model: str, required: list[str]) -> None:
    schema = document["components"]["schemas"][model]
    assert (schema.get("required", []), schema["additionalProperties"]) == (required, False)
    fields = schema["properties"]
    assert list(fields) == list(COLUMNS[1:])
    for field, longest in (("name", 100), ("workout_day", 10)):
        assert (fields[field]["type"], fields[field]["minLength"], fields[field]["maxLength"]) == ("string", 1, longest)
    for field, most in (("sets", 100), ("reps", 1000)):
        assert (fields[field]["type"], fields[field]["minimum"], fields[field]["maximum"]) == ("integer", 1, most)
    number, null = fields["weight"]["anyOf"]
    assert (number["type"], number["minimum"], number["maximum"]) == ("number", 0, 1_000_000)
    assert null == {"type": "null"}
    assert ("default" in fields["workout_day"]) is (model == "NewExercise")


@pytest.mark.parametrize("field", ["name", "workout_day"])
async def test_the_pattern_of_a_text_tells_what_can_be_seen(document: Document, field: str) -> None:
    schema = document["components"]["schemas"]["NewExercise"]["properties"][field]
    checker = validator(document, {"type": "string", "pattern": schema["pattern"]})
    for text in ("Squat", " x ", "é", "💪", "e\u0301", "\u200bx"):
        assert checker.is_valid(text)
    for text in ("", " ", "\u200b", "\u3164\u00a0", "a\0", "\x1b", "a\x7f", "a\tb"):
        assert not checker.is_valid(text)
