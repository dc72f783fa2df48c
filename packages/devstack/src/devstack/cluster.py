"""Making a PostgreSQL data directory with our role and database in it."""

import os
import secrets
import shutil
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from devstack.child import Child, Pause, how_it_ended
from devstack.errors import ServerFailed
from devstack.logfile import LogFile
from devstack.postgres_home import Home

ROLE = "workout"
PASSWORD = "workout123"  # noqa: S105 - documented; the server is reachable from this machine alone
DATABASE = "workout_tracker"
SUPERUSER = "postgres"
# Nothing of the caller's environment (PGOPTIONS, LC_*, …) changes what is made or how it runs.
ENVIRONMENT = {"LC_ALL": "C", "PATH": "/usr/bin:/bin"}
# Case mapping as in all of Unicode, sorting by code point: the same on every machine. macOS knows no C.UTF-8 itself.
LOCALE = (
    ("--locale-provider=builtin", "--locale=C.UTF-8")
    if sys.platform == "linux"
    else ("--locale-provider=builtin", "--locale=C", "--builtin-locale=C.UTF-8")
)


def create(home: Home, *, createdb: bool, durable: bool, log: LogFile, pause: Pause) -> None:
    """Make `home.data`. It appears when it is complete, so that an interruption leaves nothing half made.

    Raises ServerFailed if one of PostgreSQL's programs fails.
    """
    unfinished = home.data.with_name(f"{home.data.name}.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    _write_password(home)
    if home.account:
        os.chown(unfinished, home.account.uid, home.account.gid)
    try:
        _run(_initdb(home, unfinished, durable), home, log, pause)
        _run(_single_user(home, unfinished), home, log, pause, feed=_role_and_database(createdb))
        unfinished.rename(home.data)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def _write_password(home: Home) -> None:
    file = home.password_file
    file.unlink(missing_ok=True)
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as output:
        output.write(secrets.token_urlsafe(32))
    if home.account:
        os.chown(file, home.account.uid, home.account.gid)


def _initdb(home: Home, data: Path, durable: bool) -> list[str | Path]:
    return [
        home.programs / "initdb",
        f"--pgdata={data}",
        f"--username={SUPERUSER}",
        f"--pwfile={home.password_file}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        *LOCALE,
        "--no-instructions",
        *([] if durable else ["--no-sync"]),
    ]


def _single_user(home: Home, data: Path) -> list[str | Path]:
    """PostgreSQL without a port, reading statements that end with an empty line; the first error ends it."""
    options = ["-c", "exit_on_error=on", "-c", "log_checkpoints=off"]
    return [home.programs / "postgres", "--single", "-j", "-D", data, *options, SUPERUSER]


def _role_and_database(createdb: bool) -> bytes:
    right = " CREATEDB" if createdb else ""
    return (
        f"CREATE ROLE {ROLE} LOGIN{right} PASSWORD '{PASSWORD}';\n\nCREATE DATABASE {DATABASE} OWNER {ROLE};\n\n"
    ).encode()


def _run(command: Sequence[str | Path], home: Home, log: LogFile, pause: Pause, feed: bytes = b"") -> None:
    name = Path(command[0]).name
    child = Child(
        name,
        command,
        output=log.fileno(),
        environment=ENVIRONMENT,
        folder=Path("/"),
        account=home.account,
        death_signal=signal.SIGKILL,
        feed=feed,
    )
    try:
        while (code := child.poll()) is None:
            pause(0.01)
    finally:
        child.kill()
    if code:
        raise ServerFailed(f"PostgreSQL's {name} ended with {how_it_ended(code)}. {log.end()}")
