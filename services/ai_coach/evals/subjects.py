"""Who is judged: the coach by rules, with a format fake that is wrong or obeys, and with any model that is named.

The fakes speak the vendors' formats and know nothing: what is judged is the service, whatever the model said.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from fake_llm import FakeProvider
from services.ai_coach.evals.wrong import Traitor, Wrong

RULES = "rules"
WRONG = "format fake, wrong plans"
OBEDIENT = "format fake, obeys injections"
RANDOM = "baseline: random but valid"
POPULAR = "baseline: popular movements"
SERVICE = (RULES, WRONG, OBEDIENT)
BASELINES = (RANDOM, POPULAR)


@dataclass(frozen=True, slots=True)
class Subject:
    """A model behind the service: the settings of its coach, and its journal where it is a fake."""

    name: str
    settings: dict[str, str]
    fake: FakeProvider | None = field(default=None)

    def asked(self) -> int:
        """How many requests the fake got so far."""
        return len(self.fake.journal) if self.fake else 0


@contextmanager
def subjects(names: tuple[str, ...], seed: int, keys: dict[str, str]) -> Iterator[list[Subject]]:
    """Those of `names` that answer over HTTP; a name that is none of ours is a model's. Fakes run meanwhile."""
    with ExitStack() as stack:
        yield [_subject(name, seed, keys, stack) for name in names if name not in BASELINES]


def _subject(name: str, seed: int, keys: dict[str, str], stack: ExitStack) -> Subject:
    if name == WRONG:
        fake = stack.enter_context(FakeProvider(Wrong(seed)))
        return Subject(name, _openai(fake), fake)
    if name == OBEDIENT:
        fake = stack.enter_context(FakeProvider(Traitor(seed)))
        return Subject(name, _anthropic(fake), fake)
    return Subject(name, {"AI_MODEL": name, **(keys if name != RULES else {})})


def _openai(fake: FakeProvider) -> dict[str, str]:
    return {"AI_MODEL": "openai-chat:wrong", "OPENAI_API_KEY": "none", "OPENAI_BASE_URL": fake.openai_base_url}


def _anthropic(fake: FakeProvider) -> dict[str, str]:
    # Named so that the client knows nothing of it, and asks in the plainest way.
    model, url = "anthropic:obedient", fake.anthropic_base_url
    return {"AI_MODEL": model, "ANTHROPIC_API_KEY": "none", "ANTHROPIC_BASE_URL": url}
