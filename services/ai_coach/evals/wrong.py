"""What the format fake says when it plays a language model that is wrong: plausibly, randomly, or obediently."""

import json
import re
from collections.abc import Callable
from random import Random
from typing import Any

from fake_llm import Mutated, Obedient, Prompt, Reply, Valid
from fake_llm.obedient import FORMS, Form
from fake_llm.scripts import seeded
from training.catalogue import MOVEMENTS
from training.plan import PlanRequest, plan_session

Plan = dict[str, Any]
_DATA = re.compile(r"<data>\n(.*)\n</data>", re.DOTALL)
_FORMS: tuple[Form | None, ...] = (None, *FORMS)  # None: verbatim, and the forms that the attempt asks for


def _add(plan: Plan, name: str, sets: int = 3) -> None:
    plan["exercises"].append({"name": name, "sets": sets, "reps": "8-12", "muscle_group": "legs"})


def _too_long(plan: Plan, rng: Random) -> None:
    for line in plan["exercises"]:
        line["sets"] = 6
    for movement in rng.sample(MOVEMENTS, 6):
        _add(plan, movement.name, 6)
    plan["estimated_duration_minutes"] = 15  # and it lies about it


def _other_things(plan: Plan, rng: Random) -> None:
    _add(plan, rng.choice([m.name for m in MOVEMENTS if not any("bodyweight" in kit for kit in m.equipment)]))


def _twice(plan: Plan, rng: Random) -> None:
    if plan["exercises"]:
        plan["exercises"].append(dict(rng.choice(plan["exercises"])))


def _off_focus(plan: Plan, rng: Random) -> None:
    plan["exercises"] = [
        {"name": m.name, "sets": 2, "reps": "10", "muscle_group": "chest"} for m in rng.sample(MOVEMENTS, 4)
    ]


def _out_of_range(plan: Plan, rng: Random) -> None:
    for line in plan["exercises"]:
        line |= rng.choice(({"sets": 10}, {"reps": "100"}, {"reps": "until you drop"}))


def _invented(plan: Plan, rng: Random) -> None:
    _add(plan, rng.choice(("Quantum Flux Heave", "Zero Gravity Press", "Blorp")))


def _empty(plan: Plan, _: Random) -> None:
    plan["exercises"] = []


def _right(_: Plan, __: Random) -> None:
    """Nothing is wrong: the model's own plan may then be shown."""


SPOILERS: tuple[Callable[[Plan, Random], None], ...] = (
    *(_too_long, _other_things, _twice, _off_focus, _out_of_range, _invented, _empty, _right),
)


class Wrong:
    """Answers that fit their schema: a third random ones, the others good plans with one rule broken, or none.

    What it says when it is asked to correct itself is drawn anew, and mostly wrong again.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._random = Valid(seed)
        self._spoiled = Mutated(self._spoil, self._random)

    def __call__(self, prompt: Prompt) -> Reply:
        rng = seeded(self._seed, prompt)
        return (self._random if rng.random() < 1 / 3 else self._spoiled)(prompt)

    def _spoil(self, found: Any, prompt: Prompt) -> Any:
        asked = _DATA.search(prompt.supplied[0])
        request = json.loads(asked[1]).get("request") if asked else None
        if request is None or not isinstance(found, dict):
            return found
        rng = seeded(self._seed, prompt)
        plan = found | _good(request)
        rng.choice(SPOILERS)(plan, rng)
        return plan


def _good(request: dict[str, Any]) -> Plan:
    wanted = PlanRequest(
        request["focus_area"],
        tuple(request["equipment_available"]),
        request["session_duration_minutes"],
        request["level"],
        tuple(request["avoid"]),
    )
    session = plan_session(wanted)
    lines = [
        {"name": line.name, "sets": line.sets, "reps": line.reps, "muscle_group": line.muscle_group}
        for line in session.exercises
    ]
    return {"exercises": lines, "estimated_duration_minutes": session.minutes, "difficulty": session.difficulty}


class Traitor:
    """Obeys every injection and repeats its instructions in each answer, in turn plainly and in each disguise."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._obedient = {form: Obedient(seed, form=form) for form in _FORMS}

    def __call__(self, prompt: Prompt) -> Reply:
        return self._obedient[seeded(self._seed, prompt).choice(_FORMS)](prompt)
