"""What admins ask of PostgreSQL."""

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from api.tables import User


async def accounts(session: AsyncSession) -> list[User]:
    """All accounts, oldest first."""
    return list((await session.exec(select(User).order_by(col(User.id)))).all())


async def other_admin_exists(session: AsyncSession, account: User) -> bool:
    """Is there another admin who can log in? Locks them, so that two admins cannot disable each other at once."""
    query = select(User).where(User.role == "admin", col(User.disabled).is_(False), col(User.id) != account.id)
    return (await session.exec(query.order_by(col(User.id)).with_for_update())).first() is not None


async def locked_account(session: AsyncSession, username: str) -> User | None:
    """The account of that name, ours until the transaction ends."""
    query = select(User).where(func.lower(User.username) == username.lower()).with_for_update()
    return (await session.exec(query)).one_or_none()
