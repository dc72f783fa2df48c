"""`/chat/stream`: pieces as they come, then the whole; nothing is shown that may not be."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from ai_coach.coach import streaming
from ai_coach.coach.agents import TEXTS
from fake_llm import FakeProvider, Fixed, InTurn, faults
from services.ai_coach.tests.conftest import CLAUDE, GPT, MakeCoach, WriteRoutine, events, inside

pytestmark = pytest.mark.anyio

LONG = "Train three days a week, whole body each time, and add weight only while every repetition looks the same."


def parts(text: str) -> tuple[str, dict[str, Any]]:
    """(the deltas as one text, the end)."""
    found = events(text)
    assert [name for name, _ in found[:-1]] == ["delta"] * (len(found) - 1)
    assert found[-1][0] == "done"
    return "".join(data["text"] for _, data in found[:-1]), found[-1][1]


async def test_the_rules_are_read_along(make_coach: MakeCoach, write_routine: WriteRoutine) -> None:
    client = await make_coach()
    answer = await client.post("/chat/stream", json={"message": "How often should I train?"})
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert len(events(answer.text)) > 5
    shown, done = parts(answer.text)
    assert shown.strip() == done["response"]
    assert (done["source"], done["model"], done["context_used"]) == ("rules", "rules", True)
    again = parts((await client.post("/chat/stream", json={"message": "How often should I train?"})).text)
    assert again == (done["response"], done | {"source": "cache"})
    whole = (await client.post("/chat", json={"message": "How often should I train?"})).json()
    assert whole == done | {"source": "cache"}


async def test_a_model_is_read_along_and_its_answer_kept(make_coach: MakeCoach, fake: FakeProvider) -> None:
    fake.script = Fixed(LONG)
    client = await make_coach(model=CLAUDE)
    for source in ("llm", "cache"):
        shown, done = parts((await client.post("/chat/stream", json={"message": "How often?"})).text)
        assert (shown, done["response"], done["source"], done["model"]) == (LONG, LONG, source, CLAUDE)
    assert [entry.streamed for entry in fake.journal] == [True]


async def test_a_red_flag_is_one_piece_and_no_model_sees_it(make_coach: MakeCoach, fake: FakeProvider) -> None:
    client = await make_coach(model=CLAUDE)
    shown, done = parts((await client.post("/chat/stream", json={"message": "chest pain"})).text)
    assert shown == done["response"]
    assert (done["source"], fake.journal) == ("rules", [])


@pytest.mark.parametrize("secret", [TEXTS["common"][:400], f"{LONG} https://example.org", "x" * 9000, " "])
async def test_what_may_not_be_shown_is_replaced(make_coach: MakeCoach, fake: FakeProvider, secret: str) -> None:
    fake.script = Fixed(secret)
    client = await make_coach(model=CLAUDE)
    shown, done = parts((await client.post("/chat/stream", json={"message": "How often should I train?"})).text)
    assert done["source"] == "rules"
    assert "https://" not in shown
    assert not inside(client).coach.chain.is_degraded
    assert "You are the coach" not in shown


@pytest.mark.parametrize("fault", [faults.status_500(), faults.disconnect_mid_stream(of=Fixed(LONG))])
async def test_where_a_model_fails_the_next_begins_anew(make_coach: MakeCoach, fake: FakeProvider, fault: Any) -> None:
    fake.script = InTurn(fault, Fixed(LONG))
    client = await make_coach(model=CLAUDE, fallback_models=(GPT,))
    _, done = parts((await client.post("/chat/stream", json={"message": "How often?"})).text)
    assert (done["response"], done["source"], done["model"]) == (LONG, "llm", GPT)


async def test_where_all_fail_the_rules_answer(make_coach: MakeCoach, fake: FakeProvider) -> None:
    fake.script = faults.status_500()
    client = await make_coach(model=CLAUDE)
    _, done = parts((await client.post("/chat/stream", json={"message": "How often should I train?"})).text)
    assert (done["source"], len(fake.journal)) == ("rules", 1)


async def test_what_nobody_thought_of_is_an_error_event(make_coach: MakeCoach, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> AsyncIterator[str]:
        for _piece in range(2):
            yield ""
            raise LookupError("a secret")

    monkeypatch.setattr(streaming, "_written", broken)
    client = await make_coach()
    answer = await client.post("/chat/stream", json={"message": "How often should I train?"})
    assert events(answer.text)[-1] == ("error", {"detail": streaming.FAILED})
    assert "a secret" not in answer.text
