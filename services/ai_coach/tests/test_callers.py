"""Who asks: the API tells, it is believed for some seconds, and nobody sees what they may not see themselves."""

import asyncio
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import redis.asyncio

from ai_coach.edge import callers as module
from devstack.ports import free_port
from devstack.valkey import Valkey
from fake_llm import FakeProvider
from services.ai_coach.tests.conftest import CLAUDE, MakeCoach, WriteRoutine, inside
from tests.people import Person, bearer, change_account, log_in, new_person
from tests.processes import Api

pytestmark = pytest.mark.anyio

ASK = {"message": "What does my routine lack?"}
SQUAT = {"name": "Squat", "sets": 3, "reps": 5, "weight": 100, "workout_day": "A"}
PATHS = [("POST", "/chat", ASK), ("POST", "/recommend", {}), ("GET", "/analyze", None), ("GET", "/exercises", None)]


@pytest.fixture(scope="module")
def anna(private_api: Api) -> Iterator[Person]:
    """Somebody with a routine of her own."""
    with private_api.client() as client:
        person = new_person(client, log_in(client, "admin"))
        assert client.post("/exercises", json=SQUAT, headers=person.headers).status_code == 201
        yield person


@pytest.fixture(scope="module")
def ben(private_api: Api) -> Person:
    """Somebody else, whose routine is empty."""
    with private_api.client() as client:
        return new_person(client, log_in(client, "admin"))


@pytest.mark.parametrize(("method", "path", "body"), [*PATHS, ("POST", "/chat/stream", ASK)])
async def test_where_a_token_is_needed_nobody_goes_without(
    make_coach: MakeCoach, anna: Person, private_api: Api, method: str, path: str, body: object
) -> None:
    client = await make_coach(auth="token", api_url=private_api.url)
    for headers in ({}, {"Authorization": "Basic YTpi"}, {"Authorization": "Bearer "}, bearer("nonsense")):
        refused = await client.request(method, path, json=body, headers=headers)
        assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
    answer = await client.request(method, path, json=body, headers=anna.headers)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(("method", "path", "body"), PATHS)
async def test_a_token_that_does_not_hold_is_401_where_none_is_needed_too(
    make_coach: MakeCoach, anna: Person, method: str, path: str, body: object
) -> None:
    client = await make_coach()
    for token in ("nonsense", f"{anna.access_token}x", anna.refresh_token, "x" * 5000):
        assert (await client.request(method, path, json=body, headers=bearer(token))).status_code == 401


async def test_everybody_has_answers_about_their_own_routine(
    make_coach: MakeCoach, anna: Person, ben: Person, private_api: Api
) -> None:
    client = await make_coach(auth="token", api_url=private_api.url)
    hers = (await client.post("/chat", json=ASK, headers=anna.headers)).json()
    assert (hers["context_used"], hers["response"][:10]) == (True, "1 exercise")
    his = (await client.post("/chat", json=ASK, headers=ben.headers)).json()
    assert (his["context_used"], his["response"][:21]) == (True, "Your routine is still")
    assert (await client.get("/analyze", headers=ben.headers)).status_code == 400
    assert (await client.get("/exercises", headers=anna.headers)).json()["items"][0]["name"] == "Squat"


async def test_without_a_token_a_private_api_shows_nothing(make_coach: MakeCoach, private_api: Api) -> None:
    client = await make_coach(api_url=private_api.url)
    answer = (await client.post("/chat", json=ASK)).json()
    assert (answer["context_used"], answer["response"][:16]) == (False, "I cannot see you")
    assert (await client.get("/analyze")).status_code == 401
    assert (await client.get("/exercises")).status_code == 401
    assert (await client.post("/recommend", json={})).status_code == 200


async def test_a_private_answer_comes_to_nobody_else(
    make_coach: MakeCoach, fake: FakeProvider, anna: Person, ben: Person, private_api: Api
) -> None:
    client = await make_coach(model=CLAUDE, api_url=private_api.url)
    hers = (await client.post("/chat", json=ASK, headers=anna.headers)).json()
    for headers in (ben.headers, {}):
        other = (await client.post("/chat", json=ASK, headers=headers)).json()
        assert other["source"] == "llm"
        assert "Squat" not in str(fake.journal[-1].body["messages"])
    again = (await client.post("/chat", json=ASK, headers=anna.headers)).json()
    assert (again["source"], again["response"], len(fake.journal)) == ("cache", hers["response"], 3)


async def test_a_disabled_account_is_gone_within_seconds(
    make_coach: MakeCoach, private_api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(module, "monotonic", lambda: clock.now)
    client = await make_coach(auth="token", api_url=private_api.url)
    with private_api.client() as api:
        admin = log_in(api, "admin")
        gone = new_person(api, admin)
        assert (await client.post("/recommend", json={}, headers=gone.headers)).status_code == 200
        change_account(api, admin, gone.username, disabled=True)
    assert module.REMEMBER_SECONDS <= 10
    clock.now += module.REMEMBER_SECONDS
    assert (await client.post("/recommend", json={}, headers=gone.headers)).status_code == 401


async def test_a_caller_is_remembered_for_a_moment_and_not_too_many_are(
    make_coach: MakeCoach, anna: Person, ben: Person, private_api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await make_coach(auth="token", api_url=private_api.url)
    asked = inside(client).callers
    monkeypatch.setattr(module, "MAX_REMEMBERED", 1)
    for person in (anna, anna, ben):
        assert (await client.post("/recommend", json={}, headers=person.headers)).status_code == 200
        assert list(asked._known) == [person.access_token]


async def test_with_the_api_away_nobody_can_be_told_apart(make_coach: MakeCoach, anna: Person) -> None:
    away = f"http://127.0.0.1:{free_port()}"
    closed = await make_coach(auth="token", api_url=away)
    answer = await closed.post("/chat", json=ASK, headers=anna.headers)
    assert (answer.status_code, answer.json()["detail"]) == (503, "Unable to connect to workout API.")
    assert answer.headers["retry-after"]
    opened = await make_coach(api_url=away)
    assert (await opened.post("/chat", json=ASK, headers=anna.headers)).json()["context_used"] is False
    assert (await opened.get("/analyze", headers=anna.headers)).status_code == 503


async def test_a_service_account_is_a_caller_too(make_coach: MakeCoach, open_api: Api) -> None:
    with open_api.client() as api:
        service = log_in(api, "ai-coach", "the coach's password")
    client = await make_coach(auth="token")
    assert (await client.post("/recommend", json={}, headers=service.headers)).status_code == 200


LIMITED = {"limits_enabled": True, "limit_anonymous": "2/hour", "limit_user": "3/hour", "limit_service": "4/hour"}


async def test_each_address_and_each_account_has_its_limit(
    make_coach: MakeCoach, anna: Person, ben: Person, private_api: Api
) -> None:
    near = {"api_url": private_api.url, "redis_url": None}
    client = await make_coach(**LIMITED | near)
    for headers, allowed in (({}, 2), (anna.headers, 3), (ben.headers, 3)):
        answers = [await client.post("/recommend", json={}, headers=headers) for _ in range(allowed + 1)]
        assert [answer.status_code for answer in answers] == [200] * allowed + [429]
        assert answers[0].headers["ratelimit-policy"] == f'"coach";q={allowed};w=3600'
        assert f'"coach";r={allowed - 1};' in answers[0].headers["ratelimit"]
        refused = answers[-1]
        assert refused.headers["content-type"] == "application/problem+json"
        assert 0 < int(refused.headers["retry-after"]) <= 3600
    assert (await client.get("/health")).status_code == 200


async def test_limits_are_shared_through_database_two(
    make_coach: MakeCoach, write_routine: WriteRoutine, own_valkey: Valkey
) -> None:
    client = await make_coach(**LIMITED)
    await client.post("/recommend", json={})
    async with redis.asyncio.Redis.from_url(f"{own_valkey.url}/2", decode_responses=True) as shared:
        for _ in range(500):
            if keys := await shared.keys():
                break
            await asyncio.sleep(0.02)
    assert [key for key in keys if "192.0.2.1:anonymous" in key]
