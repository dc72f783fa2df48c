"""What exercises ask of PostgreSQL.

The reads and the insert are plain asyncpg, one round trip each: a page of 20 costs a third of the CPU that it costs
through SQLModel (docs/decisions/0003). All start from the caller's routine; `None` is every routine's.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

import asyncpg
from sqlalchemy import update
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from api.database import Database
from api.exercises.schemas import COLUMNS, NewExercise, PageQuery
from api.tables import Exercise

Row = asyncpg.Record
FIELDS = ", ".join(COLUMNS)


class State(NamedTuple):
    """How many exercises a routine has, and a number that never repeats and grows with every change."""

    total: int
    version: int


class Page(NamedTuple):
    """Rows and state of one moment."""

    state: State
    items: list[dict[str, Any]]


@cache
def _page_sql(sort_by: str, sort_order: str, every: bool) -> str:
    """Both words come from closed sets; anything else would be an injection."""
    order = f"e.id {sort_order}"
    if sort_by != "id":
        order = f"e.{sort_by} {sort_order} NULLS LAST, {order}"
    if every:
        return f"SELECT {FIELDS} FROM exercises e ORDER BY {order} LIMIT $1 OFFSET $2"  # noqa: S608 - see above
    columns = ", ".join(f"e.{column}" for column in COLUMNS)
    return (
        f"SELECT {columns}, r.total, r.version FROM routines r, exercises e "  # noqa: S608 - see above
        f"WHERE r.id = $3 AND e.routine_id = r.id ORDER BY {order} LIMIT $1 OFFSET $2"
    )


async def page(database: Database, routine: int | None, query: PageQuery) -> Page:
    """One page and the routine's state, of the same moment."""
    sql = _page_sql(query.sort_by, query.sort_order, routine is None)
    if routine is not None and (rows := await database.fetch(sql, query.page_size, query.offset, routine)):
        *_, total, version = rows[0]
        return Page(State(total, version), _items(rows))
    # No row carries the state here. Read before the rows it can only be older than they are, never newer: a tag made
    # of it may cost one reading too many, but cannot call old rows new.
    before = await state(database, routine)
    rows = await database.fetch(sql, query.page_size, query.offset, *([] if routine is None else [routine]))
    return Page(before, _items(rows))


def _items(rows: Iterable[asyncpg.Record]) -> list[dict[str, Any]]:
    """Spelled out: `dict(zip(COLUMNS, row))` takes three times as long."""
    return [
        {"id": number, "name": name, "sets": sets, "reps": reps, "weight": weight, "workout_day": day}
        for number, name, sets, reps, weight, day, *_ in rows
    ]


async def state(database: Database, routine: int | None) -> State:
    """The state of one routine, or of all together."""
    if routine is None:
        row = await database.fetchrow("SELECT sum(total)::bigint, sum(version)::bigint FROM routines")
    else:
        row = await database.fetchrow("SELECT total, version FROM routines WHERE id = $1", routine)
    return State(*row) if row else State(0, 0)


async def after(database: Database, routine: int | None, last: int, count: int) -> list[asyncpg.Record]:
    """The next `count` exercises by id: a walk that holds nothing open between its steps."""
    return await database.fetch(
        f"SELECT {FIELDS} FROM exercises "  # noqa: S608 - only constants
        "WHERE ($1::bigint IS NULL OR routine_id = $1) AND id > $2 ORDER BY id LIMIT $3",
        routine,
        last,
        count,
    )


async def one(database: Database, routine: int, exercise: int) -> asyncpg.Record | None:
    """One exercise with its `version` as the last column, if it is of this routine."""
    return await database.fetchrow(
        f"SELECT {FIELDS}, version FROM exercises WHERE id = $1 AND routine_id = $2",  # noqa: S608 - only constants
        exercise,
        routine,
    )


ADD = (
    "INSERT INTO exercises (routine_id, name, sets, reps, weight, workout_day) "  # noqa: S608 - only constants
    f"VALUES ($1, $2, $3, $4, $5, $6) RETURNING {FIELDS}, version"
)


def added(routine: int, new: NewExercise) -> tuple[object, ...]:
    """The arguments of ADD."""
    return routine, new.name, new.sets, new.reps, new.weight, new.workout_day


async def locked(session: AsyncSession, routine: int | None, exercise: int) -> Exercise | None:
    """One exercise that nobody else can change until this transaction ends. `None`: of any routine."""
    query = select(Exercise).where(col(Exercise.id) == exercise).with_for_update()
    if routine is not None:
        query = query.where(col(Exercise.routine_id) == routine)
    return (await session.exec(query)).one_or_none()


async def change(session: AsyncSession, exercise: int, changes: Mapping[str, object]) -> Exercise:
    """Write `changes` and read back what the row is now: a trigger has moved its version."""
    query = update(Exercise).where(col(Exercise.id) == exercise).values(changes).returning(Exercise)
    changed: Exercise = (await session.exec(query, execution_options={"populate_existing": True})).scalar_one()
    return changed


async def remove(session: AsyncSession, exercise: int) -> None:
    """Delete one exercise."""
    await session.exec(delete(Exercise).where(col(Exercise.id) == exercise))
