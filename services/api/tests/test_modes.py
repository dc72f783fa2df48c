"""Who may do what to whose exercises: every operation, every caller, both modes of access."""

from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import httpx
import pytest

pytestmark = pytest.mark.anyio

MakeClient = Callable[..., Awaitable[httpx.AsyncClient]]
MakeUser = Callable[..., Awaitable[dict[str, str]]]
BODY = {"name": "New", "sets": 3, "reps": 5}
MODES = ("open", "private")
CALLERS = ("anonymous", "readonly", "user", "admin", "service")
# Whose exercise is aimed at: that of the shared routine, the caller's own, another account's.
TARGETS = ("shared", "own", "foreign")
OPERATIONS = {
    "list": ("GET", "/exercises"),
    "list as CSV": ("GET", "/exercises?format=csv"),
    "list all": ("GET", "/exercises?scope=all"),
    "export": ("GET", "/exercises/export"),
    "export all": ("GET", "/exercises/export?scope=all"),
    "add": ("POST", "/exercises"),
    "read": ("GET", "/exercises/{}"),
    "edit": ("PATCH", "/exercises/{}"),
    "delete": ("DELETE", "/exercises/{}"),
    "admin delete": ("DELETE", "/admin/exercises/{}"),
}
AIMED = ("read", "edit", "delete", "admin delete")


def expected(mode: str, caller: str, operation: str, target: str) -> int:
    """The rules, written once more: each line begins with what wins."""
    if caller == "anonymous" and (mode == "private" or operation == "admin delete"):
        return 401
    if operation.endswith(" all"):
        return 200 if caller in ("admin", "service") else 403
    if operation == "admin delete":
        return 204 if caller == "admin" else 403
    if operation in ("add", "edit", "delete") and caller in ("readonly", "service"):
        return 403
    if operation in AIMED and target != ("shared" if mode == "open" else "own"):
        return 404
    return {"add": 201, "delete": 204}.get(operation, 200)


CASES = [
    (mode, caller, operation, target)
    for mode in MODES
    for caller in CALLERS
    for operation in OPERATIONS
    for target in (TARGETS if operation in AIMED else ("",))
    if not (caller == "anonymous" and target == "own")
]


@pytest.fixture
async def clients(client: httpx.AsyncClient, make_client: MakeClient) -> dict[str, httpx.AsyncClient]:
    """The same database in both modes of access."""
    return {"open": client, "private": await make_client(access="private")}


async def insert(sql: asyncpg.Connection, owner: str | None, name: str) -> int:
    row: int = await sql.fetchval(
        "INSERT INTO exercises (routine_id, name, sets, reps) SELECT r.id, $2, 3, 5 "
        "FROM routines r LEFT JOIN users u ON u.id = owner_id WHERE username IS NOT DISTINCT FROM $1 RETURNING id",
        owner,
        name,
    )
    return row


class World:
    """The caller, a stranger, and an exercise in each of their routines and in the shared one."""

    def __init__(self, headers: dict[str, str], ids: dict[str, int], sql: asyncpg.Connection) -> None:
        self.headers, self.ids, self._sql = headers, ids, sql

    async def rows(self) -> list[tuple[Any, ...]]:
        """All exercises, with the routines' states."""
        query = "SELECT e.*, r.owner_id, r.total, r.version FROM exercises e JOIN routines r ON r.id = routine_id"
        return [tuple(row) for row in await self._sql.fetch(f"{query} ORDER BY e.id")]

    def visible(self, mode: str, operation: str) -> list[int]:
        """What the caller gets to see of a list."""
        if operation.endswith(" all"):
            return sorted(self.ids.values())
        return [self.ids["shared" if mode == "open" else "own"]]


@pytest.fixture
async def make_world(make_user: MakeUser, sql: asyncpg.Connection) -> "MakeWorld":
    """Arrange everything for a caller of that role."""

    async def make(caller: str) -> World:
        await make_user("stranger")
        headers = {} if caller == "anonymous" else await make_user("caller", role=caller)
        ids = {"shared": await insert(sql, None, "Shared"), "foreign": await insert(sql, "stranger", "Foreign")}
        if headers:
            ids["own"] = await insert(sql, "caller", "Own")
        return World(headers, ids, sql)

    return make


MakeWorld = Callable[[str], Awaitable[World]]


@pytest.mark.parametrize(("mode", "caller", "operation", "target"), CASES)
async def test_everybody_may_do_what_the_rules_say_and_no_more(
    clients: dict[str, httpx.AsyncClient], make_world: MakeWorld, mode: str, caller: str, operation: str, target: str
) -> None:
    world = await make_world(caller)
    before = await world.rows()
    method, path = OPERATIONS[operation]
    body = BODY if method == "POST" else {"sets": 9} if method == "PATCH" else None
    url = path.format(world.ids.get(target))
    answer = await clients[mode].request(method, url, json=body, headers=world.headers)
    assert answer.status_code == expected(mode, caller, operation, target), answer.text
    if answer.status_code == 200 and target == "" and method == "GET":
        assert seen(answer) == world.visible(mode, operation)
        assert answer.headers["x-total-count"] == str(len(world.visible(mode, operation)))
    if answer.is_error:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers.get("www-authenticate") == ("Bearer" if answer.status_code == 401 else None)
        assert not any(name in answer.text for name in ("Shared", "Own", "Foreign"))
    if answer.is_error or method == "GET":
        assert await world.rows() == before


def seen(answer: httpx.Response) -> list[int]:
    if answer.headers["content-type"].startswith("text/csv"):
        return [int(line.split(",")[0]) for line in answer.text.splitlines()[1:]]
    return sorted(item["id"] for item in answer.json()["items"])


@pytest.mark.parametrize(("mode", "owner"), [("open", None), ("private", "caller")])
async def test_what_is_added_stands_in_the_callers_routine(
    clients: dict[str, httpx.AsyncClient], make_world: MakeWorld, sql: asyncpg.Connection, mode: str, owner: str | None
) -> None:
    world = await make_world("user")
    answer = await clients[mode].post("/exercises", json=BODY, headers=world.headers)
    found = await sql.fetchval(
        "SELECT username FROM exercises e JOIN routines r ON r.id = e.routine_id LEFT JOIN users u ON u.id = owner_id "
        "WHERE e.id = $1",
        answer.json()["id"],
    )
    assert (answer.status_code, found) == (201, owner)


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
async def test_a_foreign_id_looks_like_one_that_never_was(
    clients: dict[str, httpx.AsyncClient], make_world: MakeWorld, method: str
) -> None:
    world = await make_world("user")
    ids = {"X-Trace-Id": "same", "traceparent": f"00-{'1' * 32}-{'2' * 16}-01"}  # what else differs between answers
    headers = {**world.headers, **ids, "If-Match": "*"}
    body = {"sets": 9} if method == "PATCH" else None
    answers = [
        await clients["private"].request(method, f"/exercises/{exercise}", json=body, headers=headers)
        for exercise in (world.ids["foreign"], world.ids["shared"], 2_147_483_647)
    ]
    assert [answer.status_code for answer in answers] == [404] * 3
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize("mode", MODES)
async def test_a_role_that_may_not_write_is_told_so(
    clients: dict[str, httpx.AsyncClient], make_user: MakeUser, mode: str
) -> None:
    for role in ("readonly", "service"):
        answer = await clients[mode].post("/exercises", json=BODY, headers=await make_user(f"a-{role}", role=role))
        assert answer.json()["detail"] == f"The role {role} may not write"
        assert answer.json()["type"] == "urn:problem:forbidden"
    for path in ("/exercises?scope=all", "/exercises/export?scope=all"):
        answer = await clients[mode].get(path, headers=await make_user(path.replace("/", "")[:20]))
        assert answer.json()["detail"] == "scope=all is for the roles admin and service"
    answer = await clients[mode].delete("/admin/exercises/1", headers=await make_user("anna"))
    assert (answer.json()["detail"], answer.json()["type"]) == ("Your role may not do this", "urn:problem:forbidden")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("operation", [name for name in OPERATIONS if name != "admin delete"])
async def test_a_token_that_does_not_hold_is_refused_even_where_none_is_needed(
    clients: dict[str, httpx.AsyncClient], make_user: MakeUser, mode: str, operation: str
) -> None:
    disabled = (await make_user("dora", disabled=True))["Authorization"]
    method, path = OPERATIONS[operation]
    cases = (("Bearer x", 401), ("Bearer", 401), ("", 401), ("Basic YTpi", 401), (disabled[:-1], 401), (disabled, 403))
    for authorization, status in cases:
        body = BODY if method in ("POST", "PATCH") else None
        headers = {"Authorization": authorization}
        answer = await clients[mode].request(method, path.format(1), json=body, headers=headers)
        assert (answer.status_code, authorization) == (status, authorization)


async def test_an_account_without_a_routine_sees_and_changes_nothing(
    clients: dict[str, httpx.AsyncClient], make_world: MakeWorld, sql: asyncpg.Connection
) -> None:
    world = await make_world("user")
    await sql.execute("DELETE FROM routines WHERE owner_id = (SELECT id FROM users WHERE username = 'caller')")
    before = await world.rows()
    for method, path in OPERATIONS.values():
        body = BODY if method == "POST" else {"sets": 9} if method == "PATCH" else None
        for target in ("shared", "foreign"):
            url = path.format(world.ids[target])
            answer = await clients["private"].request(method, url, json=body, headers=world.headers)
            assert answer.status_code < 500
            assert answer.is_error or answer.headers["x-total-count"] == "0"
            if method in ("POST", "PATCH"):
                assert (answer.status_code, answer.json()["detail"]) == (403, "This account has no routine to write to")
            assert not any(name in answer.text for name in ("Shared", "Foreign"))
    assert await world.rows() == before
