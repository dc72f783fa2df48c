"""The fake on a port of 127.0.0.1, in a thread of the process that wants it."""

import asyncio
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from types import TracebackType
from typing import Self

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from fake_llm.app import FakeApp
from fake_llm.journal import Entry
from fake_llm.reply import Script
from fake_llm.scripts import Valid

LOOPBACK = "127.0.0.1"
_BACKLOG = 1024
_IDLE_SECONDS = 3600  # the fake never closes an idle connection: a client that takes one up again must not lose a race


class Connection(HttpToolsProtocol):
    """Lets the application close the connection, which ASGI has no words for."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["state"]["transport"] = self.transport


class FakeProvider:
    """A context manager: `with FakeProvider(Valid(7)) as fake:`. It starts and stops within milliseconds.

    uvicorn gives the protocol; its `Server` is not used, as it polls ten times a second whether it should stop.
    """

    def __init__(self, script: Script | None = None, port: int | None = None) -> None:
        self._app = FakeApp(script or Valid())
        self._wanted_port = port or 0
        self._stopping = asyncio.Event()

    def __enter__(self) -> Self:
        self._socket = socket.create_server((LOOPBACK, self._wanted_port), backlog=_BACKLOG)
        self.port: int = self._socket.getsockname()[1]
        self._listening: Future[asyncio.AbstractEventLoop] = Future()
        self._thread = threading.Thread(target=self._run, name="fake-llm", daemon=True)
        self._thread.start()
        self._loop = self._listening.result()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()

    @property
    def url(self) -> str:
        """For the fake's own endpoints: `GET` and `DELETE /journal`, `POST /script`."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def anthropic_base_url(self) -> str:
        """The SDK adds /v1/messages."""
        return self.url

    @property
    def openai_base_url(self) -> str:
        """The SDK adds /chat/completions or /responses."""
        return f"{self.url}/v1"

    @property
    def script(self) -> Script:
        """What answers. It runs in the fake's thread, one request at a time."""
        return self._app.script

    @script.setter
    def script(self, script: Script) -> None:
        self._app.script = script

    @property
    def journal(self) -> list[Entry]:
        """Every request so far, oldest first."""
        return self._app.journal.entries()

    def clear(self) -> None:
        """Empty the journal."""
        self._app.journal.clear()

    def wait_until(self, condition: Callable[[list[Entry]], bool], timeout: float = 5.0) -> list[Entry]:
        """The journal as soon as `condition` is true of it. It blocks: call it through a thread in async tests."""
        return self._app.journal.wait_until(condition, timeout)

    def _run(self) -> None:
        try:
            # Plain asyncio, whatever the process itself runs on: the faults are then the same everywhere.
            with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
                runner.run(self._serve())
        except Exception as error:
            if self._listening.done():
                raise
            self._socket.close()
            self._listening.set_exception(error)

    async def _serve(self) -> None:
        config = Config(
            self._app,
            http=Connection,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            timeout_keep_alive=_IDLE_SECONDS,
        )
        config.load()
        state, loop = ServerState(), asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: Connection(config=config, server_state=state, app_state={}, _loop=loop), sock=self._socket
        )
        self._listening.set_result(loop)
        await self._stopping.wait()
        server.close()
        for connection in list(state.connections):
            connection.transport.abort()
        await asyncio.gather(*state.tasks, return_exceptions=True)
        await server.wait_closed()
