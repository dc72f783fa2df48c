"""Become another program that dies with its parent, as another account if asked.

    python -I -S launch.py PARENT_PID DEATH_SIGNAL UID:GID|- FOLDER PROGRAM [ARGUMENT…]

A program and not a `preexec_fn`: that one runs Python between fork and exec, which may deadlock in a process with
threads. It is on the way of every start, so it imports nothing but the standard library, and little of it.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def become(account: str) -> None:
    """Drop to `UID:GID` without any further group; `-` stays who we are."""
    if account == "-":
        return
    uid, gid = map(int, account.split(":"))
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def die_with_parent(parent: int, death_signal: int) -> None:
    """Have the kernel send us `death_signal` when the parent ends (Linux); exit if it already has."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit("the process that started this one is gone")


def main(arguments: list[str]) -> None:
    """Never returns: execs, or exits with status 126 (cannot be executed) or 127 (not found)."""
    parent, death_signal, account, folder, *command = arguments
    try:
        become(account)
        # After the change of account, because the kernel forgets the death signal with it.
        die_with_parent(int(parent), int(death_signal))
        os.chdir(folder)
        # Python ignores it, and an ignored signal stays ignored over exec.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        os.execv(command[0], command)  # noqa: S606 - exec without a shell is the point
    except OSError as error:
        sys.stderr.write(f"cannot start {command[0]} in {folder}: {error}\n")
        sys.exit(127 if isinstance(error, FileNotFoundError) else 126)


if __name__ == "__main__":
    main(sys.argv[1:])
