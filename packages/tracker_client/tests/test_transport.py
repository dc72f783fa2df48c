"""Timeouts, addresses, cookies, health, and being left in the middle."""

import asyncio
import socket
from collections.abc import Callable, Iterator

import pytest
from opentelemetry.sdk.trace import TracerProvider
from packages.tracker_client.tests.conftest import WORKER, Connect
from packages.tracker_client.tests.scripted import Reply, Request, Scripted, page

from tracker_client import Refused, Retries, TrackerClient, TrackerError, Unreachable

ONCE = Retries(attempts=1)
HEALTHY = Reply({"status": "healthy"})


@pytest.fixture
def nobody() -> Iterator[str]:
    """An address that refuses connections."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


async def silent(_: Request) -> Reply:
    """Never answers."""
    await asyncio.Event().wait()
    raise AssertionError


@pytest.mark.parametrize("credentials", [None, WORKER])
async def test_an_address_where_nobody_listens(nobody: str, connect: Connect, credentials: object) -> None:
    client = connect(nobody, credentials=credentials, retries=ONCE)
    for call in (client.exercises(), client.exercise(1), client.introspect("x"), client.lets_anybody_read()):
        with pytest.raises(Unreachable, match=rf"^(GET|POST) {nobody}/\S+: All connection attempts failed$"):
            await call
    with pytest.raises(Unreachable):
        await client.forward("/exercises", "", {})
    assert not await client.is_healthy()


@pytest.mark.parametrize("path", ["", "/base/"])
async def test_the_address_that_was_tried_is_named_without_its_password(
    nobody: str, connect: Connect, path: str
) -> None:
    client = connect(nobody.replace("//", "//anna:s3cr3t@") + path, credentials=None, retries=ONCE)
    with pytest.raises(Unreachable) as error:
        await client.exercise(1)
    assert str(error.value) == f"GET {nobody}{path.rstrip('/')}/exercises/1: All connection attempts failed"


async def test_a_silent_server_is_left_in_time(server: Scripted, connect: Connect) -> None:
    for path in ("/exercises", "/auth/login", "/health"):
        server.on(path, silent)
    client = connect(server, timeout=0.05, retries=Retries(attempts=2, delay=0.01))
    async with asyncio.timeout(10):
        for call in (client.exercises(), client.exercises(token="x"), client.lets_anybody_read()):
            with pytest.raises(Unreachable, match="no answer within 0.05 s$"):
                await call
        assert not await client.is_healthy()


async def test_a_server_that_never_ends_its_answer_is_left_in_time(connect: Connect, anyio_backend: object) -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        try:
            while not writer.is_closing():
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.02)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    client = connect(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", timeout=0.3, retries=ONCE)
    async with asyncio.timeout(20):
        with pytest.raises(Unreachable, match="no answer within 0.3 s$"):
            await client.exercises(token="x")
    server.close()
    await server.wait_closed()


async def test_a_call_may_be_cancelled_and_the_next_one_works(server: Scripted, connect: Connect) -> None:
    full = asyncio.Event()

    async def fill(request: Request) -> Reply:
        if len(server.requests) == 100:
            full.set()
        return await silent(request)

    server.on("/exercises", fill)
    client = connect(server, credentials=None)
    calls = [asyncio.create_task(client.exercises()) for _ in range(110)]  # more than there are connections
    await full.wait()
    for call in calls:
        call.cancel()
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert {type(result) for result in results} == {asyncio.CancelledError}
    server.on("/exercises", page(1))
    assert len(await asyncio.gather(*(client.exercises() for _ in range(20)))) == 20


@pytest.mark.parametrize("path", ["/base", "/base/", "/base/deep/"])
async def test_an_address_with_a_path(server: Scripted, connect: Connect, path: str) -> None:
    below = path.rstrip("/")
    server.on(f"{below}/exercises", page(1))
    server.on(f"{below}/auth/login", *server.script["/auth/login"])
    client = connect(server.url + path)
    assert len(await client.exercises()) == 1
    assert (await client.forward("/exercises", "page=1", {})).status_code == 200
    assert server.requests[-1].target == f"{below}/exercises?page=1"


@pytest.mark.parametrize("url", ["", "localhost", "localhost:8000", "/exercises", "ftp://x", "http://", "http://[::1"])
async def test_what_is_no_address_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match="is no URL of an API"):
        TrackerClient(url, user_agent="tests")


async def test_no_cookie_of_one_caller_goes_along_with_another(server: Scripted, connect: Connect) -> None:
    server.on("/exercises", Reply(headers={"Set-Cookie": "session=annas; Path=/"}))
    client = connect(server)
    await client.forward("/exercises", "", {}, "anna")
    await client.forward("/exercises", "", {}, "ben")
    assert [request.headers.get("cookie") for request in server.requests] == [None, None]


@pytest.mark.parametrize("status", [200, 204, 301, 304, 401, 404, 429, 500, 599])
async def test_forwarding_gives_any_answer_and_tries_once(server: Scripted, connect: Connect, status: int) -> None:
    body = b"" if status in (204, 304) else b"as it is"
    server.on("/exercises", Reply(body, status, {"Location": "/elsewhere", "Retry-After": "7", "X-Y": "\u00e9"}))
    answer = await connect(server).forward("/exercises", "", {"X-Z": "\u00e9"})
    assert (answer.status_code, answer.content) == (status, body)
    assert answer.headers["retry-after"] == "7"
    [request] = server.requests
    assert (request.target, request.headers["x-z"], request.token) == ("/exercises", "\u00e9", None)


async def test_a_trace_goes_along_and_whose_it_was_gives_way(server: Scripted, connect: Connect) -> None:
    server.on("/exercises", Reply(status=503))
    client = connect(server)
    foreign = f"00-{'1' * 32}-{'2' * 16}-01"
    await client.forward("/exercises", "", {"traceparent": foreign})
    with TracerProvider().get_tracer("tests").start_as_current_span("asked") as asked:
        await client.forward("/exercises", "", {"traceparent": foreign})
    passed_on, ours = [request.headers["traceparent"] for request in server.requests]
    assert passed_on == foreign, "nothing is traced here"
    assert ours.startswith(f"00-{asked.get_span_context().trace_id:032x}-")


SICK = [
    Reply({"status": "unhealthy"}),
    Reply({"status": None}),
    Reply("healthy"),
    Reply(["healthy"]),
    Reply(b"[" * 100_000),
    Reply({"status": "healthy"}, 503),
    Reply({"status": "healthy"}, 302, {"Location": "/"}),
]


@pytest.mark.parametrize("answer", SICK)
async def test_it_is_not_healthy(server: Scripted, connect: Connect, answer: Reply) -> None:
    server.on("/health", answer, HEALTHY)
    client = connect(server)
    assert not await client.is_healthy()
    assert await client.is_healthy()
    assert len(server.requests) == 2


async def test_openness_is_believed_for_a_while(
    server: Scripted, connect: Connect, move_clock: Callable[[float], None]
) -> None:
    server.on("/exercises", page(1), Reply(status=401))
    client = connect(server)
    assert await asyncio.gather(*(client.lets_anybody_read() for _ in range(50))) == [True] * 50
    move_clock(29)
    assert await client.lets_anybody_read()
    assert len(server.requests) == 1
    move_clock(2)
    assert not await client.lets_anybody_read()
    assert [request.token for request in server.requests] == [None, None]


@pytest.mark.parametrize(("status", "error"), [(403, Refused), (307, Refused), (429, Unreachable), (503, Unreachable)])
async def test_openness_that_cannot_be_found_out(
    server: Scripted, connect: Connect, status: int, error: type[TrackerError]
) -> None:
    server.on("/exercises", Reply(status=status), page(1))
    client = connect(server)
    with pytest.raises(error):
        await client.lets_anybody_read()
    assert await client.lets_anybody_read()
