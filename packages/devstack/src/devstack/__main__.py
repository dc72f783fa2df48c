"""The program `devstack`."""

import os
import signal
import sys

from devstack.console import Console


def main() -> int:
    """Return the exit status."""
    if sys.platform == "win32":
        with Console() as console:
            console.complain("devstack runs on Linux and macOS; on Windows use it inside WSL 2")
        return 1
    # Before and after the run there is nothing to stop: a signal just ends us. By Python's default, Ctrl-C during an
    # import is a traceback, or is even lost.
    stop_signals = [number for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP) if not _is_ignored(number)]
    for number in stop_signals:
        signal.signal(number, lambda *_: os._exit(0))
    # Here, because Windows lacks what it imports, and because it takes its time.
    from devstack.cli import run

    status = run(sys.argv[1:], dict(os.environ))  # noqa: TID251 - the one place where the environment is read
    for number in stop_signals:
        signal.signal(number, signal.SIG_IGN)
    return status


def _is_ignored(number: signal.Signals) -> bool:
    return signal.getsignal(number) == signal.SIG_IGN


if __name__ == "__main__":
    sys.exit(main())
