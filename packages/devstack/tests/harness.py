"""What the tests start: the runner as a process of its own, with small fake services, and a look at what is left."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devstack import wheels

HERE = Path(__file__).parent
SERVICE = HERE / "fake_service.py"
# Without site, so that coverage does not follow into it.
PYTHON = (sys.executable, "-I", "-S")
ELSEWHERE = {"DATABASE_URL": "postgresql://anna:secret@db.example/training", "REDIS_URL": "redis://:hush@kv.example/1"}
RUNNER = """
import json, os, sys
from pathlib import Path
from devstack.cli import run
from devstack.services import Service
services = [Service(**entry) for entry in json.loads(Path("services.json").read_text())]
# What the developer has set for a stack of their own must not reach this one.
environment = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "NO_COLOR", "LANG")}
environment |= json.loads(Path("variables.json").read_text())
status = run(sys.argv[1:], environment, services, Path("outside").absolute())
sys.exit(status)
"""


@dataclass
class Ended:
    """How a runner ended and what it said."""

    status: int
    out: str
    err: str
    seconds: float


class Runner:
    """`devstack` with fake services in a folder of its own. Output goes to files, which nobody has to read."""

    def __init__(self, folder: Path, ports: Mapping[str, int]) -> None:
        self.folder = folder
        self.variables = {name: str(port) for name, port in ports.items()}
        self.services = [service("api", ports["API_PORT"])]
        self.process: subprocess.Popen[bytes] | None = None
        (folder / "runner.py").write_text(RUNNER)

    def start(self, *arguments: str, **popen: Any) -> subprocess.Popen[bytes]:
        """Start it and wait for nothing."""
        (self.folder / "services.json").write_text(json.dumps(self.services))
        (self.folder / "variables.json").write_text(json.dumps(self.variables))
        with (self.folder / "out").open("wb") as out, (self.folder / "err").open("wb") as err:
            streams: dict[str, Any] = {"stdout": out, "stderr": err, "stdin": subprocess.DEVNULL}
            command = [sys.executable, "runner.py", *(arguments or ("run",))]
            self.process = subprocess.Popen(command, cwd=self.folder, **(streams | popen))
        return self.process

    def run(self, *arguments: str, **popen: Any) -> Ended:
        """Start it and wait for its end."""
        return self.ended(self.start(*arguments, **popen))

    def ready(self, *arguments: str) -> dict[str, Any]:
        """Start it and wait until everything is ready; return what `run.json` says."""
        process = self.start(*arguments)
        until(lambda: self.run_file.exists() or process.poll() is not None, 60)
        assert process.poll() is None, self.ended(process)
        content: dict[str, Any] = json.loads(self.run_file.read_text())
        return content

    def stop(self, number: int) -> Ended:
        """Send it a signal and wait for its end."""
        assert self.process
        self.process.send_signal(number)
        return self.ended(self.process)

    def ended(self, process: subprocess.Popen[bytes]) -> Ended:
        """Wait for its end."""
        began = time.monotonic()
        status = process.wait(60)
        return Ended(status, self.text("out"), self.text("err"), time.monotonic() - began)

    def text(self, name: str) -> str:
        """What it said so far on `out` or `err`."""
        return (self.folder / name).read_text()

    @property
    def data(self) -> Path:
        """DATA_DIR."""
        return self.folder / ".data"

    @property
    def run_file(self) -> Path:
        """`run.json`."""
        return self.data / "run.json"


def service(name: str, port: int, *behaviour: str, **more: object) -> dict[str, Any]:
    """An entry of the services table for `fake_service.py`."""
    variable = f"{name.upper().replace('-', '_')}_PORT"
    return {
        "name": name,
        "command": [*PYTHON, str(SERVICE), "serve", variable, *behaviour],
        "port_variable": variable,
        "port": port,
        "host_variable": variable.replace("PORT", "HOST"),
        "ready_path": "/readyz",
        **more,
    }


def preparation(*behaviour: str) -> list[str]:
    """A `prepare` command."""
    return [*PYTHON, str(SERVICE), "prepare", *behaviour]


def until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    """Wait for a condition; it is an assertion."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.01)


def left_in(folder: Path) -> dict[int, str]:
    """The living processes that work in the folder or name it, by pid. Linux only; empty elsewhere."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            place = os.readlink(entry / "cwd")
        except OSError:
            continue
        # A zombie has no command line.
        if int(entry.name) != os.getpid() and command and (str(folder) in command or place.startswith(str(folder))):
            found[int(entry.name)] = command
    return found


def psql(url: str, statement: str) -> str:
    """The answer to a statement, unaligned; raises CalledProcessError with the server's words."""
    program = wheels.postgres().folder / "pginstall" / "bin" / "psql"
    command = [str(program), url, "-v", "ON_ERROR_STOP=1", "-Atc", statement]
    answer: str = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return answer.strip()
