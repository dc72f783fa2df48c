"""One place that waits: for signals, for the end of children, and for lines of their logs."""

import contextlib
import os
import selectors
import signal
import time
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Self

from devstack.errors import StopRequested

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LONGEST_LINE = 64 * 1024

OnLine = Callable[[str, bytes], None]


class Loop:
    """Waits in the main thread. Signals only leave a mark, so they interrupt nothing but `pause`."""

    def __init__(self, on_line: OnLine) -> None:
        self._on_line = on_line
        self._stop_requested = False
        self._stopping = False
        self._selector = selectors.DefaultSelector()
        self._partial: dict[int, bytes] = {}

    def __enter__(self) -> Self:
        self._woken, self._waker = os.pipe()
        for descriptor in (self._woken, self._waker):
            os.set_blocking(descriptor, False)
        self._selector.register(self._woken, selectors.EVENT_READ)
        signal.set_wakeup_fd(self._waker, warn_on_full_buffer=False)
        # Ignored means `nohup`: the end of the terminal is not ours then.
        wanted = [number for number in STOP_SIGNALS if number != signal.SIGHUP or not _is_ignored(number)]
        self._before = {number: signal.signal(number, self._on_stop) for number in wanted}
        # It only has to wake us; the default is to be ignored, which does not.
        self._before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(-1)
        for descriptor in list(self._partial):
            self._close(descriptor)
        self._selector.close()
        os.close(self._woken)
        os.close(self._waker)

    def _on_stop(self, number: int, frame: FrameType | None) -> None:
        self._stop_requested = True

    def follow(self, name: str) -> int:
        """A descriptor for a child's output, whose lines are passed on; the caller closes it after giving it away."""
        ours, theirs = os.pipe()
        os.set_blocking(ours, False)
        self._selector.register(ours, selectors.EVENT_READ, name)
        self._partial[ours] = b""
        return theirs

    def pause(self, seconds: float) -> None:
        """Let up to so many seconds pass; return earlier when a child changed its state.

        Raises StopRequested once a stop signal came, unless we are stopping.
        """
        deadline = time.monotonic() + seconds
        while not self._turn(max(0.0, deadline - time.monotonic())) and time.monotonic() < deadline:
            pass
        if self._stop_requested and not self._stopping:
            raise StopRequested

    def begin_to_stop(self) -> None:
        """From here on `pause` is not interrupted by further stop signals."""
        self._stopping = True

    def drain(self) -> None:
        """Pass on what was written up to now, also the last lines without an end. Takes at most 0.2 seconds."""
        deadline = time.monotonic() + 0.2
        while any(descriptor in self._partial for descriptor in self._ready(0)) and time.monotonic() < deadline:
            self._turn(0)
        for descriptor in list(self._partial):
            self._close(descriptor)

    def _ready(self, timeout: float) -> list[int]:
        return [key.fd for key, _ in self._selector.select(timeout)]

    def _turn(self, timeout: float) -> bool:
        """Handle what is there; True if a signal was."""
        ready = self._ready(timeout)
        for descriptor in ready:
            if descriptor == self._woken:
                with contextlib.suppress(BlockingIOError):
                    os.read(descriptor, 4096)
            else:
                self._read(descriptor)
        return self._woken in ready

    def _read(self, descriptor: int) -> None:
        data = os.read(descriptor, 65536)
        name = self._selector.get_key(descriptor).data
        *lines, rest = (self._partial[descriptor] + data).split(b"\n")
        if len(rest) > LONGEST_LINE:
            lines.append(rest)
            rest = b""
        self._partial[descriptor] = rest
        for line in lines:
            self._on_line(name, line)
        if not data:
            self._close(descriptor)

    def _close(self, descriptor: int) -> None:
        name = self._selector.unregister(descriptor).data
        if rest := self._partial.pop(descriptor):
            self._on_line(name, rest)
        os.close(descriptor)


def _is_ignored(number: signal.Signals) -> bool:
    return signal.getsignal(number) == signal.SIG_IGN
