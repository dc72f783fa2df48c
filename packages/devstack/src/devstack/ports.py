"""TCP ports: picking free ones, and refusing taken ones before anything is started."""

import contextlib
import errno
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from random import SystemRandom

from devstack.errors import DevstackError

LOOPBACK = "127.0.0.1"
# Below what Linux and macOS hand out to outgoing connections, which would come between choosing a port and using it.
CHOICE = range(20000, 32000)


@dataclass(frozen=True)
class Listener:
    """What somebody is about to listen on, and the variables that say so."""

    port: int
    variable: str
    host: str = LOOPBACK
    host_variable: str = ""


random = SystemRandom()  # whoever seeds the usual one, as test runners do, means the same port everywhere


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens now.

    Raises OSError when a hundred tries found none.
    """
    for _ in range(100):
        port = random.choice(CHOICE)
        if is_free(port):
            return port
    raise OSError(errno.EADDRINUSE, "no free port found")


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """False when one of the host's addresses has a listener on this port.

    Raises OSError when the host is unknown, or no address of this machine, or the port is reserved for root.
    """
    problems = []
    addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    for family, _, _, _, address in addresses:
        try:
            if not _can_bind(family, address) or _answers(family, address):
                return False
        except OSError as error:
            problems.append(error)
    # `localhost` may name an address of a protocol that is switched off; the others count then.
    if len(problems) == len(addresses):
        raise problems[0]
    return True


def _can_bind(family: int, address: tuple[object, ...]) -> bool:
    with socket.socket(family) as probe:
        # A connection of an earlier run that lingers in TIME_WAIT does not stop a server either.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            return False
        return True


def _answers(family: int, address: tuple[object, ...]) -> bool:
    """macOS lets us bind 127.0.0.1 beside somebody on all addresses, so somebody is called as well."""
    with socket.socket(family) as probe, contextlib.suppress(OSError):
        probe.settimeout(0.2)
        probe.connect(address)
        return True
    return False


def refuse_taken(listeners: Iterable[Listener]) -> None:
    """Raises DevstackError, naming port and variable, for the first that cannot be listened on."""
    seen: dict[int, str] = {}
    for listener in listeners:
        port, variable = listener.port, listener.variable
        if port in seen:
            raise DevstackError(f"Port {port} is given twice, by {seen[port]} and {variable}: choose another for one")
        seen[port] = variable
        if not _is_free(listener):
            raise DevstackError(
                f"Port {port} ({variable}) is already in use: stop what listens there, or choose another, "
                f"for example {variable}={_another(listener)} make run"
            )


def _is_free(listener: Listener) -> bool:
    try:
        return is_free(listener.port, listener.host)
    except PermissionError:
        raise DevstackError(
            f"Port {listener.port} ({listener.variable}) is reserved for root: choose one from 1024 on"
        ) from None
    except OSError as error:
        raise DevstackError(
            f"{listener.host_variable or 'The host'}={listener.host} cannot be listened on: {error.strerror or error}"
        ) from None


def _another(listener: Listener) -> int:
    for port in range(listener.port + 10, 65536, 10):
        with contextlib.suppress(OSError):
            if is_free(port, listener.host):
                return port
    return free_port()
