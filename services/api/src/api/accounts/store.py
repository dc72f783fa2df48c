"""Making accounts: one way for admins and for the start of the system."""

from sqlalchemy.dialects.postgresql import insert
from sqlmodel.ext.asyncio.session import AsyncSession

from api.tables import Routine, User


async def make(session: AsyncSession, username: str, email: str | None, role: str, password_hash: str) -> User | None:
    """Make an account with its routine; None if the name, in whatever case, is taken."""
    query = insert(User).values(username=username, email=email, role=role, password_hash=password_hash)
    row = (await session.exec(query.on_conflict_do_nothing().returning(User))).scalar_one_or_none()
    if row is not None:
        session.add(Routine(owner_id=row.id))
        await session.flush()
    return row
