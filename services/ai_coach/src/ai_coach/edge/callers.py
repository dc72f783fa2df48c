"""Who is asking: the API alone can tell, so it is asked, and believed for a few seconds."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from time import monotonic
from typing import Literal

from starlette.requests import Request

from ai_coach.edge.errors import ApiUnreachable
from runtime.addresses import client_address
from runtime.limits import RateLimitExceeded
from runtime.problems import NotAuthenticated
from tracker_client import Introspection, TrackerClient, TrackerError
from tracker_client.shared import Shared

REMEMBER_SECONDS = 5.0
MAX_REMEMBERED = 10_000
# Each new token costs the API a question, from a limit that all callers share: guessing must not use it up.
MAX_REFUSED_A_MINUTE = 20
# Sixty-four questions at once open as many connections, and httpx looks through all of them for each later request.
ASKING_AT_A_TIME = 5

Role = Literal["anonymous", "readonly", "user", "admin", "service"]


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever asks. `token` is passed on to the API, so that nobody sees through the coach what they may not see."""

    name: str
    role: str
    token: str | None = None

    @property
    def key(self) -> str:
        """What limits and budgets count by."""
        return f"{self.name}:{self.role}"


class Callers:
    """Finds out who asks; nobody waits longer than `timeout` to have the API asked.

    Raises NotAuthenticated, ApiUnreachable, RateLimitExceeded.
    """

    def __init__(self, tracker: TrackerClient, timeout: float, *, token_needed: bool) -> None:
        self._tracker = tracker
        self._timeout = timeout
        self._token_needed = token_needed
        self._known: dict[str, tuple[Caller, float]] = {}
        self._refused: Counter[str] = Counter()
        self._minute = 0
        self._introspect = Shared(self._in_turn)  # one question for all who come with one token meanwhile
        self._turns = asyncio.Semaphore(ASKING_AT_A_TIME)

    async def identify(self, request: Request) -> Caller:
        """The caller; without a token somebody anonymous, where that is allowed."""
        authorization = request.headers.get("authorization")
        if authorization is None:
            if self._token_needed:
                raise NotAuthenticated
            return Caller(client_address(request), "anonymous")
        scheme, _, token = authorization.partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token:
            raise NotAuthenticated
        caller, until = self._known.get(token, (None, 0.0))
        if caller is None or until <= monotonic():
            caller = await self._ask(token, request)
        request.scope["user_name"] = caller.name
        return caller

    async def _ask(self, token: str, request: Request) -> Caller:
        address = client_address(request)
        self._stop_guessing(address)
        try:
            found = await self._introspect(token)
        except (TimeoutError, TrackerError):
            if self._token_needed:
                raise ApiUnreachable from None
            # Whoever it is gets what anybody gets, and the API decides again what the token may read.
            return Caller(address, "anonymous", token)
        if not found.active or found.sub is None:
            self._refused[address] += 1
            raise NotAuthenticated("The token is invalid or has expired")
        caller = Caller(found.sub, found.role or "user", token)
        if len(self._known) >= MAX_REMEMBERED:
            self._known.clear()
        self._known[token] = caller, monotonic() + REMEMBER_SECONDS
        return caller

    async def _in_turn(self, token: str) -> Introspection:
        # With an API that is silent nobody waits for those before them to find that out.
        async with asyncio.timeout(self._timeout) as waiting, self._turns:
            waiting.reschedule(None)  # from here on the client has a limit of its own
            return await self._tracker.introspect(token)

    def _stop_guessing(self, address: str) -> None:
        """Raises RateLimitExceeded for an address that has sent too many tokens that are none."""
        minute = int(monotonic() // 60)
        if minute != self._minute or len(self._refused) > MAX_REMEMBERED:
            self._minute = minute
            self._refused.clear()
        if self._refused[address] >= MAX_REFUSED_A_MINUTE:
            raise RateLimitExceeded(headers={"Retry-After": str(60 - int(monotonic() % 60))})
