"""The whole product for a browser: database, API, coach and what serves the page, and a switch for the API."""

import http.server
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from devstack.child import Child
from devstack.ports import free_port
from fake_llm import FakeProvider
from tests.processes import Api, Coach, Service, environment

FRONTEND = Path(__file__).parents[2] / "services" / "frontend"
NGINX = shutil.which("nginx")


class Page(Service):
    """The built app: behind nginx with the image's own configuration if there is one, else as `make run` serves it."""

    command = ("serve",)
    port_variable = "FRONTEND_PORT"

    def launch(self) -> None:
        program = FRONTEND / ("nginx/start" if NGINX else "serve")
        with self.log.open("ab") as output:
            self.child = Child(
                "frontend",
                [program],
                output=output.fileno(),
                environment=environment(**self.variables, **self._nginx()),
            )

    def _nginx(self) -> dict[str, str]:
        variables = self.variables
        return {
            "LISTEN": f"127.0.0.1:{variables['FRONTEND_PORT']}",
            "API_URL": variables["FRONTEND_API_URL"],
            "AI_COACH_URL": variables["FRONTEND_AI_COACH_URL"],
            "RUN_DIR": str(self.log.with_suffix(".nginx")),
            "ACCESS_LOG": str(self.log.with_suffix(".access")),
            "WORKERS": "1",
        }


class Switch(http.server.HTTPServer):
    """`POST /kill` and `POST /start`: the API's plug, for stories that are told in another process.

    One thread for all requests: a child ends with the thread that made it.
    """

    def __init__(self, api: Api) -> None:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                {"/kill": api.kill, "/start": api.start}[self.path]()
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)


@contextmanager
def house(
    folder: Path, database_url: str, fake: FakeProvider | None, variables: Mapping[str, str]
) -> Iterator[dict[str, str]]:
    """Everything, ready; gives the addresses that the stories need, as environment variables."""
    with ExitStack() as stack:
        api = Api(folder / "api.log", {"DATABASE_URL": database_url, "API_PORT": str(free_port()), **variables})
        vendor = {"AI_MODEL": "rules"}
        if fake:
            vendor = {
                "AI_MODEL": "openai-chat:gpt-5-mini",
                "OPENAI_API_KEY": "none",
                "OPENAI_BASE_URL": fake.openai_base_url,
            }
        coach = Coach(folder / "coach.log", {"WORKOUT_API_URL": api.url, **vendor})
        for service in (api, coach):
            stack.callback(service.stop)
            service.start()
        page = Page(folder / "page.log", {"FRONTEND_API_URL": api.url, "FRONTEND_AI_COACH_URL": coach.url})
        stack.callback(page.stop)
        page.start("/")
        switch = Switch(api)
        threading.Thread(target=switch.serve_forever, daemon=True).start()
        stack.callback(switch.server_close)
        stack.callback(switch.shutdown)
        yield {"PAGE_URL": page.url, "API_URL": api.url, "SWITCH_URL": f"http://127.0.0.1:{switch.server_port}"}
