"""wrk, asking for any requests in turn."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, Popen
from tempfile import NamedTemporaryFile
from typing import Self

from tests.load.bench.wrk import CONNECTIONS, Answers, _program

SCRIPT = Path(__file__).with_name("asking.lua")


@dataclass(frozen=True)
class Request:
    """One request; `body` is JSON."""

    path: str
    method: str = "GET"
    token: str = ""
    tag: str = ""
    body: str = ""

    def __str__(self) -> str:
        return "\t".join((self.method, self.path, self.token, self.tag, self.body))


class Asking:
    """A wrk that asks for so many whole seconds."""

    def __init__(
        self,
        url: str,
        requests: Sequence[Request],
        seconds: int,
        *,
        connections: int = CONNECTIONS,
        refused: bool = False,
    ) -> None:
        self._refused = refused
        with NamedTemporaryFile("w", prefix="workout-bench-", delete=False) as file:
            file.write("\n".join(map(str, requests)) + "\n")
        self._file = Path(file.name)
        options = ["-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "--latency", "-s", str(SCRIPT)]
        self._process = Popen([_program(), *options, url, "--", file.name], stdout=PIPE, text=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
        self._file.unlink(missing_ok=True)

    def answers(self) -> Answers:
        """Wait for the end. Where nobody is meant to be `refused`, nobody may be."""
        output, _ = self._process.communicate()
        if self._process.returncode:
            raise SystemExit(f"{self._process.args!r} failed ({self._process.returncode}):\n{output}")
        answers = Answers(**json.loads(output.strip().splitlines()[-1]))
        if answers.broken or (answers.refused and not self._refused) or not answers.requests:
            raise SystemExit(f"what was asked for was not answered: {answers}")
        return answers


def ask(url: str, requests: Sequence[Request], seconds: int, *, refused: bool = False) -> Answers:
    """All that comes of asking for some seconds."""
    with Asking(url, requests, seconds, refused=refused) as asking:
        return asking.answers()
