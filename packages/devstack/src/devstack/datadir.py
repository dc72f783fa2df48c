"""DATA_DIR: its lock, the file that says what runs, and the secrets made for the services."""

import fcntl
import json
import os
import secrets
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from devstack.child import Pause
from devstack.errors import DevstackError

ACCOUNTS = ("ai-coach", "worker", "mcp")
# A runner that was killed leaves a guard, which holds the lock until all is ended.
GUARD_SECONDS = 6.0


class DataDir:
    """The folder of a run, made if need be and locked while this object is entered.

    Raises DevstackError if it cannot be written to, or another run has it.
    """

    def __init__(self, path: Path, pause: Pause) -> None:
        self.path = path
        self._pause = pause

    def __enter__(self) -> Self:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(self.path / "run.lock", os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise DevstackError(f"Cannot write to DATA_DIR {self.path}: {error.strerror}") from None
        try:
            self._take_lock()
        except BaseException:
            os.close(self._lock)
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.run_file.unlink(missing_ok=True)
        os.close(self._lock)

    def fileno(self) -> int:
        """The lock's descriptor; a process that inherits it holds the lock as well."""
        return self._lock

    def _take_lock(self) -> None:
        deadline = time.monotonic() + GUARD_SECONDS
        while not self._try_lock():
            holder = os.pread(self._lock, 20, 0).decode(errors="replace").strip()
            if _lives(holder) or time.monotonic() > deadline:
                raise DevstackError(f"Workout Tracker is already running on {self.path} with pid {holder or 'unknown'}")
            self._pause(0.02)
        os.ftruncate(self._lock, 0)
        os.pwrite(self._lock, f"{os.getpid()}\n".encode(), 0)
        self.run_file.unlink(missing_ok=True)

    def _try_lock(self) -> bool:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    @property
    def run_file(self) -> Path:
        """Says what runs, while it runs."""
        return self.path / "run.json"

    def announce(self, services: Mapping[str, str], database: str, redis: str) -> None:
        """Write `run.json`, for programs that want to find this run; it goes when the run ends. URLs, no passwords."""
        content = {"pid": os.getpid(), "services": dict(services), "database": database, "redis": redis}
        _write(self.run_file, json.dumps(content, indent=2) + "\n", 0o644)


def make_service_accounts(folder: Path, accounts: Iterable[str] = ACCOUNTS) -> None:
    """One file with a random password for each account in `folder`, kept if there; readable by us alone.

    Raises DevstackError if they cannot be written.
    """
    try:
        for parent in (folder.parent, folder):
            parent.mkdir(parents=True, exist_ok=True)
            parent.chmod(0o700)
        for account in accounts:
            file = folder / account
            if file.exists():
                file.chmod(0o600)
            else:
                _write(file, secrets.token_urlsafe(32), 0o600)
    except OSError as error:
        raise DevstackError(f"Cannot write to {error.filename or folder}: {error.strerror}") from None


def _write(file: Path, text: str, mode: int) -> None:
    """Readers see the old content or the new, never a part."""
    unfinished = file.with_name(f".{file.name}.new")
    unfinished.unlink(missing_ok=True)
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as output:
        output.write(text)
    unfinished.replace(file)


def _lives(pid: str) -> bool:
    if not pid.isdigit():
        return bool(pid)
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
