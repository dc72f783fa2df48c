"""What admins ask of PostgreSQL."""

from sqlalchemy import func, text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from api.tables import User

LOCK = 0x41444D49  # "ADMI"


async def accounts(session: AsyncSession) -> list[User]:
    """All accounts, oldest first."""
    return list((await session.exec(select(User).order_by(col(User.id)))).all())


async def other_admin_exists(session: AsyncSession, account: User) -> bool:
    """Is there another admin who can log in?"""
    query = select(User).where(User.role == "admin", col(User.disabled).is_(False), col(User.id) != account.id)
    return (await session.exec(query)).first() is not None


async def locked_account(session: AsyncSession, username: str) -> User | None:
    """The account of that name. Until the transaction ends nobody else changes any account: two admins who disable
    each other at once would each see the other one still there.
    """
    connection = await session.connection()
    await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    query = select(User).where(func.lower(User.username) == username.lower()).with_for_update()
    return (await session.exec(query)).one_or_none()
