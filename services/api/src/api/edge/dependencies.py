"""What a route may ask for in its signature. No alias for a caller means: public."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from limits import RateLimitItem
from sqlmodel.ext.asyncio.session import AsyncSession

from api.database import Database
from api.edge.callers import NO_ROUTINE, Caller, Callers, Role
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


def database(request: Request) -> Database:
    """For reads on the hot path."""
    return services(request).database


async def open_session(request: Request) -> AsyncIterator[AsyncSession]:
    """One transaction, committed before the answer leaves."""
    async with services(request).database.session() as session:
        yield session


_bearer = HTTPBearer(auto_error=False, scheme_name="bearer", description="The `access_token` of POST /auth/login")


async def known(request: Request, _: Annotated[object, Depends(_bearer)]) -> Caller:
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


async def writer(caller: Annotated[Caller, Depends(known)]) -> Caller:
    """Somebody who may change their routine."""
    if caller.role in ("readonly", "service"):
        raise Forbidden(f"The role {caller.role} may not write")
    if caller.routine == NO_ROUTINE:
        raise Forbidden("This account has no routine to write to")
    return caller


At = Annotated[Services, Depends(services)]
Reads = Annotated[Database, Depends(database)]
Session = Annotated[AsyncSession, Depends(open_session, scope="function")]
Known = Annotated[Caller, Depends(known)]
Writer = Annotated[Caller, Depends(writer)]
Account = Annotated[Caller, Depends(account)]
Person = Annotated[Caller, Depends(person)]
Admin = Annotated[Caller, requires("admin")]
Service = Annotated[Caller, requires("service")]
