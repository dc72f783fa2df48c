"""Starts servers and services in order, watches them, and stops them in the reverse order."""

import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from devstack.child import Child, exit_status, how_it_ended
from devstack.errors import DevstackError
from devstack.guarding import Guard
from devstack.loop import Loop
from devstack.readiness import Probe
from devstack.server import Server
from devstack.services import Service
from devstack.settings import Settings

READY_SECONDS = 60.0
# Together less than 5 seconds: what a person waits for, and half of what Kubernetes or a container engine grants.
SERVICES_SECONDS = 3.0
SERVERS_SECONDS = 1.0


class Supervisor:
    """All processes of a run. Its methods raise StopRequested when a stop signal arrives."""

    def __init__(self, settings: Settings, loop: Loop, guard: Guard) -> None:
        self._settings = settings
        self._loop = loop
        self._guard = guard
        self._servers: list[Server] = []
        self._running: list[Child] = []
        self._preparing: list[Child] = []

    def start_server(self, server: Server) -> None:
        """Returns when it answers; raises ServerFailed if it does not."""
        server.start()
        self._servers.append(server)
        if server.child:
            self._guard.watch(server.child, server.stop_signals[0])

    def prepare(self, service: Service) -> None:
        """Run a service's preparation to its end; raises DevstackError with its exit status if it fails."""
        child = self._launch(service, service.prepare, self._preparing)
        while (code := child.poll()) is None:
            self._refuse_dead()
            self._loop.pause(3600)
        self._guard.forget(child)
        self._preparing.remove(child)
        if code:
            command = " ".join(service.prepare)
            raise DevstackError(f"{service.name}: {command} ended with {how_it_ended(code)}", exit_status(code))

    def start(self, services: Sequence[Service]) -> None:
        """Start all and return when all are ready; raises DevstackError if one is not in time, or ends."""
        for service in services:
            self._launch(service, service.command, self._running)
        probes = [Probe(service.name, self._settings.urls[service.name] + service.ready_path) for service in services]
        for probe in probes:
            probe.start()
        try:
            self._wait_until_ready(probes)
        finally:
            for probe in probes:
                probe.cancel()
        # What answered may have been another program while ours failed to listen.
        self._refuse_dead()

    def _wait_until_ready(self, probes: Sequence[Probe]) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while waiting := [probe for probe in probes if not probe.is_ready]:
            self._refuse_dead()
            late = waiting[0]
            if time.monotonic() > deadline:
                raise DevstackError(
                    f"{late.service} was not ready within {READY_SECONDS:g} seconds: {late.url} must answer 200, "
                    f"the last answer was {late.last_answer}"
                )
            self._loop.pause(0.02)

    def watch(self) -> NoReturn:
        """Raises DevstackError when a process ends, with the status to end with."""
        while True:
            self._refuse_dead()
            self._loop.pause(3600)

    def stop(self) -> None:
        """End all: services, then servers, by force if need be; within 5 seconds. Nothing interrupts it."""
        self._loop.begin_to_stop()
        services = self._preparing + self._running
        for child in services:
            child.signal_group(signal.SIGTERM)
        deadline = time.monotonic() + SERVICES_SECONDS
        while any(child.has_members() for child in services) and time.monotonic() < deadline:
            self._loop.pause(0.02)
        for child in services:
            child.kill()
            self._guard.forget(child)
        self._stop_servers()
        self._loop.drain()

    def _stop_servers(self) -> None:
        for server in self._servers:
            server.ask_to_stop()
        deadline = time.monotonic() + SERVERS_SECONDS
        for server in reversed(self._servers):
            child = server.child
            server.stop(max(0.0, deadline - time.monotonic()))
            if child:
                self._guard.forget(child)

    def _launch(self, service: Service, command: Sequence[str], among: list[Child]) -> Child:
        # Beside our own Python: the virtual environment may not be activated.
        program = Path(sys.executable).parent / command[0]
        if not program.exists():
            raise DevstackError(f"{service.name} is not installed, {program} is missing: run make install")
        output = self._loop.follow(service.name)
        try:
            child = Child(
                service.name,
                [program, *command[1:]],
                output=output,
                environment=self._settings.environment_for(service),
            )
        finally:
            os.close(output)
        among.append(child)
        self._guard.watch(child, signal.SIGTERM)
        return child

    def _refuse_dead(self) -> None:
        for server in self._servers:
            if server.child and (code := server.child.poll()) is not None:
                raise DevstackError(
                    f"{server.name} ended with {how_it_ended(code)}; its log is {server.log}", exit_status(code)
                )
        for child in self._running:
            if (code := child.poll()) is not None:
                raise DevstackError(f"{child.name} ended with {how_it_ended(code)}", exit_status(code))
