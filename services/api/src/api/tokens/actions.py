"""Tokens that people make for other programs: docs/decisions/0011."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import cast
from uuid import UUID, uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from api.auth import queries as sessions
from api.edge.callers import Caller, Role, Scope, narrowed
from api.edge.dependencies import Forbidden, Services
from api.tables import PersonalToken as Row
from api.tables import Session
from api.tokens import queries
from api.tokens.errors import TokenNotFound, TokenRefused, TooManyTokens
from api.tokens.schemas import Exchanged, ExchangeRequest, MadeToken, NewToken, PersonalToken

PREFIX = "wtt_"  # programs that look for leaked secrets know it by that
MAX_TOKENS = 50
LIFE = timedelta(minutes=5)  # of what an exchange gives


async def make(at: Services, caller: Caller, new: NewToken) -> MadeToken:
    """A token of the caller's. Raises Forbidden, TooManyTokens."""
    if caller.role == "service" or (caller.role == "readonly" and new.scope == "write"):
        raise Forbidden(f"The role {caller.role} may not make a token of scope {new.scope}")
    assert caller.account is not None
    secret = PREFIX + token_urlsafe(32)
    async with at.database.session() as session:
        await queries.one_at_a_time(session, caller.account)
        if len(await queries.of_account(session, caller.account)) >= MAX_TOKENS:
            raise TooManyTokens
        login = _session(caller.account, timedelta(days=new.expires_in_days))
        row = Row(id=login.id, name=new.name, audience=new.audience, scope=new.scope, token_hash=_hash(secret))
        await queries.add(session, login, row)
    return MadeToken(**_shown(row, login).model_dump(), token=secret)


def _session(account: int, life: timedelta) -> Session:
    """Its refresh token is never made: nobody can renew it."""
    now = datetime.now(UTC)
    return Session(
        id=uuid4(), user_id=account, current_token=uuid4(), renewed_at=now, created_at=now, expires_at=now + life
    )


async def kept(session: AsyncSession, caller: Caller) -> list[PersonalToken]:
    """The caller's tokens that were not revoked, oldest first."""
    assert caller.account is not None
    return [_shown(each.token, each.session) for each in await queries.of_account(session, caller.account)]


async def revoke(at: Services, caller: Caller, token_id: UUID) -> None:
    """End one of the caller's tokens. Raises TokenNotFound."""
    assert caller.account is not None
    async with at.database.session() as session:
        if await queries.of_id(session, caller.account, token_id) is None:
            raise TokenNotFound
        await sessions.end(session, datetime.now(UTC), session_id=token_id)
    at.callers.forget()


async def exchange(at: Services, request: ExchangeRequest) -> Exchanged:
    """A short access token for a personal one. Raises TokenRefused."""
    now = datetime.now(UTC)
    async with at.database.session() as session:
        found = await queries.of_hash(session, _hash(request.token), request.audience)
        if found is None or found.account.disabled:
            raise TokenRefused
        await queries.mark_used(session, found.token.id, now)
    role = narrowed(cast(Role, found.account.role), cast(Scope, found.token.scope))
    life = min(LIFE, found.session.expires_at - now)
    return Exchanged(
        access_token=at.tokens.access(found.account.username, role, found.token.id, life),
        expires_in=int(life.total_seconds()),
        id=found.token.id,
        sub=found.account.username,
        scope="read" if role == "readonly" else "write",
    )


def _hash(secret: str) -> bytes:
    """Of 256 random bits: nobody can try them all, so a fast hash is enough, and it finds the row."""
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _shown(row: Row, login: Session) -> PersonalToken:
    return PersonalToken(
        id=row.id,
        name=row.name,
        audience=row.audience,
        scope=row.scope,
        created_at=login.created_at,
        expires_at=login.expires_at,
        last_used_at=row.last_used_at,
    )
