"""Staying logged in: refresh tokens are used once, copies are noticed, sessions end in time."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from api.edge.jwt import Tokens

pytestmark = pytest.mark.anyio

MakeUser = Callable[..., Awaitable[dict[str, str]]]
MakeClient = Callable[..., Awaitable[httpx.AsyncClient]]
Pair = dict[str, Any]
PASSWORD = "correct horse"
SECRET = "a-secret-of-the-tests-with-more-than-32-bytes"
ENDED = "The session has ended: log in again"
WEEK, MONTH = 7 * 86_400, 30 * 86_400


async def log_in(client: httpx.AsyncClient, username: str = "anna") -> Pair:
    answer = await client.post("/auth/login", json={"username": username, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    pair: Pair = answer.json()
    return pair


async def send(client: httpx.AsyncClient, token: str) -> httpx.Response:
    return await client.post("/auth/refresh", json={"refresh_token": token})


async def renewed(client: httpx.AsyncClient, pair: Pair) -> Pair:
    answer = await send(client, pair["refresh_token"])
    assert answer.status_code == 200, answer.text
    new: Pair = answer.json()
    return new


async def refusal(client: httpx.AsyncClient, token: str) -> tuple[int, str]:
    answer = await send(client, token)
    return answer.status_code, answer.json()["detail"]


async def me(client: httpx.AsyncClient, pair: Pair) -> int:
    return (await client.get("/auth/me", headers={"Authorization": f"Bearer {pair['access_token']}"})).status_code


def claims(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return found


@pytest.fixture
async def pair(client: httpx.AsyncClient, make_user: MakeUser, sql: asyncpg.Connection) -> Pair:
    """The tokens of anna's only session."""
    await make_user("anna")
    await sql.execute("DELETE FROM sessions")
    return await log_in(client)


async def age(sql: asyncpg.Connection, column: str, seconds: float) -> None:
    await sql.execute(f"UPDATE sessions SET {column} = now() - $1::interval", timedelta(seconds=seconds))


async def test_a_refresh_answers_with_the_next_pair(client: httpx.AsyncClient, pair: Pair) -> None:
    answer = await send(client, pair["refresh_token"])
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers
    new = answer.json()
    assert set(new) == {"access_token", "token_type", "expires_in", "refresh_token"}
    assert (new["token_type"], new["expires_in"]) == ("bearer", 1800)
    assert new["refresh_token"] != pair["refresh_token"]
    assert new["access_token"] != pair["access_token"]
    assert claims(new["refresh_token"])["sid"] == claims(pair["refresh_token"])["sid"]
    assert await me(client, new) == await me(client, pair) == 200


async def test_a_session_goes_on_from_renewal_to_renewal(
    client: httpx.AsyncClient, pair: Pair, sql: asyncpg.Connection
) -> None:
    seen = {pair["refresh_token"]}
    for _ in range(5):
        pair = await renewed(client, pair)
        seen.add(pair["refresh_token"])
    assert len(seen) == 6
    assert await sql.fetchval("SELECT count(*) FROM sessions") == 1


async def test_a_renewal_brings_the_role_up_to_date(
    client: httpx.AsyncClient, pair: Pair, sql: asyncpg.Connection
) -> None:
    await sql.execute("UPDATE users SET role = 'readonly'")
    assert claims((await renewed(client, pair))["access_token"])["role"] == "readonly"


@pytest.mark.parametrize("seconds", [0, 5, 8])
async def test_for_ten_seconds_the_used_token_gives_the_same_successor(
    client: httpx.AsyncClient, pair: Pair, sql: asyncpg.Connection, seconds: float
) -> None:
    first = await renewed(client, pair)
    await age(sql, "renewed_at", seconds)
    again = await renewed(client, pair)
    assert claims(again["refresh_token"])["jti"] == claims(first["refresh_token"])["jti"]
    if seconds == 0:
        return
    assert await me(client, again) == 200
    assert claims((await renewed(client, again))["refresh_token"])["jti"] != claims(first["refresh_token"])["jti"]


async def test_the_same_successor_is_the_same_token(client: httpx.AsyncClient, pair: Pair) -> None:
    first, second, third = [await renewed(client, pair) for _ in range(3)]
    assert first["refresh_token"] == second["refresh_token"] == third["refresh_token"]
    assert len({first["access_token"], second["access_token"], third["access_token"]}) == 3


@pytest.mark.parametrize("seconds", [10.1, 11, 3600])
async def test_a_token_used_again_later_ends_the_session_with_its_newest_tokens(
    client: httpx.AsyncClient, pair: Pair, sql: asyncpg.Connection, seconds: float
) -> None:
    newest = await renewed(client, pair)
    assert await me(client, newest) == 200
    await age(sql, "renewed_at", seconds)
    answer = await send(client, pair["refresh_token"])
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert (answer.json()["type"], answer.json()["detail"]) == ("urn:problem:session-ended", ENDED)
    assert await sql.fetchval("SELECT revoked_at > now() - interval '5 seconds' FROM sessions")
    assert await refusal(client, newest["refresh_token"]) == (401, ENDED)
    assert await me(client, newest) == 401
    assert await me(client, pair) == 401


async def test_the_last_but_one_token_ends_the_session_even_within_ten_seconds(
    client: httpx.AsyncClient, pair: Pair
) -> None:
    second = await renewed(client, pair)
    third = await renewed(client, second)
    assert await refusal(client, pair["refresh_token"]) == (401, ENDED)
    assert await refusal(client, third["refresh_token"]) == (401, ENDED)


async def test_a_copy_in_foreign_hands_ends_one_session_and_no_other(client: httpx.AsyncClient, pair: Pair) -> None:
    other = await log_in(client)
    await renewed(client, await renewed(client, pair))
    assert (await refusal(client, pair["refresh_token"]))[0] == 401
    assert await me(client, other) == 200
    assert await renewed(client, other)


async def test_fifty_refreshes_at_once_give_one_successor(
    client: httpx.AsyncClient, pair: Pair, sql: asyncpg.Connection
) -> None:
    answers = await asyncio.gather(*(send(client, pair["refresh_token"]) for _ in range(50)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["refresh_token"] for answer in answers}) == 1
    current, previous = await sql.fetchrow("SELECT current_token, previous_token FROM sessions")
    assert str(current) == claims(answers[0].json()["refresh_token"])["jti"]
    assert str(previous) == claims(pair["refresh_token"])["jti"]
    assert await renewed(client, answers[0].json())


async def test_a_refresh_token_ends_a_week_after_its_last_use(
    client: httpx.AsyncClient, pair: Pair, sql: asyncpg.Connection
) -> None:
    found = claims(pair["refresh_token"])
    assert found["exp"] - found["iat"] == WEEK
    session, token_id = await sql.fetchrow("SELECT id, current_token FROM sessions")
    tokens, now = Tokens([SECRET]), datetime.now(UTC)
    renewed_at = now - timedelta(seconds=WEEK)
    unused = tokens.refresh("anna", session, token_id, renewed_at, renewed_at + timedelta(seconds=WEEK - 1))
    assert await refusal(client, unused) == (401, "The token has expired")
    just_in_time = tokens.refresh("anna", session, token_id, renewed_at, now + timedelta(seconds=9))
    assert (await send(client, just_in_time)).status_code == 200


async def test_a_session_ends_a_month_after_the_login_used_or_not(
    client: httpx.AsyncClient, pair: Pair, sql: asyncpg.Connection
) -> None:
    began, ends = await sql.fetchrow("SELECT created_at, expires_at FROM sessions")
    assert ends - began == timedelta(seconds=MONTH)
    near = datetime.now(UTC) + timedelta(seconds=3600)
    await sql.execute("UPDATE sessions SET expires_at = $1", near)
    pair = await renewed(client, pair)
    assert claims(pair["refresh_token"])["exp"] == int(near.timestamp())
    assert await sql.fetchval("SELECT expires_at FROM sessions") == near
    await age(sql, "expires_at", 1)
    assert await refusal(client, pair["refresh_token"]) == (401, ENDED)
    assert await me(client, pair) == 401


async def test_the_lives_of_a_session_are_configurable(make_client: MakeClient, pair: Pair) -> None:
    client = await make_client(refresh_token_seconds=7200, session_seconds=3600)
    found = claims((await log_in(client))["refresh_token"])
    assert found["exp"] - found["iat"] == 3600
    client = await make_client(refresh_token_seconds=7200, session_seconds=9000)
    found = claims((await log_in(client))["refresh_token"])
    assert found["exp"] - found["iat"] == 7200


NOTHING: list[tuple[Any, str]] = [(None, "No refresh token was sent"), ({}, "No refresh token was sent")]
NOTHING += [({"refresh_token": None}, "No refresh token was sent"), ({"refresh_token": "x"}, "The token is invalid")]


@pytest.mark.parametrize(("body", "detail"), NOTHING)
async def test_a_refresh_without_a_usable_token_is_refused(client: httpx.AsyncClient, body: Any, detail: str) -> None:
    answer = await client.post("/auth/refresh", **({} if body is None else {"json": body}))
    assert (answer.status_code, answer.json()["detail"]) == (401, detail)
    assert answer.json()["type"] == "urn:problem:not-authenticated"


@pytest.mark.parametrize("body", [{"refresh_token": ""}, {"refresh_token": "x" * 4097}, {"token": "x"}, [], "x"])
async def test_a_refresh_with_a_wrong_body_is_invalid(client: httpx.AsyncClient, body: object) -> None:
    assert (await client.post("/auth/refresh", json=body)).status_code == 422
    assert (await client.post("/auth/logout", json=body)).status_code == 422


async def test_an_access_token_renews_nothing(client: httpx.AsyncClient, pair: Pair) -> None:
    assert await refusal(client, pair["access_token"]) == (401, "This is no refresh token")


async def test_a_session_that_is_not_there_cannot_be_renewed(client: httpx.AsyncClient) -> None:
    now = datetime.now(UTC)
    unknown: UUID = uuid4()
    token = Tokens([SECRET]).refresh("anna", unknown, uuid4(), now, now + timedelta(days=1))
    assert await refusal(client, token) == (401, ENDED)


async def test_a_disabled_account_renews_nothing_until_it_is_enabled(
    client: httpx.AsyncClient, pair: Pair, sql: asyncpg.Connection
) -> None:
    await sql.execute("UPDATE users SET disabled = true")
    assert await refusal(client, pair["refresh_token"]) == (403, "The account is disabled")
    await sql.execute("UPDATE users SET disabled = false")
    assert await renewed(client, pair)
