"""A server that is as far away as servers are that stand elsewhere."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

ONE_WAY_SECONDS = 0.001


@contextmanager
def distant(url: str) -> Iterator[str]:
    """The URL of a relay to the server at `url`; each word takes a millisecond there, and another one back."""
    parts = urlsplit(url)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    relay = Relay(str(parts.hostname), int(parts.port or 0))
    port = asyncio.run_coroutine_threadsafe(relay.start(), loop).result()
    try:
        yield f"{parts.scheme}://127.0.0.1:{port}"
    finally:
        asyncio.run_coroutine_threadsafe(relay.stop(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class Relay:
    """Passes on what it gets, in order and late."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._passing: set[asyncio.Task[None]] = set()

    async def start(self) -> int:
        """Listen; the port."""
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        """Let go of everybody."""
        self._server.close()
        for task in self._passing:
            task.cancel()
        await asyncio.gather(*self._passing, return_exceptions=True)
        await asyncio.sleep(0)  # what has been closed is let go of in the loop's next turn

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(self._host, self._port)
        for ends in ((reader, back), (there, writer)):
            task = asyncio.create_task(self._pass(*ends))
            self._passing.add(task)
            task.add_done_callback(self._passing.discard)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(OSError):
                while words := await reader.read(65_536):
                    asyncio.get_running_loop().call_later(ONE_WAY_SECONDS, writer.write, words)
                await asyncio.sleep(2 * ONE_WAY_SECONDS)
        finally:
            writer.close()
