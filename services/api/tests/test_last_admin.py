"""Somebody must be able to undo things: the last admin who can log in stays, also when two are in a hurry."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import httpx
import pytest

pytestmark = pytest.mark.anyio

MakeUser = Callable[..., Awaitable[dict[str, str]]]
LAST = (409, "urn:problem:last-admin", "This is the last admin who can log in: make another one first")
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"

LOSSES: list[dict[str, Any]] = [
    {"disabled": True},
    {"role": "user"},
    {"role": "readonly", "disabled": True},
    {"role": "admin", "disabled": True},
    {"role": "service", "disabled": False},
]


async def edit(client: httpx.AsyncClient, headers: dict[str, str], name: str, **changes: object) -> httpx.Response:
    return await client.patch(f"/admin/users/{name}", json=changes, headers=headers)


def problem(answer: httpx.Response) -> tuple[int, str, str]:
    body = answer.json()
    return answer.status_code, body["type"], body["detail"]


@pytest.mark.parametrize("changes", LOSSES)
@pytest.mark.parametrize("other", [None, {"role": "user"}, {"role": "service"}, {"role": "admin", "disabled": True}])
async def test_the_last_admin_stays(
    client: httpx.AsyncClient,
    make_user: MakeUser,
    sql: asyncpg.Connection,
    changes: dict[str, Any],
    other: dict[str, Any] | None,
) -> None:
    root = await make_user("root", role="admin")
    if other:
        await make_user("other", **other)
    before = await sql.fetch("SELECT * FROM users ORDER BY id")
    assert problem(await edit(client, root, "root", email="new@example.org", **changes)) == LAST
    assert await sql.fetch("SELECT * FROM users ORDER BY id") == before


@pytest.mark.parametrize("changes", LOSSES)
async def test_an_admin_beside_another_can_go(
    client: httpx.AsyncClient, make_user: MakeUser, changes: dict[str, Any]
) -> None:
    root = await make_user("root", role="admin")
    await make_user("other", role="admin")
    answer = await edit(client, root, "root", **changes)
    assert (answer.status_code, answer.json().items() >= changes.items()) == (200, True)


@pytest.mark.parametrize(
    "changes", [{}, {"email": None}, {"role": "admin"}, {"disabled": False}, {"password": "x" * 8}]
)
async def test_the_last_admin_can_change_what_keeps_it_one(
    client: httpx.AsyncClient, make_user: MakeUser, changes: dict[str, Any]
) -> None:
    assert (await edit(client, await make_user("root", role="admin"), "root", **changes)).status_code == 200


@pytest.mark.parametrize("changes", LOSSES)
async def test_whoever_is_no_admin_or_cannot_log_in_is_not_the_last(
    client: httpx.AsyncClient, make_user: MakeUser, changes: dict[str, Any]
) -> None:
    root = await make_user("root", role="admin")
    await make_user("anna")
    await make_user("former", role="admin", disabled=True)
    for name in ("anna", "former"):
        assert (await edit(client, root, name, **changes)).status_code == 200


async def held_up(
    client: httpx.AsyncClient, sql: asyncpg.Connection, rows: str, edits: list[tuple[dict[str, str], str]]
) -> list[int]:
    """The statuses of edits that all wait for `rows` before they go on at the same moment."""
    async with sql.transaction():
        await sql.execute(f"SELECT FROM users WHERE {rows} FOR UPDATE")
        tasks = [asyncio.create_task(edit(client, headers, name, disabled=True)) for headers, name in edits]
        for _ in range(4000):  # on a busy machine it takes a while until both have come so far
            await asyncio.sleep(0.005)
            await sql.execute("SELECT pg_stat_clear_snapshot()")
            if await sql.fetchval(WAITING) == len(edits):
                break
    return sorted(answer.status_code for answer in await asyncio.gather(*tasks))


@pytest.mark.parametrize("attempt", range(3))
async def test_two_admins_who_disable_each_other_at_once_leave_one(
    client: httpx.AsyncClient, make_user: MakeUser, sql: asyncpg.Connection, attempt: int
) -> None:
    anna, bert = await make_user("anna", role="admin"), await make_user("bert", role="admin")
    assert await held_up(client, sql, "true", [(anna, "bert"), (bert, "anna")]) == [200, 409]
    assert await sql.fetchval("SELECT count(*) FROM users WHERE NOT disabled") == 1


async def test_two_of_three_admins_can_go_at_once(
    client: httpx.AsyncClient, make_user: MakeUser, sql: asyncpg.Connection
) -> None:
    await make_user("zoe", role="admin")
    anna, bert = await make_user("anna", role="admin"), await make_user("bert", role="admin")
    assert await held_up(client, sql, "username <> 'zoe'", [(anna, "bert"), (bert, "anna")]) == [200, 200]
    remaining = await sql.fetch("SELECT username FROM users WHERE NOT disabled")
    assert [row["username"] for row in remaining] == ["zoe"]
