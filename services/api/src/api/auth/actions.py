"""Logging in, staying logged in, logging out."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from api.auth import queries
from api.auth.errors import SessionEnded, WrongCredentials, WrongPassword
from api.auth.schemas import Introspection, LoginRequest, PasswordChange, Token
from api.edge.callers import AccountDisabled, Caller
from api.edge.dependencies import Services
from api.edge.jwt import Claims, InvalidToken
from api.tables import Session, User
from runtime.problems import NotAuthenticated

# Two tabs that renew at once, or a client whose answer got lost, come with a token that was just used. For so long they
# get the same successor; later it is a copy in foreign hands (RFC 9700 §4.14.2), and the whole session ends.
GRACE = timedelta(seconds=10)


async def log_in(at: Services, request: LoginRequest) -> Token:
    """A new session. No transaction is open while the password is checked, which takes a quarter of a second.

    Raises WrongCredentials, AccountDisabled, TooManyLogins.
    """
    async with at.database.session() as session:
        account = await queries.account(session, request.username)
    if not await at.passwords.check(request.password, account.password_hash if account else None):
        raise WrongCredentials
    assert account is not None
    if account.disabled:
        raise AccountDisabled
    async with at.database.session() as session:
        await queries.forget_ended(session)
        return _open(at, session, account)


def _open(at: Services, session: AsyncSession, account: User) -> Token:
    now = datetime.now(UTC)
    ends = now + timedelta(seconds=at.settings.session_seconds)
    assert account.id is not None
    login = Session(
        id=uuid4(), user_id=account.id, current_token=uuid4(), renewed_at=now, created_at=now, expires_at=ends
    )
    session.add(login)
    return _tokens(at, login, account)


def _tokens(at: Services, login: Session, account: User) -> Token:
    """Both tokens of a session as it stands; the refresh token is the same until the session is renewed."""
    life = timedelta(seconds=at.settings.access_token_seconds)
    unused = login.renewed_at + timedelta(seconds=at.settings.refresh_token_seconds)
    refresh = at.tokens.refresh(
        account.username, login.id, login.current_token, login.renewed_at, min(unused, login.expires_at)
    )
    access = at.tokens.access(account.username, account.role, login.id, life)
    return Token(access_token=access, expires_in=at.settings.access_token_seconds, refresh_token=refresh)


async def renew(at: Services, refresh_token: str) -> Token:
    """The session's next tokens; the one given is used up. Raises NotAuthenticated, SessionEnded, AccountDisabled."""
    claims = _read(at, refresh_token)
    async with at.database.session() as session:
        login, account = await _live(session, claims)
        now = datetime.now(UTC)
        if claims.token_id == login.current_token:
            login.previous_token, login.current_token, login.renewed_at = login.current_token, uuid4(), now
            return _tokens(at, login, account)
        if claims.token_id == login.previous_token and now - login.renewed_at <= GRACE:
            return _tokens(at, login, account)
        login.revoked_at = now
    at.callers.forget()  # the transaction has ended without an error: the revocation stands
    raise SessionEnded


async def _live(session: AsyncSession, claims: Claims) -> queries.Login:
    found = await queries.locked_login(session, claims.session)
    if found is None or found.session.revoked_at or found.session.expires_at <= datetime.now(UTC):
        raise SessionEnded
    if found.account.disabled:
        raise AccountDisabled
    return found


def _read(at: Services, refresh_token: str) -> Claims:
    try:
        return at.tokens.read(refresh_token, "refresh")
    except InvalidToken as error:
        raise NotAuthenticated(str(error)) from None


async def log_out(at: Services, session_id: UUID, *, everywhere: bool) -> None:
    """End a session, or all of its account's. Ending what has ended is no error."""
    async with at.database.session() as session:
        found = await queries.locked_login(session, session_id)
        if found is not None:
            user_id = found.session.user_id if everywhere else None
            await queries.end(session, datetime.now(UTC), session_id=session_id, user_id=user_id)
    at.callers.forget()


def session_of(at: Services, refresh_token: str) -> UUID:
    """The session that a refresh token belongs to. Raises NotAuthenticated."""
    return _read(at, refresh_token).session


async def change_password(at: Services, caller: Caller, change: PasswordChange) -> Token:
    """Set a new password, end every session of the account, and open a new one for whoever proved who they are.

    Raises WrongPassword, TooManyLogins.
    """
    assert caller.account is not None
    async with at.database.session() as session:
        account = await queries.account_by_id(session, caller.account)
    if not await at.passwords.check(change.current_password, account.password_hash):
        raise WrongPassword
    password_hash = await at.passwords.hash(change.new_password)
    async with at.database.session() as session:
        account = await queries.account_by_id(session, caller.account)
        account.password_hash = password_hash
        await queries.end(session, datetime.now(UTC), user_id=caller.account)
        token = _open(at, session, account)
    at.callers.forget()
    return token


async def introspect(at: Services, token: str) -> Introspection:
    """What an access token means right now; the database is asked every time, because the asker remembers too."""
    try:
        claims = at.tokens.read(token, "access")
        caller = await at.callers.look_up(claims)
    except (InvalidToken, NotAuthenticated, AccountDisabled):
        return Introspection(active=False)
    return Introspection(
        active=True,
        sub=caller.name,
        role=caller.role if caller.role != "anonymous" else None,
        exp=int(claims.expires_at.timestamp()),
        iat=int(claims.issued_at.timestamp()),
    )
