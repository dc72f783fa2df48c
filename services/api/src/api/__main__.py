"""`workout-api serve` and `workout-api migrate`: the only place that reads the environment."""

import argparse
import asyncio
import logging
import sys
from urllib.parse import urlsplit

from api import __version__, migrations
from api.accounts.provision import provision
from api.app import create_app
from api.database import DatabaseUnavailable
from api.settings import ApiSettings
from runtime import logs, traces
from runtime.server import serve
from runtime.settings import load


def main() -> None:
    """Run the command that the command line names."""
    parser = argparse.ArgumentParser(prog="workout-api", description="The Workout API.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True)
    serving = commands.add_parser("serve", help="answer requests")
    serving.add_argument("--migrate", action="store_true", help="first do what `migrate` does (for a single machine)")
    commands.add_parser("migrate", help="bring the schema up to date and make the accounts that the settings name")
    arguments = parser.parse_args()

    settings = load(ApiSettings)
    logs.configure("api", settings.log_format, settings.log_level)
    if arguments.command == "migrate" or arguments.migrate:
        _migrate(settings)
    if arguments.command == "serve":
        _serve(settings)


def _migrate(settings: ApiSettings) -> None:
    try:
        asyncio.run(_prepare(settings))
    except DatabaseUnavailable as error:
        # While the database itself still starts this is no news: one line, and whoever runs us tries again.
        host = urlsplit(settings.database_url.get_secret_value()).hostname
        reason = error.__cause__
        logging.getLogger("api").error("Cannot migrate, the database at %s cannot be reached: %s", host, reason)
        sys.exit(1)


async def _prepare(settings: ApiSettings) -> None:
    await migrations.upgrade(settings.database_url.get_secret_value())
    await provision(settings)


def _serve(settings: ApiSettings) -> None:
    provider = traces.configure("workout-api", __version__, settings.otlp_endpoint)
    if settings.access == "open":
        logging.getLogger("api").warning(
            "API_ACCESS=open: whoever reaches this port reads and writes the shared routine"
        )
    try:
        serve(create_app(settings), host=settings.host, port=settings.port)
    finally:
        traces.finish(provider)


if __name__ == "__main__":
    main()
