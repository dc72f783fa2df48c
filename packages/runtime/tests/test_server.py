"""The server that every service runs in: what it answers, and how it ends."""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from time import monotonic, sleep

import httpx
import pytest

PROGRAM = """
import asyncio
from runtime.server import serve

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        print("started", flush=True)
        FAIL
        await send({"type": "lifespan.startup.complete"})
        await receive()
        print("stopped", flush=True)
        await send({"type": "lifespan.shutdown.complete"})
        return
    if scope["query_string"]:
        print("asked", flush=True)
        await asyncio.sleep(float(scope["query_string"]))
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": f"{scope['client'][0]} {scope['scheme']}".encode()})

SETUP
serve(app, host="127.0.0.1", port=PORT, OPTIONS)
print("after", flush=True)
"""


class Server:
    """A process that serves, and a client of it."""

    def __init__(self, options: str = "", *, fail: str = "pass", setup: str = "") -> None:
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        program = PROGRAM.replace("PORT", str(port)).replace("OPTIONS", options)
        program = program.replace("FAIL", fail).replace("SETUP", setup)
        self.process = subprocess.Popen(
            [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20)

    def wait_until_ready(self) -> None:
        for _ in range(1000):
            try:
                self.client.get("/")
            except httpx.TransportError:
                sleep(0.02)
            else:
                return
        raise TimeoutError("the server does not answer")

    def wait_until_asked(self) -> None:
        assert self.process.stdout is not None
        assert [self.process.stdout.readline() for _ in range(2)] == ["started\n", "asked\n"]

    def close(self) -> None:
        self.client.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


@pytest.fixture
def started() -> Iterator[Callable[..., Server]]:
    """`server = started("shutdown_seconds=1")`"""
    with ExitStack() as stack:

        def make(options: str = "", setup: str = "") -> Server:
            server = Server(options, setup=setup)
            stack.callback(server.close)
            server.wait_until_ready()
            return server

        yield make


def test_it_answers_and_tells_nothing_of_itself(started: Callable[..., Server]) -> None:
    server = started()
    answer = server.client.get("/")
    assert answer.status_code == 200
    assert "date" in answer.headers
    assert "server" not in answer.headers
    server.process.send_signal(signal.SIGINT)
    out, err = server.process.communicate(timeout=10)
    assert (out, err) == ("started\nstopped\nafter\n", "")


def test_it_believes_no_forwarded_headers(started: Callable[..., Server]) -> None:
    headers = {"X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "https"}
    assert started().client.get("/", headers=headers).text == "127.0.0.1 http"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_at_its_end_it_finishes_what_runs_and_what_follows_it_is_done(
    started: Callable[..., Server], number: signal.Signals
) -> None:
    server = started("shutdown_seconds=10")
    with ThreadPoolExecutor() as threads:
        running = threads.submit(server.client.get, "/?0.7")
        server.wait_until_asked()
        began = monotonic()
        server.process.send_signal(number)
        answer = running.result()
    assert (answer.status_code, answer.text) == (200, "127.0.0.1 http")
    out, _ = server.process.communicate(timeout=10)
    assert monotonic() - began < 8
    assert out == "stopped\nafter\n"
    assert server.process.returncode == 0


def test_whoever_keeps_a_connection_is_told_before_it_ends(started: Callable[..., Server]) -> None:
    server = started(setup="import runtime.server; runtime.server.LINGER_SECONDS = 30")
    server.process.send_signal(signal.SIGTERM)
    answers = [server.client.get("/")]
    while answers[-1].headers.get("connection") != "close":
        answers.append(server.client.get("/"))
    assert {answer.status_code for answer in answers} == {200}
    server.process.wait(timeout=10)


def test_who_only_keeps_a_connection_does_not_keep_the_server(started: Callable[..., Server]) -> None:
    server = started("shutdown_seconds=60")
    began = monotonic()
    server.process.send_signal(signal.SIGTERM)
    server.process.wait(timeout=20)
    assert monotonic() - began < 10
    with pytest.raises(httpx.TransportError):
        server.client.get("/")


@pytest.mark.parametrize(("options", "seconds"), [("shutdown_seconds=1", 1), ("", 3)])
def test_a_request_that_does_not_end_is_cut_off(started: Callable[..., Server], options: str, seconds: int) -> None:
    server = started(options)
    with ThreadPoolExecutor() as threads:
        running = threads.submit(server.client.get, "/?60")
        server.wait_until_asked()
        began = monotonic()
        server.process.send_signal(signal.SIGTERM)
        error = running.exception() or running.result()
        took = monotonic() - began
    assert seconds - 0.2 < took < seconds + 0.9
    server.process.wait(timeout=10)
    assert isinstance(error, httpx.TransportError) or (isinstance(error, httpx.Response) and error.status_code >= 500)


def test_requests_leave_no_line_of_the_servers(started: Callable[..., Server]) -> None:
    server = started(setup="from runtime import logs; logs.configure('gym', 'json')")
    server.process.send_signal(signal.SIGINT)
    out, _ = server.process.communicate(timeout=10)
    lines = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
    assert {line["logger"] for line in lines} == {"uvicorn.error"}
    assert any("Uvicorn running on" in line["message"] for line in lines)


def test_an_application_that_cannot_start_ends_the_process() -> None:
    server = Server(fail="raise RuntimeError('no database')")
    try:
        out, _ = server.process.communicate(timeout=20)
    finally:
        server.close()
    assert out == "started\n"
    assert server.process.returncode == 3
