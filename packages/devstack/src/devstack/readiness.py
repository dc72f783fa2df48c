"""Asking services whether they are ready."""

import contextlib
import http.client
import threading
from urllib.parse import urlsplit


class Probe(threading.Thread):
    """Asks a URL until it answers 200. A thread, because a service may take the question and not answer for long."""

    def __init__(self, name: str, url: str) -> None:
        super().__init__(name=f"probe of {name}", daemon=True)
        self.service = name
        self.url = url
        self.is_ready = False
        self.last_answer = "none"
        self._cancelled = threading.Event()

    def run(self) -> None:
        """Ends with the first 200, or when cancelled."""
        while not self.is_ready and not self._cancelled.is_set():
            with contextlib.suppress(OSError, http.client.HTTPException):
                status = self._ask()
                self.last_answer = str(status)
                self.is_ready = status == 200
            self._cancelled.wait(0 if self.is_ready else 0.03)

    def cancel(self) -> None:
        """Ask no more; returns at once."""
        self._cancelled.set()

    def _ask(self) -> int:
        parts = urlsplit(self.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=2)
        with contextlib.closing(connection):
            connection.request("GET", parts.path)
            return connection.getresponse().status
