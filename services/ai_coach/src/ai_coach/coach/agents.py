"""The three agents: what they are told, what they must answer, and what is checked before anybody sees it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from importlib.resources import files

from pydantic import BaseModel
from pydantic_ai import Agent, ModelRetry, RunContext

from ai_coach.coach.guard import Guard
from ai_coach.coach.schemas import Analysis, ChatRequest, Recommendation, RecommendationRequest
from training.check import violations
from training.model import Exercise
from training.plan import PlannedExercise, PlanRequest, SessionPlan
from training.review import facts

Routine = tuple[Exercise, ...] | None
MAX_EXERCISES_SHOWN = 200  # of a routine, to a model


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
def _check_text(_: RunContext[Deps], text: str) -> str:
    if objection := guard.objection(text):
        raise ModelRetry(objection)
    return text


@analyze.output_validator
def _check_analysis(_: RunContext[Deps], analysis: Analysis) -> Analysis:
    _check_all(analysis)
    return analysis


@recommend.output_validator
def _check_plan(ctx: RunContext[Deps], draft: Recommendation) -> Recommendation:
    _check_all(draft)
    assert ctx.deps.wanted is not None
    if found := violations(as_plan(draft), ctx.deps.wanted):
        raise ModelRetry("The plan breaks rules:\n" + "\n".join(f"- {violation.sentence}" for violation in found))
    return draft


def _check_all(answer: BaseModel) -> None:
    for text in _strings(answer.model_dump()):
        if objection := guard.objection(text):
            raise ModelRetry(objection)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def as_plan(draft: Recommendation) -> SessionPlan:
    """A draft in the words of `training`, which checks it."""
    return SessionPlan(
        title=draft.title,
        description=draft.description,
        exercises=tuple(
            PlannedExercise(e.name, e.sets, e.reps, e.weight_suggestion or "", e.notes or "", e.muscle_group)
            for e in draft.exercises
        ),
        minutes=draft.estimated_duration_minutes,
        difficulty=draft.difficulty,
        tips=tuple(draft.tips),
    )


def as_request(wanted: RecommendationRequest) -> PlanRequest:
    """What was asked for, in the words of `training`."""
    return PlanRequest(
        focus=wanted.focus_area,
        equipment=tuple(wanted.equipment_available),
        minutes=wanted.session_duration_minutes,
        level=wanted.level,
        avoid=tuple(wanted.avoid),
    )


def chat_prompt(asked: ChatRequest, routine: Routine) -> str:
    """The question, its history and the routine, as data."""
    turns = [turn.model_dump() for turn in asked.history]
    return _data(task="chat", message=asked.message, history=turns, routine=_shown(routine))


def recommend_prompt(wanted: RecommendationRequest, routine: Routine) -> str:
    """What the session must fit, and the routine, as data."""
    return _data(task="recommend", request=wanted.model_dump(), routine=_shown(routine))


def analyze_prompt(routine: Sequence[Exercise]) -> str:
    """The routine and what was computed from it, as data."""
    return _data(task="analyze", routine=_shown(tuple(routine)), facts=facts(routine))


def _shown(routine: Routine) -> list[dict[str, object]] | None:
    return None if routine is None else [asdict(exercise) for exercise in routine[:MAX_EXERCISES_SHOWN]]


def _data(**content: object) -> str:
    """JSON in which no `<` is left, so that nothing in it can look like the end of the data."""
    return f"<data>\n{json.dumps(content, ensure_ascii=False).replace('<', chr(92) + 'u003c')}\n</data>"


def read_data(prompt: str) -> dict[str, object]:
    """The content of a prompt: the rule coach is asked through the same words as a language model."""
    content: dict[str, object] = json.loads(prompt.removeprefix("<data>\n").removesuffix("\n</data>"))
    return content
