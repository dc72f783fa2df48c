"""The accounts that must be there before anybody can log in, and the sample routine of a new development database."""

import asyncio
import csv
import logging
from importlib.resources import files

from sqlalchemy import text

from api.accounts import store
from api.auth import queries
from api.database import Database, connect
from api.edge.passwords import MAX_BYTES, Passwords
from api.exercises.schemas import NewExercise
from api.settings import ApiSettings
from api.tables import Exercise

log = logging.getLogger(__name__)

LOCK = 0x53454544  # "SEED": two pods that start at once make each account once


class UnusablePassword(Exception):
    """A password that an account was to be made with cannot be used; the text names its origin."""


async def provision(settings: ApiSettings) -> None:
    """Make what the settings ask for and is not there. Safe to run as often as one likes, and by several at once."""
    passwords = Passwords(settings.bcrypt_rounds)
    try:
        async with connect(settings.database_url.get_secret_value(), 2) as database:
            if settings.admin_password is not None:  # before development's, which may be for the same name
                password = settings.admin_password.get_secret_value()
                await _first_user(database, passwords, settings.admin_username, "admin", password)
            if settings.environment == "development":
                await _first_user(database, passwords, "admin", "admin", "admin123")
                await _first_user(database, passwords, "user", "user", "user123")
                await _sample_routine(database)
            await asyncio.gather(
                *(_service_account(database, passwords, *account) for account in _service_accounts(settings))
            )
    finally:
        passwords.close()


def _service_accounts(settings: ApiSettings) -> list[tuple[str, str]]:
    """(username, password) for each file of the folder; Kubernetes keeps its own, hidden ones beside them."""
    folder = settings.service_accounts_dir
    if folder is None:
        return []
    found = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    return [(path.name, path.read_text(encoding="utf-8").strip()) for path in found]


async def _first_user(database: Database, passwords: Passwords, username: str, role: str, password: str) -> None:
    async with database.session() as session:
        if await queries.account(session, username):
            return  # the password in the settings is the first one; from then on it is the person's own
    password_hash = await _hash(passwords, username, password)
    async with database.session() as session:
        if await store.make(session, username, f"{username}@workout.local", role, password_hash):
            log.info("Made the account %s (%s)", username, role)


async def _service_account(database: Database, passwords: Passwords, username: str, password: str) -> None:
    """A service's password is what its file says, always: so it can be rotated."""
    async with database.session() as session:
        account = await queries.account(session, username)
    if account and account.role != "service":
        raise UnusablePassword(f"The service account {username} has the name of a person's account")
    if account and await passwords.check(password, account.password_hash):
        return
    password_hash = await _hash(passwords, username, password)
    async with database.session() as session:
        account = await queries.account(session, username)
        if account is None:
            await store.make(session, username, None, "service", password_hash)
        else:
            account.password_hash = password_hash
        log.info("The service account %s has the password of its file", username)


async def _hash(passwords: Passwords, username: str, password: str) -> str:
    if not 0 < len(password.encode()) <= MAX_BYTES:
        raise UnusablePassword(f"The password for {username} must have 1 to {MAX_BYTES} bytes")
    return await passwords.hash(password)


async def _sample_routine(database: Database) -> None:
    """Fill a shared routine that was never used. One that somebody has emptied has a version, and stays empty."""
    async with database.session() as session:
        connection = await session.connection()
        await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        query = text("SELECT id FROM routines WHERE owner_id IS NULL AND version = 0")
        if (routine := (await connection.execute(query)).scalar()) is None:
            return
        session.add_all(Exercise(routine_id=routine, **exercise.model_dump()) for exercise in sample())
    log.info("Filled the shared routine with a sample")


def sample() -> list[NewExercise]:
    """27 exercises over the days A to C, with weights in kilograms and bodyweight."""
    lines = files("api.accounts").joinpath("sample_routine.csv").read_text(encoding="utf-8").splitlines()
    return [
        NewExercise(name=name, sets=int(sets), reps=int(reps), weight=float(kg) if kg else None, workout_day=day)
        for name, sets, reps, kg, day in list(csv.reader(lines))[1:]
    ]
