"""What accounts and sessions ask of PostgreSQL."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, text, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from api.tables import Session, User

BATCH = 50  # sessions long over, deleted by each login


async def account(session: AsyncSession, username: str) -> User | None:
    """The account of that name; names differ by more than case."""
    query = select(User).where(func.lower(User.username) == username.lower())
    return (await session.exec(query)).one_or_none()


async def account_by_id(session: AsyncSession, account_id: int) -> User:
    """An account that is known to be there."""
    return await session.get_one(User, account_id)


class Login(NamedTuple):
    """A session and whose it is."""

    session: Session
    account: User


async def locked_login(session: AsyncSession, session_id: UUID) -> Login | None:
    """A session that nobody else can renew or end until this transaction does."""
    query = (
        select(Session, User)
        .join(User, col(User.id) == col(Session.user_id))
        .where(col(Session.id) == session_id)
        .with_for_update(of=Session)
    )
    row = (await session.exec(query)).one_or_none()
    return Login(*row) if row else None


async def end(
    session: AsyncSession, now: datetime, *, session_id: UUID | None = None, user_id: int | None = None
) -> None:
    """Revoke one session, or all of an account."""
    which = col(Session.id) == session_id if user_id is None else col(Session.user_id) == user_id
    query = update(Session).where(which, col(Session.revoked_at).is_(None)).values(revoked_at=now)
    await session.exec(query)


async def forget_ended(session: AsyncSession) -> None:
    """Delete a few sessions that ended a day ago or more."""
    connection = await session.connection()
    await connection.execute(
        text(
            "DELETE FROM sessions WHERE ctid = ANY (ARRAY(SELECT ctid FROM sessions "
            "WHERE expires_at < now() - interval '1 day' LIMIT :batch FOR UPDATE SKIP LOCKED))"
        ),
        {"batch": BATCH},
    )
