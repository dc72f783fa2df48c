"""The three agents: what they are told, what they must answer, and what is checked before anybody sees it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files

from pydantic_ai import Agent, ModelRetry, RunContext

from ai_coach.coach.guard import REPEATED, Guard
from ai_coach.coach.schemas import Analysis, Recommendation
from training.check import violations
from training.plan import PlanRequest


def _text(name: str) -> str:
    return files("ai_coach.coach.prompts").joinpath(f"{name}.md").read_text(encoding="utf-8").strip()


TEXTS = {name: _text(name) for name in ("common", "chat", "recommend", "analyze")}
VERSION = sha256("\0".join(TEXTS[name] for name in sorted(TEXTS)).encode()).hexdigest()[:12]
"""Of the instructions: an answer to older ones is another answer."""

guard = Guard(TEXTS.values())


@dataclass(frozen=True, slots=True)
class Deps:
    """What a validator needs to know of the question."""

    wanted: PlanRequest | None = None


def _instructions(name: str) -> str:
    return f"{TEXTS['common']}\n\n{TEXTS[name]}"


# One retry: a second refusal costs more time than the rules need to answer.
chat: Agent[Deps, str] = Agent(output_type=str, deps_type=Deps, instructions=_instructions("chat"), retries=1)
recommend: Agent[Deps, Recommendation] = Agent(
    output_type=Recommendation, deps_type=Deps, instructions=_instructions("recommend"), retries=1
)
analyze: Agent[Deps, Analysis] = Agent(
    output_type=Analysis, deps_type=Deps, instructions=_instructions("analyze"), retries=1
)


@chat.output_validator
def _check_text(text: str) -> str:
    _check_words(text)
    return text


@analyze.output_validator
def _check_analysis(analysis: Analysis) -> Analysis:
    _check_words(analysis.model_dump())
    return analysis


@recommend.output_validator
def _check_plan(ctx: RunContext[Deps], draft: Recommendation) -> Recommendation:
    _check_words(draft.model_dump())
    assert ctx.deps.wanted is not None
    if found := violations(draft.as_plan(), ctx.deps.wanted):
        raise ModelRetry("The plan breaks rules:\n" + "\n".join(f"- {violation.sentence}" for violation in found))
    return draft


def _check_words(answer: object) -> None:
    # A field may be left empty; where it may not, the schema says so.
    texts = [text for text in _strings(answer) if text]
    for text in texts:
        if objection := guard.objection(text):
            raise ModelRetry(objection)
    if guard.is_told_by("".join(texts)):  # a piece in each field
        raise ModelRetry(REPEATED)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
