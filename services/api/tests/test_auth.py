"""The security baseline: passwords, tokens, and who may do what. The fine print stands in the files beside this one."""

import base64
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import bcrypt
import httpx
import pytest

from api.edge.jwt import Tokens

pytestmark = pytest.mark.anyio

MakeUser = Callable[..., Awaitable[dict[str, str]]]
MakeClient = Callable[..., Awaitable[httpx.AsyncClient]]
PASSWORD = "correct horse"
SECRET = "a-secret-of-the-tests-with-more-than-32-bytes"
WRONG = "Incorrect username or password"


async def log_in(client: httpx.AsyncClient, username: str = "anna", password: str = PASSWORD) -> httpx.Response:
    return await client.post("/auth/login", json={"username": username, "password": password})


def claims(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return found


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def problem(answer: httpx.Response) -> dict[str, Any]:
    """The body of an error without its ids, which are checked here."""
    body: dict[str, Any] = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert body.pop("request_id") == answer.headers["x-request-id"]
    assert len(body.pop("trace_id")) == 32
    return body


# Password hashing and verification


async def test_a_password_is_stored_as_a_salted_bcrypt_hash(
    client: httpx.AsyncClient, make_user: MakeUser, sql: asyncpg.Connection
) -> None:
    admin = await make_user("root", role="admin")
    for name in ("anna", "bert"):
        new = {"username": name, "password": PASSWORD}
        assert (await client.post("/admin/users", json=new, headers=admin)).status_code == 201
    rows = await sql.fetch("SELECT password_hash FROM users WHERE username <> 'root'")
    hashes = {row["password_hash"] for row in rows}
    assert len(hashes) == 2
    for hashed in hashes:
        assert hashed.startswith("$2b$04$")
        assert len(hashed) == 60
        assert bcrypt.checkpw(PASSWORD.encode(), hashed.encode())


@pytest.mark.parametrize(
    "password",
    ["correct hors", "correct horse ", " correct horse", "Correct horse", "correct-horse"],
)
async def test_only_exactly_the_right_password_opens(
    client: httpx.AsyncClient, make_user: MakeUser, password: str
) -> None:
    await make_user("anna")
    assert (await log_in(client)).status_code == 200
    assert (await log_in(client, password=password)).status_code == 401


async def test_an_unknown_name_and_a_wrong_password_get_the_same_answer(
    client: httpx.AsyncClient, make_user: MakeUser
) -> None:
    await make_user("anna")
    answers = [await log_in(client, "nobody"), await log_in(client, "anna", "wrong password")]
    expected = {"type": "urn:problem:wrong-credentials", "title": "Unauthorized", "status": 401, "detail": WRONG}
    assert [problem(answer) for answer in answers] == [expected, expected]
    assert [answer.status_code for answer in answers] == [401, 401]
    changing = {"x-request-id", "x-response-time"}
    first, second = ({k: v for k, v in a.headers.items() if k not in changing} for a in answers)
    assert first == second
    assert first["www-authenticate"] == "Bearer"


# Tokens are made and accepted


async def test_a_login_answers_with_the_contracts_token(client: httpx.AsyncClient, make_user: MakeUser) -> None:
    await make_user("anna")
    answer = await log_in(client)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers
    body = answer.json()
    assert set(body) == {"access_token", "token_type", "expires_in", "refresh_token"}
    assert (body["token_type"], body["expires_in"]) == ("bearer", 1800)


async def test_the_tokens_of_a_login_belong_together(client: httpx.AsyncClient, make_user: MakeUser) -> None:
    await make_user("anna", role="readonly")
    body = (await log_in(client)).json()
    access, refresh = claims(body["access_token"]), claims(body["refresh_token"])
    assert (access["sub"], access["role"], access["type"]) == ("anna", "readonly", "access")
    assert (refresh["sub"], refresh["type"]) == ("anna", "refresh")
    assert access["sid"] == refresh["sid"]
    assert access["jti"] != refresh["jti"]
    assert access["exp"] - access["iat"] == 30 * 60
    assert refresh["exp"] - refresh["iat"] == 7 * 86_400
    assert abs(datetime.now(UTC).timestamp() - access["iat"]) < 5


async def test_the_life_of_an_access_token_is_configurable(make_client: MakeClient, make_user: MakeUser) -> None:
    await make_user("anna")
    body = (await log_in(await make_client(access_token_seconds=61))).json()
    access = claims(body["access_token"])
    assert (body["expires_in"], access["exp"] - access["iat"]) == (61, 61)


async def test_me_is_the_contracts_user_and_nothing_more(client: httpx.AsyncClient, make_user: MakeUser) -> None:
    answer = await client.get("/auth/me", headers=await make_user("anna", role="admin"))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json() == {"username": "anna", "email": "anna@example.org", "role": "admin", "disabled": False}


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
@pytest.mark.parametrize("blank", [" ", "   "])
async def test_the_scheme_is_taken_in_any_case(
    client: httpx.AsyncClient, make_user: MakeUser, scheme: str, blank: str
) -> None:
    token = (await make_user("anna"))["Authorization"].removeprefix("Bearer ")
    assert (await client.get("/auth/me", headers={"Authorization": f"{scheme}{blank}{token}"})).status_code == 200


@pytest.mark.parametrize("name", ["anna", "ANNA", "Anna"])
async def test_a_name_is_the_same_in_any_case(client: httpx.AsyncClient, make_user: MakeUser, name: str) -> None:
    await make_user("Anna")
    token = (await log_in(client, name)).json()["access_token"]
    assert (await client.get("/auth/me", headers=bearer(token))).json()["username"] == "Anna"


# Expired and invalid tokens


async def test_an_expired_access_token_is_refused(
    client: httpx.AsyncClient, make_user: MakeUser, sql: asyncpg.Connection
) -> None:
    await make_user("anna")
    session = await sql.fetchval("SELECT id FROM sessions")
    tokens = Tokens([SECRET])
    over = tokens.access("anna", "user", session, timedelta(seconds=-1))
    answer = await client.get("/auth/me", headers=bearer(over))
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert problem(answer) == {
        "type": "urn:problem:not-authenticated",
        "title": "Unauthorized",
        "status": 401,
        "detail": "The token has expired",
    }
    fresh = tokens.access("anna", "user", session, timedelta(seconds=30))
    assert (await client.get("/auth/me", headers=bearer(fresh))).status_code == 200


async def test_a_token_of_a_session_that_is_not_there_is_refused(client: httpx.AsyncClient) -> None:
    token = Tokens([SECRET]).access("anna", "admin", uuid4(), timedelta(minutes=5))
    answer = await client.get("/auth/me", headers=bearer(token))
    assert (answer.status_code, problem(answer)["detail"]) == (401, "The session has ended: log in again")


async def test_the_role_in_a_token_is_not_believed(
    client: httpx.AsyncClient, make_user: MakeUser, sql: asyncpg.Connection
) -> None:
    await make_user("anna", role="user")
    session: UUID = await sql.fetchval("SELECT id FROM sessions")
    token = Tokens([SECRET]).access("anna", "admin", session, timedelta(minutes=5))
    assert (await client.get("/auth/me", headers=bearer(token))).json()["role"] == "user"
    assert (await client.get("/admin/users", headers=bearer(token))).status_code == 403


HEADERS = {
    "none": (None, "Not authenticated"),
    "empty": ("", "Not authenticated"),
    "another scheme": ("Basic YW5uYTpjb3JyZWN0IGhvcnNl", "Not authenticated"),
    "a token without scheme": ("eyJhbGciOiJub25lIn0.e30.", "Not authenticated"),
    "a scheme without token": ("Bearer", "The token is invalid"),
    "a scheme and a blank": ("Bearer ", "The token is invalid"),
    "nonsense": ("Bearer nonsense", "The token is invalid"),
    "unsigned": ("Bearer eyJhbGciOiJub25lIn0.e30.", "The token is invalid"),
    "three dots": ("Bearer ...", "The token is invalid"),
}


@pytest.mark.parametrize("case", HEADERS)
@pytest.mark.parametrize(("method", "path"), [("GET", "/auth/me"), ("GET", "/admin/users"), ("POST", "/auth/logout")])
async def test_an_invalid_authorization_is_refused(
    client: httpx.AsyncClient, case: str, method: str, path: str
) -> None:
    value, detail = HEADERS[case]
    answer = await client.request(method, path, headers={} if value is None else {"Authorization": value})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert problem(answer)["detail"] == detail


async def test_an_invalid_token_is_refused_where_none_is_needed(client: httpx.AsyncClient) -> None:
    assert (await client.get("/exercises")).status_code == 200
    assert (await client.get("/exercises", headers=bearer("nonsense"))).status_code == 401


async def test_a_refresh_token_opens_nothing(client: httpx.AsyncClient, make_user: MakeUser) -> None:
    await make_user("anna")
    refresh = (await log_in(client)).json()["refresh_token"]
    answer = await client.get("/auth/me", headers=bearer(refresh))
    assert (answer.status_code, problem(answer)["detail"]) == (401, "This is no access token")


# Role-based access control: every role, every operation stands in test_roles.py


@pytest.mark.parametrize(("role", "status"), [("readonly", 403), ("user", 403), ("service", 403), ("admin", 200)])
async def test_only_admins_see_the_accounts(
    client: httpx.AsyncClient, make_user: MakeUser, role: str, status: int
) -> None:
    answer = await client.get("/admin/users", headers=await make_user("anna", role=role))
    assert answer.status_code == status
    if status == 403:
        assert problem(answer)["detail"] == "Your role may not do this"


async def test_a_disabled_account_learns_so_only_with_the_right_password(
    client: httpx.AsyncClient, make_user: MakeUser
) -> None:
    await make_user("anna", disabled=True)
    answer = await log_in(client)
    assert (answer.status_code, problem(answer)["detail"]) == (403, "The account is disabled")
    assert (await log_in(client, password="wrong password")).status_code == 401
