"""Which passwords are taken, and changing one's own."""

from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import httpx
import pytest

pytestmark = pytest.mark.anyio

MakeUser = Callable[..., Awaitable[dict[str, str]]]
PASSWORD = "correct horse"
NEW = "a new password"
LONGEST = ["x" * 72, "\u00e9" * 36, "\u20ac" * 24, "\U0001f3cb" * 18, "\U0001f3cb" * 17 + "four"]
TOO_LONG = ["x" * 73, "\u00e9" * 36 + "x", "\u00e9" * 37, "\u20ac" * 25, "\U0001f3cb" * 19, "x" * 5000]


async def log_in(client: httpx.AsyncClient, password: str, username: str = "anna") -> httpx.Response:
    return await client.post("/auth/login", json={"username": username, "password": password})


async def change(client: httpx.AsyncClient, headers: dict[str, str], **fields: object) -> httpx.Response:
    body = {"current_password": PASSWORD, "new_password": NEW} | fields
    return await client.post("/auth/password", json=body, headers=headers)


def messages(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 422, answer.text
    return {error["field"]: error["message"] for error in answer.json()["errors"]}


async def test_a_new_password_replaces_the_old_one(client: httpx.AsyncClient, make_user: MakeUser) -> None:
    answer = await change(client, await make_user("anna"))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers
    assert (await log_in(client, PASSWORD)).status_code == 401
    assert (await log_in(client, NEW)).status_code == 200


async def test_whoever_changes_the_password_stays_logged_in_and_nobody_else_does(
    client: httpx.AsyncClient, make_user: MakeUser, sql: asyncpg.Connection
) -> None:
    headers, berts = await make_user("anna"), await make_user("bert")
    other = (await log_in(client, PASSWORD)).json()
    bearers = [headers, {"Authorization": f"Bearer {other['access_token']}"}]
    for bearer in (*bearers, berts):
        assert (await client.get("/auth/me", headers=bearer)).status_code == 200
    pair = (await change(client, headers)).json()
    assert (pair["token_type"], pair["expires_in"]) == ("bearer", 1800)
    for bearer in bearers:
        assert (await client.get("/auth/me", headers=bearer)).status_code == 401
    for token, status in ((other["refresh_token"], 401), (pair["refresh_token"], 200)):
        answer = await client.post("/auth/refresh", json={"refresh_token": token})
        assert answer.status_code == status
    bearer = {"Authorization": f"Bearer {pair['access_token']}"}
    assert (await client.get("/auth/me", headers=bearer)).json()["username"] == "anna"
    assert (await client.get("/auth/me", headers=berts)).status_code == 200
    assert await sql.fetchval("SELECT count(*) FROM sessions WHERE revoked_at IS NULL") == 2


async def test_the_current_password_must_be_right(
    client: httpx.AsyncClient, make_user: MakeUser, sql: asyncpg.Connection
) -> None:
    headers = await make_user("anna")
    answer = await change(client, headers, current_password="wrong password")
    assert answer.status_code == 403
    body = answer.json()
    assert (body["type"], body["detail"]) == ("urn:problem:wrong-password", "current_password: it is wrong")
    assert await sql.fetchval("SELECT count(*) FROM sessions WHERE revoked_at IS NULL") == 1
    assert (await client.get("/auth/me", headers=headers)).status_code == 200
    assert (await log_in(client, PASSWORD)).status_code == 200
    assert (await log_in(client, NEW)).status_code == 401


@pytest.mark.parametrize("role", ["readonly", "service", "admin"])
async def test_every_role_may_change_its_own(client: httpx.AsyncClient, make_user: MakeUser, role: str) -> None:
    assert (await change(client, await make_user("anna", role=role))).status_code == 200


async def test_nobody_can_change_a_password_without_a_token(client: httpx.AsyncClient) -> None:
    answer = await change(client, {})
    assert (answer.status_code, answer.json()["detail"]) == (401, "Not authenticated")


@pytest.mark.parametrize("password", LONGEST)
async def test_seventy_two_bytes_are_taken_and_all_of_them_count(
    client: httpx.AsyncClient, make_user: MakeUser, password: str
) -> None:
    assert len(password.encode()) == 72
    assert (await change(client, await make_user("anna"), new_password=password)).status_code == 200
    assert (await log_in(client, password)).status_code == 200
    assert (await log_in(client, password[:-1])).status_code == 401


@pytest.mark.parametrize("password", TOO_LONG)
async def test_a_longer_password_is_refused_with_a_sentence_that_says_bytes(
    client: httpx.AsyncClient, make_user: MakeUser, password: str
) -> None:
    headers = await make_user("anna", role="admin")
    sentence = "Password should have at most 72 bytes (letters beyond ASCII take two to four)"
    new = {"username": "bert", "password": password}
    answers = {
        "new_password": await change(client, headers, new_password=password),
        "current_password": await change(client, headers, current_password=password),
        "password": await log_in(client, password),
    }
    for field, answer in answers.items():
        assert messages(answer) == {field: sentence}
        assert password not in answer.text
    assert messages(await client.post("/admin/users", json=new, headers=headers)) == {"password": sentence}


@pytest.mark.parametrize(("length", "status"), [(7, 422), (8, 200)])
async def test_a_new_password_has_eight_characters(
    client: httpx.AsyncClient, make_user: MakeUser, length: int, status: int
) -> None:
    answer = await change(client, await make_user("anna"), new_password="\u00e9" * length)
    assert answer.status_code == status
    if status == 422:
        assert messages(answer) == {"new_password": "String should have at least 8 characters"}


@pytest.mark.parametrize(("length", "status"), [(5, 422), (6, 401)])
async def test_a_login_takes_six_characters(client: httpx.AsyncClient, length: int, status: int) -> None:
    answer = await log_in(client, "x" * length)
    assert answer.status_code == status
    if status == 422:
        assert messages(answer) == {"password": "String should have at least 6 characters"}


@pytest.mark.parametrize(("length", "status"), [(2, 422), (3, 401), (50, 401), (51, 422)])
async def test_a_login_takes_names_of_three_to_fifty_characters(
    client: httpx.AsyncClient, length: int, status: int
) -> None:
    answer = await log_in(client, PASSWORD, "n" * length)
    assert answer.status_code == status
    if status == 422:
        assert list(messages(answer)) == ["username"]


WRONG: list[tuple[Any, str]] = [
    ({"username": "anna"}, "password"),
    ({"password": PASSWORD}, "username"),
    ({"username": "anna", "password": None}, "password"),
    ({"username": "anna", "password": 12345678}, "password"),
    ({"username": 1234, "password": PASSWORD}, "username"),
    ({"username": ["anna"], "password": PASSWORD}, "username"),
    ({"username": "anna", "password": PASSWORD, "role": "admin"}, "role"),
    ([], "body"),
]


@pytest.mark.parametrize(("body", "field"), WRONG)
async def test_a_login_that_is_none_names_the_field_and_no_secret(
    client: httpx.AsyncClient, make_user: MakeUser, body: object, field: str
) -> None:
    await make_user("anna")
    answer = await client.post("/auth/login", json=body)
    assert list(messages(answer)) == [field]
    assert PASSWORD not in answer.text
    assert "12345678" not in answer.text


@pytest.mark.parametrize("name", ["a\0bc", "\0\0\0", "anna\0"])
async def test_a_name_with_a_nul_byte_is_no_accident_of_ours(
    client: httpx.AsyncClient, make_user: MakeUser, name: str
) -> None:
    await make_user("anna")
    assert (await log_in(client, PASSWORD, name)).status_code in (401, 422)


@pytest.mark.parametrize("other", [PASSWORD, f"{PASSWORD}\0", f"{PASSWORD}\0correct"])
async def test_what_follows_a_nul_byte_counts_too(client: httpx.AsyncClient, make_user: MakeUser, other: str) -> None:
    password = f"{PASSWORD}\0{PASSWORD}"  # bcrypt repeats a password with a NUL byte in between
    answer = await change(client, await make_user("anna"), new_password=password)
    assert answer.status_code == 422 or (await log_in(client, other)).status_code == 401


@pytest.mark.parametrize("field", ["username", "password"])
async def test_half_a_character_is_refused(client: httpx.AsyncClient, field: str) -> None:
    whole = {"username": "anna", "password": PASSWORD}
    fields = ", ".join(f'"{k}": "{v}{chr(92)}ud800"' if k == field else f'"{k}": "{v}"' for k, v in whole.items())
    headers = {"Content-Type": "application/json"}
    answer = await client.post("/auth/login", content=f"{{{fields}}}".encode(), headers=headers)
    assert list(messages(answer)) == [field]


@pytest.mark.parametrize("name", ["anna' OR '1'='1", "anna%", "_nna", "anna;--", "{anna}", "anna$1"])
async def test_a_name_is_only_a_name(client: httpx.AsyncClient, make_user: MakeUser, name: str) -> None:
    await make_user("anna")
    assert (await log_in(client, PASSWORD, name)).status_code == 401
