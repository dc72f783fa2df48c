"""When a call is tried again, and after how long."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus

import pytest
from packages.tracker_client.tests.conftest import Connect
from packages.tracker_client.tests.scripted import DISCONNECT, Reply, Request, Scripted, page

from tracker_client import Refused, Retries, TrackerClient, Unreachable

PASSING = [429, 500, 502, 503, 504]
REFUSALS = [300, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 409, 410, 412, 413, 422, 431, 451, 499, 501, 505]
BROKEN = {
    "nothing": b"",
    "half a line": b"HTTP/1.1 20",
    "half a body": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
    "no HTTP": b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
    "no gzip": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnone",
}


def anonymous(connect: Connect, server: Scripted, **retries: float) -> TrackerClient:
    """A client without a login, so that a test counts only what it asks for."""
    return connect(server, credentials=None, retries=Retries(**retries))  # type: ignore[arg-type]


@pytest.mark.parametrize("status", PASSING)
async def test_what_passes_is_tried_again(server: Scripted, connect: Connect, slept: list[float], status: int) -> None:
    server.on("/exercises", Reply(status=status), DISCONNECT, page(1))
    assert len(await anonymous(connect, server).exercises()) == 1
    assert len(slept) == 2


@pytest.mark.parametrize("status", REFUSALS)
async def test_a_refusal_is_not_tried_again(
    server: Scripted, connect: Connect, slept: list[float], status: int
) -> None:
    server.on("/exercises", Reply({"detail": "No"}, status, {"Location": "/elsewhere", "Retry-After": "1"}))
    with pytest.raises(Refused) as refused:
        await anonymous(connect, server).exercises()
    assert (refused.value.status, refused.value.detail) == (status, "No")
    assert (len(server.requests), slept) == (1, [])


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff", b"[" * 100_000, [], {}, {"detail": None}])
async def test_a_refusal_without_words_has_those_of_its_status(
    server: Scripted, connect: Connect, body: object
) -> None:
    server.on("/exercises", Reply(body, 403))
    with pytest.raises(Refused, match="^403: Said$"):
        await anonymous(connect, server).exercises()


@pytest.mark.parametrize("attempts", [1, 2, 5])
async def test_it_is_tried_so_often(server: Scripted, connect: Connect, slept: list[float], attempts: int) -> None:
    server.on("/exercises", Reply({"detail": "Not now"}, 503))
    with pytest.raises(Unreachable, match="^GET /exercises: 503: Not now$"):
        await anonymous(connect, server, attempts=attempts).exercises()
    assert len(server.requests) == attempts
    assert len(slept) == attempts - 1


async def test_asking_what_a_token_means_only_reads_and_is_tried_again(
    server: Scripted, connect: Connect, slept: list[float]
) -> None:
    server.on("/auth/introspect", DISCONNECT, Reply({"active": False}))
    assert not (await anonymous(connect, server).introspect("x")).active
    assert len(slept) == 1


@pytest.mark.parametrize("raw", BROKEN.values(), ids=BROKEN)
async def test_an_answer_that_breaks_off_is_no_answer(
    server: Scripted, connect: Connect, slept: list[float], raw: bytes
) -> None:
    server.on("/exercises", Reply(raw=raw))
    server.on("/health", Reply(raw=raw))
    client = anonymous(connect, server, attempts=2)
    with pytest.raises(Unreachable, match=f"^GET {server.url}/exercises: .+"):
        await client.exercises()
    with pytest.raises(Unreachable, match=f"^GET {server.url}/exercises: .+"):
        await client.forward("/exercises", "x=1", {})
    assert not await client.is_healthy()
    assert len(slept) == 1


@pytest.mark.parametrize(("asked", "pause"), [("0", 0), ("7", 7), (" 120 ", 120)])
async def test_a_number_of_seconds_is_honoured(
    server: Scripted, connect: Connect, slept: list[float], asked: str, pause: float
) -> None:
    server.on("/exercises", Reply(status=429, headers={"Retry-After": asked}), page(1))
    await anonymous(connect, server).exercises()
    assert slept == [pause]


@pytest.mark.parametrize("form", ["http", "asctime"])
async def test_a_date_is_honoured(server: Scripted, connect: Connect, slept: list[float], form: str) -> None:
    date = datetime.now(UTC) + timedelta(seconds=100)
    text = format_datetime(date, usegmt=True) if form == "http" else date.strftime("%a %b %d %H:%M:%S %Y")
    server.on("/exercises", Reply(status=503, headers={"Retry-After": text}), page(1))
    await anonymous(connect, server).exercises()
    assert 60 < slept[0] <= 100


@pytest.mark.parametrize("asked", ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT"])
async def test_a_date_that_is_over_is_now(server: Scripted, connect: Connect, slept: list[float], asked: str) -> None:
    server.on("/exercises", Reply(status=503, headers={"Retry-After": asked}), page(1))
    await anonymous(connect, server).exercises()
    assert slept == [0]


@pytest.mark.parametrize("asked", ["", "soon", "-1", "1.5", "Sun, 99 Nov 1994 08:49:37 GMT", "\u00b2"])
async def test_what_is_neither_is_passed_over(
    server: Scripted, connect: Connect, slept: list[float], asked: str
) -> None:
    server.on("/exercises", Reply(status=503, headers={"Retry-After": asked}), page(1))
    await anonymous(connect, server, delay=0.1).exercises()
    assert 0 <= slept[0] <= 0.1


@pytest.mark.parametrize("asked", ["121", "9" * 400, "Fri, 31 Dec 9999 23:59:59 GMT"])
async def test_nobody_waits_for_too_long_and_nobody_comes_too_early(
    server: Scripted, connect: Connect, slept: list[float], asked: str
) -> None:
    server.on("/exercises", Reply(status=429, headers={"Retry-After": asked}))
    with pytest.raises(Unreachable) as unreachable:
        await anonymous(connect, server).exercises()
    assert unreachable.value.retry_after is not None
    assert unreachable.value.retry_after > 120
    assert (len(server.requests), slept) == (1, [])


def test_pauses_grow_up_to_a_limit_and_are_drawn() -> None:
    retries = Retries(attempts=10_000, delay=1, max_delay=10)
    for tried, most in ((1, 1), (2, 2), (3, 4), (4, 8), (5, 10), (9_999, 10)):
        pauses = [retries.pause(tried) or 0.0 for _ in range(300)]
        assert 0 <= min(pauses) < most * 0.2
        assert most * 0.8 < max(pauses) <= most
    assert retries.pause(10_000) is None


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff", b"[" * 100_000, [], {}, {"items": [{}]}, {"total": "x"}])
async def test_an_answer_that_makes_no_sense(server: Scripted, connect: Connect, body: object) -> None:
    for path in ("/exercises", "/exercises/1", "/auth/introspect", "/health"):
        server.on(path, Reply(body))
    client = anonymous(connect, server)
    for call in (client.exercises(), client.page(), client.exercise(1), client.introspect("x")):
        with pytest.raises(Unreachable, match="what answers there is no Workout API$"):
            await call
    assert not await client.is_healthy()


async def test_no_content_is_no_exercise(server: Scripted, connect: Connect) -> None:
    server.on("/exercises/1", Reply(b"", HTTPStatus.NO_CONTENT))
    with pytest.raises(Unreachable):
        await anonymous(connect, server).exercise(1)


async def test_every_try_is_the_same_request(server: Scripted, connect: Connect, slept: list[float]) -> None:
    async def fail(request: Request) -> Reply:
        return Reply(status=503)

    server.on("/exercises", fail)
    with pytest.raises(Unreachable):
        await anonymous(connect, server, attempts=3).page(2, scope="all")
    [target] = {request.target for request in server.requests}
    assert target == "/exercises?page=2&page_size=200&scope=all&sort_by=id&sort_order=asc"
