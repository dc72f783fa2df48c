"""The schema: made from nothing, taken back, the same as the table classes say, by one process at a time."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

from api import migrations
from api.database import DatabaseUnavailable
from api.migrations import LOCK, downgrade, head, upgrade

pytestmark = pytest.mark.anyio

OBJECTS = """
    SELECT 'table ' || tablename FROM pg_tables WHERE schemaname = 'public'
    UNION SELECT 'index ' || indexname FROM pg_indexes WHERE schemaname = 'public'
    UNION SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION SELECT 'trigger ' || tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1"""
TABLES = {
    *("alembic_version", "exercises", "idempotent_answers", "personal_tokens", "routines", "sessions", "users"),
}


@pytest.fixture
async def url(postgres_url: str, worker_id: str) -> AsyncIterator[str]:
    """An empty database of the test's own."""
    name = f"migrations_{worker_id}_{uuid4().hex[:8]}"
    connection = await asyncpg.connect(postgres_url)
    await connection.execute(f"CREATE DATABASE {name}")
    yield urlunsplit(urlsplit(postgres_url)._replace(path=f"/{name}"))
    await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await connection.close()


async def rows(url: str, statement: str, *arguments: object) -> list[Any]:
    """The first column of what a statement gives, asked over a connection of its own."""
    connection = await asyncpg.connect(url)
    try:
        return [row[0] for row in await connection.fetch(statement, *arguments)]
    finally:
        await connection.close()


async def revision(url: str) -> list[str]:
    return await rows(url, "SELECT version_num FROM alembic_version")


async def locks(url: str) -> list[Any]:
    """Advisory locks that somebody holds in this database."""
    statement = "SELECT objid FROM pg_locks l JOIN pg_database d ON d.oid = l.database "
    return await rows(url, statement + "WHERE locktype = 'advisory' AND datname = current_database()")


async def test_the_schema_is_made_from_nothing_with_one_shared_routine(url: str) -> None:
    await upgrade(url)
    objects = await rows(url, OBJECTS)
    assert {name.removeprefix("table ") for name in objects if name.startswith("table ")} == TABLES
    assert await revision(url) == [head()]
    assert await rows(url, "SELECT (owner_id, total, version)::text FROM routines") == ["(,0,0)"]
    assert await rows(url, "SELECT username FROM users") == []
    assert await locks(url) == []


async def test_the_way_back_leaves_nothing_and_the_way_there_works_again(url: str) -> None:
    await upgrade(url)
    before = await rows(url, OBJECTS)
    await downgrade(url, "base")
    assert await rows(url, OBJECTS) == ["index alembic_version_pkc", "table alembic_version"]
    assert await revision(url) == []
    assert await locks(url) == []
    await upgrade(url)
    assert await rows(url, OBJECTS) == before
    assert await revision(url) == [head()]


async def test_an_upgrade_of_what_is_up_to_date_changes_nothing(url: str) -> None:
    await upgrade(url)
    await rows(url, "INSERT INTO exercises (routine_id, name, sets, reps) SELECT id, 'Squat', 3, 5 FROM routines")
    before = await rows(url, "SELECT xmin::text || version_num FROM alembic_version")
    await upgrade(url)
    assert await rows(url, "SELECT xmin::text || version_num FROM alembic_version") == before
    assert await rows(url, "SELECT name FROM exercises") == ["Squat"]


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[AsyncConnection]:
    """A connection of SQLAlchemy's."""
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://"), poolclass=NullPool)
    async with engine.begin() as connection:
        yield connection
    await engine.dispose()


def differences(connection: Connection) -> list[Any]:
    options = {"compare_type": True, "compare_server_default": True}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), SQLModel.metadata))


async def test_the_table_classes_are_what_the_migrations_made(url: str) -> None:
    await upgrade(url)
    async with connected(url) as connection:
        assert await connection.run_sync(differences) == []


# Columns, constraints and indexes of everything but Alembic's own table, as PostgreSQL writes them.
DEFINITIONS = """
    SELECT format('%s.%s %s %s %s %s', relname, attname, format_type(atttypid, atttypmod), attnotnull, attidentity,
                  pg_get_expr(adbin, adrelid))
        FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
        LEFT JOIN pg_attrdef ON (adrelid, adnum) = (attrelid, attnum)
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND relname <> 'alembic_version'
    UNION SELECT format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND conrelid <> to_regclass('alembic_version')
    UNION SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version' ORDER BY 1"""


async def test_the_table_classes_would_make_the_same_database(url: str) -> None:
    await upgrade(url)
    migrated = await rows(url, DEFINITIONS)
    await downgrade(url, "base")
    async with connected(url) as connection:
        await connection.run_sync(SQLModel.metadata.create_all)
    assert await rows(url, DEFINITIONS) == migrated


CHECKS = {
    "users_role": "INSERT INTO users (username, role, password_hash) VALUES ('a', 'root', 'x')",
    "users_by_name": "INSERT INTO users (username, role, password_hash) VALUES ('a', 'user', 'x'), ('A', 'user', 'x')",
    "routines_one_per_owner": "INSERT INTO routines (owner_id) VALUES (NULL)",
    "exercises_name": "('', 3, 5, 1, 'A')",
    "exercises_sets": "('Squat', 0, 5, 1, 'A')",
    "exercises_reps": "('Squat', 3, 1001, 1, 'A')",
    "exercises_weight": "('Squat', 3, 5, -0.5, 'A')",
    "exercises_workout_day": "('Squat', 3, 5, 1, '')",
}


@pytest.mark.parametrize("name", CHECKS)
async def test_the_database_itself_refuses_nonsense(database_url: str, name: str) -> None:
    statement = CHECKS[name]
    if statement.startswith("("):
        columns = "routine_id, name, sets, reps, weight, workout_day"
        statement = f"INSERT INTO exercises ({columns}) SELECT r.id, v.* FROM routines r, (VALUES {statement}) v"
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
        await rows(database_url, statement)
    assert refused.value.constraint_name == name


async def test_four_upgrades_at_once_all_succeed(url: str) -> None:
    await asyncio.gather(*(upgrade(url) for _ in range(4)))
    assert await revision(url) == [head()]
    assert await rows(url, "SELECT count(*) FROM routines") == [1]
    assert await locks(url) == []


async def test_an_upgrade_waits_for_the_one_that_runs(url: str) -> None:
    holder = await asyncpg.connect(url)
    await holder.execute("SELECT pg_advisory_lock($1)", LOCK)
    waiting = asyncio.create_task(upgrade(url))
    waits = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = $1"
    for _ in range(400):
        if await holder.fetchval(waits, LOCK):
            break
        await asyncio.sleep(0.005)
    else:
        pytest.fail("nobody waits for the lock")
    assert await holder.fetchval("SELECT to_regclass('users')") is None
    await holder.execute("SELECT pg_advisory_unlock($1)", LOCK)
    await waiting
    assert await revision(url) == [head()]
    await holder.close()


@pytest.mark.parametrize("newer", ["9999", "deadbeef"])
async def test_a_database_that_is_newer_is_left_alone(url: str, newer: str, caplog: pytest.LogCaptureFixture) -> None:
    await upgrade(url)
    await rows(url, "UPDATE alembic_version SET version_num = $1", newer)
    before = await rows(url, OBJECTS)
    with caplog.at_level(logging.INFO, migrations.__name__):
        await upgrade(url)
    assert f"The database's schema ({newer}) is newer than this build's ({head()}): nothing to do" in caplog.messages
    assert await revision(url) == [newer]
    assert await rows(url, OBJECTS) == before
    assert await locks(url) == []


async def test_a_migration_that_fails_says_why_and_leaves_nothing_behind(url: str) -> None:
    await rows(url, "CREATE TABLE routines ()")
    with pytest.raises(Exception, match='relation "routines" already exists'):
        await upgrade(url)
    assert await rows(url, "SELECT tablename FROM pg_tables WHERE tablename IN ('users', 'sessions')") == []
    assert await locks(url) == []
    await rows(url, "DROP TABLE routines")
    await upgrade(url)
    assert await revision(url) == [head()]


async def test_a_database_that_says_nothing_is_given_up_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "CONNECT_SECONDS", 0.1)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        host, port = silent.getsockname()
        with pytest.raises(DatabaseUnavailable) as refusal:
            await asyncio.wait_for(upgrade(f"postgresql://somebody@{host}:{port}/nothing"), 20)
    assert str(refusal.value.__cause__) == "no answer within 0.1 s"


async def test_a_connection_string_of_any_scheme_that_settings_give_works(url: str) -> None:
    await upgrade(url.replace("postgresql://", "postgresql+asyncpg://"))
    assert await revision(url) == [head()]
    await upgrade(url)


async def test_the_newest_revision_is_this_builds() -> None:
    assert head() == "0002"
