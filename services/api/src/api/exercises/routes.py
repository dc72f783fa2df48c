"""`/exercises`: contract §3.4."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Header, HTTPException, Path, Query, Response
from fastapi.responses import StreamingResponse

from api.database import Database, DatabaseUnavailable
from api.edge.callers import AccountDisabled, Caller
from api.edge.dependencies import Forbidden, Reads, Session
from api.edge.hot import HotRoute
from api.edge.limits import Reader, Writer
from api.edge.preconditions import PreconditionFailed, is_fresh
from api.exercises import actions, pages, queries
from api.exercises.errors import ExerciseNotFound, IdempotencyKeyReused, RequestInProgress, UnknownColumn
from api.exercises.schemas import (
    COLUMNS,
    Exercise,
    ExerciseChanges,
    ExerciseId,
    ExercisePage,
    NewExercise,
    PageQuery,
    Selection,
)
from runtime.limits import RateLimitExceeded
from runtime.problems import InvalidRequest, NotAuthenticated, documented

hot = APIRouter(prefix="/exercises", tags=["exercises"], route_class=HotRoute)
edits = APIRouter(prefix="/exercises", tags=["exercises"])

ALWAYS = (NotAuthenticated, AccountDisabled, Forbidden, RateLimitExceeded, DatabaseUnavailable, InvalidRequest)
UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "You have this already"}}
AS_CSV = {"text/csv": {"schema": {"type": "string"}, "example": "id,name,sets,reps,weight,workout_day\r\n"}}
# A shared cache must not give one person's routine to another, and nobody may use it without asking.
CACHING = {"Cache-Control": "private, no-cache", "Vary": "Authorization"}
EXPORT_BATCH = 500

Id = Annotated[ExerciseId, Path(alias="exercise_id")]
IfMatch = Annotated[str | None, Header(description='The ETag you have read, for example "1.3": 412 if it has changed')]
IfNoneMatch = Annotated[str | None, Header(description="An ETag you have: 304 if it still holds")]


def whose(selection: Selection, caller: Caller) -> int | None:
    """The routine that is asked for; None is every routine."""
    if selection.scope == "own":
        return caller.routine
    if caller.role not in ("admin", "service"):
        raise Forbidden("scope=all is for the roles admin and service")
    return None


@hot.get(
    "",
    response_model=ExercisePage,
    responses={**UNCHANGED, **documented(UnknownColumn, *ALWAYS), 200: {"content": AS_CSV}},
)
async def list_exercises(
    query: Annotated[PageQuery, Query()], caller: Reader, database: Reads, if_none_match: IfNoneMatch = None
) -> Response:
    """One page of the caller's routine, as JSON or CSV."""
    routine = whose(query, caller)
    if query.sort_by not in COLUMNS:
        raise UnknownColumn
    if if_none_match and query.format == "json":
        total, version = await queries.state(database, routine)
        if is_fresh(if_none_match, tag := pages.etag(routine, version, query)):
            return Response(status_code=304, headers={"ETag": tag, "X-Total-Count": str(total), **CACHING})
    return _page(query, routine, await queries.page(database, routine, query))


def _page(query: PageQuery, routine: int | None, page: queries.Page) -> Response:
    (total, version), items = page
    headers = {"X-Total-Count": str(total), "Link": pages.links(query, total), **CACHING}
    if query.format == "csv":
        return Response(pages.to_csv(items), headers=headers | pages.CSV, media_type="text/csv")
    headers["ETag"] = pages.etag(routine, version, query)
    body = {"page": query.page, "page_size": query.page_size, "total": total, "items": items}
    return Response(orjson.dumps(body), headers=headers, media_type="application/json")


@hot.get("/export", response_class=Response, responses={200: {"content": AS_CSV}, **documented(*ALWAYS)})
async def export_exercises(
    selection: Annotated[Selection, Query()], caller: Reader, database: Reads
) -> StreamingResponse:
    """The whole routine as CSV, in the order of ids."""
    routine = whose(selection, caller)
    first = await queries.after(
        database, routine, 0, EXPORT_BATCH
    )  # a database that is away is a 503, not a cut-off file
    total = (await queries.state(database, routine)).total
    headers = {"X-Total-Count": str(total), **pages.CSV, **CACHING}
    return StreamingResponse(_csv(database, routine, first), headers=headers, media_type="text/csv")


async def _csv(database: Database, routine: int | None, rows: list[queries.Row]) -> AsyncIterator[str]:
    yield pages.to_csv(rows)
    while len(rows) == EXPORT_BATCH:
        rows = await queries.after(database, routine, rows[-1]["id"], EXPORT_BATCH)
        yield pages.to_csv(rows, header=False)


@hot.get(
    "/{exercise_id}",
    response_model=Exercise,
    responses={**UNCHANGED, **documented(ExerciseNotFound, *ALWAYS)},
)
async def get_exercise(exercise_id: Id, caller: Reader, database: Reads, if_none_match: IfNoneMatch = None) -> Response:
    """One exercise of the caller's routine."""
    row = await queries.one(database, caller.routine, exercise_id)
    if row is None:
        raise ExerciseNotFound
    body, tag = actions.represent(row)
    if is_fresh(if_none_match, tag):
        return Response(status_code=304, headers={"ETag": tag, **CACHING})
    return Response(body, headers={"ETag": tag, **CACHING}, media_type="application/json")


@edits.api_route("/export", methods=["PATCH", "DELETE"], include_in_schema=False)
async def not_an_exercise() -> None:
    """Without this, `export` would be a malformed id of the routes below: 422, where the method is what is wrong."""
    raise HTTPException(405)


@hot.post(
    "",
    status_code=201,
    response_model=Exercise,
    responses=documented(*ALWAYS, IdempotencyKeyReused, RequestInProgress),
)
async def add_exercise(
    new: NewExercise,
    caller: Writer,
    database: Reads,
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=1,
            max_length=255,
            pattern=r"^[\x21-\x7e]+$",
            description="A retry with the same key adds nothing",
        ),
    ] = None,
) -> Response:
    """Add an exercise to the caller's routine."""
    if idempotency_key is None:
        answer = await actions.add(database, caller, new)
    else:
        answer = await actions.add_once(database, caller, new, idempotency_key)
    headers = {"ETag": answer.etag, "Location": f"exercises/{answer.id}"}
    return Response(answer.body, 201, headers, "application/json")


@edits.patch(
    "/{exercise_id}",
    response_model=Exercise,
    responses=documented(ExerciseNotFound, PreconditionFailed, *ALWAYS),
)
async def edit_exercise(
    exercise_id: Id, changes: ExerciseChanges, caller: Writer, session: Session, if_match: IfMatch = None
) -> Response:
    """Change some fields of an exercise. `"weight": null` clears the weight; a field that is absent stays."""
    given = changes.model_dump(exclude_unset=True)
    body, tag = await actions.edit(session, caller, exercise_id, given, if_match)
    return Response(body, headers={"ETag": tag}, media_type="application/json")


@edits.delete(
    "/{exercise_id}",
    status_code=204,
    response_class=Response,
    responses=documented(ExerciseNotFound, PreconditionFailed, *ALWAYS),
)
async def delete_exercise(exercise_id: Id, caller: Writer, session: Session, if_match: IfMatch = None) -> None:
    """Delete an exercise."""
    await actions.remove(session, caller.routine, exercise_id, if_match)
