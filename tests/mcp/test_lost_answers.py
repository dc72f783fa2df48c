"""What the API does is said truly, even where its answer is lost, or is no for another reason than a wrong call."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests.mcp.conftest import MakeToken, StartApp, assistant, call, error
from tests.people import Person
from tests.processes import Api

pytestmark = pytest.mark.anyio

Row = dict[str, Any]
CURL = {"name": "Curl", "sets": 3, "reps": 8}


class Line:
    """A bad line to the API: some answers never arrive, or others do in their place. What it was asked is done."""

    def __init__(self, api: Api) -> None:
        self._http = httpx.AsyncClient(base_url=api.url)
        self.lost: dict[str, int] = {}
        self.instead: dict[str, tuple[int, dict[str, str], Row]] = {}

    async def close(self) -> None:
        """Hang up."""
        await self._http.aclose()

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request, one answer, one connection."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ")
        headers = dict(line.split(": ", 1) for line in head[1:] if line)
        length = int(headers.get("content-length") or headers.get("Content-Length") or 0)
        status, fields, body = await self._answer(method, path, headers, await reader.readexactly(length))
        if self.lost.get(method, 0) > 0:
            self.lost[method] -= 1
        else:
            fields |= {"connection": "close", "content-length": str(len(body))}
            lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
            writer.write(f"HTTP/1.1 {status} -\r\n{lines}\r\n".encode() + body)
        writer.close()

    async def _answer(self, method: str, path: str, headers: Row, body: bytes) -> tuple[int, Row, bytes]:
        if path in self.instead:
            status, fields, problem = self.instead[path]
            return status, fields, json.dumps(problem).encode()
        answer = await self._http.request(method, path, headers=headers, content=body)
        kept = ("content-type", "etag")
        return answer.status_code, {k: v for k, v in answer.headers.items() if k in kept}, answer.content


@pytest.fixture
async def line(api: Api) -> AsyncIterator[Line]:
    """A line that is good until a test makes it bad."""
    made = Line(api)
    yield made
    await made.close()


@pytest.fixture
async def app(line: Line, start_app: StartApp) -> AsyncIterator[FastAPI]:
    """With that line to the API."""
    server = await asyncio.start_server(line.handle, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    yield await start_app(write=True, api_url=f"http://127.0.0.1:{port}")
    server.close()


@pytest.fixture
def writing(anna: Person, make_token: MakeToken) -> str:
    """A token that may write."""
    return make_token(anna, scope="write")


async def test_an_exercise_whose_answers_are_lost_can_be_asked_for_again_and_is_added_once(
    app: FastAPI, line: Line, anna: Person, writing: str, rest: Callable[..., Row]
) -> None:
    async with assistant(app, writing) as client:
        await call(client, "list-exercises")  # the token is known from now on
        line.lost["POST"] = 2
        said = await error(client, "add-exercise", **CURL)
        assert "does not answer" in said
        key = said.partition("call again with request_key ")[2].partition(",")[0]
        assert (await call(client, "add-exercise", **CURL, request_key=key))["exercise"]["name"] == "Curl"
    assert rest(anna)["total"] == 1


async def test_a_change_whose_answer_is_lost_is_no_conflict(
    app: FastAPI, line: Line, anna: Person, writing: str, add: Callable[..., Row]
) -> None:
    row = add(anna, **CURL, weight=20)
    async with assistant(app, writing) as client:
        line.lost["PATCH"] = 1
        changed = await call(client, "update-exercise", exercise_id=row["id"], weight=22.5)
        assert (changed["before"]["weight"], changed["exercise"]["weight"]) == (20.0, 22.5)
        line.lost["PATCH"] = 2
        changed = await call(client, "update-exercise", exercise_id=row["id"], weight=25)
        assert changed["exercise"]["weight"] == 25.0


async def test_what_cannot_be_known_is_said_to_be_uncertain(
    app: FastAPI, line: Line, anna: Person, writing: str, add: Callable[..., Row]
) -> None:
    row = add(anna, **CURL, weight=20)
    path = f"/exercises/{row['id']}"
    async with assistant(app, writing) as client:
        await call(client, "get-exercise", exercise_id=row["id"])
        line.instead[path] = (200, {"etag": '"some"'}, row)
        line.lost["PATCH"] = 2
        said = await error(client, "update-exercise", exercise_id=row["id"], weight=22.5)
    assert said.endswith("It may have been changed: look with get-exercise")


@pytest.mark.parametrize(
    ("status", "headers", "said"),
    [
        (429, {"retry-after": "30"}, "Too many requests: try again in 30 s"),
        (503, {}, "The Workout API cannot do it just now: The database is away. Try again in a moment"),
    ],
)
async def test_an_api_that_answers_is_not_called_silent(
    app: FastAPI, line: Line, writing: str, status: int, headers: dict[str, str], said: str
) -> None:
    async with assistant(app, writing) as client:
        await call(client, "list-exercises")
        line.instead["/exercises"] = (status, headers, {"detail": "The database is away"})
        found = await error(client, "add-exercise", **CURL)
        assert found.startswith(said)
        assert ("It may have been added" in found) == (status != 429)
