"""The command line: `devstack run` and `devstack migrate`."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from devstack import dotenv, postgres_home, settings, terminal
from devstack.console import Console, wants_colours
from devstack.errors import DevstackError, StopRequested
from devstack.loop import Loop
from devstack.services import SERVICES, Service
from devstack.stack import Stack


def run(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    services: Sequence[Service] = SERVICES,
    outside: Path = postgres_home.OUTSIDE,
) -> int:
    """Do what the arguments say, in the current directory; return the exit status. Only in the main thread."""
    names = [service.name for service in services]
    options = _parse(arguments, names)
    with Console(names, colours=wants_colours(environment.get("NO_COLOR"))) as console, Loop(console.log) as loop:
        terminal.watch()
        try:
            read = settings.load({**dotenv.read(Path(".env")), **environment}, services)
            stack = Stack(read, services, outside, console, loop)
            return stack.migrate() if options.command == "migrate" else stack.run(options.services or names)
        except DevstackError as error:
            console.complain(str(error))
            return error.status
        except StopRequested:
            return 0


def _parse(arguments: Sequence[str], names: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="devstack", description="The whole system on one machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    runs = commands.add_parser("run", help="start PostgreSQL, Valkey and the services, until Ctrl-C")
    runs.add_argument("services", nargs="*", metavar="SERVICE", help=f"start only these ({', '.join(names)})")
    commands.add_parser("migrate", help="bring the database's schema up to date, then stop")
    options = parser.parse_args(arguments)
    unknown = set(getattr(options, "services", [])) - set(names)
    if unknown:
        runs.error(f"there is no service {', '.join(sorted(unknown))}, but {', '.join(names)}")
    return options
