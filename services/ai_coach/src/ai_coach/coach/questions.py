"""What an agent is asked: everything about the person as data, delimited, for a language model and for the rules."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ai_coach.coach.insights import Line
from ai_coach.coach.schemas import ChatRequest, RecommendationRequest
from training.review import facts

Routine = tuple[Line, ...] | None
MAX_EXERCISES_SHOWN = 200  # to a language model, which is paid by the word; the rules read them all
MAX_NAMES_SHOWN = 20
MAX_HISTORY_SHOWN = 12_000  # characters, the newest


@dataclass(frozen=True, slots=True)
class Question:
    """A task of `agents`, the parts it needs, and the routine that it is about."""

    task: str
    parts: Mapping[str, object]
    routine: Routine

    @property
    def shown(self) -> tuple[Line, ...]:
        """As much of the routine as a language model sees."""
        return (self.routine or ())[:MAX_EXERCISES_SHOWN]

    def for_model(self, insights: Sequence[Mapping[str, Any]]) -> str:
        """The words for a language model, with the insights of what is shown."""
        return self._words([_shown(line) | _said(one) for line, one in zip(self.shown, insights, strict=True)])

    def _words(self, lines: list[dict[str, object]]) -> str:
        routine = None if self.routine is None else lines
        content = json.dumps({"task": self.task, **self.parts, "routine": routine}, ensure_ascii=False)
        # No `<` is left in it, so that nothing in it can look like the end of the data.
        return f"<data>\n{content.replace('<', chr(92) + 'u003c')}\n</data>"


def _shown(line: Line) -> dict[str, object]:
    return {name: getattr(line, name) for name in ("name", "sets", "reps", "weight", "workout_day")}


def _said(insight: Mapping[str, Any]) -> dict[str, object]:
    """What somebody who coaches wants to know of a line, as contract §4.3 has it: muscles and volume."""
    return {name: insight.get(name) for name in ("primary", "secondary", "volume_kg")}


def chat(asked: ChatRequest, routine: Routine) -> Question:
    """The question, and what was said before, as far back as there is room."""
    history: list[dict[str, str]] = []
    room = MAX_HISTORY_SHOWN
    for turn in reversed(asked.history):
        if (room := room - len(turn.content)) < 0:
            break
        history.insert(0, turn.model_dump())
    return Question("chat", {"message": asked.message, "history": history}, routine)


def recommend(wanted: RecommendationRequest, routine: Routine) -> Question:
    """What the session must fit."""
    return Question("recommend", {"request": wanted.model_dump()}, routine)


def analyze(routine: tuple[Line, ...]) -> Question:
    """The routine, and what was computed from it."""
    found = facts(routine)
    names = found.pop("not_recognised")
    assert isinstance(names, list)
    return Question("analyze", {"facts": found | {"not_recognised": names[:MAX_NAMES_SHOWN]}}, routine)
