"""Who is calling: a bearer token becomes a Caller, who owns a routine."""

from dataclasses import dataclass
from time import monotonic, time
from typing import Literal
from uuid import UUID

from starlette.requests import Request

from api.database import Database
from api.edge.jwt import Claims, InvalidToken, Tokens
from runtime.addresses import client_address
from runtime.problems import NotAuthenticated, Problem

Role = Literal["anonymous", "readonly", "user", "admin", "service"]
Scope = Literal["read", "write"]

REMEMBER_SECONDS = 5.0  # a disabled account, a new role or a logout bites on every replica after so long
MAX_REMEMBERED = 10_000
NO_ROUTINE = 0  # whoever has none, which should not be, sees nothing rather than everything

WHO_IS_IT = """
    SELECT u.id, u.username, u.role, u.disabled, r.id AS routine,
           s.revoked_at IS NOT NULL OR s.expires_at <= now() AS over, t.scope
    FROM sessions s JOIN users u ON u.id = s.user_id LEFT JOIN routines r ON r.owner_id = u.id
         LEFT JOIN personal_tokens t ON t.id = s.id
    WHERE s.id = $1"""
SHARED_ROUTINE = "SELECT id FROM routines WHERE owner_id IS NULL"


class AccountDisabled(Problem):
    """An admin has disabled the account."""

    status = 403
    kind = "urn:problem:account-disabled"
    detail = "The account is disabled"


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever sent the request, and the routine that `/exercises` means for them. Anonymous callers have no account.

    A `scope` says that it is not the person but a program of theirs, with a personal token; `role` is what is left.
    """

    name: str
    role: Role
    routine: int
    account: int | None = None
    session: UUID | None = None
    scope: Scope | None = None

    @property
    def limit_key(self) -> str:
        """What rate limits count by (contract §7.1)."""
        return f"{self.name}:{self.role}"


def narrowed(role: Role, scope: Scope | None) -> Role:
    """What is left of a role for a personal token: the person's own routine, to read or to write, and no more."""
    if scope is None or role == "readonly":
        return role
    return "user" if scope == "write" else "readonly"


class Callers:
    """Finds out who is calling. What the database said of a token is believed for REMEMBER_SECONDS."""

    def __init__(self, database: Database, tokens: Tokens, *, private: bool) -> None:
        self._database = database
        self._tokens = tokens
        self._private = private
        self._shared_routine: int | None = None
        self._known: dict[str, tuple[Caller, float]] = {}

    async def identify(self, request: Request) -> Caller:
        """The caller. Raises NotAuthenticated, AccountDisabled, DatabaseUnavailable."""
        authorization = request.headers.get("authorization")
        if authorization is None:
            return await self._anonymous(request)
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise NotAuthenticated
        token = token.strip()
        caller, until = self._known.get(token, (None, 0.0))
        if caller is None or until <= monotonic():
            caller = await self._remember(token)
        request.scope["user_name"] = caller.name
        return caller

    async def _anonymous(self, request: Request) -> Caller:
        if self._private:
            raise NotAuthenticated
        return Caller(client_address(request), "anonymous", await self._shared())

    async def _remember(self, token: str) -> Caller:
        try:
            claims = self._tokens.read(token, "access")
        except InvalidToken as error:
            raise NotAuthenticated(str(error)) from None
        caller = await self.look_up(claims)
        if len(self._known) >= MAX_REMEMBERED:
            self._known.clear()
        # Neither longer than the token lives nor longer than the database's word is good for.
        left = claims.expires_at.timestamp() - time()
        self._known[token] = caller, monotonic() + min(REMEMBER_SECONDS, left)
        return caller

    async def look_up(self, claims: Claims) -> Caller:
        """What the database says now of a token's account. Raises NotAuthenticated, AccountDisabled."""
        row = await self._database.fetchrow(WHO_IS_IT, claims.session)
        if row is None or row["over"]:
            raise NotAuthenticated("The session has ended: log in again")
        if row["disabled"]:
            raise AccountDisabled
        routine = (row["routine"] or NO_ROUTINE) if self._private else await self._shared()
        role = narrowed(row["role"], row["scope"])
        return Caller(row["username"], role, routine, row["id"], claims.session, row["scope"])

    async def _shared(self) -> int:
        if self._shared_routine is None:
            row = await self._database.fetchrow(SHARED_ROUTINE)
            assert row is not None, "the first migration makes the shared routine"
            self._shared_routine = row["id"]
        return self._shared_routine

    def forget(self) -> None:
        """Ask the database anew about everybody: something about an account was changed here."""
        self._known.clear()
