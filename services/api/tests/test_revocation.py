"""A disabled account, a new role, a logout, a new password: at once here, within seconds on every other replica."""

import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

import asyncpg
import httpx
import pytest

from api.edge import callers
from api.edge.jwt import Tokens

pytestmark = pytest.mark.anyio

MakeUser = Callable[..., Awaitable[dict[str, str]]]
MakeClient = Callable[..., Awaitable[httpx.AsyncClient]]
Change = Callable[[httpx.AsyncClient, dict[str, str], dict[str, str]], Awaitable[httpx.Response]]
PASSWORD = "correct horse"
SECRET = "a-secret-of-the-tests-with-more-than-32-bytes"


class Clock:
    """The clock by which a process forgets what it knows of callers. It stands still until it is put forward."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.ahead = 0.0

    def __call__(self) -> float:
        return self.began + self.ahead


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Time that passes when we say so."""
    made = Clock()
    monkeypatch.setattr(callers, "monotonic", made)
    return made


async def disable(client: httpx.AsyncClient, admin: dict[str, str], anna: dict[str, str]) -> httpx.Response:
    return await client.patch("/admin/users/anna", json={"disabled": True}, headers=admin)


async def demote(client: httpx.AsyncClient, admin: dict[str, str], anna: dict[str, str]) -> httpx.Response:
    return await client.patch("/admin/users/anna", json={"role": "readonly"}, headers=admin)


async def reset_password(client: httpx.AsyncClient, admin: dict[str, str], anna: dict[str, str]) -> httpx.Response:
    return await client.patch("/admin/users/anna", json={"password": "a new password"}, headers=admin)


async def change_password(client: httpx.AsyncClient, admin: dict[str, str], anna: dict[str, str]) -> httpx.Response:
    change = {"current_password": PASSWORD, "new_password": "a new password"}
    return await client.post("/auth/password", json=change, headers=anna)


async def log_out(client: httpx.AsyncClient, admin: dict[str, str], anna: dict[str, str]) -> httpx.Response:
    return await client.post("/auth/logout", headers=anna)


async def log_out_everywhere(client: httpx.AsyncClient, admin: dict[str, str], anna: dict[str, str]) -> httpx.Response:
    other = await client.post("/auth/login", json={"username": "anna", "password": PASSWORD})
    return await client.post("/auth/logout?all=true", json={"refresh_token": other.json()["refresh_token"]})


CHANGES = pytest.mark.parametrize(
    ("change", "status"),
    [
        (disable, 403),
        (demote, 403),
        (reset_password, 401),
        (change_password, 401),
        (log_out, 401),
        (log_out_everywhere, 401),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)


async def write(client: httpx.AsyncClient, headers: dict[str, str]) -> int:
    body = {"name": "Squat", "sets": 3, "reps": 5}
    return (await client.post("/exercises", json=body, headers=headers)).status_code


@CHANGES
async def test_here_it_bites_at_once(
    client: httpx.AsyncClient, make_user: MakeUser, change: Change, status: int
) -> None:
    admin, anna = await make_user("root", role="admin"), await make_user("anna")
    assert await write(client, anna) == 201
    assert (await change(client, admin, anna)).is_success
    assert await write(client, anna) == status


@CHANGES
async def test_on_every_other_replica_it_bites_after_five_seconds(
    client: httpx.AsyncClient,
    make_client: MakeClient,
    make_user: MakeUser,
    clock: Clock,
    change: Change,
    status: int,
) -> None:
    admin, anna = await make_user("root", role="admin"), await make_user("anna")
    other = await make_client()
    assert await write(other, anna) == 201
    assert (await change(client, admin, anna)).is_success
    clock.ahead = 4.9
    assert await write(other, anna) == 201  # what it was told is believed for so long
    clock.ahead = 5.1
    assert await write(other, anna) == status


async def test_ten_seconds_is_what_was_promised() -> None:
    assert 0 < callers.REMEMBER_SECONDS <= 10


async def test_a_replica_that_never_saw_the_token_asks_at_once(
    client: httpx.AsyncClient, make_client: MakeClient, make_user: MakeUser
) -> None:
    admin, anna = await make_user("root", role="admin"), await make_user("anna")
    assert await write(client, anna) == 201
    other = await make_client()
    assert (await log_out(other, admin, anna)).status_code == 204
    assert await write(other, anna) == 401


async def test_what_is_known_of_one_token_says_nothing_of_another(
    client: httpx.AsyncClient, make_user: MakeUser
) -> None:
    anna, bert = await make_user("anna"), await make_user("bert")
    for headers, name in ((anna, "anna"), (bert, "bert"), (anna, "anna")):
        assert (await client.get("/auth/me", headers=headers)).json()["username"] == name


async def test_the_memory_ends_with_the_token(
    client: httpx.AsyncClient, make_user: MakeUser, sql: asyncpg.Connection, clock: Clock
) -> None:
    await make_user("anna")
    session = await sql.fetchval("SELECT id FROM sessions")
    token = Tokens([SECRET]).access("anna", "user", session, timedelta(seconds=3))
    headers = {"Authorization": f"Bearer {token}"}
    assert await write(client, headers) == 201
    await sql.execute("UPDATE sessions SET revoked_at = now()")
    clock.ahead = 1.0
    assert await write(client, headers) == 201
    clock.ahead = 3.1
    assert await write(client, headers) == 401


async def test_enabling_an_account_again_lets_it_in_again(client: httpx.AsyncClient, make_user: MakeUser) -> None:
    admin, anna = await make_user("root", role="admin"), await make_user("anna")
    for disabled, status in ((True, 403), (False, 201), (True, 403)):
        await client.patch("/admin/users/anna", json={"disabled": disabled}, headers=admin)
        assert await write(client, anna) == status


async def test_a_refusal_is_never_remembered(
    client: httpx.AsyncClient, make_user: MakeUser, sql: asyncpg.Connection
) -> None:
    anna = await make_user("anna", disabled=True)
    assert await write(client, anna) == 403
    await sql.execute("UPDATE users SET disabled = false")
    assert await write(client, anna) == 201


async def test_the_memory_is_bounded(
    make_client: MakeClient, make_user: MakeUser, sql: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert callers.MAX_REMEMBERED == 10_000
    monkeypatch.setattr(callers, "MAX_REMEMBERED", 2)
    people = [await make_user(name) for name in ("anna", "bert", "cleo")]
    client = await make_client()
    for headers in people[:2]:
        assert await write(client, headers) == 201
    await sql.execute("UPDATE users SET role = 'readonly'")
    assert [await write(client, headers) for headers in people[:2]] == [201, 201]
    assert await write(client, people[2]) == 403  # the third: all are forgotten
    assert [await write(client, headers) for headers in people] == [403, 403, 403]
