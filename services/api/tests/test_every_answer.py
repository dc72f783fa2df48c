"""What every answer carries, whatever it answers: ids, time, safety headers, and one shape for all problems."""

import logging
import re
from collections.abc import Awaitable, Callable
from http import HTTPStatus

import asyncpg
import httpx
import pytest

pytestmark = pytest.mark.anyio

MakeUser = Callable[..., Awaitable[dict[str, str]]]
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SAFETY = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
}
BODY = {"name": "Squat", "sets": 3, "reps": 5}
# method, path ({} is an exercise that is there), status, and what else is sent
REQUESTS: list[tuple[str, str, int, dict[str, object]]] = [
    ("GET", "/", 200, {}),
    ("GET", "/health", 200, {}),
    ("GET", "/livez", 200, {}),
    ("GET", "/readyz", 200, {}),
    ("GET", "/metrics", 200, {}),
    ("GET", "/openapi.json", 200, {}),
    ("GET", "/exercises", 200, {}),
    ("GET", "/exercises", 304, {"headers": {"If-None-Match": "*"}}),
    ("GET", "/exercises?format=csv", 200, {}),
    ("GET", "/exercises/export", 200, {}),
    ("GET", "/exercises/{}", 200, {}),
    ("GET", "/exercises/{}", 304, {"headers": {"If-None-Match": "*"}}),
    ("POST", "/exercises", 201, {"json": BODY}),
    ("PATCH", "/exercises/{}", 200, {"json": {"sets": 9}}),
    ("DELETE", "/exercises/{}", 204, {}),
    ("GET", "/exercises?sort_by=x", 400, {}),
    ("GET", "/exercises?page=0", 422, {}),
    ("GET", "/exercises?scope=all", 403, {}),
    ("GET", "/exercises", 401, {"headers": {"Authorization": "Bearer x"}}),
    ("GET", "/exercises/x", 422, {}),
    ("GET", "/exercises/2147483647", 404, {}),
    ("PATCH", "/exercises/{}", 412, {"json": {}, "headers": {"If-Match": '"0.0"'}}),
    ("POST", "/exercises", 422, {"json": {}}),
    ("POST", "/exercises", 415, {"content": "x"}),
    ("POST", "/exercises", 413, {"headers": {"Content-Length": "1048577"}}),
    ("GET", "/exercises", 431, {"headers": {"X-More": "x" * 20_000}}),
    ("GET", "/admin/users", 401, {}),
    ("GET", "/nowhere", 404, {}),
    ("POST", "/exercises/", 404, {"json": BODY}),
    ("GET", "/redoc", 404, {}),
    ("PUT", "/exercises", 405, {}),
    ("DELETE", "/", 405, {}),
]


async def insert(sql: asyncpg.Connection) -> int:
    row: int = await sql.fetchval(
        "INSERT INTO exercises (routine_id, name, sets, reps) "
        "SELECT id, 'Squat', 3, 5 FROM routines WHERE owner_id IS NULL RETURNING id"
    )
    return row


@pytest.mark.parametrize(("method", "path", "status", "more"), REQUESTS)
async def test_every_answer_carries_its_id_its_time_and_safety_headers(
    client: httpx.AsyncClient, sql: asyncpg.Connection, method: str, path: str, status: int, more: dict[str, object]
) -> None:
    answer = await client.request(method, path.format(await insert(sql)), **more)  # type: ignore[arg-type]
    assert answer.status_code == status, answer.text
    assert re.fullmatch(r"[0-9a-f]{8}", answer.headers["x-request-id"])
    assert re.fullmatch(r"\d+\.\d\dms", answer.headers["x-response-time"])
    assert SAFETY.items() <= dict(answer.headers).items()
    for name in ("x-request-id", "x-response-time", *SAFETY):
        assert len(answer.headers.get_list(name)) == 1
    assert not {"server", "x-powered-by"} & set(answer.headers)
    if answer.is_error:
        problem(answer)


def problem(answer: httpx.Response) -> None:
    """The shape of RFC 9457 and of docs/decisions/0007, and nothing else."""
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    fields = ["type", "title", "status", "detail", "request_id", "trace_id"]
    assert list(body) == fields + ["errors"] * ("errors" in body)
    assert (body["status"], body["title"]) == (answer.status_code, HTTPStatus(answer.status_code).phrase)
    assert body["request_id"] == answer.headers["x-request-id"]
    assert re.fullmatch(r"[0-9a-f]{32}", body["trace_id"])
    assert body["detail"]
    assert body["type"] == "about:blank" or re.fullmatch(r"urn:problem:[a-z-]+", body["type"])
    for error in body.get("errors", ()):
        assert list(error) == ["field", "message"]
        assert all(isinstance(value, str) and value for value in error.values())


@pytest.mark.parametrize("path", [path for method, path, _, more in REQUESTS if method == "GET" and not more])
async def test_a_head_is_a_get_without_its_body(client: httpx.AsyncClient, sql: asyncpg.Connection, path: str) -> None:
    url = path.format(await insert(sql))
    get, head = await client.get(url), await client.head(url)
    assert (head.status_code, head.content) == (get.status_code, b"")
    changing = {"x-request-id", "x-response-time", "content-length"}
    assert {k: v for k, v in head.headers.items() if k not in changing} == {
        k: v for k, v in get.headers.items() if k not in changing
    }
    if "json" in get.headers["content-type"] and path != "/health":
        assert head.headers["content-length"] == get.headers["content-length"]


@pytest.mark.parametrize(
    "sent", ["x", "ui-react", "a" * 128, "A-Z_a.z~0:9/+=@,#-", "8f3c", "00000000-0000-4000-8000-000000000000"]
)
@pytest.mark.parametrize(("path", "status"), [("/exercises", 200), ("/exercises/0", 422), ("/nowhere", 404)])
async def test_a_safe_trace_id_is_the_request_id(client: httpx.AsyncClient, path: str, status: int, sent: str) -> None:
    answer = await client.get(path, headers={"X-Trace-Id": sent})
    assert (answer.status_code, answer.headers["x-request-id"]) == (status, sent)
    assert status == 200 or answer.json()["request_id"] == sent


@pytest.mark.parametrize(
    "sent",
    [b"", b"a" * 129, b"a b", b"a;b", b'"a"', b"<a>", b"a\tb", b"a\r\nX-Evil: 1", "ä".encode(), b"\x00", b"a%0a"],
)
async def test_any_other_trace_id_is_replaced(client: httpx.AsyncClient, sent: bytes) -> None:
    answers = [await client.get("/exercises", headers=[(b"X-Trace-Id", sent)]) for _ in range(2)]
    ids = [answer.headers["x-request-id"] for answer in answers]
    assert all(re.fullmatch(r"[0-9a-f]{8}", each) for each in ids)
    assert ids[0] != ids[1]
    assert "x-evil" not in answers[0].headers


@pytest.mark.parametrize(
    ("sent", "taken"),
    [
        (f"00-{TRACE}-00f067aa0ba902b7-01", True),
        (f"00-{TRACE}-00f067aa0ba902b7-00", True),
        (f"cc-{TRACE}-00f067aa0ba902b7-01-what-the-future-will-be-like", True),
        (f"00-{'0' * 32}-00f067aa0ba902b7-01", False),
        (f"00-{TRACE}-{'0' * 16}-01", False),
        (f"00-{TRACE.upper()}-00f067aa0ba902b7-01", False),
        (f"00-{TRACE[:-1]}-00f067aa0ba902b7-01", False),
        (TRACE, False),
        ("", False),
    ],
)
async def test_a_problem_names_the_trace_of_the_caller(client: httpx.AsyncClient, sent: str, taken: bool) -> None:
    answer = await client.get("/exercises/0", headers={"traceparent": sent, "X-Trace-Id": "ui-react"})
    problem(answer)
    assert (answer.json()["trace_id"] == TRACE) is taken
    assert answer.json()["request_id"] == "ui-react"


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/", "GET, HEAD"),
        ("/health", "GET, HEAD"),
        ("/exercises", "GET, HEAD, POST"),
        ("/exercises/1", "DELETE, GET, HEAD, PATCH"),
        ("/exercises/2147483648", "DELETE, GET, HEAD, PATCH"),
        ("/auth/login", "POST"),
        ("/auth/me", "GET, HEAD"),
        ("/admin/users", "GET, HEAD, POST"),
        ("/admin/users/anna", "PATCH"),
        ("/admin/exercises/1", "DELETE"),
        ("/docs", "GET, HEAD"),
    ],
)
async def test_a_method_that_is_not_there_learns_which_are(client: httpx.AsyncClient, path: str, allowed: str) -> None:
    for method in ("PUT", "OPTIONS", "TRACE", "PROPFIND"):
        answer = await client.request(method, path)
        assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
        assert answer.json()["detail"] == "Method Not Allowed"
        problem(answer)


async def test_a_head_is_refused_where_there_is_no_get(client: httpx.AsyncClient) -> None:
    answer = await client.head("/auth/login")
    assert (answer.status_code, answer.headers["allow"], answer.content) == (405, "POST", b"")


async def test_a_line_of_the_access_log_says_who_did_what(
    client: httpx.AsyncClient, make_user: MakeUser, caplog: pytest.LogCaptureFixture
) -> None:
    anna = await make_user("anna")
    with caplog.at_level(logging.INFO, "access"):
        await client.get("/exercises/7", headers=anna)
        await client.get("/exercises?page=0")
    first, second = (vars(record) for record in caplog.records if record.name == "access")
    line = ("anna", "/exercises/{exercise_id}", "GET", 404)
    assert tuple(first[name] for name in ("user", "route", "method", "status")) == line
    assert tuple(second[name] for name in ("user", "route", "method", "status")) == (None, "/exercises", "GET", 422)
    assert second["client"] == "192.0.2.1"
