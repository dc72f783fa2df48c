"""What people do to exercises."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, NamedTuple

import asyncpg
import orjson
from sqlmodel.ext.asyncio.session import AsyncSession

from api.database import Database
from api.edge import preconditions
from api.edge.callers import Caller
from api.exercises import queries
from api.exercises.errors import ExerciseNotFound, IdempotencyKeyReused, RequestInProgress
from api.exercises.schemas import COLUMNS, NewExercise
from api.tables import Exercise

KEPT = "24 hours"  # how long a retry gets the first answer again
BATCH = 50  # answers too old to keep, deleted by each write that comes with a key

LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))"
KNOWN = f"""
    SELECT fingerprint, body, etag FROM idempotent_answers
    WHERE (caller, route, key) = ($1, $2, $3) AND created_at >= now() - interval '{KEPT}'"""  # noqa: S608
REMEMBER = """
    INSERT INTO idempotent_answers (caller, route, key, fingerprint, body, etag) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (caller, route, key) DO UPDATE
    SET (fingerprint, body, etag, created_at) = (excluded.fingerprint, excluded.body, excluded.etag, now())"""
FORGET = f"""
    DELETE FROM idempotent_answers WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM idempotent_answers WHERE created_at < now() - interval '{KEPT}'
        LIMIT {BATCH} FOR UPDATE SKIP LOCKED))"""  # noqa: S608 - only constants


class Representation(NamedTuple):
    """An exercise as it goes over the wire, and the strong entity tag of exactly these bytes."""

    body: bytes
    etag: str

    @property
    def id(self) -> int:
        """The exercise's id."""
        found: int = orjson.loads(self.body)["id"]
        return found


def represent(row: Mapping[str, Any] | asyncpg.Record) -> Representation:
    """A row, with its version, as body and tag."""
    return Representation(orjson.dumps({column: row[column] for column in COLUMNS}), f'"{row["id"]}.{row["version"]}"')


async def add(database: Database, caller: Caller, new: NewExercise) -> Representation:
    """Add an exercise. One statement is one transaction; the table's trigger moves the routine's state within it."""
    row = await database.fetchrow(queries.ADD, *queries.added(caller.routine, new))
    assert row is not None
    return represent(row)


async def add_once(database: Database, caller: Caller, new: NewExercise, key: str) -> Representation:
    """Add an exercise, or give the first answer again if `key` was used for the same request within a day.

    Raises IdempotencyKeyReused for another request, RequestInProgress while the first one is worked on.
    """
    scope = (caller.limit_key if caller.account else "anonymous", "POST /exercises", key)
    fingerprint = sha256(new.model_dump_json().encode()).digest()
    async with database.connection() as connection, connection.transaction():
        if not await connection.fetchval(LOCK, "\n".join(scope)):
            raise RequestInProgress
        if known := await connection.fetchrow(KNOWN, *scope):
            if known["fingerprint"] != fingerprint:
                raise IdempotencyKeyReused
            return Representation(known["body"], known["etag"])
        answer = represent(await connection.fetchrow(queries.ADD, *queries.added(caller.routine, new)))
        await connection.execute(REMEMBER, *scope, fingerprint, *answer)
        await connection.execute(FORGET)
        return answer


async def edit(
    session: AsyncSession, caller: Caller, exercise_id: int, changes: Mapping[str, object], if_match: str | None
) -> Representation:
    """Change some fields. Raises ExerciseNotFound, PreconditionFailed."""
    exercise = await _locked(session, caller.routine, exercise_id, if_match)
    if changes:
        exercise = await queries.change(session, exercise_id, changes)
    return represent(exercise.model_dump())


async def remove(session: AsyncSession, routine: int | None, exercise_id: int, if_match: str | None = None) -> None:
    """Delete one exercise of `routine`, or of any. Raises ExerciseNotFound, PreconditionFailed."""
    await _locked(session, routine, exercise_id, if_match)
    await queries.remove(session, exercise_id)


async def _locked(session: AsyncSession, routine: int | None, exercise_id: int, if_match: str | None) -> Exercise:
    """The row, ours until the transaction ends, so that what If-Match was compared with is what will be changed."""
    exercise = await queries.locked(session, routine, exercise_id)
    if exercise is None:
        raise ExerciseNotFound
    preconditions.require(if_match, f'"{exercise.id}.{exercise.version}"')
    return exercise
