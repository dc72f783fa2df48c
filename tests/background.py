"""The AI Coach and the Worker in processes of their own, beside an API of `tests.processes`."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx

from devstack.child import Child
from devstack.ports import free_port
from tests.processes import READY_SECONDS, UNHANDLED, environment

FOREIGN = ("AI_", "WORKER_", "WORKOUT_", "ANTHROPIC_", "OPENAI_")


def program(name: str) -> Path:
    """Beside our own Python."""
    return Path(sys.executable).with_name(name)


def settings(variables: dict[str, str]) -> dict[str, str]:
    """The environment of a process: nobody's settings but these. What it runs counts as covered, if that is measured."""
    measured = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
    clean = {name: value for name, value in environment().items() if not name.startswith(FOREIGN)}
    return clean | measured | variables


class Background:
    """One service that serves HTTP. It may be killed and started again: port, settings and log stay."""

    def __init__(self, command: str, port_variable: str, log: Path, variables: dict[str, str]) -> None:
        self.log = log
        self.child: Child | None = None
        self.variables = variables
        self._command = command
        self._port_variable = port_variable

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.variables[self._port_variable]}"

    def start(self, path: str = "/livez") -> None:
        """Start it and return once it answers `path` with 200."""
        for _ in range(3):
            self.variables.setdefault(self._port_variable, str(free_port()))
            self.launch()
            if self._answers(path):
                return
            # Somebody was quicker to take the port that was free a moment ago.
            assert "address already in use" in self.output(), f"it ended at once:\n{self.output()}"
            del self.variables[self._port_variable]
        raise AssertionError("no port is free")

    def launch(self) -> None:
        """Start it and wait for nothing."""
        with self.log.open("ab") as output:
            self.child = Child(
                self._command,
                [program(self._command), "serve"],
                output=output.fileno(),
                environment=settings(self.variables),
            )

    def _answers(self, path: str) -> bool:
        assert self.child
        deadline = time.monotonic() + READY_SECONDS
        while self.child.poll() is None:
            try:
                if httpx.get(self.url + path, timeout=5).status_code == 200:
                    return True
            except httpx.TransportError:
                pass
            assert time.monotonic() < deadline, f"not ready in time:\n{self.output()}"
            time.sleep(0.02)
        return False

    def kill(self) -> None:
        """Like a lost node: nothing is finished, nobody is told."""
        assert self.child
        self.child.kill()

    def stop(self, seconds: float = 15) -> int | None:
        """As people stop it; its exit status, or None when it has to be killed."""
        assert self.child
        self.child.signal_group(signal.SIGTERM)
        code = self.child.wait(seconds)
        self.child.kill()
        return code

    def output(self) -> str:
        """All that it has said so far, over every start."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def end(self) -> None:
        """At the end of a test."""
        if self.child and self.child.poll() is None:
            self.stop()
        assert UNHANDLED not in self.output(), self.output()


def coach(log: Path, **variables: str) -> Background:
    """`workout-ai-coach serve`, not started yet; rules answer, and nobody reaches a limit."""
    limits = {f"AI_COACH_RATELIMIT_{role}": "1000000/minute" for role in ("ANONYMOUS", "USER", "SERVICE")}
    return Background("workout-ai-coach", "AI_COACH_PORT", log, {"AI_MODEL": "rules", **limits, **variables})


def worker(log: Path, **variables: str) -> Background:
    """`workout-worker serve`, not started yet; nothing happens by the clock."""
    return Background(
        "workout-worker", "WORKER_WORKER__HEALTH_PORT", log, {"WORKER_SCHEDULE__MODE": "none", **variables}
    )


def run_worker(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """`run_worker("run", "refresh_exercises", …)`: a command that is expected to end."""
    return subprocess.run(
        [program("workout-worker"), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=settings(variables),
        timeout=120,
        check=False,
    )
