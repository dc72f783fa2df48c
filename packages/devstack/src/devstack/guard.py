"""Outlives the runner by a moment, to end what a killed runner (`kill -9`) left behind.

    python -I -S guard.py FILE

stdin says `+PID SIGNAL` for each process group to watch and `-PID` for each that ended. When stdin closes, the rest
gets its signal, and SIGKILL after `GRACE` seconds. The kernel's death signal alone would not do: it reaches neither a
service's children nor a service that ignores it, and macOS has none. In the end FILE, which says what runs, is deleted.
"""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Collection, Iterable

GRACE = 3.0
KILLED = 2.0  # on a busy machine a killed process still holds its port and its memory for a moment


def is_alive(group: int) -> bool:
    """True while the process group has a member."""
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def end(group: int, number: int) -> None:
    """Signal a whole process group, which may be gone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def read(lines: Iterable[str]) -> dict[int, int]:
    """Follow the runner's words to their end; return the groups left and the signal for each."""
    watched: dict[int, int] = {}
    for line in lines:
        if line.startswith("+"):
            group, number = line[1:].split()
            watched[int(group)] = int(number)
        else:
            watched.pop(int(line[1:]), None)
    return watched


def clear(watched: dict[int, int], grace: float = GRACE) -> None:
    """End all groups: politely, and after `grace` seconds by force. Whoever starts next finds none of them."""
    for group, number in watched.items():
        end(group, number)
    wait(watched, grace)
    for group in watched:
        end(group, signal.SIGKILL)
    wait(watched, KILLED)


def wait(groups: Collection[int], seconds: float) -> None:
    """Until all groups are gone, but no longer than that."""
    deadline = time.monotonic() + seconds
    while any(map(is_alive, groups)) and time.monotonic() < deadline:
        time.sleep(0.02)


if __name__ == "__main__":
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    clear(read(sys.stdin))
    with contextlib.suppress(OSError):
        os.unlink(sys.argv[1])
