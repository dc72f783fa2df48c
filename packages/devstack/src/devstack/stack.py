"""What the commands do: the order in which the whole system starts."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from devstack import ports, summary, urls
from devstack.console import Console
from devstack.datadir import DataDir, make_service_accounts
from devstack.errors import DevstackError, StopRequested
from devstack.guarding import Guard
from devstack.loop import Loop
from devstack.ports import Listener
from devstack.postgres import Postgres
from devstack.server import Server
from devstack.services import Service
from devstack.settings import Settings, is_set
from devstack.supervisor import Supervisor
from devstack.valkey import Valkey

Work = Callable[[Supervisor], None]


class Stack:
    """The servers and services of one data directory. A given URL takes its server's place."""

    def __init__(
        self, settings: Settings, services: Sequence[Service], outside: Path, console: Console, loop: Loop
    ) -> None:
        self._settings = settings
        self._services = services
        self._console = console
        self._loop = loop
        folder, pause = settings.data_dir, loop.pause
        self._folder = DataDir(folder, pause)
        self._postgres = Postgres(folder, port=settings.postgres.port, outside=outside, pause=pause)
        self._valkey = Valkey(folder, port=settings.redis.port, persistent=True, pause=pause)

    def run(self, names: Sequence[str]) -> int:
        """Run the named services and what they need until a stop signal (status 0) or the end of one (its status)."""
        chosen = [service for service in self._services if service.name in names]
        servers = self._database() + self._redis()

        def work(supervisor: Supervisor) -> None:
            self._console.say("Starting ...")
            self._prepare(supervisor, servers)
            supervisor.start(chosen)
            self._announce(chosen, servers)
            supervisor.watch()

        return self._supervise(work, servers, [self._settings.listeners[service.name] for service in chosen])

    def migrate(self) -> int:
        """Start the database if it is ours, bring its schema up to date, and stop it."""
        servers = self._database()

        def work(supervisor: Supervisor) -> None:
            self._prepare(supervisor, servers)
            for service in self._services:
                if service.migrate:
                    supervisor.prepare(replace(service, prepare=service.migrate))
            self._console.say(f"Up to date: {urls.masked(self._settings.database_url)}")

        return self._supervise(work, servers, [])

    def _database(self) -> list[Server]:
        return [] if self._settings.given_database_url else [self._postgres]

    def _redis(self) -> list[Server]:
        return [] if self._settings.given_redis_url else [self._valkey]

    def _supervise(self, work: Work, servers: Sequence[Server], listeners: Sequence[Listener]) -> int:
        embedded = {self._postgres: self._settings.postgres, self._valkey: self._settings.redis}
        with self._folder, Guard(self._folder) as guard:
            ports.refuse_taken([*(embedded[server] for server in servers), *listeners])
            supervisor = Supervisor(self._settings, self._loop, guard)
            try:
                work(supervisor)
            except StopRequested:
                self._console.say("Stopping ...")
            except DevstackError as error:
                # Before the rest is stopped, which may take seconds.
                self._console.complain(str(error))
                return error.status
            finally:
                supervisor.stop()
        return 0

    def _prepare(self, supervisor: Supervisor, servers: Sequence[Server]) -> None:
        if not is_set(self._settings.environment, "API_SERVICE_ACCOUNTS_DIR"):
            make_service_accounts(self._settings.service_accounts)
        for server in servers:
            supervisor.start_server(server)
        for service in self._services:
            if service.prepare:
                supervisor.prepare(service)

    def _announce(self, services: Sequence[Service], servers: Sequence[Server]) -> None:
        database = self._postgres.data if self._postgres in servers else None
        self._console.say(summary.table(self._settings, services, servers, database))
        self._folder.announce(
            {service.name: self._settings.urls[service.name] for service in services},
            database=urls.without_password(self._settings.database_url),
            redis=urls.without_password(self._settings.redis_url),
        )
