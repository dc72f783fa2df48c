"""Child processes that end when we do."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from devstack import guard

LAUNCH = Path(__file__).with_name("launch.py")

Pause = Callable[[float], None]
"""Lets up to so many seconds pass, perhaps fewer; may raise to interrupt whoever waits."""


@dataclass(frozen=True)
class Account:
    """An account of the operating system to run a program as."""

    name: str
    uid: int
    gid: int


class Child:
    """A running program, leader of its own session and process group.

    Ends with `death_signal` when the *thread* that made it ends (Linux). A terminal's Ctrl-C does not reach it.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        output: int,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
        account: Account | None = None,
        death_signal: signal.Signals = signal.SIGTERM,
        feed: bytes = b"",
    ) -> None:
        self.name = name
        who = f"{account.uid}:{account.gid}" if account else "-"
        where = folder or Path.cwd()
        launch = [sys.executable, "-I", "-S", str(LAUNCH), str(os.getpid()), str(int(death_signal)), who, str(where)]
        self._process = subprocess.Popen(  # noqa: S603 - our own programs, without a shell
            [*launch, *command],
            stdin=subprocess.PIPE if feed else subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=environment,
            start_new_session=True,
        )
        self.pid = self._process.pid
        if self._process.stdin:
            with contextlib.suppress(BrokenPipeError), self._process.stdin as stdin:
                stdin.write(feed)

    def poll(self) -> int | None:
        """The return code (minus N for signal N), or None while it runs."""
        return self._process.poll()

    def signal_group(self, number: signal.Signals) -> None:
        """Signal it and its children; nothing happens when all are gone."""
        guard.end(self.pid, number)

    def has_members(self) -> bool:
        """True while it, or a child of it in its process group, lives."""
        self.poll()
        return guard.is_alive(self.pid)

    def wait(self, seconds: float, pause: Pause = time.sleep) -> int | None:
        """The return code, or None if it still runs after `seconds`."""
        deadline = time.monotonic() + seconds
        while self.poll() is None and time.monotonic() < deadline:
            pause(0.01)
        return self.poll()

    def kill(self) -> None:
        """End it and its children at once and wait for it."""
        self.signal_group(signal.SIGKILL)
        self._process.wait()


def how_it_ended(code: int) -> str:
    """A return code in words: `exit status 3`, `signal 9 (SIGKILL)`."""
    if code >= 0:
        return f"exit status {code}"
    try:
        return f"signal {-code} ({signal.Signals(-code).name})"
    except ValueError:
        return f"signal {-code}"


def exit_status(code: int) -> int:
    """The status our own command ends with when a process that should run for ever ended with `code`."""
    if code < 0:
        return 128 - code
    return code or 1
