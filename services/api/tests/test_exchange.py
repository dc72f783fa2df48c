"""`POST /auth/exchange`: a service trades somebody's personal token for a short access token with less rights."""

from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any

import asyncpg
import httpx
import pytest

from api.edge import callers

pytestmark = pytest.mark.anyio

MakeUser = Callable[..., Awaitable[dict[str, str]]]
MakeClient = Callable[..., Awaitable[httpx.AsyncClient]]
PASSWORD = "correct horse"
SQUAT = {"name": "Squat", "sets": 3, "reps": 5}
REFUSED = "The token is unknown, has expired or was revoked"


@pytest.fixture
async def mcp(make_user: MakeUser) -> dict[str, str]:
    """The service that exchanges."""
    return await make_user("mcp", role="service")


async def make(client: httpx.AsyncClient, headers: dict[str, str], scope: str = "read") -> dict[str, Any]:
    answer = await client.post("/auth/tokens", json={"name": "x", "scope": scope}, headers=headers)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def exchange(client: httpx.AsyncClient, mcp: dict[str, str], token: str) -> httpx.Response:
    answer = await client.post("/auth/exchange", json={"token": token}, headers=mcp)
    assert answer.headers["cache-control"] == "no-store"
    return answer


async def bearer(client: httpx.AsyncClient, mcp: dict[str, str], token: str) -> dict[str, str]:
    answer = await exchange(client, mcp, token)
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


async def write(client: httpx.AsyncClient, headers: dict[str, str]) -> int:
    return (await client.post("/exercises", json=SQUAT, headers=headers)).status_code


async def test_the_answer_says_who_what_and_for_how_long(
    client: httpx.AsyncClient, make_user: MakeUser, mcp: dict[str, str]
) -> None:
    made = await make(client, await make_user("Anna"), "write")
    body = (await exchange(client, mcp, made["token"])).json()
    assert len(body.pop("access_token").split(".")) == 3
    assert 298 <= body.pop("expires_in") <= 300
    assert body == {"token_type": "bearer", "id": made["id"], "sub": "Anna", "scope": "write"}


@pytest.mark.parametrize(
    ("role", "scope", "status"),
    [("user", "read", 403), ("user", "write", 201), ("admin", "read", 403), ("admin", "write", 201)],
)
async def test_a_read_scope_may_not_write(
    client: httpx.AsyncClient, make_user: MakeUser, mcp: dict[str, str], role: str, scope: str, status: int
) -> None:
    made = await make(client, await make_user("anna", role=role), scope)
    headers = await bearer(client, mcp, made["token"])
    assert (await client.get("/exercises", headers=headers)).status_code == 200
    assert await write(client, headers) == status


@pytest.mark.parametrize("scope", ["read", "write"])
async def test_an_admins_token_is_no_admin(
    client: httpx.AsyncClient, make_user: MakeUser, mcp: dict[str, str], scope: str
) -> None:
    made = await make(client, await make_user("root", role="admin"), scope)
    headers = await bearer(client, mcp, made["token"])
    assert (await client.get("/admin/users", headers=headers)).status_code == 403
    assert (await client.get("/exercises?scope=all", headers=headers)).status_code == 403


OUT_OF_BOUNDS = [
    ("POST", "/auth/tokens", {"name": "another"}),
    ("GET", "/auth/tokens", None),
    ("POST", "/auth/logout?all=true", None),
    ("POST", "/auth/password", {"current_password": PASSWORD, "new_password": "a new password"}),
]


@pytest.mark.parametrize(("method", "path", "body"), OUT_OF_BOUNDS, ids=lambda value: str(value)[:20])
async def test_nothing_that_outlives_the_token_can_be_done_with_it(
    client: httpx.AsyncClient, make_user: MakeUser, mcp: dict[str, str], method: str, path: str, body: object
) -> None:
    headers = await bearer(client, mcp, (await make(client, await make_user("anna"), "write"))["token"])
    answer = await client.request(method, path, json=body, headers=headers)
    assert (answer.status_code, answer.json()["detail"]) == (403, "A personal token may not do this: log in")
    assert (await client.get("/auth/me", headers=headers)).json()["username"] == "anna"


async def test_in_private_it_is_the_persons_own_routine(
    make_client: MakeClient, make_user: MakeUser, mcp: dict[str, str]
) -> None:
    client = await make_client(access="private")
    anna, bert = await make_user("anna"), await make_user("bert")
    assert await write(client, anna) == 201
    for person, total in ((anna, 1), (bert, 0)):
        headers = await bearer(client, mcp, (await make(client, person))["token"])
        assert (await client.get("/exercises", headers=headers)).json()["total"] == total


async def test_a_personal_token_itself_is_no_access_token(
    client: httpx.AsyncClient, make_user: MakeUser, mcp: dict[str, str]
) -> None:
    token = (await make(client, await make_user("anna")))["token"]
    assert (await client.get("/exercises", headers={"Authorization": f"Bearer {token}"})).status_code == 401
    assert (await client.post("/auth/refresh", json={"refresh_token": token})).status_code == 401
    answer = await client.post("/auth/introspect", json={"token": token}, headers=mcp)
    assert answer.json() == {"active": False}


async def test_no_other_token_can_be_exchanged(
    client: httpx.AsyncClient, make_user: MakeUser, mcp: dict[str, str]
) -> None:
    anna = await make_user("anna")
    pair = (await client.post("/auth/login", json={"username": "anna", "password": PASSWORD})).json()
    made = await make(client, anna)
    exchanged = (await bearer(client, mcp, made["token"]))["Authorization"].removeprefix("Bearer ")
    for token in (pair["access_token"], pair["refresh_token"], exchanged, made["id"], "wtt_", "x" * 4096, "ü\0"):
        answer = await exchange(client, mcp, token)
        assert (answer.status_code, answer.json()["detail"]) == (400, REFUSED)


CHANGES = {
    "revoked": "UPDATE sessions SET revoked_at = now() WHERE id = $1::uuid",
    "expired": "UPDATE sessions SET expires_at = now() WHERE id = $1::uuid",
    "disabled": "UPDATE users SET disabled = true WHERE id = (SELECT user_id FROM sessions WHERE id = $1::uuid)",
    "deleted": "DELETE FROM users WHERE id = (SELECT user_id FROM sessions WHERE id = $1::uuid)",
    "elsewhere": "UPDATE personal_tokens SET audience = 'other' WHERE id = $1::uuid",
}


@pytest.mark.parametrize("change", CHANGES)
async def test_a_token_that_holds_no_longer_is_refused(
    client: httpx.AsyncClient, make_user: MakeUser, mcp: dict[str, str], sql: asyncpg.Connection, change: str
) -> None:
    made = await make(client, await make_user("anna"))
    assert (await exchange(client, mcp, made["token"])).status_code == 200
    await sql.execute(CHANGES[change], made["id"])
    answer = await exchange(client, mcp, made["token"])
    assert (answer.status_code, answer.json()["detail"]) == (400, REFUSED)


@pytest.mark.parametrize(("change", "status"), [("revoked", 401), ("expired", 401), ("disabled", 403)])
async def test_what_was_exchanged_ends_with_it(
    client: httpx.AsyncClient,
    make_user: MakeUser,
    mcp: dict[str, str],
    sql: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    change: str,
    status: int,
) -> None:
    made = await make(client, await make_user("anna"), "write")
    headers = await bearer(client, mcp, made["token"])
    assert await write(client, headers) == 201
    await sql.execute(CHANGES[change], made["id"])
    later = monotonic() + callers.REMEMBER_SECONDS + 0.1
    monkeypatch.setattr(callers, "monotonic", lambda: later)
    assert await write(client, headers) == status


async def test_revoking_bites_at_once_where_it_was_done(
    client: httpx.AsyncClient, make_user: MakeUser, mcp: dict[str, str]
) -> None:
    anna = await make_user("anna")
    made = await make(client, anna, "write")
    headers = await bearer(client, mcp, made["token"])
    assert await write(client, headers) == 201
    assert (await client.delete(f"/auth/tokens/{made['id']}", headers=anna)).status_code == 204
    assert await write(client, headers) == 401


async def test_a_role_that_was_taken_back_takes_the_scope_back(
    client: httpx.AsyncClient, make_user: MakeUser, mcp: dict[str, str], sql: asyncpg.Connection
) -> None:
    made = await make(client, await make_user("anna"), "write")
    await sql.execute("UPDATE users SET role = 'readonly' WHERE username = 'anna'")
    assert (await exchange(client, mcp, made["token"])).json()["scope"] == "read"
    assert await write(client, await bearer(client, mcp, made["token"])) == 403


async def test_the_last_use_is_seen_to_the_minute(
    client: httpx.AsyncClient, make_user: MakeUser, mcp: dict[str, str], sql: asyncpg.Connection
) -> None:
    made = await make(client, await make_user("anna"))
    used = "SELECT last_used_at FROM personal_tokens"
    await exchange(client, mcp, made["token"])
    first = await sql.fetchval(used)
    await exchange(client, mcp, made["token"])
    assert (first is not None, await sql.fetchval(used)) == (True, first)
    await sql.execute("UPDATE personal_tokens SET last_used_at = now() - interval '61 seconds'")
    await exchange(client, mcp, made["token"])
    assert await sql.fetchval(used) > first


@pytest.mark.parametrize("role", ["readonly", "user", "admin"])
async def test_only_services_may_exchange(client: httpx.AsyncClient, make_user: MakeUser, role: str) -> None:
    headers = await make_user("anna", role=role)
    made = await make(client, headers)
    assert (await exchange(client, headers, made["token"])).status_code == 403
    assert (await exchange(client, {}, made["token"])).status_code == 401
