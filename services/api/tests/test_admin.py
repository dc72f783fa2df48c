"""`/admin`: making, listing and changing accounts, and deleting any exercise."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import httpx
import pytest

pytestmark = pytest.mark.anyio

MakeUser = Callable[..., Awaitable[dict[str, str]]]
MakeClient = Callable[..., Awaitable[httpx.AsyncClient]]
Headers = dict[str, str]
PASSWORD = "correct horse"


@pytest.fixture
async def root(make_user: MakeUser) -> Headers:
    """An admin."""
    return await make_user("root", role="admin")


async def add(client: httpx.AsyncClient, root: Headers, **fields: object) -> httpx.Response:
    body = {"username": "anna", "password": PASSWORD} | fields
    return await client.post("/admin/users", json=body, headers=root)


async def edit(client: httpx.AsyncClient, root: Headers, name: str = "anna", **changes: object) -> httpx.Response:
    return await client.patch(f"/admin/users/{name}", json=changes, headers=root)


async def log_in(client: httpx.AsyncClient, password: str = PASSWORD) -> httpx.Response:
    return await client.post("/auth/login", json={"username": "anna", "password": password})


def fields(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 422, answer.text
    return [error["field"] for error in answer.json()["errors"]]


def problem(answer: httpx.Response) -> tuple[int, str, str]:
    body = answer.json()
    return answer.status_code, body["type"], body["detail"]


NOT_FOUND = (404, "urn:problem:user-not-found", "User not found")
TAKEN = (409, "urn:problem:username-taken", "username: it is taken")


async def test_the_list_holds_the_contracts_fields_oldest_first(
    client: httpx.AsyncClient, make_user: MakeUser, root: Headers
) -> None:
    await make_user("zoe", role="readonly")
    await make_user("anna", disabled=True)
    answer = await client.get("/admin/users", headers=root)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json() == [
        {"username": "root", "email": "root@example.org", "role": "admin", "disabled": False},
        {"username": "zoe", "email": "zoe@example.org", "role": "readonly", "disabled": False},
        {"username": "anna", "email": "anna@example.org", "role": "user", "disabled": True},
    ]


@pytest.mark.parametrize("role", ["admin", "user", "readonly", "service"])
async def test_an_account_of_any_role_can_be_made(client: httpx.AsyncClient, root: Headers, role: str) -> None:
    answer = await add(client, root, username="Anna.B-1_c", email="a@b", role=role)
    made = {"username": "Anna.B-1_c", "email": "a@b", "role": role, "disabled": False}
    assert (answer.status_code, answer.json()) == (201, made)
    assert (await client.get("/admin/users", headers=root)).json()[1:] == [made]


async def test_a_new_account_is_a_user_without_email_that_can_log_in(client: httpx.AsyncClient, root: Headers) -> None:
    answer = await add(client, root)
    assert answer.json() == {"username": "anna", "email": None, "role": "user", "disabled": False}
    assert (await log_in(client)).status_code == 200


async def test_a_new_account_has_an_empty_routine_of_its_own(
    client: httpx.AsyncClient, make_client: MakeClient, root: Headers, sql: asyncpg.Connection
) -> None:
    await add(client, root)
    routines = "SELECT total, r.version FROM routines r JOIN users u ON u.id = owner_id WHERE username = 'anna'"
    assert [tuple(row) for row in await sql.fetch(routines)] == [(0, 0)]
    private = await make_client(access="private")
    anna = {"Authorization": f"Bearer {(await log_in(private)).json()['access_token']}"}
    body = {"name": "Squat", "sets": 3, "reps": 5}
    assert (await private.post("/exercises", json=body, headers=anna)).status_code == 201
    assert (await private.get("/exercises", headers=root)).json()["total"] == 0


@pytest.mark.parametrize("name", ["anna", "ANNA", "Anna"])
async def test_a_name_is_taken_in_whatever_case(
    client: httpx.AsyncClient, root: Headers, sql: asyncpg.Connection, name: str
) -> None:
    await add(client, root)
    assert problem(await add(client, root, username=name, role="admin")) == TAKEN
    assert await sql.fetchval("SELECT count(*) FROM users") == 2
    assert await sql.fetchval("SELECT count(*) FROM routines WHERE owner_id IS NOT NULL") == 2


async def test_of_two_at_once_one_gets_the_name(client: httpx.AsyncClient, root: Headers) -> None:
    answers = await asyncio.gather(*(add(client, root, username=name) for name in ("anna", "ANNA", "aNNa")))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]


INVALID: list[tuple[dict[str, Any], str]] = [
    *(({"username": name}, "username") for name in ("ab", "x" * 51, "", "an na", "änna", ".anna", "-anna", "_anna")),
    *(({"username": name}, "username") for name in ("anna\n", "anna\0", "anna:user", "anna/x", "a@b.c", None, 1234)),
    *(({"email": email}, "email") for email in ("x", "@b", "a@", "a b@c", "a@b\n", "a@b@c", "a" * 253 + "@b", 7)),
    *(({"role": role}, "role") for role in ("root", "", "Admin", "anonymous", None, ["admin"])),
    *(({"password": password}, "password") for password in ("x" * 7, "", None, 12345678, "é" * 37)),
    *(({name: 1}, name) for name in ("id", "disabled", "password_hash", "is_admin", "owner_id", "created_at")),
]


@pytest.mark.parametrize(("wrong", "field"), INVALID)
async def test_an_account_that_cannot_be_made_names_the_field(
    client: httpx.AsyncClient, root: Headers, sql: asyncpg.Connection, wrong: dict[str, Any], field: str
) -> None:
    answer = await add(client, root, **wrong)
    assert fields(answer) == [field]
    assert PASSWORD not in answer.text
    assert await sql.fetchval("SELECT count(*) FROM users") == 1


@pytest.mark.parametrize(
    "good", [{"username": "abc"}, {"username": "x" * 50}, {"username": "7-a"}, {"email": "a" * 252 + "@b"}]
)
async def test_the_longest_and_shortest_are_taken(
    client: httpx.AsyncClient, root: Headers, good: dict[str, str]
) -> None:
    answer = await add(client, root, **good)
    assert answer.status_code == 201
    assert answer.json().items() >= good.items()


CHANGES: list[dict[str, Any]] = [
    {},
    {"email": "new@example.org"},
    {"email": None},
    {"role": "readonly"},
    {"disabled": True},
    {"role": "service", "disabled": True, "email": "x@y"},
]


@pytest.mark.parametrize("changes", CHANGES)
@pytest.mark.parametrize("name", ["anna", "ANNA"])
async def test_what_is_given_changes_and_the_rest_stays(
    client: httpx.AsyncClient, make_user: MakeUser, root: Headers, changes: dict[str, Any], name: str
) -> None:
    await make_user("anna")
    changed = {"username": "anna", "email": "anna@example.org", "role": "user", "disabled": False} | changes
    answer = await edit(client, root, name, **changes)
    assert (answer.status_code, answer.json()) == (200, changed)
    people = (await client.get("/admin/users", headers=root)).json()
    assert people == [{"username": "root", "email": "root@example.org", "role": "admin", "disabled": False}, changed]


WRONG: list[tuple[dict[str, Any], str]] = [
    *(({"role": role}, "role") for role in (None, "root", "")),
    *(({"disabled": value}, "disabled") for value in (None, "true", 1, 0, "")),
    *(({"email": email}, "email") for email in ("x", "a@b\n", 7)),
    *(({"password": password}, "password") for password in (None, "x" * 7, "x" * 73)),
    *(({name: "new"}, name) for name in ("username", "id", "password_hash")),
]


@pytest.mark.parametrize(("wrong", "field"), WRONG)
async def test_a_change_that_cannot_be_made_names_the_field(
    client: httpx.AsyncClient, make_user: MakeUser, root: Headers, sql: asyncpg.Connection, wrong: Any, field: str
) -> None:
    await make_user("anna")
    before = await sql.fetch("SELECT * FROM users")
    assert fields(await edit(client, root, **wrong)) == [field]
    assert await sql.fetch("SELECT * FROM users") == before


@pytest.mark.parametrize("name", ["nobody", "ann", "annab", "ann_", "%25%25%25", "x" * 50])
async def test_an_account_that_is_not_there_is_not_found(
    client: httpx.AsyncClient, make_user: MakeUser, root: Headers, name: str
) -> None:
    await make_user("anna")
    assert problem(await edit(client, root, name, disabled=True)) == NOT_FOUND


@pytest.mark.parametrize(("name", "status"), [("ab", 422), ("x" * 51, 422), ("a%00b", 404)])
async def test_a_name_that_no_account_can_have_is_refused(
    client: httpx.AsyncClient, root: Headers, name: str, status: int
) -> None:
    assert (await edit(client, root, name)).status_code in (422, status)


async def test_a_new_password_ends_the_accounts_sessions_and_no_others(
    client: httpx.AsyncClient, make_user: MakeUser, root: Headers
) -> None:
    anna, bert = await make_user("anna"), await make_user("bert")
    pair = (await log_in(client)).json()
    for changes, status in (({"email": "x@y"}, 200), ({"password": "a new password"}, 401)):
        assert (await edit(client, root, **changes)).status_code == 200
        assert (await client.get("/auth/me", headers=anna)).status_code == status
    assert (await client.post("/auth/refresh", json={"refresh_token": pair["refresh_token"]})).status_code == 401
    assert (await client.get("/auth/me", headers=bert)).status_code == 200
    assert (await log_in(client)).status_code == 401
    assert (await log_in(client, "a new password")).status_code == 200


async def test_any_exercise_of_any_routine_can_be_deleted(
    client: httpx.AsyncClient, make_user: MakeUser, root: Headers, sql: asyncpg.Connection
) -> None:
    await make_user("anna")
    add = "INSERT INTO exercises (routine_id, name, sets, reps) SELECT id, 'Squat', 3, 5 FROM routines RETURNING id"
    ids = [row["id"] for row in await sql.fetch(add)]
    assert len(ids) == 3  # the shared one, root's and anna's
    for exercise in ids:
        answer = await client.delete(f"/admin/exercises/{exercise}", headers=root)
        assert (answer.status_code, answer.content) == (204, b"")
        answer = await client.delete(f"/admin/exercises/{exercise}", headers=root)
        assert problem(answer) == (404, "urn:problem:exercise-not-found", "Exercise not found")
    assert await sql.fetchval("SELECT sum(total) FROM routines") == 0


@pytest.mark.parametrize(("exercise", "status"), [("0", 422), ("-1", 422), ("x", 422), ("2147483647", 404)])
async def test_an_id_that_no_exercise_can_have_is_refused(
    client: httpx.AsyncClient, root: Headers, exercise: str, status: int
) -> None:
    assert (await client.delete(f"/admin/exercises/{exercise}", headers=root)).status_code == status
    assert (await client.delete("/admin/exercises/2147483648", headers=root)).status_code == 422
