"""The whole product for a browser: what `make run` starts, and a switch for what may fail."""

import http.server
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Literal, Protocol

from devstack.child import Child
from devstack.ports import free_port
from devstack.valkey import Valkey
from fake_llm import FakeProvider
from tests.background import Worker
from tests.processes import Api, Coach, Service, environment
from tests.together import accounts, for_coach, for_worker

FRONTEND = Path(__file__).parents[2] / "services" / "frontend"

MINUTES = 8  # the longest story on a busy machine

Server = Literal["nginx", "vite"]
PROGRAMS: Mapping[Server, Path] = {"nginx": FRONTEND / "nginx/start", "vite": FRONTEND / "serve"}


def server_here() -> Server:
    """What the image serves the app with, if this machine has it; else what `make run` does. `PAGE_SERVER` decides."""
    chosen = os.environ.get("PAGE_SERVER") or ("nginx" if shutil.which("nginx") else "vite")
    if chosen not in PROGRAMS:
        raise ValueError(f"PAGE_SERVER is nginx or vite, not {chosen}")
    return chosen  # type: ignore[return-value]


class Page(Service):
    """The built app: behind nginx with the image's own configuration, or as `make run` serves it."""

    port_variable = "FRONTEND_PORT"

    def __init__(self, log: Path, server: Server, variables: Mapping[str, str]) -> None:
        super().__init__(log, variables)
        self.server = server

    def launch(self) -> None:
        self.variables.setdefault(self.port_variable, str(free_port()))
        with self.log.open("ab") as output:
            self.child = Child(
                "frontend",
                [PROGRAMS[self.server]],
                output=output.fileno(),
                environment=environment(**self.variables, **self._for_nginx()),
            )

    def _for_nginx(self) -> dict[str, str]:
        variables = self.variables
        return {
            "LISTEN": f"127.0.0.1:{variables[self.port_variable]}",
            "API_URL": variables["FRONTEND_API_URL"],
            "AI_COACH_URL": variables["FRONTEND_AI_COACH_URL"],
            "RUN_DIR": str(self.log.with_suffix(".nginx")),
            "ACCESS_LOG": str(self.log.with_suffix(".access")),
            "WORKERS": "1",
        }


class Pluggable(Protocol):
    """What has a plug: a service, or a server that it needs."""

    def start(self) -> None: ...

    def kill(self) -> None: ...


class Store:
    """Valkey, for the switch. Its port stays."""

    def __init__(self, folder: Path) -> None:
        self.server = Valkey(folder, port=free_port(), persistent=True)

    def start(self) -> None:
        self.server.start()

    def kill(self) -> None:
        self.server.stop(0)


class Switch(http.server.HTTPServer):
    """`POST /kill/api`, `POST /start/api`: plugs, for stories that are told in another process.

    One thread for all requests: a child ends with the thread that made it.
    """

    def __init__(self, plugs: Mapping[str, Pluggable]) -> None:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                _, what, name = self.path.split("/")
                plugs[name].start() if what == "start" else plugs[name].kill()
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)


@contextmanager
def house(
    folder: Path, database_url: str, server: Server, fake: FakeProvider | None, variables: Mapping[str, str]
) -> Iterator[dict[str, str]]:
    """Everything, ready; gives the addresses that the stories need, as environment variables."""
    with ExitStack() as stack:
        store = Store(folder)
        stack.callback(store.kill)
        store.start()
        redis = store.server.url
        secrets = accounts(folder / "accounts")
        api = Api(folder / "api.log", {"DATABASE_URL": database_url, "REDIS_URL": redis, **secrets, **variables})
        _start(stack, api)
        coach = Coach(folder / "coach.log", {"WORKOUT_API_URL": api.url, **for_coach(redis), **_model(fake)})
        _start(stack, coach)
        worker = Worker(folder / "worker.log", {**for_worker(api.url, redis, coach.url), "WORKER_WORKER__LEASE": "1"})
        _start(stack, worker)
        page = Page(folder / "page.log", server, {"FRONTEND_API_URL": api.url, "FRONTEND_AI_COACH_URL": coach.url})
        _start(stack, page, "/")
        switch = Switch({"api": api, "worker": worker, "redis": store})
        threading.Thread(target=switch.serve_forever, daemon=True).start()
        stack.callback(switch.server_close)
        stack.callback(switch.shutdown)
        yield {"PAGE_URL": page.url, "API_URL": api.url, "SWITCH_URL": f"http://127.0.0.1:{switch.server_port}"}


def _start(stack: ExitStack, service: Service, path: str = "/readyz") -> None:
    stack.callback(service.stop)
    service.start(path)


def _model(fake: FakeProvider | None) -> dict[str, str]:
    if fake is None:
        return {"AI_MODEL": "rules"}
    return {"AI_MODEL": "openai-chat:gpt-5-mini", "OPENAI_API_KEY": "none", "OPENAI_BASE_URL": fake.openai_base_url}


def tell(story: str, *options: str, **variables: str) -> None:
    """Run one of the app's stories in a browser, against the addresses in `variables`. Fails the test as it fails."""
    told = subprocess.run(
        [FRONTEND / "with-node", "node", "node_modules/@playwright/test/cli.js", "test", f"/{story}", *options],
        cwd=FRONTEND,
        env=environment(**variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60 * MINUTES,
        check=False,
    )
    print(told.stdout)
    assert told.returncode == 0, told.stdout
