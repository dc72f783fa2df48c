"""Writing through the client: what goes over the wire, and what a retry must not do twice."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from tracker_client import Credentials, Refused, Retries, TrackerClient, Unreachable

pytestmark = pytest.mark.anyio

ROW = {"id": 7, "name": "Squat", "sets": 3, "reps": 5, "weight": None, "workout_day": "A"}
EXCHANGED = {"access_token": "short", "expires_in": 300, "id": "4", "sub": "anna", "scope": "read", "newer": 1}
LOGIN = {"access_token": "ours", "expires_in": 1800, "refresh_token": None}


class Wire:
    """Answers given in turn, and the requests that they were given to."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self._answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@asynccontextmanager
async def client_of(wire: Wire, **options: Any) -> AsyncIterator[TrackerClient]:
    """A client whose network is `wire`, which retries at once."""
    client = TrackerClient("http://api.test", user_agent="tests", retries=Retries(attempts=3, delay=0), **options)
    await client._transport._http.aclose()
    client._transport._http = httpx.AsyncClient(base_url="http://api.test", transport=httpx.MockTransport(wire))
    async with client:
        yield client


async def test_an_exercise_is_added_with_its_key_and_as_the_caller() -> None:
    wire = Wire(httpx.Response(201, json=ROW, headers={"ETag": '"7.1"'}))
    async with client_of(wire) as client:
        added = await client.add({"name": "Squat", "sets": 3, "reps": 5}, key="k", token="theirs")
    assert (added.exercise.id, added.etag) == (7, '"7.1"')
    (request,) = wire.requests
    assert (request.method, request.url.path) == ("POST", "/exercises")
    assert (request.headers["idempotency-key"], request.headers["authorization"]) == ("k", "Bearer theirs")
    assert json.loads(request.content) == {"name": "Squat", "sets": 3, "reps": 5}


async def test_a_retry_carries_the_same_key() -> None:
    wire = Wire(httpx.ReadError("lost"), httpx.Response(503), httpx.Response(201, json=ROW, headers={"ETag": '"7.1"'}))
    async with client_of(wire) as client:
        await client.add({"name": "Squat"}, key="k")
    assert [request.headers["idempotency-key"] for request in wire.requests] == ["k", "k", "k"]


async def test_a_change_names_the_state_that_it_is_of() -> None:
    before = httpx.Response(200, json=ROW, headers={"ETag": '"7.1"'})
    after = httpx.Response(200, json=ROW | {"sets": 4}, headers={"ETag": '"7.2"'})
    wire = Wire(before, after)
    async with client_of(wire) as client:
        found = await client.versioned(7)
        changed = await client.change(7, {"sets": 4}, etag=found.etag)
    assert (changed.exercise.sets, changed.etag) == (4, '"7.2"')
    assert (wire.requests[1].method, wire.requests[1].headers["if-match"]) == ("PATCH", '"7.1"')
    assert json.loads(wire.requests[1].content) == {"sets": 4}


async def test_a_change_that_somebody_was_quicker_with_is_not_tried_again() -> None:
    wire = Wire(httpx.Response(412, json={"detail": "changed"}))
    async with client_of(wire) as client:
        with pytest.raises(Refused, match="412: changed"):
            await client.change(7, {"sets": 4}, etag='"7.1"')
    assert len(wire.requests) == 1


async def test_a_token_is_exchanged_with_our_own_rights() -> None:
    wire = Wire(httpx.Response(200, json=LOGIN), httpx.Response(200, json=EXCHANGED))
    async with client_of(wire, credentials=Credentials("mcp", lambda: "secret")) as client:
        exchanged = await client.exchange("wtt_x")
    assert (exchanged.access_token, exchanged.sub, exchanged.scope) == ("short", "anna", "read")
    assert wire.requests[1].headers["authorization"] == "Bearer ours"
    assert json.loads(wire.requests[1].content) == {"token": "wtt_x"}


async def test_a_refused_token_does_not_make_us_log_in_again() -> None:
    refused = [httpx.Response(400, json={"detail": "unknown"}) for _ in range(3)]
    wire = Wire(httpx.Response(200, json=LOGIN), *refused)
    async with client_of(wire, credentials=Credentials("mcp", lambda: "secret")) as client:
        for _ in refused:
            with pytest.raises(Refused, match="400: unknown"):
                await client.exchange("wtt_x")
    assert [request.url.path for request in wire.requests] == ["/auth/login"] + ["/auth/exchange"] * 3


async def test_our_own_token_is_there_for_services_that_ask_the_api_in_turn() -> None:
    wire = Wire(httpx.Response(200, json=LOGIN))
    async with client_of(wire, credentials=Credentials("mcp", lambda: "secret")) as client:
        assert [await client.own_token(), await client.own_token()] == ["ours", "ours"]
    assert len(wire.requests) == 1
    async with client_of(Wire()) as client:
        assert await client.own_token() is None


async def test_an_api_that_is_away_is_unreachable_for_our_own_token_too() -> None:
    async with client_of(Wire(httpx.ConnectError("refused")), credentials=Credentials("mcp", lambda: "s")) as client:
        with pytest.raises(Unreachable, match="/auth/login"):
            await client.own_token()
