"""What personal tokens ask of PostgreSQL."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from api.tables import PersonalToken, Session, User

LOCK = 0x544F4B45  # "TOKE"


class Kept(NamedTuple):
    """A personal token, the session that it is, and whose."""

    token: PersonalToken
    session: Session
    account: User


_ALL = (
    select(PersonalToken, Session, User)
    .join(Session, col(Session.id) == col(PersonalToken.id))
    .join(User, col(User.id) == col(Session.user_id))
    .where(col(Session.revoked_at).is_(None))
)


async def of_account(session: AsyncSession, account: int) -> list[Kept]:
    """The tokens of an account that were not revoked, oldest first."""
    query = _ALL.where(col(Session.user_id) == account).order_by(col(Session.created_at), col(Session.id))
    return [Kept(*row) for row in (await session.exec(query)).all()]


async def one_at_a_time(session: AsyncSession, account: int) -> None:
    """Until the transaction ends nobody else makes a token of that account: two at once would each count too few."""
    connection = await session.connection()
    await connection.execute(text("SELECT pg_advisory_xact_lock(:lock, :account)"), {"lock": LOCK, "account": account})


async def of_id(session: AsyncSession, account: int, token_id: UUID) -> Kept | None:
    """One of them, locked until the transaction ends."""
    query = _ALL.where(col(Session.user_id) == account, col(Session.id) == token_id).with_for_update(of=Session)
    row = (await session.exec(query)).one_or_none()
    return Kept(*row) if row else None


async def of_hash(session: AsyncSession, token_hash: bytes, audience: str) -> Kept | None:
    """The token that holds now and hashes to this."""
    query = _ALL.where(
        col(PersonalToken.token_hash) == token_hash,
        col(PersonalToken.audience) == audience,
        col(Session.expires_at) > func.now(),
    )
    row = (await session.exec(query)).one_or_none()
    return Kept(*row) if row else None


async def add(session: AsyncSession, login: Session, token: PersonalToken) -> None:
    """The session first: the token refers to it."""
    session.add(login)
    await session.flush()
    session.add(token)


async def mark_used(session: AsyncSession, token_id: UUID, now: datetime) -> None:
    """Once a minute is enough to know. Whoever finds the row locked leaves it to whoever marks it already."""
    connection = await session.connection()
    await connection.execute(
        text(
            "UPDATE personal_tokens SET last_used_at = :now WHERE id = (SELECT id FROM personal_tokens WHERE id = :id "
            "AND (last_used_at IS NULL OR last_used_at < :before) FOR UPDATE SKIP LOCKED)"
        ),
        {"now": now, "before": now - timedelta(minutes=1), "id": token_id},
    )
