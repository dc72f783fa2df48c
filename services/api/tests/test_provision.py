"""The accounts and the sample that a start makes: what the settings ask for, once, however many start."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import bcrypt
import pytest
from pydantic import SecretStr

from api.accounts.provision import UnusablePassword, provision, sample
from api.settings import ApiSettings

pytestmark = pytest.mark.anyio

SECRET = "a-secret-of-the-tests-with-more-than-32-bytes"
PRODUCTION = {"environment": "production"}
Start = Callable[..., Awaitable[None]]


@pytest.fixture
async def start(database_url: str, sql: asyncpg.Connection) -> Start:
    """What a start makes in a database that nobody has used yet: `await start(**settings)`."""
    await sql.execute("UPDATE routines SET version = 0, total = 0")

    async def run(**given: object) -> None:
        values = {"database_url": SecretStr(database_url), "jwt_secret_key": SecretStr(SECRET), "bcrypt_rounds": 10}
        await provision(ApiSettings.model_validate(values | given).model_copy(update={"bcrypt_rounds": 4}))

    return run


async def people(sql: asyncpg.Connection) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await sql.fetch("SELECT username, email, role, disabled FROM users ORDER BY id")]


async def has_password(sql: asyncpg.Connection, username: str, password: str) -> bool:
    hashed = await sql.fetchval("SELECT password_hash FROM users WHERE username = $1", username)
    return bcrypt.checkpw(password.encode(), hashed.encode())


ADMIN = ("admin", "admin@workout.local", "admin", False)
USER = ("user", "user@workout.local", "user", False)


async def test_development_begins_with_the_contracts_two_accounts(
    start: Start, sql: asyncpg.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "api.accounts"):
        await start()
        await start()
    accounts = ["Made the account admin (admin)", "Made the account user (user)"]
    assert caplog.messages == [*accounts, "Filled the shared routine with a sample"]
    assert await people(sql) == [ADMIN, USER]
    assert await has_password(sql, "admin", "admin123")
    assert await has_password(sql, "user", "user123")
    owners = "SELECT username FROM routines r JOIN users u ON u.id = owner_id ORDER BY u.id"
    assert [row[0] for row in await sql.fetch(owners)] == ["admin", "user"]
    assert {row[0][:7] for row in await sql.fetch("SELECT password_hash FROM users")} == {"$2b$04$"}


async def test_development_begins_with_a_sample_of_27_exercises(start: Start, sql: asyncpg.Connection) -> None:
    await start()
    query = "SELECT e.*, owner_id, total FROM exercises e JOIN routines r ON r.id = routine_id ORDER BY id"
    rows = await sql.fetch(query)
    assert len(rows) == 27
    assert {(row["owner_id"], row["total"]) for row in rows} == {(None, 27)}
    assert Counter(row["workout_day"] for row in rows) == {"A": 9, "B": 9, "C": 9}
    assert tuple(rows[0][name] for name in ("name", "sets", "reps", "weight", "workout_day")) == (
        "Bench Press",
        4,
        8,
        80,
        "A",
    )
    weights = [row["weight"] for row in rows]
    assert None in weights
    assert 0 < weights.count(None) < 14
    assert 27.5 in weights
    assert [row["name"] for row in rows] == [exercise.name for exercise in sample()]


async def test_the_sample_is_plausible() -> None:
    for exercise in sample():
        assert 2 <= exercise.sets <= 6, exercise
        assert 4 <= exercise.reps <= 90, exercise
        assert exercise.weight is None or 1 < exercise.weight <= 200, exercise
    assert len({exercise.name for exercise in sample()}) == 27


async def test_a_routine_that_somebody_has_emptied_stays_empty(start: Start, sql: asyncpg.Connection) -> None:
    await start()
    await sql.execute("DELETE FROM exercises")
    await start()
    assert await sql.fetchval("SELECT count(*) FROM exercises") == 0


async def test_a_routine_that_somebody_has_begun_gets_no_sample(start: Start, sql: asyncpg.Connection) -> None:
    await sql.execute("INSERT INTO exercises (routine_id, name, sets, reps) SELECT id, 'Squat', 3, 5 FROM routines")
    await start()
    assert await sql.fetchval("SELECT count(*) FROM exercises") == 1


async def test_production_begins_with_nothing(start: Start, sql: asyncpg.Connection) -> None:
    await start(**PRODUCTION)
    assert await people(sql) == []
    assert await sql.fetchval("SELECT count(*) FROM exercises") == 0


async def test_production_gets_the_admin_that_the_settings_name(
    start: Start, sql: asyncpg.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    given = {"admin_username": "Root", "admin_password": SecretStr("a generated one")}
    with caplog.at_level(logging.INFO, "api.accounts"):
        await start(**PRODUCTION, **given)
    assert await people(sql) == [("Root", "Root@workout.local", "admin", False)]
    assert await has_password(sql, "Root", "a generated one")
    assert caplog.messages == ["Made the account Root (admin)"]


async def test_the_first_password_is_only_the_first(start: Start, sql: asyncpg.Connection) -> None:
    await start(admin_username="root", admin_password=SecretStr("the first one"))
    await start(admin_username="ROOT", admin_password=SecretStr("another one"))
    assert await has_password(sql, "root", "the first one")
    assert len(await people(sql)) == 3


async def test_in_development_too_the_admin_has_the_password_that_was_given(
    start: Start, sql: asyncpg.Connection
) -> None:
    await start(admin_password=SecretStr("a generated one"))
    assert await has_password(sql, "admin", "a generated one")
    assert await has_password(sql, "user", "user123")


async def test_an_account_that_was_changed_is_left_alone(start: Start, sql: asyncpg.Connection) -> None:
    await start()
    await sql.execute("UPDATE users SET role = 'readonly', disabled = true, email = NULL, password_hash = 'x'")
    await start(admin_password=SecretStr("another one"))
    assert await people(sql) == [("admin", None, "readonly", True), ("user", None, "readonly", True)]
    assert {row[0] for row in await sql.fetch("SELECT password_hash FROM users")} == {"x"}


@pytest.mark.parametrize("at_once", [False, True])
async def test_twice_is_the_same_as_once(start: Start, sql: asyncpg.Connection, tmp_path: Path, at_once: bool) -> None:
    (tmp_path / "coach").write_text("the coach's password")
    given = {"service_accounts_dir": tmp_path, "admin_username": "root", "admin_password": SecretStr("12345678")}
    if at_once:
        await asyncio.gather(*(start(**given) for _ in range(4)))
    else:
        await start(**given)
        await start(**given)
    assert sorted(name for name, *_ in await people(sql)) == ["admin", "coach", "root", "user"]
    assert await sql.fetchval("SELECT count(*) FROM exercises") == 27
    assert await sql.fetchval("SELECT count(*) FROM routines") == 5


@pytest.mark.parametrize("password", ["", "x" * 73, "\u00e9" * 37])
async def test_an_admin_password_that_bcrypt_cannot_take_is_refused(
    start: Start, sql: asyncpg.Connection, password: str
) -> None:
    with pytest.raises(UnusablePassword, match="The password for root must have 1 to 72 bytes"):
        await start(admin_username="root", admin_password=SecretStr(password))
    assert "root" not in [name for name, *_ in await people(sql)]


async def test_seventy_two_bytes_can_be_taken(start: Start, sql: asyncpg.Connection) -> None:
    await start(admin_username="root", admin_password=SecretStr("x" * 72))
    assert await has_password(sql, "root", "x" * 72)
