"""Who is asked in turn, for how long, and who shares an answer."""

import pytest

from ai_coach.coach import agents
from ai_coach.coach.models import usable
from fake_llm import Delayed, FakeProvider, Fixed, InTurn, Valid, faults
from services.ai_coach.tests.conftest import CLAUDE, GPT, MakeCoach, WriteRoutine, inside

pytestmark = pytest.mark.anyio

ASK = {"message": "How often should I train?"}
COST = "coach_llm_cost_dollars_total"


@pytest.mark.parametrize("name", ["rules", CLAUDE, "foo:bar", "", "gpt-4o", "bedrock:x"])
def test_without_a_key_a_package_or_a_right_name_a_model_is_left_out(name: str) -> None:
    assert usable(name) is None


async def test_each_is_asked_in_turn_and_once(make_coach: MakeCoach, fake: FakeProvider) -> None:
    client = await make_coach(model=CLAUDE, fallback_models=("foo:bar", CLAUDE, GPT))
    assert inside(client).coach.chain.names == [CLAUDE, GPT, "rules"]
    fake.script = InTurn(faults.status_529(), Fixed("Three days."))
    answer = (await client.post("/chat", json=ASK)).json()
    assert (answer["model"], answer["source"]) == (GPT, "llm")
    assert [entry.protocol for entry in fake.journal] == ["anthropic", "openai-chat"]


async def test_a_breaker_opens_and_the_vendor_is_left_alone(make_coach: MakeCoach, fake: FakeProvider) -> None:
    fake.script = faults.status_500()
    client = await make_coach(model=CLAUDE, breaker_failures=2, cache_seconds=0)
    for _ in range(4):
        assert (await client.post("/chat", json=ASK)).json()["source"] == "rules"
    assert len(fake.journal) == 2
    metrics = (await client.get("/metrics")).text
    assert f'coach_llm_breaker_open{{model="{CLAUDE}"}} 1.0' in metrics
    assert f'coach_llm_runs_total{{model="{CLAUDE}",outcome="ModelServerError"}} 2.0' in metrics
    assert f'coach_llm_runs_total{{model="{CLAUDE}",outcome="left_alone"}} 2.0' in metrics
    assert f'coach_llm_duration_seconds_count{{model="{CLAUDE}"}} 2.0' in metrics, "of those that were asked"
    assert 'coach_answers_total{source="rules",task="chat"} 4.0' in metrics


async def test_an_answer_that_cannot_be_used_opens_no_breaker(make_coach: MakeCoach, fake: FakeProvider) -> None:
    fake.script = faults.refusal()
    client = await make_coach(model=CLAUDE, breaker_failures=1)
    assert (await client.post("/chat", json=ASK)).json()["source"] == "rules"
    assert not inside(client).coach.chain.is_degraded
    assert 'outcome="unusable"} 1.0' in (await client.get("/metrics")).text


async def test_the_deadline_ends_a_model_and_the_rules_answer(make_coach: MakeCoach, fake: FakeProvider) -> None:
    fake.script = Delayed(60)
    client = await make_coach(model=CLAUDE, fallback_models=(GPT,), deadline=1)
    assert (await client.post("/chat", json=ASK)).json()["source"] == "rules"
    assert len(fake.journal) == 1  # no time is left for another
    assert f'coach_llm_runs_total{{model="{GPT}",outcome="no_time"}} 1.0' in (await client.get("/metrics")).text


async def test_tokens_are_metrics(make_coach: MakeCoach, fake: FakeProvider) -> None:
    client = await make_coach(model=CLAUDE)
    await client.post("/chat", json=ASK)
    text = (await client.get("/metrics")).text
    (entry,) = fake.journal
    for direction, tokens in (("input", entry.input_tokens), ("output", entry.output_tokens)):
        assert f'coach_llm_tokens_total{{direction="{direction}",model="{CLAUDE}"}} {float(tokens)}' in text


async def test_money_is_a_metric(make_coach: MakeCoach, fake: FakeProvider) -> None:
    priced, unheard_of = "anthropic:claude-haiku-4-5", "openai-chat:nobody-sells-this"
    client = await make_coach(model=priced)
    other = await make_coach(model=unheard_of)
    for each in (client, other):
        await each.post("/chat", json=ASK)
    entry = fake.journal[0]
    dollars = (entry.input_tokens * 1 + entry.output_tokens * 5) / 1e6  # a million of them cost $1 and $5
    (line,) = [line for line in (await client.get("/metrics")).text.splitlines() if line.startswith(f"{COST}{{")]
    assert line.startswith(f'{COST}{{model="{priced}"}} ')
    assert float(line.split()[1]) == pytest.approx(dollars)
    assert f'{COST}{{model="{unheard_of}"}} 0.0' in (await other.get("/metrics")).text


async def test_equal_questions_about_equal_routines_share_an_answer(
    make_coach: MakeCoach, fake: FakeProvider, write_routine: WriteRoutine, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.script = Valid(1)
    await write_routine(("Squat", 3, 5, 100.0))
    client, other = await make_coach(model=CLAUDE), await make_coach(model=CLAUDE, address="192.0.2.9")
    assert (await client.post("/chat", json=ASK)).json()["source"] == "llm"
    await write_routine(("Squat", 3, 5, 100.0))  # another id, the same routine
    assert (await other.post("/chat", json=ASK)).json()["source"] == "cache"
    for body in (ASK | {"message": "How often?"}, ASK | {"include_workout_context": False}):
        assert (await client.post("/chat", json=body)).json()["source"] == "llm"
    history = [{"role": "user", "content": "Hello"}]
    assert (await client.post("/chat", json=ASK | {"history": history})).json()["source"] == "llm"
    assert (await (await make_coach(model=GPT)).post("/chat", json=ASK)).json()["source"] == "llm"
    await write_routine(("Squat", 3, 6, 100.0))
    assert (await client.post("/chat", json=ASK)).json()["source"] == "llm"
    await write_routine(("Squat", 3, 5, 100.0))
    assert (await client.post("/chat", json=ASK)).json()["source"] == "cache"
    monkeypatch.setattr(agents, "VERSION", "other instructions")
    assert (await client.post("/chat", json=ASK)).json()["source"] == "llm"


async def test_a_plan_for_a_red_flag_is_none(make_coach: MakeCoach, fake: FakeProvider) -> None:
    client = await make_coach(model=CLAUDE)
    found = (await client.post("/recommend", json={"avoid": ["broken wrist"], "level": "advanced"})).json()
    assert (found["exercises"], found["estimated_duration_minutes"], found["source"]) == ([], 0, "rules")
    assert (found["difficulty"], "doctor" in found["description"], fake.journal) == ("advanced", True, [])
