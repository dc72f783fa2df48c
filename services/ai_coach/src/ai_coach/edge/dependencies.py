"""What a route may ask for in its signature."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from limits import RateLimitItem

from ai_coach.coach.answers import Coach
from ai_coach.coach.store import Store
from ai_coach.edge.callers import Caller, Callers
from runtime.limits import RateLimits
from tracker_client import TrackerClient


@dataclass(frozen=True, slots=True)
class Services:
    """What lives as long as the application."""

    coach: Coach
    callers: Callers
    tracker: TrackerClient
    store: Store
    limits: RateLimits
    limit_table: dict[str, RateLimitItem]


async def services(request: Request) -> Services:
    """The application's services. A coroutine, for FastAPI calls plain functions in threads."""
    found: Services = request.app.state.services
    return found


_bearer = HTTPBearer(auto_error=False, scheme_name="bearer", description="An access token of the Workout API")


async def known(request: Request, _: Annotated[object, Depends(_bearer)]) -> Caller:
    """Whoever asks, within their limit. Raises NotAuthenticated, ApiUnreachable, RateLimitExceeded."""
    at: Services = request.app.state.services
    caller = await at.callers.identify(request)
    limit = at.limit_table.get(caller.role, at.limit_table["user"])
    at.limits.count(request.scope, "coach", limit, caller.key)
    return caller


At = Annotated[Services, Depends(services)]
Asking = Annotated[Caller, Depends(known)]
