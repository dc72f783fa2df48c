"""Our side of `guard.py`, the process that ends what a killed runner leaves behind."""

import contextlib
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from devstack.child import Child
from devstack.datadir import DataDir

PROGRAM = Path(__file__).with_name("guard.py")


class Guard:
    """While entered, a process of its own that knows what to end and delete should we be killed.

    It holds the folder's lock until then.
    """

    def __init__(self, folder: DataDir) -> None:
        self._folder = folder

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(  # noqa: S603 - our own program, without a shell
            [sys.executable, "-I", "-S", str(PROGRAM), str(self._folder.run_file)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=(self._folder.fileno(),),
            bufsize=0,
        )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with contextlib.suppress(BrokenPipeError):
            self._process.communicate()

    def watch(self, child: Child, number: int) -> None:
        """End this child's process group with the signal when we are gone."""
        self._tell(f"+{child.pid} {int(number)}")

    def forget(self, child: Child) -> None:
        """It ended; its number may soon be another's."""
        self._tell(f"-{child.pid}")

    def _tell(self, line: str) -> None:
        stdin = self._process.stdin
        assert stdin
        # Without a guard (somebody killed it) the run goes on; the kernel's death signal is left.
        with contextlib.suppress(BrokenPipeError):
            stdin.write(f"{line}\n".encode())
