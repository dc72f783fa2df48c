"""The Worker in a process of its own, beside the services of `tests.processes`."""

import os
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.processes import Service, environment, program

# Most of what a worker does, it does in processes: what they run counts as covered, where that is measured.
MEASURED = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}


class Worker(Service):
    """A `workout-worker serve`. Nothing happens by the clock, unless the settings say so."""

    command = ("workout-worker", "serve")
    port_variable = "WORKER_WORKER__HEALTH_PORT"

    def __init__(self, log: Path, variables: Mapping[str, str]) -> None:
        super().__init__(log, {**MEASURED, "WORKER_SCHEDULE__MODE": "none", **variables})

    def end(self, seconds: float = 15) -> int | None:
        """Stop it; its exit status, or None when it has to be killed."""
        assert self.child
        self.child.signal_group(signal.SIGTERM)
        code = self.child.wait(seconds)
        self.child.kill()
        return code


def run_worker(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """`run_worker("run", "refresh_exercises", …)`: a command that is expected to end."""
    return subprocess.run(
        [program("workout-worker"), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=environment(**{**MEASURED, **variables}),
        timeout=120,
        check=False,
    )


def begin_run(task: str, variables: Mapping[str, str]) -> "subprocess.Popen[str]":
    """A run that goes on in the background; all that it says is in `stdout`."""
    return subprocess.Popen(
        [program("workout-worker"), "run", task],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment(**{**MEASURED, **variables}),
    )
