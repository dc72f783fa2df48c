"""How often whom: contract §7.1, as dependencies."""

from typing import Annotated, Literal

from fastapi import Depends
from limits import RateLimitItem, parse
from starlette.requests import Request

from api.edge.callers import NO_ROUTINE, Caller, Role
from api.edge.dependencies import Bearer, Forbidden, Services, services
from api.settings import RateLimitSettings
from runtime.addresses import client_address

Policy = Literal["public", "auth", "session", "read", "write", "admin"]


def table(settings: RateLimitSettings) -> dict[tuple[str, Role], RateLimitItem]:
    """The limit of each policy and role."""
    of_roles: dict[Role, str] = {"anonymous": "anonymous", "readonly": "user", "user": "user", "admin": "admin"}
    limits = {}
    for role, suffix in of_roles.items():
        for policy in ("read", "write"):
            limits[policy, role] = parse(getattr(settings, f"{policy}_{suffix}"))
        for policy in ("public", "auth", "session", "admin"):
            limits[policy, role] = parse(getattr(settings, policy))
    for policy in ("public", "auth", "session", "read", "write", "admin"):
        limits[policy, "service"] = parse(settings.service)
    return limits


class LimitCaller:
    """Count a request against its caller's limit. The result is the caller: anybody the mode of access lets in."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    async def __call__(self, request: Request, _: Bearer) -> Caller:
        """Raises NotAuthenticated, AccountDisabled, RateLimitExceeded."""
        at_hand = services(request)
        caller = await at_hand.callers.identify(request)
        count(at_hand, request, self._policy, caller)
        return caller


class LimitAddress:
    """Count a request against the limit of the address it came from: where nobody is, or can be, logged in yet."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    async def __call__(self, request: Request) -> None:
        """Raises RateLimitExceeded."""
        count(services(request), request, self._policy, Caller(client_address(request), "anonymous", 0))


def count(at_hand: Services, request: Request, policy: Policy, caller: Caller) -> None:
    """Raises RateLimitExceeded."""
    at_hand.limits.count(request.scope, policy, at_hand.limit_table[policy, caller.role], caller.limit_key)


async def writer(caller: Annotated[Caller, Depends(LimitCaller("write"))]) -> Caller:
    """Somebody who may change their routine."""
    if caller.role in ("readonly", "service"):
        raise Forbidden(f"The role {caller.role} may not write")
    if caller.routine == NO_ROUTINE:
        raise Forbidden("This account has no routine to write to")
    return caller


Reader = Annotated[Caller, Depends(LimitCaller("read"))]
Writer = Annotated[Caller, Depends(writer)]
