"""What PostgreSQL and Valkey have in common: start, wait for a real answer, stop."""

import contextlib
import signal
import time
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from devstack import ports
from devstack.child import Child, Pause, how_it_ended
from devstack.errors import ServerFailed
from devstack.logfile import LogFile

ATTEMPTS = 5


class Server(ABC):
    """A server of ours on 127.0.0.1. It ends when the thread that started it ends (Linux), at the latest."""

    name: ClassVar[str]
    stop_signals: ClassVar[tuple[signal.Signals, ...]]
    """What to say to stop it: first politely, then so that it ends at once without losing data."""

    def __init__(self, log: Path, *, port: int | None, timeout: float, pause: Pause) -> None:
        self.log = log
        self.port = port or 0
        self.child: Child | None = None
        self._choose_port = port is None
        self._timeout = timeout
        self._pause = pause

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    @property
    @abstractmethod
    def url(self) -> str:
        """How clients connect; valid once started."""

    def start(self) -> None:
        """Return once it answers.

        Raises ServerFailed, with the end of its log, if it ends or does not answer within `timeout` seconds.
        """
        try:
            with LogFile(self.log) as log:
                self._prepare(log)
                self._start_on_a_port(log)
        except BaseException as error:
            self.stop(0)
            if isinstance(error, OSError):
                raise ServerFailed(f"{self.name} cannot use {error.filename}: {error.strerror}") from error
            raise

    def _start_on_a_port(self, log: LogFile) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            if self._choose_port:
                self.port = ports.free_port()
            self.child = self._launch(log)
            try:
                return self._wait_until_ready(self.child, log)
            except ServerFailed:
                # Somebody was quicker to take the port we had found free.
                if not self._choose_port or ports.is_free(self.port) or attempt == ATTEMPTS:
                    raise

    def _wait_until_ready(self, child: Child, log: LogFile) -> None:
        deadline = time.monotonic() + self._timeout
        while True:
            code = child.poll()
            if code is not None:
                raise ServerFailed(f"{self.name} ended with {how_it_ended(code)} before it was ready. {log.end()}")
            with contextlib.suppress(OSError):
                if self._answers(child.pid):
                    return
            if time.monotonic() > deadline:
                raise ServerFailed(f"{self.name} was not ready within {self._timeout:g} seconds. {log.end()}")
            self._pause(0.01)

    def ask_to_stop(self) -> None:
        """Begin to stop without waiting for it, so that several can stop at the same time."""
        if self.child and self.child.poll() is None:
            self.child.signal_group(self.stop_signals[0])

    def stop(self, grace: float = 10.0) -> None:
        """Stop it, by force after `grace` seconds. Its data is safe either way. Does nothing if it does not run."""
        child, self.child = self.child, None
        if not child:
            return
        for number, seconds in zip(self.stop_signals, (grace, 0.5), strict=False):
            child.signal_group(number)
            if child.wait(seconds) is not None:
                break
        child.kill()

    @abstractmethod
    def _prepare(self, log: LogFile) -> None:
        """Make what must exist before the server runs."""

    @abstractmethod
    def _launch(self, log: LogFile) -> Child:
        """Start the server's program on `self.port`."""

    @abstractmethod
    def _answers(self, pid: int) -> bool:
        """True once this very process serves clients; OSError means not yet."""
