"""The table that tells what runs and how to use it."""

from collections.abc import Sequence
from pathlib import Path

from devstack.server import Server
from devstack.services import Service
from devstack.settings import Settings
from devstack.urls import masked

ACCESS = {
    True: "open: anyone who reaches the port reads and writes (API_ACCESS=open)",
    False: "private: everybody logs in, and has a routine of their own (API_ACCESS=private)",
}


def table(settings: Settings, services: Sequence[Service], servers: Sequence[Server], database: Path | None) -> str:
    """What listens where, who may log in, where data and logs are, and how to stop. `database`: its data, if ours."""
    rows = [(service.name, settings.urls[service.name]) for service in services]
    rows += [_database(settings), _redis(settings)]
    rows += _logins(settings)
    rows.append(("Data", str(settings.data_dir)))
    if database and database.parent != settings.data_dir:
        rows.append(("", f"{database} (PostgreSQL)"))
    rows += [(f"{server.name} log", str(server.log)) for server in servers]
    rows.append(("Access", ACCESS[settings.value("API_ACCESS", "open") == "open"]))
    rows.append(("Stop", "Ctrl-C"))
    width = max(len(title) for title, _ in rows)
    return "\n".join(["", "Workout Tracker is running", "", *(f"  {t:<{width}}  {text}" for t, text in rows), ""])


def _database(settings: Settings) -> tuple[str, str]:
    if settings.given_database_url:
        return "PostgreSQL", f"{masked(settings.given_database_url)} (given by DATABASE_URL)"
    return "PostgreSQL", settings.database_url


def _redis(settings: Settings) -> tuple[str, str]:
    if settings.given_redis_url:
        return "Redis", f"{masked(settings.given_redis_url)} (given by REDIS_URL)"
    return "Valkey", settings.redis_url


def _logins(settings: Settings) -> list[tuple[str, str]]:
    """The accounts that exist in development only."""
    if settings.value("API_ENVIRONMENT", "development") != "development":
        return []
    return [("First logins", "admin, first password admin123"), ("", "user, first password user123")]
