"""What models cost and how they fared."""

from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import RunUsage

SECONDS = (0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 7.5, 10.0, 15.0, 20.0, 30.0)
CHARACTERS_PER_TOKEN = 3  # few, so that what a question is taken to cost beforehand is rather too much
INSTRUCTION_TOKENS = 1500  # ours, and the schema of the answer


def likely_tokens(words: str) -> int:
    """What a question costs before its answer."""
    return INSTRUCTION_TOKENS + len(words) // CHARACTERS_PER_TOKEN


class Meters:
    """What models cost and how they fared, as metrics."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.tokens = Counter(
            "coach_llm_tokens_total", "Tokens of language models", ("model", "direction"), registry=registry
        )
        self.cost = Counter(
            "coach_llm_cost_dollars_total",
            "What answers of language models cost, by the price lists that genai-prices knows",
            ("model",),
            registry=registry,
        )
        self.runs = Counter(
            "coach_llm_runs_total",
            "Questions to language models by what became of them, those included that a model was passed over for",
            ("model", "outcome"),
            registry=registry,
        )
        self.seconds = Histogram(
            "coach_llm_duration_seconds",
            "How long language models that were asked took, whatever came of it",
            ("model",),
            buckets=SECONDS,
            registry=registry,
        )
        self.breakers = Gauge("coach_llm_breaker_open", "1 while a model is left alone", ("model",), registry=registry)


@dataclass(slots=True)
class Run:
    """One run of a model: what it may, and what it used. `received` counts characters of a stream."""

    usage: RunUsage
    settings: ModelSettings
    received: int = 0
    was_left: bool = False

    def tokens(self, likely: int) -> tuple[int, int]:
        """(input, output). Where we have left before the model could say, what is likely: its vendor charges it too."""
        if self.usage.output_tokens or not (self.received or self.was_left):
            return self.usage.input_tokens, self.usage.output_tokens
        return self.usage.input_tokens or likely, self.received // CHARACTERS_PER_TOKEN
