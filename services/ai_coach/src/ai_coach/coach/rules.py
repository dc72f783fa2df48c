"""The rule coach: what answers where no language model does. Deterministic, instant, and always there."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from ai_coach.coach.conversation import reply
from ai_coach.coach.questions import Question
from ai_coach.coach.schemas import Analysis, Recommendation, RecommendationRequest
from ai_coach.coach.talk.words import Turn
from training.model import Exercise
from training.plan import plan_session
from training.review import review

NAME = "rules"


def answer(question: Question) -> str | Recommendation | Analysis:
    """What the rules say to a question, in the form in which its agent would."""
    parts: Mapping[str, Any] = question.parts
    if question.task == "chat":
        history = [Turn(**turn) for turn in parts["history"]]
        return _without_tags(reply(parts["message"], question.routine, history))
    if question.task == "recommend":
        return _plan(parts["request"], question.routine or ())
    return _analysis(question.routine or ())


def _without_tags(text: str) -> str:
    """Names of exercises and things are repeated as somebody wrote them: nothing in them may look like HTML."""
    return text.replace("<", "‹").replace(">", "›")


def _plan(request: Mapping[str, Any], routine: Sequence[Exercise]) -> Recommendation:
    wanted = RecommendationRequest.model_validate(request).as_plan_request()
    plan = plan_session(wanted, routine)
    return Recommendation.model_validate(
        {
            "title": _without_tags(plan.title),
            "description": _without_tags(plan.description),
            "exercises": [asdict(exercise) for exercise in plan.exercises],
            "estimated_duration_minutes": plan.minutes,
            "difficulty": plan.difficulty,
            "tips": list(map(_without_tags, plan.tips)),
        }
    )


def _analysis(routine: Sequence[Exercise]) -> Analysis:
    found = review(routine)
    return Analysis(
        summary=_without_tags(found.summary),
        strengths=list(map(_without_tags, found.strengths)),
        areas_to_improve=list(map(_without_tags, found.areas_to_improve)),
        recommendations=list(map(_without_tags, found.recommendations)),
        muscle_balance_score=found.balance_score,
    )
