"""Browsers: the refresh token in a cookie that no script can read and no other site can use."""

from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import httpx
import pytest

pytestmark = pytest.mark.anyio

MakeUser = Callable[..., Awaitable[dict[str, str]]]
MakeClient = Callable[..., Awaitable[httpx.AsyncClient]]
NAME = "workout_refresh"
LOGIN = {"username": "anna", "password": "correct horse"}
OURS = "http://api.test"  # where the tests' clients think they are
LISTED = "https://gym.example.org"
ONLY_HERE = {
    "type": "urn:problem:foreign-origin",
    "title": "Forbidden",
    "status": 403,
    "detail": "Origin: the session cookie is only for the pages of this site",
}


async def log_in(client: httpx.AsyncClient, **headers: str) -> httpx.Response:
    answer = await client.post("/auth/login?session=cookie", json=LOGIN, headers={"Origin": OURS} | headers)
    client.cookies.clear()  # each request below says for itself which cookie it sends
    return answer


def value(answer: httpx.Response) -> str:
    """The token in the answer's only cookie."""
    (cookie,) = answer.headers.get_list("set-cookie")
    name, _, rest = cookie.partition("=")
    assert name == NAME
    token: str = rest.partition(";")[0]
    assert token.count(".") == 2
    return token


def attributes(answer: httpx.Response) -> set[str]:
    return {part.strip() for part in answer.headers["set-cookie"].split(";")[1:]}


def with_cookie(token: str, origin: str | None = OURS) -> dict[str, str]:
    headers = {"Cookie": f"{NAME}={token}"}
    return headers if origin is None else headers | {"Origin": origin}


def problem(answer: httpx.Response) -> dict[str, Any]:
    body: dict[str, Any] = answer.json()
    return {key: body[key] for key in ("type", "title", "status", "detail")}


async def test_a_login_can_put_the_refresh_token_into_a_cookie(client: httpx.AsyncClient, make_user: MakeUser) -> None:
    await make_user("anna")
    answer = await log_in(client)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert attributes(answer) == {"HttpOnly", "Max-Age=604800", "Path=/", "SameSite=strict"}
    body = answer.json()
    assert set(body) == {"access_token", "token_type", "expires_in", "refresh_token"}
    assert body["refresh_token"] is None
    assert body["access_token"] != value(answer)
    me = await client.get("/auth/me", headers={"Authorization": f"Bearer {body['access_token']}"})
    assert me.json()["username"] == "anna"


async def test_the_cookie_lives_as_long_as_the_token(make_client: MakeClient, make_user: MakeUser) -> None:
    await make_user("anna")
    answer = await log_in(await make_client(refresh_token_seconds=7200))
    assert "Max-Age=7200" in attributes(answer)


@pytest.mark.parametrize("query", ["?session=body", "?session=", "?session=Cookie"])
async def test_there_is_no_other_kind_of_session(client: httpx.AsyncClient, make_user: MakeUser, query: str) -> None:
    await make_user("anna")
    answer = await client.post(f"/auth/login{query}", json=LOGIN, headers={"Origin": OURS})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "session"


@pytest.mark.parametrize(
    ("trusted", "proto", "secure"),
    [
        (("192.0.2.0/24",), "https", True),
        (("192.0.2.1",), "https", True),
        (("192.0.2.0/24",), "http", False),
        (("192.0.2.0/24",), None, False),
        (("198.51.100.0/24",), "https", False),
        ((), "https", False),
    ],
)
async def test_the_cookie_is_secure_where_a_trusted_proxy_says_https(
    make_client: MakeClient, make_user: MakeUser, trusted: tuple[str, ...], proto: str | None, secure: bool
) -> None:
    await make_user("anna")
    client = await make_client(trusted_proxies=trusted)
    forwarded = {} if proto is None else {"X-Forwarded-Proto": proto}
    answer = await log_in(client, **forwarded)
    assert ("Secure" in attributes(answer)) == secure
    headers = with_cookie(value(answer)) | forwarded
    assert ("Secure" in attributes(await client.post("/auth/logout", headers=headers))) == secure


GOOD = [OURS, "HTTP://API.TEST", "https://api.test", LISTED, LISTED.upper()]
BAD = [None, "", "null", "https://evil.example", "http://api.test.evil.example", "http://evil.example/api.test"]
BAD += ["http://evil.api.test", "http://api.test:8080", "http://api.test@evil.example", "api.test", "http://", "//"]
BAD += ["http://gym.example.org", f"{LISTED}:8443", f"{LISTED}.evil.example", f"{OURS} {LISTED}", f"{OURS},{LISTED}"]
BAD += ["http://[", "http://[::1", "file://", "\u00e4pi.test"]


def encoded(origin: str | None) -> dict[str, Any]:
    return {} if origin is None else {"Origin": origin.encode()}


@pytest.mark.parametrize("origin", GOOD)
async def test_our_own_and_the_listed_pages_may_use_the_cookie(
    make_client: MakeClient, make_user: MakeUser, origin: str
) -> None:
    await make_user("anna")
    client = await make_client(cors_origins=(LISTED,))
    answer = await client.post("/auth/login?session=cookie", json=LOGIN, headers={"Origin": origin})
    assert answer.status_code == 200
    client.cookies.clear()
    answer = await client.post("/auth/refresh", headers=with_cookie(value(answer), origin))
    assert answer.status_code == 200
    client.cookies.clear()
    assert (await client.post("/auth/logout", headers=with_cookie(value(answer), origin))).status_code == 204


@pytest.mark.parametrize("origin", BAD)
async def test_no_other_page_may_use_the_cookie(
    make_client: MakeClient, make_user: MakeUser, sql: asyncpg.Connection, origin: str | None
) -> None:
    await make_user("anna")
    client = await make_client(cors_origins=(LISTED,))
    token = value(await log_in(client))
    sessions = "SELECT id, current_token, revoked_at FROM sessions ORDER BY id"
    before = await sql.fetch(sessions)
    headers = encoded(origin)
    answer = await client.post("/auth/login?session=cookie", json=LOGIN, headers=headers)
    assert problem(answer) == ONLY_HERE
    for path in ("/auth/refresh", "/auth/logout", "/auth/logout?all=true"):
        answer = await client.post(path, headers=headers | {"Cookie": f"{NAME}={token}"})
        assert problem(answer) == ONLY_HERE
        assert "set-cookie" not in answer.headers
    assert await sql.fetch(sessions) == before


async def test_a_page_that_is_not_listed_is_foreign(client: httpx.AsyncClient, make_user: MakeUser) -> None:
    await make_user("anna")
    assert problem(await log_in(client, Origin=LISTED)) == ONLY_HERE


async def test_the_origin_counts_before_the_password(client: httpx.AsyncClient) -> None:
    assert problem(await log_in(client, Origin="https://evil.example")) == ONLY_HERE


async def test_without_the_cookie_no_origin_is_asked_for(client: httpx.AsyncClient, make_user: MakeUser) -> None:
    await make_user("anna")
    foreign = {"Origin": "https://evil.example"}
    pair = (await client.post("/auth/login", json=LOGIN, headers=foreign)).json()
    sent = {"refresh_token": pair["refresh_token"]}
    assert (await client.post("/auth/refresh", json=sent, headers=foreign)).status_code == 200
    assert (await client.post("/auth/logout", json=sent, headers=foreign)).status_code == 204


async def test_a_refresh_puts_the_next_token_into_the_cookie(client: httpx.AsyncClient, make_user: MakeUser) -> None:
    await make_user("anna")
    token = value(await log_in(client))
    answer = await client.post("/auth/refresh", headers=with_cookie(token))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["refresh_token"] is None
    assert value(answer) != token
    assert attributes(answer) == {"HttpOnly", "Max-Age=604800", "Path=/", "SameSite=strict"}


async def test_a_token_in_the_body_comes_before_the_cookie(client: httpx.AsyncClient, make_user: MakeUser) -> None:
    await make_user("anna")
    cookie = value(await log_in(client))
    pair = (await client.post("/auth/login", json=LOGIN)).json()
    sent = {"refresh_token": pair["refresh_token"]}
    answer = await client.post("/auth/refresh", json=sent, headers=with_cookie(cookie, origin=None))
    assert answer.status_code == 200
    assert answer.json()["refresh_token"] not in (None, pair["refresh_token"])
    assert "set-cookie" not in answer.headers
    for body in ({}, {"refresh_token": None}):
        answer = await client.post("/auth/refresh", json=body, headers=with_cookie(cookie))
        client.cookies.clear()
        assert answer.json()["refresh_token"] is None


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c"])
async def test_a_cookie_that_is_no_token_is_refused(client: httpx.AsyncClient, token: str) -> None:
    answer = await client.post("/auth/refresh", headers=with_cookie(token))
    assert (answer.status_code, answer.json()["type"]) == (401, "urn:problem:not-authenticated")


async def test_another_cookie_is_none_of_ours(client: httpx.AsyncClient) -> None:
    headers = {"Cookie": "session=abc; theme=dark", "Origin": "https://evil.example"}
    answer = await client.post("/auth/refresh", headers=headers)
    assert (answer.status_code, answer.json()["detail"]) == (401, "No refresh token was sent")


async def test_a_cookie_alone_opens_no_route(client: httpx.AsyncClient, make_user: MakeUser) -> None:
    await make_user("anna")
    headers = with_cookie(value(await log_in(client)))
    assert (await client.get("/auth/me", headers=headers)).status_code == 401


@pytest.mark.parametrize("cookie", [True, False])
async def test_a_new_password_renews_the_cookie_where_there_is_one(
    client: httpx.AsyncClient, make_user: MakeUser, cookie: bool
) -> None:
    headers = await make_user("anna")
    if cookie:
        headers |= with_cookie(value(await log_in(client)))
    change = {"current_password": LOGIN["password"], "new_password": "a new password"}
    answer = await client.post("/auth/password", json=change, headers=headers)
    assert answer.status_code == 200
    assert (answer.json()["refresh_token"] is None) == cookie
    assert ("set-cookie" in answer.headers) == cookie
