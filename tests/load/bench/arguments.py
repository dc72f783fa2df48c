"""What both command lines share."""

import argparse
import signal
import sys
from collections.abc import Callable


def at_least(least: int) -> Callable[[str], int]:
    """For `type=`: a whole number that is not smaller."""

    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or int(text) < least:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number from {least} on")
        return int(text)

    return read


def started(main: Callable[[], int]) -> None:
    """Run it; whoever breaks it off wants no traceback, and nothing left behind."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("\nBroken off: nothing is judged, and nothing written", file=sys.stderr)
        sys.exit(130)
