"""A coach that cannot be asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from services.worker.tests.conftest import NOBODY, Open
from tracker_client import Unreachable
from worker.warmup.task import WarmedUp, warm_up


@contextmanager
def answering(body: bytes) -> Iterator[str]:
    """The URL of something that answers everything with 200 and this."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


async def test_nobody_answers(open_with: Open) -> None:
    async with open_with() as resources:
        assert await warm_up(resources.coach, pause=0) == WarmedUp(140, 0, 140)


async def test_an_account_that_nobody_knows(open_with: Open) -> None:
    account = {"workout_api_url": NOBODY, "ai_coach_url": NOBODY, "username": "worker", "password": "word"}
    async with open_with(api_client=account) as resources:
        with pytest.raises(Unreachable, match=f"POST {NOBODY}/auth/login"):
            await resources.coach.recommend({})


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b"[]", b'{"source": 1}'])
async def test_something_else_answers(open_with: Open, body: bytes) -> None:
    with answering(body) as url:
        async with open_with(api_client={"workout_api_url": NOBODY, "ai_coach_url": url}) as resources:
            with pytest.raises(Unreachable, match="no AI Coach"):
                await resources.coach.recommend({})
