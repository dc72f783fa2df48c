"""Around the endpoint: probes, metrics, logs, one shape of refusals, and what happens when something is away."""

import logging
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from tests.mcp.conftest import MakeToken, StartApp, assistant, call, error, raw_client
from tests.people import Person, bearer
from tracker_mcp.backend import Backend

pytestmark = pytest.mark.anyio

ACCEPT = {"Accept": "application/json, text/event-stream"}
CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "calculate-volume", "arguments": {}}}
NOWHERE = "http://127.0.0.1:1"


async def get(app: FastAPI, path: str) -> httpx2.Response:
    async with raw_client(app) as client:
        return await client.get(path)


async def test_probes_need_no_token(app: FastAPI) -> None:
    assert (await get(app, "/livez")).json() == {"status": "alive"}
    assert (await get(app, "/readyz")).json() == {"status": "ready"}
    assert 'build_info{service="mcp"' in (await get(app, "/metrics")).text


async def test_a_call_leaves_a_line_and_a_measurement(
    app: FastAPI, anna: Person, make_token: MakeToken, caplog: pytest.LogCaptureFixture
) -> None:
    token = make_token(anna)
    with caplog.at_level(logging.INFO, "access"):
        async with raw_client(app, headers=ACCEPT | bearer(token)) as client:
            answer = await client.post("/mcp?access_token=secret", json=CALL)
    line = vars(next(record for record in caplog.records if record.name == "access"))
    assert (line["route"], line["status"], line["user"]) == ("/mcp", 200, anna.username)
    assert not [record for record in caplog.records if token in record.getMessage() or "secret" in record.getMessage()]
    assert answer.headers["x-request-id"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert 'http_route="/mcp"' in (await get(app, "/metrics")).text


async def test_limits_are_told(start_app: StartApp, anna: Person, make_token: MakeToken) -> None:
    app = await start_app(limits_enabled=True, limit_token="7/hour")
    async with raw_client(app, headers=ACCEPT | bearer(make_token(anna))) as client:
        answer = await client.post("/mcp", json=CALL)
    assert answer.headers["ratelimit-policy"] == '"mcp-token";q=7;w=3600'
    assert answer.headers["ratelimit"].startswith('"mcp-token";r=6;t=')


async def test_without_the_api_nobody_can_be_known(start_app: StartApp, anna: Person, make_token: MakeToken) -> None:
    app = await start_app(api_url=NOWHERE)
    async with raw_client(app, headers=ACCEPT | bearer(make_token(anna))) as client:
        answer = await client.post("/mcp", json=CALL)
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:problem:api-unreachable")
    assert int(answer.headers["retry-after"]) > 0
    assert (await get(app, "/readyz")).status_code == 200, "restarting it would mend nothing"


@pytest.mark.parametrize("settings", [{"password": "a wrong one"}, {"username": None, "password": None}])
async def test_without_its_own_account_it_says_so_and_not_that_the_token_is_wrong_or_the_api_away(
    start_app: StartApp,
    anna: Person,
    make_token: MakeToken,
    caplog: pytest.LogCaptureFixture,
    settings: dict[str, Any],
) -> None:
    app = await start_app(**settings)
    async with raw_client(app, headers=ACCEPT | bearer(make_token(anna))) as client:
        answer = await client.post("/mcp", json=CALL)
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:problem:account-refused")
    (record,) = [record for record in caplog.records if record.name == "tracker_mcp.gate"]
    assert record.levelname == "ERROR"
    assert str(vars(record)["error"]).startswith("401: ")


async def test_without_the_coach_everything_else_works(
    start_app: StartApp, anna: Person, make_token: MakeToken
) -> None:
    async with assistant(await start_app(coach_url=NOWHERE), make_token(anna)) as client:
        assert (await call(client, "routine-summary"))["exercises"] == 0
        for tool in ("recommend", "analyze"):
            assert f"The AI Coach does not answer at {NOWHERE}" in await error(client, tool)


async def test_a_mistake_of_ours_gives_nothing_away(
    app: FastAPI, anna: Person, make_token: MakeToken, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(backend: Backend) -> None:
        raise RuntimeError("postgresql://workout:secret@db")

    monkeypatch.setattr(Backend, "routine", fail)
    async with assistant(app, make_token(anna)) as client:
        assert await error(client, "calculate-volume") == "Error calling tool 'calculate-volume'"


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH"])
async def test_there_is_nothing_to_stream_or_to_put(
    app: FastAPI, anna: Person, make_token: MakeToken, method: str
) -> None:
    async with raw_client(app, headers=bearer(make_token(anna))) as client:
        answer = await client.request(method, "/mcp")
    assert answer.status_code == 405
    assert "POST" in answer.headers["allow"]


async def test_elsewhere_there_is_nothing(app: FastAPI) -> None:
    answer = await get(app, "/exercises")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
