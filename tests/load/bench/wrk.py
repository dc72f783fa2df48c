"""The load generator: wrk, with sixty-four connections that ask again as soon as they are answered."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, Popen, run
from typing import Self

SCRIPT = Path(__file__).with_name("requests.lua")
UNPACKED = Path(__file__).parents[3] / ".tools/wrk"
CONNECTIONS = 64


@dataclass(frozen=True)
class Ask:
    """Whom to ask for what: `kind` is one of `requests.lua`'s."""

    url: str
    kind: str
    token: str
    tag: str = ""


@dataclass(frozen=True)
class Answers:
    """What came of it. `p50` and `p99` in milliseconds; `refused` had a status from 400 on, `broken` none at all.

    `bytes` are those of all answers, with their heads.
    """

    requests: int
    seconds: float
    refused: int
    broken: int
    bytes: int
    p50: float
    p99: float


class Running:
    """A wrk that asks for some seconds."""

    def __init__(self, ask: Ask, seconds: float, connections: int = CONNECTIONS) -> None:
        length = f"-d{seconds:g}s" if seconds == int(seconds) else f"-d{round(seconds)}s"
        command = [_program(), "-t1", f"-c{connections}", length, "--timeout", "10s", "--latency", "-s", str(SCRIPT)]
        words = [ask.kind, ask.token, *([ask.tag] if ask.tag else [])]
        self._process = Popen([*command, ask.url, "--", *words], stdout=PIPE, text=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def answers(self) -> Answers:
        """Wait for the end."""
        output, _ = self._process.communicate()
        if self._process.returncode:
            raise SystemExit(f"{self._process.args!r} failed ({self._process.returncode}):\n{output}")
        return Answers(**json.loads(output.strip().splitlines()[-1]))


def version() -> str:
    """As it says itself."""
    said = run([_program(), "-v"], capture_output=True, text=True, check=False).stdout
    return said.split()[1] if said.startswith("wrk ") else "unknown"


def find() -> str | None:
    """The installed one, or the one that `make` has unpacked."""
    return shutil.which("wrk") or shutil.which(UNPACKED)


def _program() -> str:
    if found := find():
        return found
    raise SystemExit("wrk is needed: apt-get install wrk, or brew install wrk")
