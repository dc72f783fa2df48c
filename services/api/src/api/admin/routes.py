"""`/admin`: contract §3.6. Everything here is for the role admin."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response

from api.admin import actions, queries
from api.admin.errors import LastAdmin, UsernameTaken, UserNotFound
from api.admin.schemas import NewUser, UserChanges
from api.auth.schemas import User, Username
from api.database import DatabaseUnavailable
from api.edge.callers import AccountDisabled
from api.edge.dependencies import Admin, At, Forbidden, Session
from api.edge.limits import LimitCaller
from api.edge.passwords import TooManyLogins
from api.exercises import actions as exercises
from api.exercises.errors import ExerciseNotFound
from api.exercises.schemas import ExerciseId
from runtime.limits import RateLimitExceeded
from runtime.problems import InvalidRequest, NotAuthenticated, documented

router = APIRouter(prefix="/admin", tags=["admin"], dependencies=[Depends(LimitCaller("admin"))])

ALWAYS = (NotAuthenticated, AccountDisabled, Forbidden, RateLimitExceeded, DatabaseUnavailable, InvalidRequest)
NO_STORE = {"Cache-Control": "no-store"}


@router.get("/users", response_model=list[User], responses=documented(*ALWAYS))
async def list_users(_: Admin, session: Session, response: Response) -> list[User]:
    """All accounts, oldest first."""
    response.headers.update(NO_STORE)
    return [User.of(account) for account in await queries.accounts(session)]


@router.post(
    "/users",
    status_code=201,
    response_model=User,
    responses=documented(*ALWAYS, UsernameTaken, TooManyLogins),
)
async def add_user(new: NewUser, _: Admin, at: At) -> User:
    """Make an account, with a routine of its own."""
    return await actions.make(at, new)


@router.patch(
    "/users/{username}",
    response_model=User,
    responses=documented(*ALWAYS, UserNotFound, LastAdmin, TooManyLogins),
)
async def edit_user(username: Annotated[Username, Path()], changes: UserChanges, _: Admin, at: At) -> User:
    """Change an account's role, email or password, disable it or enable it again."""
    return await actions.edit(at, username, changes)


@router.delete(
    "/exercises/{exercise_id}",
    status_code=204,
    response_class=Response,
    responses=documented(*ALWAYS, ExerciseNotFound),
)
async def admin_delete_exercise(exercise_id: Annotated[ExerciseId, Path()], _: Admin, session: Session) -> None:
    """Delete any exercise, of whatever routine."""
    await exercises.remove(session, None, exercise_id)
