"""The journal, in this process and over HTTP; scripts that travel as JSON; other processes; many clients at once."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import anyio.to_thread
import httpx2
import pytest
from pydantic_ai import Agent
from pydantic_ai.exceptions import ModelServerError
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.providers.anthropic import AnthropicProvider

from fake_llm import Delayed, FakeProvider, Fixed, InTurn, Outage, Paced, Valid, When, faults

BODY = {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "Go"}]}
# A client in a process of its own, with nothing but the standard library: it sets the script, asks, reads the journal.
CLIENT = """
import json, sys, urllib.request

def call(path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(sys.argv[1] + path, data, {"x-api-key": "k", "content-type": "application/json"})
    with urllib.request.urlopen(request) as response:
        return json.loads(response.read() or "null")

call("/script", {"script": "fixed", "answer": "From " + sys.argv[2]})
answer = call("/v1/messages", {"model": sys.argv[2], "max_tokens": 9, "messages": [{"role": "user", "content": "Go"}]})
print(json.dumps([answer["content"][0]["text"], [entry["model"] for entry in call("/journal")]]))
"""


def said(http: httpx2.Client, text: str = "Go") -> str:
    """The answer's text, or the status of an error."""
    response = http.post("/v1/messages", json=BODY | {"messages": [{"role": "user", "content": text}]})
    return response.json()["content"][0]["text"] if response.status_code == 200 else str(response.status_code)


def test_an_entry(fake: FakeProvider, http: httpx2.Client) -> None:
    before = time.time()
    http.post("/v1/messages", json=BODY, headers={"authorization": "Bearer very-secret", "x-mark": "seen"})
    [entry] = fake.journal
    assert before <= entry.time <= (entry.finished_at or 0) <= time.time()
    assert (entry.protocol, entry.path, entry.model, entry.streamed) == ("anthropic", "/v1/messages", "m", False)
    assert (entry.status, entry.outcome, entry.events, entry.body) == (200, "answered", 1, BODY)
    assert entry.key_sent
    assert entry.headers["x-mark"] == "seen"
    assert "very-secret" not in repr(entry)


def test_over_http(fake: FakeProvider, http: httpx2.Client) -> None:
    said(http)
    [entry] = http.get("/journal").json()
    assert entry["outcome"] == "answered"
    assert entry["output_tokens"] == fake.journal[0].output_tokens
    assert http.delete("/journal").status_code == 204
    assert http.get("/journal").json() == []
    steps = [{"script": "status_429", "retry_after": 3}, {"script": "fixed", "answer": "Now."}]
    assert http.post("/script", json={"script": "in_turn", "steps": steps}).status_code == 204
    assert http.post("/v1/messages", json=BODY).headers["retry-after"] == "3"
    assert said(http) == "Now."
    assert fake.journal[-1].number == 3  # numbers go on, for the ids' sake


@pytest.mark.parametrize(
    "spec",
    [
        {"script": "valid", "seed": 4, "call_tools": True},
        {"script": "when", "contains": "x", "then": {"script": "hang"}, "otherwise": {"script": "empty"}},
        {"script": "delayed", "seconds": 0.01, "inner": {"script": "paced", "seconds": 0}},
        {"script": "outage", "seconds": 9, "during": {"script": "status", "code": 503}},
        {"script": "call", "tool": "t", "arguments": {"script": 1}, "then": {"script": "obedient", "form": "hex"}},
        {"script": "slow_drip", "milliseconds": 0.01, "of": {"script": "fixed", "answer": {"title": "x"}}},
    ],
)
def test_scripts_as_json(http: httpx2.Client, spec: Any) -> None:
    assert http.post("/script", json=spec).status_code == 204
    assert http.post("/v1/messages", json=BODY).status_code in (200, 503)


@pytest.mark.parametrize(
    "spec", [None, [], {}, {"script": "no such"}, {"script": "valid", "sed": 1}, {"script": "in_turn", "steps": []}]
)
def test_bad_scripts_change_nothing(fake: FakeProvider, http: httpx2.Client, spec: Any) -> None:
    script = fake.script
    response = http.post("/script", json=spec)
    assert response.status_code == 400
    assert response.json()["error"]
    assert fake.script is script
    assert http.get("/script").status_code == 405


def test_composition(fake: FakeProvider, http: httpx2.Client) -> None:
    fake.script = InTurn(faults.status_500(), faults.status_529(), Fixed("Fine."))
    assert [said(http) for _ in range(4)] == ["500", "529", "Fine.", "Fine."]
    fake.script = When(lambda prompt: "secret" in prompt.supplied[-1], faults.status_500(), Fixed("Fine."))
    assert [said(http, text) for text in ("Go", "a secret", "Go")] == ["Fine.", "500", "Fine."]
    fake.script = Outage(0.2, faults.status_500(), Fixed("Fine."))
    assert said(http) == "500"
    time.sleep(0.25)
    assert said(http) == "Fine."
    fake.script = Delayed(0.1, Fixed("Fine."))
    begun = time.monotonic()
    assert said(http) == "Fine."
    assert time.monotonic() - begun >= 0.1


def test_waiting_for_what_never_happens(fake: FakeProvider) -> None:
    with pytest.raises(TimeoutError, match="did not come"):
        fake.wait_until(lambda entries: len(entries) > 0, timeout=0.05)


def client(fake: FakeProvider) -> httpx2.Client:
    """One for a fake that the test starts itself."""
    return httpx2.Client(base_url=fake.url, headers={"x-api-key": "k"}, verify=False)


def test_a_fake_that_ends_while_it_answers(caplog: pytest.LogCaptureFixture) -> None:
    impatient = httpx2.Timeout(5, read=0.1)
    with FakeProvider(faults.hang()) as fake, client(fake) as http:
        with pytest.raises(httpx2.ReadTimeout):
            http.post("/v1/messages", json=BODY, timeout=impatient)
        fake.script = Paced(5)
        with pytest.raises(httpx2.ReadTimeout):
            http.post("/v1/messages", json=BODY | {"stream": True}, timeout=impatient)
    with client(fake) as http, pytest.raises(httpx2.ConnectError):
        http.get("/journal")
    assert [record for record in caplog.records if record.name.startswith(("uvicorn", "asyncio", "fake_llm"))] == []


def test_a_given_port_and_two_fakes() -> None:
    with FakeProvider(Fixed("one")) as one, FakeProvider(Fixed("two")) as two:
        assert one.port != two.port
        with client(one) as http, client(two) as other:
            assert (said(http), said(other)) == ("one", "two")
    with FakeProvider(Fixed("three"), port=one.port) as three, client(three) as http:
        assert three.port == one.port
        assert said(http) == "three"


async def test_fifty_at_once(fake: FakeProvider, make_model: Any) -> None:
    fake.script = Delayed(0.05, Valid(1))
    agents = [Agent(make_model(protocol)) for protocol in ("anthropic", "openai-chat", "openai-responses")]
    results = await asyncio.gather(*(agents[i % 3].run(f"Question {i}") for i in range(50)))
    assert len({result.output for result in results}) == 50  # each its own answer
    found = await anyio.to_thread.run_sync(fake.wait_until, lambda all_: all(one.finished_at for one in all_))
    assert len(found) == len({entry.number for entry in found}) == 50
    assert sum(result.usage.output_tokens for result in results) == sum(entry.output_tokens for entry in found)
    assert sum(result.usage.input_tokens for result in results) == sum(entry.input_tokens for entry in found)


def test_two_client_processes(fake: FakeProvider) -> None:
    for name in ("first", "second"):
        ran = subprocess.run([sys.executable, "-c", CLIENT, fake.url, name], capture_output=True, text=True, check=True)
        answer, models = json.loads(ran.stdout)
        assert answer == f"From {name}"
        assert models[-1] == name
    assert [entry.model for entry in fake.journal] == ["first", "second"]


@pytest.fixture
def other_process() -> Iterator[str]:
    """The address of a fake in a process of its own."""
    script = {"script": "in_turn", "steps": [{"script": "status_500"}, {"script": "valid"}]}
    command = [sys.executable, "-m", "fake_llm", "--script", json.dumps(script)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()
        process.communicate(timeout=5)
    assert process.returncode == 0


async def test_a_fake_in_a_process_of_its_own(other_process: str) -> None:
    async with httpx2.AsyncClient(verify=False) as http:
        provider = AnthropicProvider(api_key="k", base_url=other_process, http_client=http)
        agent = Agent(AnthropicModel("claude-haiku-4-5", provider=provider))
        with pytest.raises(ModelServerError):
            await agent.run("Go", model_settings={"max_retries": 0})
        result = await agent.run("Go")
        journal = (await http.get(other_process + "/journal")).json()
    assert [entry["outcome"] for entry in journal] == ["status_500", "answered"]
    assert journal[1]["output_tokens"] == result.usage.output_tokens
