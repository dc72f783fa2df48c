"""Whatever is sent, the answer is a problem that names the field: no 500, no echo, nothing stored."""

import json
from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest

pytestmark = pytest.mark.anyio

CANARY = "zq7canary"
BODY = {"name": "Squat", "sets": 3, "reps": 5}
JSON = {"Content-Type": "application/json"}
KEYS = {"type", "title", "status", "detail", "request_id", "trace_id"}


@pytest.fixture(autouse=True)
async def nothing_stored(empty: None, sql: asyncpg.Connection) -> AsyncIterator[None]:
    """No test here may leave more than it has put there itself."""
    yield
    assert await sql.fetchval("SELECT count(*) FROM exercises WHERE name <> 'Before'") == 0
    assert await sql.fetchval("SELECT count(*) FROM exercises WHERE (sets, reps, weight) <> (99, 999, 0.5)") == 0


@pytest.fixture(params=["POST", "PATCH"])
async def target(request: pytest.FixtureRequest, empty: None, sql: asyncpg.Connection) -> tuple[str, str]:
    """Method and path of both ways to write."""
    if request.param == "POST":
        return "POST", "/exercises"
    exercise = await sql.fetchval(
        "INSERT INTO exercises (routine_id, name, sets, reps, weight) "
        "SELECT id, 'Before', 99, 999, 0.5 FROM routines WHERE owner_id IS NULL RETURNING id"
    )
    return "PATCH", f"/exercises/{exercise}"


def refused(answer: httpx.Response, status: int, word: str) -> None:
    """A problem with that status which names the cause and repeats nothing of the request."""
    assert answer.status_code == status, answer.text[:500]
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert set(problem) in (KEYS, KEYS | {"errors"})
    assert problem["status"] == status
    assert word in problem["detail"]
    if status == 422:
        assert [error["field"] for error in problem["errors"]] == [word]
    assert CANARY not in answer.text
    assert not any(CANARY in value for value in answer.headers.values())
    assert len(answer.content) < 2000


def nested(opening: str, closing: str, depth: int) -> str:
    return opening * depth + f'"{CANARY}"' + closing * depth


BODIES: list[str | bytes] = [
    *("", "   ", "[]", "null", "true", "7", "NaN", f'"{CANARY}"', f'["{CANARY}"]'),
    f'{{"name": "{CANARY}"',
    f'{{"name": "{CANARY}',
    f"{{'name': '{CANARY}'}}",
    f"{{name: {CANARY}}}",
    f'{json.dumps(BODY)} "{CANARY}"',
    f'{json.dumps(BODY)[:-1]}, "weight": 1,}}',
    f"name={CANARY}&sets=3&reps=5",
    f"[{json.dumps(BODY | {'name': CANARY})}]",
    nested("[", "]", 100_000),
    nested('{"name":', "}", 100_000),
    f'{{"name": {nested("[", "]", 100_000)}, "sets": 3, "reps": 5}}',
    "[" * 100_000,
    '{"name": "Squat", "sets": 3, "reps": ' + "7" * 5000 + "}",
    '{"name": "Squat", "sets": 3, "reps": 5, "weight": ' + "7" * 5000 + "}",
    b'{"name": "' + CANARY.encode() + b'\xff", "sets": 3, "reps": 5}',
    b'{"name": "\xc3", "sets": 3, "reps": 5}',
    b'{"name": "\xc0\x80", "sets": 3, "reps": 5}',
    b"\x00\x01\x02\x03",
    b"\xff\xfe" + CANARY.encode(),
]


@pytest.mark.parametrize("content", BODIES, ids=range(len(BODIES)))
async def test_a_body_that_is_no_json_object_is_refused(
    client: httpx.AsyncClient, target: tuple[str, str], content: str | bytes
) -> None:
    answer = await client.request(*target, content=content, headers=JSON)
    assert answer.status_code in (400, 422)
    refused(answer, answer.status_code, "body")


@pytest.mark.parametrize(
    ("literal", "field"),
    [
        (f'"sets": "{CANARY}"', "sets"),
        (f'"reps": ["{CANARY}"]', "reps"),
        (f'"weight": {{"{CANARY}": 1}}', "weight"),
        (f'"name": "{CANARY}{"x" * 100}"', "name"),
        (f'"name": "{CANARY}\\u0000"', "name"),
        (f'"name": "{CANARY}\\ud800"', "name"),
        (f'"workout_day": "{CANARY * 2}"', "workout_day"),
        (f'"more": "{CANARY}"', "more"),
        (f'"more": {nested("[", "]", 300)}', "more"),
        ('"sets": ' + "7" * 4000, "sets"),
        ('"weight": -' + "7" * 4000, "weight"),
        ('"weight": ' + "7" * 400 + ".5", "weight"),
    ],
    ids=range(12),
)
async def test_a_wrong_value_is_never_repeated(
    client: httpx.AsyncClient, target: tuple[str, str], literal: str, field: str
) -> None:
    fields = [f'"{key}": {json.dumps(value)}' for key, value in BODY.items() if key != field]
    answer = await client.request(*target, content=f"{{{', '.join([*fields, literal])}}}", headers=JSON)
    refused(answer, 422, field)


@pytest.mark.parametrize("names", [[CANARY * 100], [f"{CANARY}{n}" for n in range(50_000)]], ids=["long", "many"])
async def test_unknown_fields_make_no_long_answer(
    client: httpx.AsyncClient, target: tuple[str, str], names: list[str]
) -> None:
    answer = await client.request(*target, json=BODY | dict.fromkeys(names, 1))
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert len(answer.content) < 10_000


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "text/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/octet-stream",
        "application/xml",
        "application/jsonx",
        "json",
        "image/svg+json",
        f"application/{CANARY}",
    ],
)
async def test_a_body_of_another_type_is_refused(
    client: httpx.AsyncClient, target: tuple[str, str], content_type: str | None
) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    answer = await client.request(*target, content=json.dumps(BODY), headers=headers)
    refused(answer, 415, "body")
    assert answer.json()["detail"] == "The body must be JSON: send it with Content-Type: application/json"


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "exercise", ["0", "-1", "2147483648", str(10**30), "9" * 5000, "abc", "%00", "1e0", "0x1", "%ff", CANARY]
)
async def test_an_id_that_cannot_be_is_refused_by_name(client: httpx.AsyncClient, method: str, exercise: str) -> None:
    body = {"sets": 9} if method == "PATCH" else None
    answer = await client.request(method, f"/exercises/{exercise}", json=body)
    refused(answer, 422, "exercise_id")


@pytest.mark.parametrize("target", ["PATCH"], indirect=True)
@pytest.mark.parametrize("form", ["{}.0", "+{}", "0{}", "%20{}", "{}%0a", "0_{}"])
async def test_an_id_has_one_spelling(client: httpx.AsyncClient, target: tuple[str, str], form: str) -> None:
    exercise = target[1].rpartition("/")[2]
    refused(await client.get(f"/exercises/{form.format(exercise)}"), 422, "exercise_id")


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
async def test_the_largest_id_is_merely_not_there(client: httpx.AsyncClient, method: str) -> None:
    body = {"sets": 9} if method == "PATCH" else None
    for exercise in (2_147_483_646, 2_147_483_647):
        answer = await client.request(method, f"/exercises/{exercise}", json=body)
        refused(answer, 404, "Exercise not found")
