"""What a route may ask for in its signature. No alias for a caller means: public."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from limits import RateLimitItem
from sqlmodel.ext.asyncio.session import AsyncSession

from api.database import Database
from api.edge.callers import Caller, Callers, Role
from api.edge.jwt import Tokens
from api.edge.passwords import Passwords
from api.jobs.queue import JobQueue
from api.settings import ApiSettings
from runtime.limits import RateLimits
from runtime.metrics import Metrics
from runtime.problems import NotAuthenticated, Problem


@dataclass(frozen=True, slots=True)
class Services:
    """What lives as long as the application."""

    settings: ApiSettings
    database: Database
    callers: Callers
    tokens: Tokens
    passwords: Passwords
    limits: RateLimits
    limit_table: dict[tuple[str, Role], RateLimitItem]
    metrics: Metrics
    jobs: JobQueue


class Forbidden(Problem):
    """Known, but not allowed."""

    status = 403
    kind = "urn:problem:forbidden"
    detail = "Your role may not do this"


def services(request: Request) -> Services:
    """The application's services."""
    found: Services = request.app.state.services
    return found


# Dependencies are coroutines even where nothing is awaited: FastAPI would call plain functions in a thread each.
async def all_services(request: Request) -> Services:
    """For routes that need several of them."""
    return services(request)


async def database(request: Request) -> Database:
    """For reads on the hot path."""
    return services(request).database


async def open_session(request: Request) -> AsyncIterator[AsyncSession]:
    """One transaction, committed before the answer leaves."""
    async with services(request).database.session() as session:
        yield session


class _Bearer(HTTPBearer):
    """Only said in the OpenAPI document: who is calling, `Callers` finds out."""

    async def __call__(self, request: Request) -> None:  # type: ignore[override]
        """Nothing to do."""


Bearer = Annotated[
    None,
    Depends(_Bearer(auto_error=False, scheme_name="bearer", description="The `access_token` of POST /auth/login")),
]


async def known(request: Request, _: Bearer) -> Caller:
    """Anybody the mode of access lets in: in `open` anonymous callers too."""
    return await services(request).callers.identify(request)


async def account(caller: Annotated[Caller, Depends(known)]) -> Caller:
    """Somebody who is logged in."""
    if caller.account is None:
        raise NotAuthenticated
    return caller


async def person(caller: Annotated[Caller, Depends(account)]) -> Caller:
    """Somebody who logged in themselves: no program may do with a personal token what outlives the token."""
    if caller.scope is not None:
        raise Forbidden("A personal token may not do this: log in")
    return caller


def requires(*roles: Role) -> object:
    """A dependency for accounts of these roles."""

    async def with_role(caller: Account) -> Caller:
        if caller.role not in roles:
            raise Forbidden
        return caller

    return Depends(with_role)


At = Annotated[Services, Depends(all_services)]
Reads = Annotated[Database, Depends(database)]
Session = Annotated[AsyncSession, Depends(open_session, scope="function")]
Known = Annotated[Caller, Depends(known)]
Account = Annotated[Caller, Depends(account)]
Person = Annotated[Caller, Depends(person)]
Admin = Annotated[Caller, requires("admin")]
Service = Annotated[Caller, requires("service")]
