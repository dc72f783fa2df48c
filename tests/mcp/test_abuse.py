"""What must not come in over HTTP: each of these is tried, and none is accepted."""

from collections.abc import Callable
from time import monotonic
from typing import Any

import httpx
import httpx2
import pytest
from fastapi import FastAPI

from tests.databases import sql
from tests.mcp.conftest import MakeToken, StartApp, assistant, call, error, raw_client
from tests.people import PASSWORD, Person, bearer, change_account, new_person
from tests.processes import Api
from tracker_mcp import gate

pytestmark = pytest.mark.anyio

Row = dict[str, Any]
CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "calculate-volume", "arguments": {}}}
ACCEPT = {"Accept": "application/json, text/event-stream"}


async def post(app: FastAPI, headers: dict[str, str], body: object = CALL, query: str = "") -> httpx2.Response:
    """A bare call, as a script would make it."""
    async with raw_client(app, headers=ACCEPT | headers) as client:
        return await client.post(f"/mcp{query}", json=body)


def is_refused(answer: httpx2.Response, status: int) -> bool:
    return answer.status_code == status and "result" not in answer.text


async def test_a_token_made_for_it_is_accepted(app: FastAPI, anna: Person, make_token: MakeToken) -> None:
    answer = await post(app, bearer(make_token(anna)))
    assert (answer.status_code, answer.json()["result"]["structuredContent"]["status"]) == (200, 200)
    assert answer.headers["content-type"] == "application/json"


async def test_no_other_token_is(app: FastAPI, anna: Person, make_token: MakeToken) -> None:
    made = make_token(anna)
    forged = made[:-1] + ("A" if made[-1] != "A" else "B")
    wrong: list[dict[str, str]] = [
        {},
        *(bearer(token) for token in (anna.access_token, anna.refresh_token, forged, made + "x", "wtt_", "x" * 5000)),
        {"Authorization": made},
        {"Authorization": f"Basic {made}"},
        {"Authorization": f"Token {made}"},
        {"Authorization": "Bearer"},
        {"Cookie": f"access_token={made}"},
        {"X-Api-Key": made},
    ]
    for headers in wrong:
        answer = await post(app, headers)
        assert is_refused(answer, 401), (headers, answer.text)
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.headers["content-type"] == "application/problem+json"
        assert made not in answer.text


async def test_what_a_token_was_exchanged_for_is_none(
    app: FastAPI, anna: Person, make_token: MakeToken, exchanged: Callable[[str], str]
) -> None:
    assert is_refused(await post(app, bearer(exchanged(make_token(anna)))), 401)


async def test_a_token_in_the_query_is_not_read(app: FastAPI, anna: Person, make_token: MakeToken) -> None:
    token = make_token(anna)
    for name in ("access_token", "token", "authorization", "api_key"):
        assert is_refused(await post(app, {}, query=f"?{name}={token}"), 401)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost.evil.example", "https://"])
async def test_pages_of_other_sites_are_refused(app: FastAPI, anna: Person, make_token: MakeToken, origin: str) -> None:
    answer = await post(app, bearer(make_token(anna)) | {"Origin": origin})
    assert is_refused(answer, 403)
    assert "MCP_ALLOWED_ORIGINS" in answer.json()["detail"]


async def test_pages_that_the_settings_name_are_not(start_app: StartApp, anna: Person, make_token: MakeToken) -> None:
    app = await start_app(allowed_origins=("https://gym.example.org",))
    answer = await post(app, bearer(make_token(anna)) | {"Origin": "https://gym.example.org"})
    assert answer.status_code == 200


async def test_a_name_that_is_not_its_own_is_refused(
    start_app: StartApp, app: FastAPI, anna: Person, make_token: MakeToken
) -> None:
    headers = bearer(make_token(anna)) | {"Host": "mcp.example.org"}
    answer = await post(app, headers)
    assert is_refused(answer, 421)
    assert "MCP_ALLOWED_HOSTS" in answer.json()["detail"]
    assert (await post(await start_app(allowed_hosts=("mcp.example.org",)), headers)).status_code == 200


@pytest.mark.parametrize("tool", ["add-exercise", "update-exercise"])
async def test_a_token_of_scope_read_neither_sees_nor_calls_what_writes(
    app: FastAPI, anna: Person, make_token: MakeToken, rest: Callable[..., Row], tool: str
) -> None:
    arguments = {"name": "Squat", "sets": 3, "reps": 5} if tool == "add-exercise" else {"exercise_id": 1, "sets": 2}
    async with assistant(app, make_token(anna)) as client:
        assert tool not in {each.name for each in await client.list_tools()}
        assert "Unknown tool" in await error(client, tool, **arguments)
    assert rest(anna)["total"] == 0


@pytest.mark.parametrize(
    ("method", "params"),
    [("tools/call", {"name": "x" * 20_000}), ("resources/read", {"uri": f"exercises://{'x' * 20_000}"})],
)
async def test_what_is_not_there_is_not_repeated_at_length(
    app: FastAPI, anna: Person, make_token: MakeToken, method: str, params: Row
) -> None:
    body = CALL | {"method": method, "params": params}
    answer = await post(app, bearer(make_token(anna)), body)
    assert "x" * 50 in answer.text
    assert len(answer.text) < 1_000


async def test_somebody_who_may_only_read_does_not_write_through_it(
    app: FastAPI, http: httpx.Client, admin: Person, make_token: MakeToken
) -> None:
    reader = new_person(http, admin, "readonly")
    async with assistant(app, make_token(reader)) as client:
        assert "Unknown tool" in await error(client, "add-exercise", name="Squat", sets=3, reps=5)


async def test_what_writes_is_not_there_unless_the_settings_say_so(
    start_app: StartApp, anna: Person, make_token: MakeToken
) -> None:
    async with assistant(await start_app(), make_token(anna, scope="write")) as client:
        assert {each.name for each in await client.list_tools()}.isdisjoint({"add-exercise", "update-exercise"})
        assert "Unknown tool" in await error(client, "add-exercise", name="Squat", sets=3, reps=5)


async def test_too_large_a_request_is_refused(app: FastAPI, anna: Person, make_token: MakeToken) -> None:
    headers = bearer(make_token(anna))
    large = {**CALL, "params": {"name": "calculate-volume", "arguments": {"x": "x" * 70_000}}}
    assert is_refused(await post(app, headers, large), 413)
    async with raw_client(app, headers=ACCEPT | headers | {"Content-Type": "application/json"}) as client:

        async def pieces() -> Any:
            for _ in range(10):
                yield b" " * 10_000

        assert is_refused(await client.post("/mcp", content=pieces()), 413)
    assert is_refused(await post(app, headers | {"X-Large": "x" * 20_000}), 431)


async def test_a_flood_with_one_token_is_cut_off(start_app: StartApp, anna: Person, make_token: MakeToken) -> None:
    app = await start_app(limits_enabled=True, limit_token="5/hour", limit_address="1000/hour")
    headers = bearer(make_token(anna))
    statuses = [(await post(app, headers)).status_code for _ in range(20)]
    assert (statuses.count(200), statuses.count(429)) == (5, 15)
    answer = await post(app, headers)
    assert int(answer.headers["retry-after"]) > 0
    assert (await post(app, bearer(make_token(anna)))).status_code == 200, "another token has a limit of its own"


async def test_guessing_tokens_is_cut_off_before_the_api_is_asked(
    start_app: StartApp, anna: Person, make_token: MakeToken
) -> None:
    app = await start_app(limits_enabled=True, limit_token="1000/hour", limit_address="5/hour")
    known = bearer(make_token(anna))
    assert (await post(app, known)).status_code == 200
    statuses = [(await post(app, bearer(f"wtt_{n}"))).status_code for n in range(20)]
    assert (statuses.count(401), statuses.count(429)) == (4, 16)
    assert (await post(app, known)).status_code == 200, "whoever is known goes on"


@pytest.fixture
def end(api: Api, http: httpx.Client, admin: Person) -> dict[str, Callable[[Person], None]]:
    """The ways in which a token comes to its end."""

    def revoke(person: Person) -> None:
        for each in http.get("/auth/tokens", headers=person.headers).json():
            assert http.delete(f"/auth/tokens/{each['id']}", headers=person.headers).status_code == 204

    def new_password(person: Person) -> None:
        change = {"current_password": PASSWORD, "new_password": "another password"}
        assert http.post("/auth/password", json=change, headers=person.headers).status_code == 200

    def expire(person: Person) -> None:
        statement = "UPDATE sessions SET expires_at = now() FROM users u WHERE u.id = user_id AND username = $1"
        sql(api.variables["DATABASE_URL"], statement, person.username)

    def disable(person: Person) -> None:
        change_account(http, admin, person.username, disabled=True)

    return {"revoked": revoke, "password": new_password, "expired": expire, "disabled": disable}


@pytest.mark.parametrize("how", ["revoked", "password", "expired", "disabled"])
async def test_a_token_that_has_ended_is_refused_within_seconds(
    app: FastAPI,
    anna: Person,
    make_token: MakeToken,
    end: dict[str, Callable[[Person], None]],
    monkeypatch: pytest.MonkeyPatch,
    how: str,
) -> None:
    headers = bearer(make_token(anna))
    assert (await post(app, headers)).status_code == 200
    end[how](anna)
    assert gate.REMEMBER_SECONDS <= 5
    later = monotonic() + gate.REMEMBER_SECONDS
    monkeypatch.setattr(gate, "monotonic", lambda: later)
    assert is_refused(await post(app, headers), 401)


async def test_a_role_that_was_taken_back_takes_writing_back(
    app: FastAPI, http: httpx.Client, admin: Person, anna: Person, make_token: MakeToken
) -> None:
    token = make_token(anna, scope="write")
    change_account(http, admin, anna.username, role="readonly")
    async with assistant(app, token) as client:
        assert "Unknown tool" in await error(client, "add-exercise", name="Squat", sets=3, reps=5)
        assert (await call(client, "calculate-volume"))["exercise_count"] == 0
