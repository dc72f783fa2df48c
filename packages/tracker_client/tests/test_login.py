"""Logging in as a service account: when, how often, and what becomes of a login that fails."""

import asyncio
import json
from collections.abc import Callable

import pytest
from packages.tracker_client.tests.conftest import PASSWORD, Connect
from packages.tracker_client.tests.scripted import DISCONNECT, LOGIN, Reply, Request, Scripted, page

from tests.databases import sql
from tests.processes import Api
from tracker_client import Credentials, Refused, Retries, Unreachable

REFUSED = Reply({"detail": "No"}, 401)


def guarded(server: Scripted, *valid: str) -> None:
    """Each login gives the next of the tokens; only the last one is good for reading."""
    server.on("/auth/login", *[Reply(LOGIN | {"access_token": token}) for token in valid])

    async def read(request: Request) -> Reply:
        await asyncio.sleep(0)
        return page(1) if request.token == valid[-1] else REFUSED

    server.on("/exercises", read)


async def test_fifty_first_calls_log_in_once(private_api: Api, connect: Connect) -> None:
    sql(
        private_api.variables["DATABASE_URL"],
        "DELETE FROM sessions s USING users u WHERE u.id = s.user_id AND username = 'worker'",
    )
    client = connect(private_api)
    assert await asyncio.gather(*(client.exercises() for _ in range(50))) == [[]] * 50
    query = "SELECT FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.username = 'worker'"
    assert len(sql(private_api.variables["DATABASE_URL"], query)) == 1


async def test_what_a_login_sends(server: Scripted, connect: Connect) -> None:
    guarded(server, "one")
    await connect(server).exercises()
    [login] = server.asked("/auth/login")
    assert (login.method, json.loads(login.body)) == ("POST", {"username": "worker", "password": PASSWORD})
    assert (login.headers["user-agent"], login.token) == ("tests", None)


async def test_a_token_given_needs_no_login(server: Scripted, connect: Connect) -> None:
    guarded(server, "given")
    assert len(await connect(server).exercises(token="given")) == 1
    assert server.asked("/auth/login") == []


async def test_a_token_given_that_is_refused_is_not_replaced_by_ours(server: Scripted, connect: Connect) -> None:
    guarded(server, "one")
    with pytest.raises(Refused, match="^401: No$"):
        await connect(server).exercises(token="given")
    assert server.asked("/auth/login") == []


async def test_a_refused_token_is_renewed_once_for_all(server: Scripted, connect: Connect) -> None:
    guarded(server, "one", "two")
    client = connect(server)
    await asyncio.gather(*(client.exercises() for _ in range(20)))
    assert len(server.asked("/auth/login")) == 2
    await client.exercises()
    assert len(server.asked("/auth/login")) == 2


async def test_a_token_that_is_refused_again_and_again_is_an_error(
    server: Scripted, connect: Connect, slept: list[float]
) -> None:
    server.on("/exercises", REFUSED)
    with pytest.raises(Refused, match="^401: No$"):
        await connect(server).exercises()
    assert [request.target for request in server.requests if request.method == "POST"] == ["/auth/login"] * 2
    assert (len(server.asked("/exercises")), slept) == (2, [])


async def test_what_is_forbidden_is_not_asked_for_with_another_token(server: Scripted, connect: Connect) -> None:
    server.on("/exercises", Reply({"detail": "No"}, 403))
    with pytest.raises(Refused, match="^403: No$"):
        await connect(server).exercises()
    assert len(server.requests) == 2


@pytest.mark.parametrize(("life", "kept"), [(1800, 1739), (600, 539), (60, 53), (1, 0)])
async def test_a_token_is_renewed_before_it_ends(
    server: Scripted, connect: Connect, move_clock: Callable[[float], None], life: int, kept: int
) -> None:
    server.on("/auth/login", Reply(LOGIN | {"expires_in": life}))
    server.on("/exercises", page(1))
    client = connect(server)
    await client.exercises()
    move_clock(kept)
    await client.exercises()
    assert len(server.asked("/auth/login")) == 1
    move_clock(2)
    await client.exercises()
    assert len(server.asked("/auth/login")) == 2


async def test_a_rotated_password_is_noticed(server: Scripted, connect: Connect) -> None:
    passwords = ["the first", "the second"]
    guarded(server, "one", "two")
    await connect(server, credentials=Credentials("worker", lambda: passwords.pop(0))).exercises()
    assert [json.loads(r.body)["password"] for r in server.asked("/auth/login")] == ["the first", "the second"]


async def test_a_password_that_cannot_be_read_is_not_ours_to_explain(server: Scripted, connect: Connect) -> None:
    def missing() -> str:
        raise FileNotFoundError("/run/secrets/worker")

    with pytest.raises(FileNotFoundError):
        await connect(server, credentials=Credentials("worker", missing)).exercises()
    assert server.requests == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 307])
async def test_a_login_that_is_refused_is_not_tried_again(
    server: Scripted, connect: Connect, slept: list[float], status: int
) -> None:
    server.on("/auth/login", Reply({"detail": "Not you"}, status))
    with pytest.raises(Refused, match=f"^{status}: Not you$"):
        await connect(server).exercises()
    assert (len(server.requests), slept) == (1, [])


@pytest.mark.parametrize("fault", [DISCONNECT, Reply(status=500), Reply(status=429, headers={"Retry-After": "7"})])
async def test_a_login_that_fails_is_tried_again(
    server: Scripted, connect: Connect, slept: list[float], fault: Reply
) -> None:
    server.on("/auth/login", fault, Reply(LOGIN))
    server.on("/exercises", page(1))
    assert len(await connect(server).exercises()) == 1
    assert slept == [7] if fault.status == 429 else len(slept) == 1


GIBBERISH = [
    b"",
    b"<html>",
    {},
    LOGIN | {"access_token": "x\r\ny"},
    LOGIN | {"access_token": ""},
    LOGIN | {"expires_in": 0},
    LOGIN | {"expires_in": -1},
    LOGIN | {"access_token": "very-secret", "expires_in": "soon"},
]


@pytest.mark.parametrize("body", GIBBERISH)
async def test_a_login_whose_answer_makes_no_sense(server: Scripted, connect: Connect, body: object) -> None:
    server.on("/auth/login", Reply(body))
    with pytest.raises(Unreachable) as unreachable:
        await connect(server, retries=Retries(attempts=1)).exercises()
    assert str(unreachable.value) == "/auth/login: what answers there is no Workout API"


async def test_fifty_callers_wait_for_one_login_that_fails(server: Scripted, connect: Connect) -> None:
    async def never(_: Request) -> Reply:
        await asyncio.Event().wait()
        raise AssertionError

    server.on("/auth/login", never)
    client = connect(server, timeout=0.3, retries=Retries(attempts=1))
    async with asyncio.timeout(0.3 * 20):  # in turn they would need 0.3 s each
        results = await asyncio.gather(*(client.exercises() for _ in range(50)), return_exceptions=True)
    assert {str(result) for result in results} == {f"POST {server.url}/auth/login: no answer within 0.3 s"}
    assert len(server.requests) == 1


async def test_whoever_leaves_takes_the_login_from_nobody(server: Scripted, connect: Connect) -> None:
    asked, go = asyncio.Event(), asyncio.Event()

    async def slow(_: Request) -> Reply:
        asked.set()
        await go.wait()
        return Reply(LOGIN)

    server.on("/auth/login", slow)
    server.on("/exercises", page(1))
    client = connect(server)
    first, second = (asyncio.create_task(client.exercises()) for _ in range(2))
    await asked.wait()
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    go.set()
    assert len(await second) == 1
    assert len(server.asked("/auth/login")) == 1


async def test_closing_ends_a_login_that_nobody_waits_for(server: Scripted, connect: Connect) -> None:
    asked, gone = asyncio.Event(), asyncio.Event()

    async def never(_: Request) -> Reply:
        asked.set()
        await gone.wait()
        return Reply(LOGIN)

    server.on("/auth/login", never)
    async with connect(server) as client:
        call = asyncio.create_task(client.exercises())
        await asked.wait()
        call.cancel()
    assert {task for task in asyncio.all_tasks() if "_log_in" in repr(task)} == set()
    gone.set()
