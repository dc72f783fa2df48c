"""The schema's only owner is Alembic, run here under a lock, and read here to tell whether a database is ready."""

import logging
from contextlib import aclosing
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from api.database import Database, DatabaseUnavailable

log = logging.getLogger(__name__)

LOCK = 0x574F524B  # "WORK": one migration at a time, also between pods
LOCK_SECONDS = 120
CONNECT_SECONDS = 10


async def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at `url` (postgresql://) up to this build's schema. A database that is newer is left alone.

    Raises DatabaseUnavailable where it cannot be reached.
    """
    await _locked(url, revision)


async def downgrade(url: str, revision: str) -> None:
    """Bring the schema back to `revision`, or to nothing with `base`. Data of what goes is lost."""
    await _locked(url, revision, down=True)


async def _locked(url: str, revision: str, *, down: bool = False) -> None:
    # A session's lock does not survive a transaction pooler: `url` must lead to PostgreSQL itself.
    address, timeout = url.replace("postgresql://", "postgresql+asyncpg://", 1), {"timeout": CONNECT_SECONDS}
    engine = create_async_engine(address, poolclass=NullPool, connect_args=timeout)
    try:
        connection = await engine.connect()
    except TimeoutError:  # says nothing of itself
        raise DatabaseUnavailable from TimeoutError(f"no answer within {CONNECT_SECONDS} s")
    except (OSError, DBAPIError) as error:
        raise DatabaseUnavailable from error
    async with aclosing(connection):
        await connection.execute(text(f"SET lock_timeout = '{LOCK_SECONDS}s'"))
        await connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
        await connection.commit()
        try:
            await connection.run_sync(_migrate, revision, down)
        finally:
            await connection.rollback()  # of a migration that failed; after one that did not there is nothing to undo
            await connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})
            await connection.commit()
    await engine.dispose()


def _migrate(connection: Connection, revision: str, down: bool) -> None:
    config = _config()
    config.attributes["connection"] = connection
    if down:
        command.downgrade(config, revision)
        return
    present = _present(connection)
    if present is not None and not _is_known(present):
        log.info("The database's schema (%s) is newer than this build's (%s): nothing to do", present, head())
        return
    command.upgrade(config, revision)
    log.info("The database's schema is %s", _present(connection))


def _present(connection: Connection) -> str | None:
    if connection.scalar(text("SELECT to_regclass('alembic_version')")) is None:
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    connection.commit()
    return revision


@cache
def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "alembic"))
    return config


@cache
def head() -> str:
    """The revision that this build was written for."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    assert newest is not None
    return newest


def _is_known(revision: str) -> bool:
    try:
        return ScriptDirectory.from_config(_config()).get_revision(revision) is not None
    except RevisionError:
        return False
    except Exception as error:  # Alembic wraps the same failure in its own CommandError
        if isinstance(error.__cause__, RevisionError):
            return False
        raise


async def obstacle(database: Database) -> str | None:
    """Why requests cannot be served yet, in one sentence, or None. A database newer than the build is served."""
    try:
        row = await database.fetchrow("SELECT version_num FROM alembic_version")
    except DatabaseUnavailable:
        return "The database cannot be reached, or its schema was never made"
    present = row and row["version_num"]
    if present != head() and (present is None or _is_known(present)):
        return f"The database's schema is {present}, older than {head()}: run `workout-api migrate`"
    return None
