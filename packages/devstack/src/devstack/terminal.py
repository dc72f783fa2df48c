"""The end of the terminal."""

import os
import select
import signal
import threading


def watch() -> None:
    """Send ourselves SIGHUP when our terminal is closed.

    The kernel tells only the leader of the terminal's session. A shell passes it on; `make`, which is the leader after
    `ssh -t host make run`, does not.
    """
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return
    threading.Thread(target=_wait_for_hangup, args=(terminal,), name="terminal", daemon=True).start()


def _wait_for_hangup(terminal: int) -> None:
    poll = select.poll()
    # No events: an end is reported always, and what is typed is not for us.
    poll.register(terminal, 0)
    for _, events in poll.poll():
        if events & select.POLLHUP:
            os.kill(os.getpid(), signal.SIGHUP)
