"""The one place that writes to stdout and stderr."""

import os
import queue
import threading
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self

STDOUT = 1
STDERR = 2
# How much may wait for a slow reader (a paused terminal, a full pipe) before log lines are dropped.
LIMIT = 1024 * 1024
COLOURS = (36, 33, 32, 35, 34, 31)


class Console:
    """Writes whole lines from a thread of its own, so that a reader who stalls never stalls the system.

    A reader who is gone is ignored: what ends a run are signals. `names` are those that come before log lines.
    """

    def __init__(
        self,
        names: Sequence[str] = (),
        *,
        colours: bool = False,
        out: int = STDOUT,
        err: int = STDERR,
        limit: int = LIMIT,
    ) -> None:
        self._prefixes = _prefixes(names, colours)
        self._descriptors = {STDOUT: out, STDERR: err}
        self._limit = limit
        self._lines: queue.SimpleQueue[tuple[int, bytes] | None] = queue.SimpleQueue()
        # Each number is written by one thread only; their difference is what waits.
        self._queued = 0
        self._written = 0
        self._dropped = 0
        self._writer = threading.Thread(target=self._write_lines, name="console", daemon=True)

    def __enter__(self) -> Self:
        self._writer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Waits at most a second for the reader."""
        self._lines.put(None)
        self._writer.join(1.0)

    def say(self, text: str) -> None:
        """A line, or several, on stdout."""
        self._put(STDOUT, text.encode(errors="surrogateescape"))

    def complain(self, text: str) -> None:
        """A line, or several, on stderr."""
        self._put(STDERR, text.encode(errors="surrogateescape"))

    def log(self, name: str, line: bytes) -> None:
        """A service's line, after its name. Dropped, and counted, if too much waits already."""
        if self._queued - self._written > self._limit:
            self._dropped += 1
            return
        if self._dropped:
            self.say(f"({self._dropped} log lines are missing here: they came faster than they were read)")
            self._dropped = 0
        self._put(STDOUT, self._prefixes[name] + line)

    def _put(self, stream: int, line: bytes) -> None:
        self._queued += len(line) + 1
        self._lines.put((stream, line + b"\n"))

    def _write_lines(self) -> None:
        while item := self._lines.get():
            stream, line = item
            _write(self._descriptors[stream], line)
            self._written += len(line)


def _prefixes(names: Sequence[str], colours: bool) -> dict[str, bytes]:
    """As wide as the longest name."""
    width = max(map(len, names), default=0)
    prefixes = {}
    for number, name in enumerate(names):
        colour = COLOURS[number % len(COLOURS)]
        before, after = (f"\x1b[{colour}m", "\x1b[0m") if colours else ("", "")
        prefixes[name] = f"{before}{name:<{width}} |{after} ".encode()
    return prefixes


def _write(descriptor: int, data: bytes) -> None:
    while data:
        try:
            data = data[os.write(descriptor, data) :]
        except BlockingIOError:
            # Somebody made the terminal we share non-blocking.
            time.sleep(0.02)
        except OSError:
            return


def wants_colours(no_color: str | None) -> bool:
    """Only on a terminal, and never when NO_COLOR is set to anything."""
    return not no_color and os.isatty(STDOUT)
