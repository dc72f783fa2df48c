"""`/auth/tokens`: tokens that people make for other programs, list and revoke."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import asyncpg
import httpx
import pytest

from api.tokens import actions

pytestmark = pytest.mark.anyio

MakeUser = Callable[..., Awaitable[dict[str, str]]]
PASSWORD = "correct horse"
NEW: dict[str, Any] = {"name": "Claude on my laptop"}


async def make(client: httpx.AsyncClient, headers: dict[str, str], **fields: object) -> dict[str, Any]:
    answer = await client.post("/auth/tokens", json=NEW | fields, headers=headers)
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "no-store"
    body: dict[str, Any] = answer.json()
    return body


async def listed(client: httpx.AsyncClient, headers: dict[str, str]) -> list[dict[str, Any]]:
    answer = await client.get("/auth/tokens", headers=headers)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    body: list[dict[str, Any]] = answer.json()
    return body


async def test_a_token_is_shown_once_and_kept_as_a_hash(
    client: httpx.AsyncClient, make_user: MakeUser, sql: asyncpg.Connection
) -> None:
    anna = await make_user("anna")
    made = await make(client, anna, scope="write", expires_in_days=7)
    secret = made.pop("token")
    assert secret.startswith("wtt_")
    assert len(secret) == 47
    assert {k: made[k] for k in ("name", "audience", "scope", "last_used_at")} == {
        **NEW,
        "audience": "mcp",
        "scope": "write",
        "last_used_at": None,
    }
    life = datetime.fromisoformat(made["expires_at"]) - datetime.fromisoformat(made["created_at"])
    assert life == timedelta(days=7)
    assert await listed(client, anna) == [made]
    row = await sql.fetchrow("SELECT * FROM personal_tokens")
    assert row["token_hash"] == sha256(secret.encode()).digest()
    assert secret not in str(dict(row))


async def test_without_a_word_a_token_reads_for_90_days(client: httpx.AsyncClient, make_user: MakeUser) -> None:
    made = await make(client, await make_user("anna"))
    life = datetime.fromisoformat(made["expires_at"]) - datetime.fromisoformat(made["created_at"])
    assert (made["scope"], life) == ("read", timedelta(days=90))


async def test_two_tokens_differ_and_are_listed_oldest_first(client: httpx.AsyncClient, make_user: MakeUser) -> None:
    anna = await make_user("anna")
    made = [await make(client, anna, name=name) for name in ("b", "a")]
    assert made[0]["token"] != made[1]["token"]
    assert [each["name"] for each in await listed(client, anna)] == ["b", "a"]


async def test_a_revoked_token_is_gone_from_the_list(client: httpx.AsyncClient, make_user: MakeUser) -> None:
    anna = await make_user("anna")
    kept, gone = await make(client, anna), await make(client, anna)
    answer = await client.delete(f"/auth/tokens/{gone['id']}", headers=anna)
    assert (answer.status_code, answer.content) == (204, b"")
    assert [each["id"] for each in await listed(client, anna)] == [kept["id"]]
    again = await client.delete(f"/auth/tokens/{gone['id']}", headers=anna)
    assert (again.status_code, again.json()["detail"]) == (404, "Token not found")
    assert (await client.get("/auth/me", headers=anna)).status_code == 200, "the login itself goes on"


async def test_somebody_elses_token_does_not_exist(client: httpx.AsyncClient, make_user: MakeUser) -> None:
    anna, root = await make_user("anna"), await make_user("root", role="admin")
    made = await make(client, anna)
    assert await listed(client, root) == []
    assert (await client.delete(f"/auth/tokens/{made['id']}", headers=root)).status_code == 404
    assert len(await listed(client, anna)) == 1


async def test_a_login_is_no_token_that_could_be_revoked(
    client: httpx.AsyncClient, make_user: MakeUser, sql: asyncpg.Connection
) -> None:
    anna = await make_user("anna")
    session = await sql.fetchval("SELECT id FROM sessions")
    assert (await client.delete(f"/auth/tokens/{session}", headers=anna)).status_code == 404


@pytest.mark.parametrize(
    ("role", "scope", "status"),
    [
        ("admin", "write", 201),
        ("user", "write", 201),
        ("readonly", "read", 201),
        ("readonly", "write", 403),
        ("service", "read", 403),
    ],
)
async def test_nobody_makes_a_token_that_may_more_than_they(
    client: httpx.AsyncClient, make_user: MakeUser, role: str, scope: str, status: int
) -> None:
    headers = await make_user("anna", role=role)
    answer = await client.post("/auth/tokens", json=NEW | {"scope": scope}, headers=headers)
    assert answer.status_code == status


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_nobody_is_anonymous_here(client: httpx.AsyncClient, method: str) -> None:
    assert (await client.request(method, "/auth/tokens", json=NEW)).status_code == 401


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "  "),
        ("name", "x" * 101),
        ("name", "line\nbreak"),
        ("name", "null\0"),
        ("audience", "api"),
        ("scope", "admin"),
        ("expires_in_days", 0),
        ("expires_in_days", 367),
        ("expires_in_days", "7"),
        ("expires_in_days", None),
        ("role", "admin"),
    ],
)
async def test_what_makes_no_sense_is_refused_by_name(
    client: httpx.AsyncClient, make_user: MakeUser, field: str, value: object
) -> None:
    answer = await client.post("/auth/tokens", json=NEW | {field: value}, headers=await make_user("anna"))
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_there_is_an_end_to_how_many(
    client: httpx.AsyncClient, make_user: MakeUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MAX_TOKENS", 2)
    anna, bert = await make_user("anna"), await make_user("bert")
    made = [await make(client, anna) for _ in range(2)]
    answer = await client.post("/auth/tokens", json=NEW, headers=anna)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:problem:too-many-tokens")
    await make(client, bert)
    await client.delete(f"/auth/tokens/{made[0]['id']}", headers=anna)
    await make(client, anna)


async def end_all(client: httpx.AsyncClient, anna: dict[str, str]) -> httpx.Response:
    return await client.post("/auth/logout?all=true", headers=anna)


async def new_password(client: httpx.AsyncClient, anna: dict[str, str]) -> httpx.Response:
    change = {"current_password": PASSWORD, "new_password": "a new password"}
    return await client.post("/auth/password", json=change, headers=anna)


@pytest.mark.parametrize("end", [end_all, new_password], ids=["log out everywhere", "a new password"])
async def test_what_ends_all_sessions_ends_tokens_too(
    client: httpx.AsyncClient,
    make_user: MakeUser,
    sql: asyncpg.Connection,
    end: Callable[..., Awaitable[httpx.Response]],
) -> None:
    anna = await make_user("anna")
    made = await make(client, anna)
    assert (await end(client, anna)).is_success
    assert await sql.fetchval("SELECT revoked_at IS NOT NULL FROM sessions WHERE id = $1::uuid", made["id"])
