"""How large a request may be, and what becomes of one that is larger or is never finished."""

import json
from asyncio import wait_for
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any, cast

import asyncpg
import httpx
import pytest

pytestmark = pytest.mark.anyio

MakeClient = Callable[..., Awaitable[httpx.AsyncClient]]
CANARY = "zq7canary"
BODY = {"name": "Squat", "sets": 3, "reps": 5}
BEFORE = {"name": "Before", "sets": 99, "reps": 999, "weight": 0.5}
JSON = {"Content-Type": "application/json"}
MIB = 1_048_576
TOO_LARGE = f"The body is larger than {MIB} bytes"


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


def refused(answer: httpx.Response, status: int, detail: str) -> None:
    """A short problem with exactly that status and sentence."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert (answer.json()["status"], answer.json()["detail"]) == (status, detail)
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


@pytest.fixture(autouse=True)
async def nothing_stored(empty: None, sql: asyncpg.Connection) -> AsyncIterator[None]:
    """No test here may leave more than it has put there itself."""
    yield
    assert await sql.fetchval("SELECT count(*) FROM exercises WHERE name <> 'Before' OR sets <> 99") == 0


@pytest.mark.parametrize("extra", [1, MIB, 10 * MIB])
async def test_a_body_over_a_mebibyte_is_refused(
    client: httpx.AsyncClient, target: tuple[str, str], extra: int
) -> None:
    text = json.dumps(BODY).ljust(MIB + extra)
    announced = await client.request(*target, content=text, headers=JSON)
    refused(announced, 413, TOO_LARGE)

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(text), 65_536):
            yield text[start : start + 65_536].encode()

    chunked = await client.request(*target, content=chunks(), headers=JSON)
    assert "content-length" not in chunked.request.headers
    refused(chunked, 413, TOO_LARGE)


async def test_a_body_announced_as_too_large_is_not_read(client: httpx.AsyncClient, target: tuple[str, str]) -> None:
    headers = {**JSON, "Content-Length": str(MIB + 1)}
    answer = await client.request(*target, content=json.dumps(BODY), headers=headers)
    refused(answer, 413, TOO_LARGE)


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_of_just_a_mebibyte_is_read(
    client: httpx.AsyncClient, sql: asyncpg.Connection, target: tuple[str, str], chunked: bool
) -> None:
    text = json.dumps(BEFORE).ljust(MIB).encode()

    async def chunks() -> AsyncIterator[bytes]:
        yield text[: MIB - 1]
        yield text[MIB - 1 :]

    answer = await client.request(*target, content=chunks() if chunked else text, headers=JSON)
    assert answer.is_success


async def test_the_largest_body_is_a_setting(make_client: MakeClient, target: tuple[str, str]) -> None:
    small = await make_client(max_body_bytes=1024)
    text = json.dumps(BEFORE)
    assert (await small.request(*target, content=text.ljust(1024), headers=JSON)).is_success
    refused(
        await small.request(*target, content=text.ljust(1025), headers=JSON), 413, "The body is larger than 1024 bytes"
    )


@pytest.mark.parametrize(("extra", "status"), [(0, 200), (1, 431), (100_000, 431)])
async def test_headers_over_16_kib_are_refused(client: httpx.AsyncClient, extra: int, status: int) -> None:
    plain = client.build_request("GET", "/exercises", headers={"X-More": ""})
    room = 16 * 1024 - sum(len(name) + len(value) for name, value in plain.headers.raw)
    answer = await client.get("/exercises", headers={"X-More": CANARY.ljust(room + extra, "x")})
    assert answer.status_code == status
    if status == 431:
        refused(answer, 431, "The request's headers are larger than 16384 bytes")
        assert CANARY not in answer.text


async def test_a_client_that_goes_away_in_the_middle_adds_nothing(
    client: httpx.AsyncClient, sql: asyncpg.Connection
) -> None:
    app = cast(httpx.ASGITransport, client._transport).app
    text = json.dumps(BODY | {"name": CANARY}).encode()
    request: dict[str, Any] = {"type": "http.request", "body": text, "more_body": True}
    parts = iter([request, {"type": "http.disconnect"}])
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return next(parts)

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {
        **{"type": "http", "http_version": "1.1", "method": "POST", "path": "/exercises", "raw_path": b"/exercises"},
        **{"query_string": b"", "root_path": "", "scheme": "http", "server": ("api.test", 80), "client": ("::1", 1)},
        "headers": [(b"content-type", b"application/json"), (b"content-length", b"1000")],
    }
    await wait_for(app(scope, receive, send), 5)
    assert sent[0]["status"] == 400
    assert await sql.fetchval("SELECT count(*) FROM exercises") == 0
