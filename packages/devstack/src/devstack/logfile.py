"""The log files of PostgreSQL and Valkey."""

from pathlib import Path
from types import TracebackType
from typing import Self

LIMIT = 10 * 1024 * 1024


class LogFile:
    """A file that processes of ours append to. What an earlier start wrote stays, up to `LIMIT` bytes and once more."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> Self:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self.path.exists() and self.path.stat().st_size > LIMIT:
            self.path.replace(self.path.with_name(f"{self.path.name}.old"))
        self._file = self.path.open("ab")
        self._start = self._file.tell()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def fileno(self) -> int:
        """The descriptor to hand to a child."""
        return self._file.fileno()

    def end(self, lines: int = 15) -> str:
        """The last lines written since this object was entered, indented, with a heading; safe on any bytes."""
        with self.path.open("rb") as file:
            file.seek(max(self._start, self.path.stat().st_size - 16384))
            tail = file.read().decode(errors="replace").splitlines()[-lines:]
        return f"The end of {self.path}:" + "".join(f"\n  {line}" for line in tail or ["(nothing)"])
