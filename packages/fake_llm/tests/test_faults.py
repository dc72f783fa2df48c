"""Each fault, and the exception that pydantic-ai makes of it. The README's table is compared with the one here."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio.to_thread
import pytest
from pydantic import BaseModel, Field
from pydantic_ai import Agent, exceptions
from pydantic_ai.models import Model

from fake_llm import Delayed, FakeProvider, InTurn, Script, Valid, faults

README = Path(__file__).parents[1] / "README.md"
CLIENT_LEAVES = {"request_timeout": 0.2}


class Plan(BaseModel):
    """What the agent is to answer."""

    title: str = Field(max_length=120)
    weeks: int = Field(ge=1, le=12)


PLANNER = Agent(output_type=Plan)  # made once: reading the schema takes longer than a question

# The fault, what makes it, the settings of the client, and the exception.
FAULTS: dict[str, tuple[Callable[[], Script], dict[str, Any], type[Exception]]] = {
    "status_500": (faults.status_500, {}, exceptions.ModelServerError),
    "status_429": (faults.status_429, {}, exceptions.ModelRateLimitError),
    "status_529": (faults.status_529, {}, exceptions.ModelOverloadedError),
    "hang": (faults.hang, {"timeout": 0.15}, exceptions.ModelTimeoutError),
    "slow_drip": (lambda: faults.slow_drip(20), CLIENT_LEAVES, exceptions.ModelRequestTimeout),
    "disconnect": (faults.disconnect, {}, exceptions.ModelConnectionError),
    "disconnect_mid_stream": (faults.disconnect_mid_stream, {}, exceptions.ModelConnectionError),
    "error_mid_stream": (faults.error_mid_stream, {}, exceptions.ModelOverloadedError),
    "malformed_json": (faults.malformed_json, {}, exceptions.ModelAPIError),
    "malformed_arguments": (faults.malformed_arguments, {}, exceptions.UnexpectedModelBehavior),
    "wrong_schema": (faults.wrong_schema, {}, exceptions.UnexpectedModelBehavior),
    "huge": (lambda: faults.huge(300_000), {}, exceptions.UnexpectedModelBehavior),
    "refusal": (faults.refusal, {}, exceptions.ContentFilterError),
    "empty": (faults.empty, {}, exceptions.UnexpectedModelBehavior),
    "truncated": (faults.truncated, {}, exceptions.UnexpectedModelBehavior),
}


@pytest.mark.parametrize("name", FAULTS)
async def test_fault(fake: FakeProvider, model: Model, ask: Any, stream: bool, name: str) -> None:
    make, settings, expected = FAULTS[name]
    if settings:  # the time that they give is not for connecting
        await ask(PLANNER, model=model)
        fake.clear()
    fake.script = make()
    with pytest.raises(expected) as caught:
        await ask(PLANNER, model=model, stream=stream, **settings)
    # By name: for those that come with a status, the class is a private twin of the same name.
    assert expected is exceptions.UnexpectedModelBehavior or type(caught.value).__name__ == expected.__name__
    found = await anyio.to_thread.run_sync(fake.wait_until, lambda entries: len(entries) > 0)
    assert {entry.outcome for entry in found} == {name}


def test_the_readme_has_this_table() -> None:
    rows = dict(re.findall(r"^\| `(\w+)`.*?\| `(\w+)`", README.read_text(), re.MULTILINE))
    assert rows == {name: expected.__name__ for name, (_, _, expected) in FAULTS.items()}


async def test_retry_after_reaches_the_client(fake: FakeProvider, model: Model, ask: Any) -> None:
    fake.script = faults.status_429(retry_after=7)
    with pytest.raises(exceptions.ModelHTTPError) as caught:
        await ask(Agent(model))
    assert caught.value.status_code == 429
    assert caught.value.headers is not None
    assert caught.value.headers["retry-after"] == "7"


async def test_the_sdk_retries_and_recovers(fake: FakeProvider, model: Model) -> None:
    fake.script = InTurn(faults.status_429(retry_after=0.01), Valid())
    result = await Agent(model, output_type=Plan).run("Go", model_settings={"max_tokens": 512, "max_retries": 1})
    assert isinstance(result.output, Plan)
    assert [entry.outcome for entry in fake.journal] == ["status_429", "answered"]
    assert fake.journal[0].input_tokens == 0  # an error costs nothing


async def test_pydantic_ai_asks_again_after_a_wrong_answer(fake: FakeProvider, model: Model, ask: Any) -> None:
    fake.script = InTurn(faults.wrong_schema(), Valid())
    output, usage = await ask(Agent(model, output_type=Plan))
    assert isinstance(output, Plan)
    assert usage.output_tokens == sum(entry.output_tokens for entry in fake.journal)


async def test_a_stream_is_cut_after_exactly_so_many_events(fake: FakeProvider, model: Model, ask: Any) -> None:
    fake.script = faults.disconnect_mid_stream(events=2)
    with pytest.raises(exceptions.ModelConnectionError):
        await ask(Agent(model), stream=True)
    [entry] = fake.journal
    assert entry.events == 2
    assert not entry.disconnected  # the server left, not the client


async def test_a_read_timeout_does_not_see_a_slow_drip(fake: FakeProvider, make_model: Any, ask: Any) -> None:
    fake.script = faults.slow_drip(2, of=Valid(text="Yes."))
    begun = time.monotonic()
    output, _ = await ask(Agent(make_model("anthropic")), timeout=0.5)
    assert output == "Yes."
    assert time.monotonic() - begun > 0.5


async def test_a_huge_text_is_no_error(fake: FakeProvider, model: Model, ask: Any) -> None:
    fake.script = faults.huge()
    output, _ = await ask(Agent(model))
    assert len(output) == 10_000_000


async def test_a_late_answer(fake: FakeProvider, model: Model, ask: Any) -> None:
    fake.script = Delayed(0.5, Valid())
    with pytest.raises(exceptions.ModelTimeoutError):
        await ask(Agent(model), timeout=0.1)
