"""Logging out, and what becomes of sessions that are over."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

pytestmark = pytest.mark.anyio

MakeUser = Callable[..., Awaitable[dict[str, str]]]
Pair = dict[str, Any]
PASSWORD = "correct horse"
ORIGIN = {"Origin": "http://api.test"}
FORGOTTEN = 'workout_refresh=""; expires='


async def log_in(client: httpx.AsyncClient, username: str = "anna") -> Pair:
    answer = await client.post("/auth/login", json={"username": username, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    pair: Pair = answer.json()
    return pair


async def alive(client: httpx.AsyncClient, *pairs: Pair) -> list[bool]:
    """For each session: can it still be used and renewed? Both must say the same."""
    found = []
    for pair in pairs:
        me = await client.get("/auth/me", headers=bearer(pair))
        next_pair = await client.post("/auth/refresh", json={"refresh_token": pair["refresh_token"]})
        assert me.status_code == next_pair.status_code
        found.append(me.status_code == 200)
    return found


def bearer(pair: Pair) -> dict[str, str]:
    return {"Authorization": f"Bearer {pair['access_token']}"}


def by_body(pair: Pair) -> dict[str, Any]:
    return {"json": {"refresh_token": pair["refresh_token"]}}


def by_cookie(pair: Pair) -> dict[str, Any]:
    return {"headers": {"Cookie": f"workout_refresh={pair['refresh_token']}"} | ORIGIN}


def by_bearer(pair: Pair) -> dict[str, Any]:
    return {"headers": bearer(pair)}


WAYS = pytest.mark.parametrize("way", [by_body, by_cookie, by_bearer])


@WAYS
async def test_a_logout_ends_this_session_at_once_and_no_other(
    client: httpx.AsyncClient, make_user: MakeUser, way: Callable[[Pair], dict[str, Any]]
) -> None:
    await make_user("anna")
    await make_user("bert")
    one, two, berts = await log_in(client), await log_in(client), await log_in(client, "bert")
    assert (await client.get("/auth/me", headers=bearer(one))).status_code == 200
    answer = await client.post("/auth/logout", **way(one))
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["set-cookie"].startswith(FORGOTTEN)
    assert answer.headers["set-cookie"].endswith("; HttpOnly; Max-Age=0; Path=/; SameSite=strict")
    assert await alive(client, one, two, berts) == [False, True, True]


@WAYS
async def test_a_logout_of_all_ends_every_session_of_the_account_and_nobody_elses(
    client: httpx.AsyncClient, make_user: MakeUser, way: Callable[[Pair], dict[str, Any]]
) -> None:
    await make_user("anna")
    await make_user("bert")
    one, two, berts = await log_in(client), await log_in(client), await log_in(client, "bert")
    assert (await client.get("/auth/me", headers=bearer(two))).status_code == 200
    assert (await client.post("/auth/logout?all=true", **way(one))).status_code == 204
    assert await alive(client, one, two, berts) == [False, False, True]


@pytest.mark.parametrize("query", ["", "?all=false", "?all=0", "?everywhere=true"])
async def test_other_sessions_end_only_when_asked(client: httpx.AsyncClient, make_user: MakeUser, query: str) -> None:
    await make_user("anna")
    one, two = await log_in(client), await log_in(client)
    assert (await client.post(f"/auth/logout{query}", **by_body(one))).status_code == 204
    assert await alive(client, one, two) == [False, True]


async def test_all_is_true_or_false(client: httpx.AsyncClient, make_user: MakeUser) -> None:
    await make_user("anna")
    pair = await log_in(client)
    assert (await client.post("/auth/logout?all=perhaps", **by_body(pair))).status_code == 422
    assert await alive(client, pair) == [True]


async def test_ending_what_has_ended_is_no_error(client: httpx.AsyncClient, make_user: MakeUser) -> None:
    await make_user("anna")
    pair = await log_in(client)
    for _ in range(2):
        assert (await client.post("/auth/logout", **by_body(pair))).status_code == 204
    assert (await client.post("/auth/logout", **by_bearer(pair))).status_code == 401


async def test_the_time_of_a_logout_is_kept_when_it_comes_twice(
    client: httpx.AsyncClient, make_user: MakeUser, sql: asyncpg.Connection
) -> None:
    await make_user("anna")
    pair = await log_in(client)
    await client.post("/auth/logout", **by_body(pair))
    earlier = datetime.now(UTC) - timedelta(hours=1)
    await sql.execute("UPDATE sessions SET revoked_at = $1 WHERE revoked_at IS NOT NULL", earlier)
    await client.post("/auth/logout?all=true", **by_body(pair))
    moments = [row[0] for row in await sql.fetch("SELECT revoked_at FROM sessions ORDER BY revoked_at")]
    assert moments[0] == earlier
    assert all(moments)


async def test_a_used_refresh_token_still_logs_out(client: httpx.AsyncClient, make_user: MakeUser) -> None:
    await make_user("anna")
    old = await log_in(client)
    new = (await client.post("/auth/refresh", **by_body(old))).json()
    assert (await client.post("/auth/logout", **by_body(old))).status_code == 204
    assert await alive(client, new) == [False]


async def test_the_token_in_the_body_comes_before_cookie_and_header(
    client: httpx.AsyncClient, make_user: MakeUser
) -> None:
    await make_user("anna")
    one, two, three = [await log_in(client) for _ in range(3)]
    headers = by_cookie(two)["headers"] | bearer(three)
    assert (await client.post("/auth/logout", **by_body(one), headers=headers)).status_code == 204
    assert (await client.post("/auth/logout", json={}, headers=headers)).status_code == 204
    assert await alive(client, one, two, three) == [False, False, True]


@pytest.mark.parametrize(
    ("sent", "detail"),
    [
        ({}, "Not authenticated"),
        ({"json": {"refresh_token": None}}, "Not authenticated"),
        ({"json": {"refresh_token": "nonsense"}}, "The token is invalid"),
        ({"headers": {"Cookie": "workout_refresh=nonsense"} | ORIGIN}, "The token is invalid"),
    ],
)
async def test_nobody_can_be_logged_out_without_a_token(
    client: httpx.AsyncClient, sent: dict[str, Any], detail: str
) -> None:
    answer = await client.post("/auth/logout", **sent)
    assert (answer.status_code, answer.json()["detail"]) == (401, detail)
    assert "set-cookie" not in answer.headers


async def test_an_access_token_in_the_body_logs_nobody_out(client: httpx.AsyncClient, make_user: MakeUser) -> None:
    await make_user("anna")
    pair = await log_in(client)
    answer = await client.post("/auth/logout", json={"refresh_token": pair["access_token"]})
    assert (answer.status_code, answer.json()["detail"]) == (401, "This is no refresh token")
    assert await alive(client, pair) == [True]


async def remaining(client: httpx.AsyncClient, sql: asyncpg.Connection, ended: timedelta, count: int) -> int:
    """How many of `count` sessions that ended so long ago are left after a login."""
    user = await sql.fetchval("SELECT id FROM users")
    over = datetime.now(UTC) - ended
    rows = [(uuid4(), user, uuid4(), over) for _ in range(count)]
    statement = "INSERT INTO sessions (id, user_id, current_token, expires_at) VALUES ($1, $2, $3, $4)"
    await sql.executemany(statement, rows)
    await log_in(client)
    left: int = await sql.fetchval("SELECT count(*) FROM sessions WHERE expires_at < now()")
    return left


@pytest.mark.parametrize(("hours", "count", "left"), [(23.9, 3, 3), (24.1, 3, 0), (24.1, 50, 0), (24.1, 53, 3)])
async def test_a_login_deletes_fifty_sessions_that_ended_a_day_ago(
    client: httpx.AsyncClient, make_user: MakeUser, sql: asyncpg.Connection, hours: float, count: int, left: int
) -> None:
    await make_user("anna")
    assert await remaining(client, sql, timedelta(hours=hours), count) == left
