"""What admins do to accounts."""

from datetime import UTC, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from api.accounts import store
from api.admin import queries
from api.admin.errors import LastAdmin, UsernameTaken, UserNotFound
from api.admin.schemas import NewUser, UserChanges
from api.auth import queries as sessions
from api.auth.schemas import User
from api.edge.dependencies import Services
from api.tables import User as Account


async def make(at: Services, new: NewUser) -> User:
    """Make an account with its routine. Raises UsernameTaken."""
    password_hash = await at.passwords.hash(new.password)
    async with at.database.session() as session:
        account = await store.make(session, new.username, new.email, new.role, password_hash)
        if account is None:
            raise UsernameTaken
        return User.of(account)


async def edit(at: Services, username: str, changes: UserChanges) -> User:
    """Change an account. Raises UserNotFound, LastAdmin."""
    given = changes.model_dump(exclude_unset=True)
    if "password" in given:
        given["password_hash"] = await at.passwords.hash(given.pop("password"))
    async with at.database.session() as session:
        account = await queries.locked_account(session, username)
        if account is None:
            raise UserNotFound
        await _keep_an_admin(session, account, given)
        for field, value in given.items():
            setattr(account, field, value)
        if "password_hash" in given:
            await sessions.end(session, datetime.now(UTC), user_id=account.id)
        await session.flush()
        edited = User.of(account)
    at.callers.forget()
    return edited


async def _keep_an_admin(session: AsyncSession, account: Account, changes: dict[str, object]) -> None:
    stays = changes.get("role", account.role) == "admin" and not changes.get("disabled", account.disabled)
    is_one = account.role == "admin" and not account.disabled
    if is_one and not stays and not await queries.other_admin_exists(session, account):
        raise LastAdmin
