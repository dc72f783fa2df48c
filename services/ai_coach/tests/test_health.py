"""`/health` tells people how things are, `/readyz` tells probes; neither asks a model."""

import httpx
import pytest

from devstack.ports import free_port
from fake_llm import FakeProvider, faults
from services.ai_coach.tests.conftest import CLAUDE, GPT, MakeCoach, inside

pytestmark = pytest.mark.anyio


def nowhere(scheme: str) -> str:
    """An address where nobody listens."""
    return f"{scheme}://127.0.0.1:{free_port()}"


async def test_healthy_with_rules_by_choice(make_coach: MakeCoach) -> None:
    answer = await (await make_coach()).get("/health")
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "status": "healthy",
            "service": "ai-coach",
            "ai_model": "rules",
            "workout_api_connected": True,
            "redis_connected": True,
        },
    )


async def test_healthy_without_a_key_and_the_rules_are_named(make_coach: MakeCoach) -> None:
    found = (await (await make_coach(model=CLAUDE, fallback_models=(GPT,))).get("/health")).json()
    assert (found["status"], found["ai_model"]) == ("healthy", "rules")


async def test_the_model_is_named_and_never_asked(make_coach: MakeCoach, fake: FakeProvider) -> None:
    client = await make_coach(model=CLAUDE, fallback_models=(GPT,))
    for path in ("/health", "/livez", "/readyz", "/metrics"):
        assert (await client.get(path)).status_code == 200
    assert (await client.get("/health")).json()["ai_model"] == CLAUDE
    assert fake.journal == []


@pytest.mark.parametrize(("api", "redis", "status"), [(True, False, "degraded"), (False, True, "unhealthy")])
async def test_what_is_away_stands_in_the_answer(make_coach: MakeCoach, api: bool, redis: bool, status: str) -> None:
    away: dict[str, object] = {} if api else {"api_url": nowhere("http")}
    client = await make_coach(**(away if redis else away | {"redis_url": nowhere("redis")}))
    answer = await client.get("/health")
    assert answer.status_code == 200
    found = answer.json()
    assert (found["status"], found["workout_api_connected"], found["redis_connected"]) == (status, api, redis)


async def test_without_redis_in_the_settings_it_is_degraded(make_coach: MakeCoach) -> None:
    found = (await (await make_coach(redis_url=None)).get("/health")).json()
    assert (found["status"], found["redis_connected"]) == ("degraded", False)


async def test_a_model_that_is_left_alone_is_degraded_until_it_answers_again(
    make_coach: MakeCoach, fake: FakeProvider
) -> None:
    client = await make_coach(model=CLAUDE, fallback_models=(GPT,), breaker_failures=1, breaker_seconds=0.001)
    inside(client).coach.chain.candidates[0].breaker.failed()
    found = (await client.get("/health")).json()
    assert (found["status"], found["ai_model"]) == ("degraded", GPT)
    assert (await client.post("/chat", json={"message": "How often should I train?"})).json()["model"] == CLAUDE
    found = (await client.get("/health")).json()
    assert (found["status"], found["ai_model"]) == ("healthy", CLAUDE)


async def test_all_models_away_names_the_rules(make_coach: MakeCoach, fake: FakeProvider) -> None:
    fake.script = faults.status_500()
    client = await make_coach(model=CLAUDE, breaker_failures=1)
    await client.post("/chat", json={"message": "How often should I train?"})
    found = (await client.get("/health")).json()
    assert (found["status"], found["ai_model"]) == ("degraded", "rules")


async def test_an_api_that_is_no_workout_api_is_not_connected(make_coach: MakeCoach, fake: FakeProvider) -> None:
    found = (await (await make_coach(api_url=fake.url)).get("/health")).json()
    assert (found["status"], found["workout_api_connected"]) == ("unhealthy", False)


async def test_nothing_shared_keeps_it_from_being_ready(make_coach: MakeCoach) -> None:
    client = await make_coach(api_url=nowhere("http"), redis_url=nowhere("redis"))
    assert (await client.get("/livez")).status_code == 200
    assert (await client.get("/readyz")).status_code == 200


async def test_everybody_may_ask_how_it_is(make_coach: MakeCoach, client: httpx.AsyncClient) -> None:
    closed = await make_coach(auth="token")
    for each in (closed, client):
        assert (await each.get("/health", headers={"Authorization": "Bearer nonsense"})).status_code == 200
