"""How often whom: contract §7.1, as dependencies."""

from typing import Literal

from limits import RateLimitItem, parse
from starlette.requests import Request

from api.edge.callers import Caller, Role
from api.edge.dependencies import Known, services
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
    """Count a request against its caller's limit."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    async def __call__(self, request: Request, caller: Known) -> None:
        """Raises RateLimitExceeded."""
        count(request, self._policy, caller)


class LimitAddress:
    """Count a request against the limit of the address it came from: where nobody is, or can be, logged in yet."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    async def __call__(self, request: Request) -> None:
        """Raises RateLimitExceeded."""
        count(request, self._policy, Caller(client_address(request), "anonymous", 0))


def count(request: Request, policy: Policy, caller: Caller) -> None:
    """Raises RateLimitExceeded."""
    at_hand = services(request)
    at_hand.limits.count(request.scope, policy, at_hand.limit_table[policy, caller.role], caller.limit_key)
