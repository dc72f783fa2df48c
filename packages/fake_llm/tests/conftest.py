"""The real SDKs, through pydantic-ai, against a fake of the test's own."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, Protocol, cast

import httpx2
import pytest
from pydantic_ai import Agent
from pydantic_ai.models import Model
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import RunUsage

from fake_llm import FakeProvider

PROTOCOLS = ("anthropic", "openai-chat", "openai-responses")

MakeModel = Callable[[str], Model]


class Ask(Protocol):
    """Runs an agent, streamed or not, without retries of the SDK."""

    async def __call__(
        self,
        agent: Agent[None, Any],
        prompt: str = "Plan my week.",
        *,
        model: Model | None = None,
        stream: bool = False,
        **settings: Any,
    ) -> tuple[Any, RunUsage]: ...


@pytest.fixture
def fake() -> Iterator[FakeProvider]:
    """A fake that gives valid answers, until the test sets another script."""
    with FakeProvider() as provider:
        yield provider


@pytest.fixture
def http(fake: FakeProvider) -> Iterator[httpx2.Client]:
    """A bare client with a key; without certificates, which take longer to read than all else together."""
    with httpx2.Client(base_url=fake.url, headers={"x-api-key": "very-secret"}, verify=False) as client:
        yield client


@pytest.fixture
async def make_model(fake: FakeProvider) -> AsyncIterator[MakeModel]:
    """A model that speaks the given protocol to the fake."""
    async with httpx2.AsyncClient(timeout=10, verify=False) as http:

        def make(protocol: str) -> Model:
            if protocol == "anthropic":
                claude = AnthropicProvider(api_key="secret", base_url=fake.anthropic_base_url, http_client=http)
                return AnthropicModel("claude-haiku-4-5", provider=claude)
            openai = OpenAIProvider(api_key="secret", base_url=fake.openai_base_url, http_client=http)
            return (OpenAIChatModel if protocol == "openai-chat" else OpenAIResponsesModel)("gpt-5", provider=openai)

        yield make


@pytest.fixture(params=PROTOCOLS)
def protocol(request: pytest.FixtureRequest) -> str:
    """Each of the protocols."""
    return str(request.param)


@pytest.fixture
async def model(make_model: MakeModel, protocol: str) -> Model:
    """A model of each protocol."""
    return make_model(protocol)


@pytest.fixture(params=[False, True], ids=["whole", "streamed"])
def stream(request: pytest.FixtureRequest) -> bool:
    """Both ways to be answered."""
    return bool(request.param)


@pytest.fixture
def ask() -> Ask:
    """See Ask."""

    async def ask(
        agent: Agent[None, Any],
        prompt: str = "Plan my week.",
        *,
        model: Model | None = None,
        stream: bool = False,
        **settings: Any,
    ) -> tuple[Any, RunUsage]:
        # With a small max_tokens the SDK of Anthropic asks for whole answers, too.
        chosen = cast(ModelSettings, {"max_tokens": 512, "max_retries": 0, **settings})
        if not stream:
            result = await agent.run(prompt, model=model, model_settings=chosen)
            return result.output, result.usage
        async with agent.run_stream(prompt, model=model, model_settings=chosen) as streamed:
            return await streamed.get_output(), streamed.usage

    return ask
