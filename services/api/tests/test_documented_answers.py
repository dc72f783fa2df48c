"""The OpenAPI document against the truth: every operation is tried in many ways, and each answer looked up in it."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, NamedTuple

import asyncpg
import httpx
import jsonschema_rs
import pytest
from asgi_lifespan import LifespanManager
from pydantic import SecretStr

from api.app import create_app
from api.settings import ApiSettings, RateLimitSettings

pytestmark = pytest.mark.anyio

MakeClient = Callable[..., Awaitable[httpx.AsyncClient]]
MakeUser = Callable[..., Awaitable[dict[str, str]]]
Document = dict[str, Any]
JSON = {"Content-Type": "application/json"}
ROLES = ("admin", "user", "readonly", "service")
KINDS = (
    "public",
    "auth",
    "session",
    "admin",
    "service",
    *(f"{a}_{b}" for a in ("read", "write") for b in ("anonymous", "user")),
)
ONCE = RateLimitSettings.model_validate(dict.fromkeys((*KINDS, "read_admin", "write_admin"), "1/hour"))
QUERIES = ("sort_by=x", "page=0", "scope=all", "scope=x", "format=csv", "session=cookie", "session=x", "all=x")
HEADERS: tuple[dict[str, str], ...] = (
    {"Authorization": "Bearer x"},
    {"If-None-Match": "*"},
    {"If-Match": '"0.0"'},
    {"Idempotency-Key": ""},
    {"Idempotency-Key": "used"},
)
BODIES: tuple[tuple[bytes, dict[str, str]], ...] = (
    (b"", {}),
    (b"{", JSON),
    (b"{}", JSON),
    (b"{}", {"Content-Type": "text/plain"}),
    (b"{}", {**JSON, "Content-Length": "1048577"}),
)
TOO_LARGE = {"X-More": "x" * 20_000}
UNREADABLE = (b"[" * 100_000, b'{"weight": ' + b"1" * 5000 + b"}", b'"\xff"')


class Answer(NamedTuple):
    """An answer, and the operation's documentation."""

    operation: dict[str, Any]
    response: httpx.Response


def operations(document: Document) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def example(document: Document, operation: dict[str, Any]) -> bytes:
    """A body made of the examples of its required fields."""
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    reference = schema.get("$ref") or schema["anyOf"][0]["$ref"]
    model = document["components"]["schemas"][reference.rpartition("/")[2]]
    fields = {name: model["properties"][name].get("examples", ["x" * 12])[0] for name in model.get("required", ())}
    return json.dumps(fields).encode()


class Trial:
    """Tries operations, each with accounts and an exercise of its own: some operations end sessions or delete."""

    def __init__(self, document: Document, make_user: MakeUser, sql: asyncpg.Connection) -> None:
        self.document, self._make_user, self._sql = document, make_user, sql
        self._operations = 0

    async def callers(self) -> dict[str, dict[str, str]]:
        """Headers by role."""
        self._operations += 1
        accounts = {role: await self._make_user(f"{role}{self._operations}", role=role) for role in ROLES}
        disabled = await self._make_user(f"dora{self._operations}", disabled=True)
        return {"anonymous": {}, "disabled": disabled, **accounts}

    async def url(self, path: str) -> str:
        """With an exercise and an account that are there."""
        row = await self._sql.fetchval(
            "INSERT INTO exercises (routine_id, name, sets, reps) "
            "SELECT id, 'x', 1, 1 FROM routines WHERE owner_id IS NULL RETURNING id"
        )
        return path.replace("{exercise_id}", str(row)).replace("{username}", f"user{self._operations}")

    def plain(self, operation: dict[str, Any]) -> dict[str, Any]:
        """Arguments of a request that is acceptable."""
        if "requestBody" in operation:
            return {"content": example(self.document, operation), "headers": JSON}
        return {"headers": {}}

    def attempts(self, operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Arguments of requests with one deviation each."""
        plain = self.plain(operation)
        if "requestBody" in operation:
            yield from ({"content": content, "headers": headers} for content, headers in BODIES)
        yield from ({**plain, "headers": plain["headers"] | header} for header in HEADERS)
        yield from ({**plain, "params": query} for query in QUERIES)

    async def run(self, client: httpx.AsyncClient, word: str = "", *, short: bool = False) -> list[Answer]:
        """Answers of all operations with `word` in their path. `short`: plain requests, twice each."""
        answers = []
        for method, path, operation in (each for each in operations(self.document) if word in each[1]):
            callers = await self.callers()
            tries = [(caller, self.plain(operation)) for caller in callers.values() for _ in range(1 + short)]
            if not short:
                tries += [(callers["admin"], each) for each in self.attempts(operation)]
            for caller, more in tries:
                headers = {**caller, **more["headers"]}
                response = await client.request(method, await self.url(path), **{**more, "headers": headers})
                answers.append(Answer(operation, response))
            for wrong in ("0", "2147483647"):
                url = path.replace("{exercise_id}", wrong).replace("{username}", "x" * 12)
                response = await client.request(method, url, headers=callers["admin"], json={"sets": 2})
                answers.append(Answer(operation, response))
        return answers

    async def send(self, client: httpx.AsyncClient, **more: Any) -> list[Answer]:
        """The same request to all operations."""
        return [
            Answer(operation, await client.request(method, await self.url(path), **more))
            for method, path, operation in operations(self.document)
        ]


@pytest.fixture
async def trial(client: httpx.AsyncClient, make_user: MakeUser, sql: asyncpg.Connection) -> Trial:
    """On the application in `open` mode."""
    return Trial((await client.get("/openapi.json")).json(), make_user, sql)


@pytest.fixture
async def without_database() -> AsyncIterator[httpx.AsyncClient]:
    """An application whose database is away."""
    url = SecretStr("postgresql://nobody@127.0.0.1:1/nowhere")
    settings = {"database_url": url, "rate_limits": RateLimitSettings(enabled=False)}
    app = create_app(ApiSettings.model_validate(settings))
    transport = httpx.ASGITransport(app)
    async with (
        LifespanManager(app, startup_timeout=60, shutdown_timeout=60),
        httpx.AsyncClient(transport=transport, base_url="http://api.test") as client,
    ):
        yield client


def undocumented(answer: Answer) -> str | None:
    """The answer in words, if its status or its type does not stand in the document."""
    operation, response = answer
    media_type = response.headers.get("content-type", "").partition(";")[0]
    documented = operation["responses"].get(str(response.status_code), {"content": {"no such status": {}}})
    if media_type in documented.get("content", {"": {}}):
        return None
    return f"{operation['operationId']}: {response.status_code} {media_type}"


def wrong_bodies(document: Document, answers: list[Answer]) -> Iterator[str]:
    """Each JSON body that is not what the document says."""
    validators: dict[str, jsonschema_rs.Validator] = {}
    for operation, response in answers:
        media_type = response.headers.get("content-type", "")
        if not media_type.endswith("json") or undocumented(Answer(operation, response)):
            continue
        schema = operation["responses"][str(response.status_code)]["content"][media_type]["schema"]
        key = json.dumps(schema)
        if key not in validators:
            validators[key] = jsonschema_rs.validator_for({"allOf": [schema], "components": document["components"]})
        for error in validators[key].iter_errors(response.json()):
            yield f"{operation['operationId']}: {error.message}"


async def test_every_answer_is_as_documented(client: httpx.AsyncClient, trial: Trial) -> None:
    answers = await trial.run(client)
    assert {undocumented(answer) for answer in answers} == {None}
    assert list(wrong_bodies(trial.document, answers)) == []
    assert {response.status_code for _, response in answers} >= {200, 201, 204, 304, 400, 401, 403, 404, 412, 413, 415}


async def test_every_answer_that_an_exercise_operation_documents_can_happen(
    client: httpx.AsyncClient, make_client: MakeClient, without_database: httpx.AsyncClient, trial: Trial
) -> None:
    answers = await trial.run(client, "/exercises")
    answers += await trial.run(await make_client(rate_limits=ONCE), "/exercises", short=True)
    answers += await trial.run(without_database, "/exercises", short=True)
    answers += await trial.send(client, content=UNREADABLE[0], headers=JSON)
    answers += await trial.send(client, headers=TOO_LARGE)
    for _, path, operation in operations(trial.document):
        if "/exercises" in path:
            seen = {str(response.status_code) for each, response in answers if each is operation}
            never = {"409"} & set(operation["responses"])  # two at once: see the tests of Idempotency-Key
            assert (operation["operationId"], set(operation["responses"]) - seen) == (operation["operationId"], never)


@pytest.mark.parametrize("content", UNREADABLE, ids=["too deep", "too long a number", "no UTF-8"])
async def test_the_answer_to_an_unreadable_body_is_documented(
    client: httpx.AsyncClient, trial: Trial, content: bytes
) -> None:
    answers = await trial.send(client, content=content, headers=JSON)
    assert {undocumented(answer) for answer in answers if "requestBody" in answer.operation} == {None}


async def test_the_answer_to_too_large_headers_is_documented(client: httpx.AsyncClient, trial: Trial) -> None:
    answers = await trial.send(client, headers=TOO_LARGE)
    assert {response.status_code for _, response in answers} == {431}
    assert {undocumented(answer) for answer in answers} == {None}
