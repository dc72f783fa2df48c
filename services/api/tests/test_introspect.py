"""`POST /auth/introspect`: services ask what somebody's token means right now."""

import base64
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from api.edge.jwt import Tokens

pytestmark = pytest.mark.anyio

MakeUser = Callable[..., Awaitable[dict[str, str]]]
MakeClient = Callable[..., Awaitable[httpx.AsyncClient]]
PASSWORD = "correct horse"
SECRET = "a-secret-of-the-tests-with-more-than-32-bytes"
MEANS_NOTHING = {"active": False}


def token_of(headers: dict[str, str]) -> str:
    return headers["Authorization"].removeprefix("Bearer ")


def claims(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return found


@pytest.fixture
async def coach(make_user: MakeUser) -> dict[str, str]:
    """A service that asks."""
    return await make_user("coach", role="service")


async def meaning(client: httpx.AsyncClient, coach: dict[str, str], token: str) -> dict[str, Any]:
    """What the answer says, without the fields that are null."""
    answer = await client.post("/auth/introspect", json={"token": token}, headers=coach)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return {field: value for field, value in answer.json().items() if value is not None}


@pytest.mark.parametrize("role", ["readonly", "user", "admin", "service"])
async def test_a_token_that_holds_says_whose_it_is(
    client: httpx.AsyncClient, make_user: MakeUser, coach: dict[str, str], role: str
) -> None:
    token = token_of(await make_user("Anna", role=role))
    said = claims(token)
    expected = {"active": True, "sub": "Anna", "role": role, "exp": said["exp"], "iat": said["iat"]}
    answer = await client.post("/auth/introspect", json={"token": token}, headers=coach)
    assert (answer.status_code, answer.json()) == (200, expected)


async def test_the_role_is_the_accounts_and_not_the_tokens(
    client: httpx.AsyncClient, make_user: MakeUser, coach: dict[str, str], sql: asyncpg.Connection
) -> None:
    token = token_of(await make_user("anna", role="admin"))
    await sql.execute("UPDATE users SET role = 'readonly' WHERE username = 'anna'")
    assert (await meaning(client, coach, token))["role"] == "readonly"


@pytest.mark.parametrize("token", ["x", "a.b.c", "ü", "eyJhbGciOiJub25lIn0.e30.", "x" * 4096])
async def test_nonsense_means_nothing(client: httpx.AsyncClient, coach: dict[str, str], token: str) -> None:
    assert await meaning(client, coach, token) == MEANS_NOTHING


async def test_what_means_nothing_says_nothing_else(client: httpx.AsyncClient, coach: dict[str, str]) -> None:
    answer = await client.post("/auth/introspect", json={"token": "x"}, headers=coach)
    assert answer.json() == MEANS_NOTHING


async def test_an_expired_a_foreign_and_a_refresh_token_mean_nothing(
    client: httpx.AsyncClient, make_user: MakeUser, coach: dict[str, str], sql: asyncpg.Connection
) -> None:
    await make_user("anna")
    session = await sql.fetchval("SELECT s.id FROM sessions s JOIN users u ON u.id = user_id WHERE username = 'anna'")
    ours, foreign, minute = (
        Tokens([SECRET]),
        Tokens(["a-key-of-somebody-else-with-32-bytes-or-more"]),
        timedelta(minutes=1),
    )
    pair = (await client.post("/auth/login", json={"username": "anna", "password": PASSWORD})).json()
    worthless = [
        ours.access("anna", "user", session, -minute),
        ours.access("anna", "user", uuid4(), minute),
        foreign.access("anna", "user", session, minute),
        pair["refresh_token"],
    ]
    assert [await meaning(client, coach, token) for token in worthless] == [MEANS_NOTHING] * 4
    assert (await meaning(client, coach, ours.access("anna", "user", session, minute)))["active"] is True


CHANGES = {
    "disabled": "UPDATE users SET disabled = true WHERE username = 'anna'",
    "logged out": "UPDATE sessions SET revoked_at = now() FROM users u WHERE u.id = user_id AND username = 'anna'",
    "over": "UPDATE sessions SET expires_at = now() FROM users u WHERE u.id = user_id AND username = 'anna'",
    "deleted": "DELETE FROM users WHERE username = 'anna'",
}


@pytest.mark.parametrize("change", CHANGES)
async def test_the_database_is_asked_every_time(
    client: httpx.AsyncClient, make_user: MakeUser, coach: dict[str, str], sql: asyncpg.Connection, change: str
) -> None:
    headers = await make_user("anna")
    assert (await client.get("/auth/me", headers=headers)).status_code == 200
    assert (await meaning(client, coach, token_of(headers)))["active"] is True
    await sql.execute(CHANGES[change])
    assert await meaning(client, coach, token_of(headers)) == MEANS_NOTHING


@pytest.mark.parametrize("access", ["open", "private"])
async def test_both_modes_answer_alike(
    make_client: MakeClient, make_user: MakeUser, coach: dict[str, str], access: str
) -> None:
    client = await make_client(access=access)
    assert (await meaning(client, coach, token_of(await make_user("anna"))))["sub"] == "anna"


@pytest.mark.parametrize("role", ["readonly", "user", "admin"])
async def test_only_services_may_ask(client: httpx.AsyncClient, make_user: MakeUser, role: str) -> None:
    headers = await make_user("anna", role=role)
    answer = await client.post("/auth/introspect", json={"token": token_of(headers)}, headers=headers)
    assert (answer.status_code, answer.json()["detail"]) == (403, "Your role may not do this")


async def test_nobody_may_ask_without_a_token(client: httpx.AsyncClient) -> None:
    answer = await client.post("/auth/introspect", json={"token": "x"})
    assert (answer.status_code, answer.json()["detail"]) == (401, "Not authenticated")


@pytest.mark.parametrize(
    "body", [{}, {"token": ""}, {"token": None}, {"token": "x" * 4097}, {"token": "x", "hint": "y"}]
)
async def test_a_question_without_a_token_is_invalid(
    client: httpx.AsyncClient, coach: dict[str, str], body: dict[str, object]
) -> None:
    answer = await client.post("/auth/introspect", json=body, headers=coach)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["hint" if "hint" in body else "token"]
