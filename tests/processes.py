"""Services in processes of their own, started the way people start them and spoken to over real HTTP."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import httpx

from devstack.child import Child
from devstack.ports import free_port

# What whoever runs the tests has set for services of theirs must not reach the ones started here. Nor are they traced
# for coverage: these tests are about how services behave, in time too; which lines they have is what each member's ask.
FOREIGN = (
    *("API_", "RATELIMIT_", "JWT_", "DATABASE_", "REDIS_", "OTEL_", "LOG_", "COVERAGE_"),
    *("UVICORN_", "PYTHONPATH"),
    *("AI_", "WORKER_", "WORKOUT_", "MCP_", "ANTHROPIC_", "OPENAI_", "FRONTEND_", "VITE_"),
)
POLICIES = (
    *("PUBLIC", "AUTH", "ADMIN", "SERVICE"),
    *(f"{policy}_{role}" for policy in ("READ", "WRITE") for role in ("ANONYMOUS", "USER", "ADMIN")),
)
# Limits are counted as in life, but nobody reaches them. `CONTRACT_LIMITS` takes that back.
RAISED = {f"RATELIMIT_{policy}": "1000000/minute" for policy in POLICIES}
CONTRACT_LIMITS = dict.fromkeys(RAISED, "")  # an empty variable counts as absent
COACH_RAISED = {f"AI_COACH_RATELIMIT_{role}": "1000000/minute" for role in ("ANONYMOUS", "USER", "SERVICE")}
DEFAULTS = {
    "API_BCRYPT_ROUNDS": "4",
    "API_TRUSTED_PROXIES": "127.0.0.1",
    "AI_COACH_TRUSTED_PROXIES": "127.0.0.1",
    "LOG_FORMAT": "json",
    **RAISED,
    **COACH_RAISED,
}
READY_SECONDS = 60.0
# Where Python may not leave compiled modules beside the sources, every start would compile them: 3 s instead of 1 s.
COMPILED = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(Path(sys.prefix) / "compiled-by-tests")}
UNHANDLED = '"Unhandled error"'


def environment(**variables: str) -> dict[str, str]:
    """This process's environment without anybody's settings, then the tests' defaults, then `variables`."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    compiled = COMPILED if os.environ.get("PYTHONDONTWRITEBYTECODE") else {}
    return {**clean, **compiled, **DEFAULTS, **variables}


def program(name: str) -> Path:
    """A command of ours, beside the Python that runs the tests."""
    return Path(sys.executable).with_name(name)


class Service:
    """A service that serves HTTP. It may be killed and started again: port, settings and log stay."""

    command: tuple[str, ...]
    port_variable: str

    def __init__(self, log: Path, variables: Mapping[str, str]) -> None:
        self.log = log
        self.variables = dict(variables)
        self._choose_port = self.port_variable not in variables
        self.child: Child | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.variables[self.port_variable]}"

    def start(self, path: str = "/readyz") -> None:
        """Start it and return once it answers `path` with 200. It is told to leave when it takes too long."""
        for attempt in (1, 2, 3):
            self.launch()
            if self._answers(path):
                return
            # Somebody was quicker to take the port that was free a moment ago.
            if not self._choose_port or attempt == 3 or "address already in use" not in self.output():
                raise AssertionError(f"it ended at once:\n{self.output()}")
            del self.variables[self.port_variable]

    def launch(self) -> None:
        """Start it and wait for nothing."""
        if self._choose_port and self.port_variable not in self.variables:
            self.variables[self.port_variable] = str(free_port())
        name, *arguments = self.command
        settings = environment(**self.variables)
        with self.log.open("ab") as output:
            # It ends with us, even if we are killed.
            self.child = Child(name, [program(name), *arguments], output=output.fileno(), environment=settings)

    def _answers(self, path: str) -> bool:
        assert self.child
        deadline = time.monotonic() + READY_SECONDS
        with httpx.Client(base_url=self.url, timeout=5) as client:
            while self.child.poll() is None:
                try:
                    if client.get(path).status_code == 200:
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

    def stop(self) -> None:
        """As people stop it. Does nothing when it does not run."""
        if self.child and self.child.poll() is None:
            self.child.signal_group(signal.SIGTERM)
            self.child.wait(15)
            self.child.kill()

    def output(self) -> str:
        """All that it has said so far, over every start."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def client(self, **options: object) -> httpx.Client:
        """A client of it: `client(headers=…)`."""
        return httpx.Client(base_url=self.url, timeout=30, **options)  # type: ignore[arg-type]


class Api(Service):
    """A `workout-api serve`."""

    command: tuple[str, ...] = ("workout-api", "serve", "--migrate")
    port_variable = "API_PORT"

    def __init__(self, log: Path, variables: Mapping[str, str], *, migrate: bool = True) -> None:
        super().__init__(log, variables)
        if not migrate:
            self.command = ("workout-api", "serve")


class Coach(Service):
    """A `workout-ai-coach serve`."""

    command = ("workout-ai-coach", "serve")
    port_variable = "AI_COACH_PORT"


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """`run("migrate", DATABASE_URL=…)`: a command that is expected to end, with all that it said in `stdout`."""
    return subprocess.run(
        [program("workout-api"), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment(**variables),
        timeout=60,
        check=False,
    )
