"""Who may come in over HTTP: whoever has a token that was made for this server, so often and no oftener."""

import logging
from dataclasses import dataclass
from time import monotonic

from fastmcp.server.auth import AccessToken
from limits import RateLimitItem
from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from runtime.addresses import client_address
from runtime.limits import RateLimits
from runtime.problems import NotAuthenticated, Problem, ServiceUnavailable, answer
from tracker_client import Exchanged, Refused, TrackerClient, TrackerError

log = logging.getLogger(__name__)

PREFIX = "wtt_"  # of personal tokens; a token of the API is none, and is not even looked at
MAX_LENGTH = 100
REMEMBER_SECONDS = 5.0  # a revoked token, a disabled account or a new role bites here after so long
MAX_REMEMBERED = 10_000
NEEDED = "Send a personal token of POST /auth/tokens as `Authorization: Bearer wtt_...`"


class ApiUnreachable(ServiceUnavailable):
    """Nobody can be known without the API."""

    kind = "urn:problem:api-unreachable"
    detail = "The Workout API does not answer"


class AccountRefused(ServiceUnavailable):
    """Nobody can be known by an account that may not ask."""

    kind = "urn:problem:account-refused"
    detail = "The Workout API refuses this server's own account: its log says why"


@dataclass(frozen=True, slots=True)
class Guest:
    """Whoever a token belongs to, as the API said; asked again after `until`."""

    exchanged: Exchanged
    until: float

    @property
    def user(self) -> AuthenticatedUser:
        """As FastMCP knows callers. The token is the API's: nothing that a caller sent is passed on."""
        scopes = ["read", "write"] if self.exchanged.scope == "write" else ["read"]
        token = AccessToken(token=self.exchanged.access_token, client_id=self.exchanged.sub, scopes=scopes)
        return AuthenticatedUser(token)


class Gate:
    """An ASGI middleware before the MCP endpoint. `tracker` is the service account's client, used to exchange."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        tracker: TrackerClient,
        limits: RateLimits,
        by_token: RateLimitItem,
        by_address: RateLimitItem,
    ) -> None:
        self._app = app
        self._tracker = tracker
        self._limits = limits
        self._by_token = by_token
        self._by_address = by_address
        self._known: dict[str, Guest] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            guest = await self._admit(Request(scope))
        except Problem as problem:
            await answer(scope, problem)(scope, receive, send)
            return
        scope["user_name"] = guest.exchanged.sub
        scope["user"] = guest.user
        await self._app(scope, receive, send)

    async def _admit(self, request: Request) -> Guest:
        """Raises NotAuthenticated, RateLimitExceeded, ApiUnreachable, AccountRefused."""
        token = _bearer(request)
        guest = self._known.get(token) if token else None
        if guest is None:
            # Before anything is asked: guessing is limited, and so are questions to the API.
            self._limits.count(request.scope, "mcp-address", self._by_address, client_address(request))
        if token is None:
            raise NotAuthenticated(NEEDED)
        if guest is None or guest.until <= monotonic():
            guest = await self._exchange(token)
        self._limits.count(request.scope, "mcp-token", self._by_token, guest.exchanged.id)
        return guest

    async def _exchange(self, token: str) -> Guest:
        self._known.pop(token, None)
        try:
            exchanged = await self._tracker.exchange(token)
        except Refused as refused:
            if refused.status in (400, 422):
                raise NotAuthenticated(refused.detail) from None
            log.error("The API refuses WORKOUT_USERNAME, which exchanges tokens", extra={"error": str(refused)})
            raise AccountRefused from refused
        except TrackerError as error:
            log.warning("The API gives no answer", extra={"error": str(error)})
            raise ApiUnreachable from error
        if len(self._known) >= MAX_REMEMBERED:
            self._known.clear()
        guest = Guest(exchanged, monotonic() + min(REMEMBER_SECONDS, exchanged.expires_in))
        self._known[token] = guest
        return guest


def _bearer(request: Request) -> str | None:
    """The token of the header; None without one that could be ours. Tokens in the query are never read."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    token = token.strip()
    ours = scheme.lower() == "bearer" and token.startswith(PREFIX) and len(token) <= MAX_LENGTH and token.isascii()
    return token if ours else None
