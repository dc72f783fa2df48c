"""How quickly the coach answers by rules: `python -m tests.load.coach_rules` measures, prints and judges.

Every plan of 9 focus areas × 5 sets of equipment × 5 durations, and as many chats and analyses, each uncached: there
is no Redis, and each analysis follows a change of the routine. Exit status 1: one was wrong, or the slowest twentieth
was too slow.
"""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import product
from pathlib import Path

import httpx

from devstack.postgres import Postgres
from tests.databases import new_database
from tests.people import somewhere
from tests.processes import Api, Coach
from training.check import violations
from training.plan import PlannedExercise, PlanRequest, SessionPlan

ALLOWED_MS = 150
FOCUSES = (None, "chest", "back", "shoulders", "biceps", "triceps", "legs", "core", "full_body")
EQUIPMENT = (
    ("barbell", "dumbbells", "cables", "bodyweight"),
    ("dumbbells",),
    ("bodyweight",),
    ("kettlebell", "resistance bands"),
    ("machines", "cables"),
)
MINUTES = (15, 45, 60, 90, 180)
QUESTIONS = (
    "What should I add for a balanced routine?",
    "How do I do a squat?",
    "How do I progress on my bench press?",
    "How long should I rest between sets?",
    "Tell me about the moon.",
)


def measure(api: Api, coach: Coach) -> Iterator[tuple[str, float]]:
    """(endpoint, seconds) of each answer, all of them valid."""
    with coach.client() as client, api.client() as owner:
        plans = list(product(FOCUSES, EQUIPMENT, MINUTES))
        for number, (focus, equipment, minutes) in enumerate(plans):
            wanted = {"focus_area": focus, "equipment_available": equipment, "session_duration_minutes": minutes}
            answer, seconds = timed(client, "POST", "/recommend", json=wanted)
            request = PlanRequest(focus=focus, equipment=equipment, minutes=minutes)  # type: ignore[arg-type]
            assert (found := violations(as_plan(answer), request)) == (), (wanted, found)
            assert answer["exercises"], wanted
            yield "/recommend", seconds
            answer, seconds = timed(client, "POST", "/chat", json={"message": QUESTIONS[number % len(QUESTIONS)]})
            assert answer["context_used"] is True
            yield "/chat", seconds
            changed = owner.patch("/exercises/1", json={"weight": number + 1}, headers=somewhere())
            assert changed.status_code == 200, changed.text
            answer, seconds = timed(client, "GET", "/analyze")
            assert isinstance(answer["muscle_balance_score"], float)
            yield "/analyze", seconds


def timed(client: httpx.Client, method: str, path: str, **request: object) -> tuple[dict[str, object], float]:
    """One answer by rules, and its seconds."""
    begin = time.perf_counter()
    response = client.request(method, path, headers=somewhere(), **request)  # type: ignore[arg-type]
    seconds = time.perf_counter() - begin
    assert response.status_code == 200, response.text
    answer: dict[str, object] = response.json()
    assert answer["source"] == "rules"
    return answer, seconds


def as_plan(answer: dict[str, object]) -> SessionPlan:
    """As `training.check` reads plans."""
    lines = answer["exercises"]
    assert isinstance(lines, list)
    exercises = tuple(PlannedExercise(**line) for line in lines)
    return SessionPlan(str(answer["title"]), "", exercises, 0, answer["difficulty"], ())  # type: ignore[arg-type]


def main() -> int:
    """Measure on servers of its own."""
    taken: dict[str, list[float]] = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)  # as root, PostgreSQL runs under another account
        server = stack.enter_context(Postgres(folder, createdb=True, keep=False))
        api = Api(folder / "api.log", {"DATABASE_URL": stack.enter_context(new_database(server.url))})
        coach = Coach(folder / "coach.log", {"AI_MODEL": os.environ.get("AI_MODEL", "")})
        for service in (api, coach):
            stack.callback(service.stop)
        api.start()
        coach.variables["WORKOUT_API_URL"] = api.url
        coach.start()
        for endpoint, seconds in measure(api, coach):
            taken.setdefault(endpoint, []).append(seconds * 1000)
    slow = False
    for endpoint, times in taken.items():
        times.sort()
        middle, p95 = times[len(times) // 2], times[int(len(times) * 0.95)]
        slow |= p95 > ALLOWED_MS
        print(f"{endpoint:<11} {len(times)} of {len(times)} valid, p50 {middle:.1f} ms, p95 {p95:.1f} ms")
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
