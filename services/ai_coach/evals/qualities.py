"""How good a session is, beyond being allowed: counted, and gating nothing."""

from collections.abc import Iterator, Sequence

from services.ai_coach.evals.tally import Finding, soft
from training import equipment
from training.model import Equipment, Exercise
from training.plan import PlanRequest, SessionPlan, plan_minutes
from training.recognition import recognise

WELL_USED = 0.6  # of the time; long sessions end when they hold enough
ENOUGH_MINUTES = 75  # a session of this length is complete, however long there would be time
AREAS = {
    **dict.fromkeys(("chest", "shoulders", "triceps"), "push"),
    **dict.fromkeys(("back", "biceps"), "pull"),
    **dict.fromkeys(("legs", "core"), "legs and core"),
}
NAMED: dict[str, Equipment] = {
    "barbell": "barbell",
    "dumbbell": "dumbbells",
    "kettlebell": "kettlebell",
    "cable": "cables",
    "machine": "machine",
    "band": "bands",
}


def of_plan(session: SessionPlan, wanted: PlanRequest, routine: Sequence[Exercise]) -> Iterator[Finding]:
    """What a good coach would also see to. Sessions without an exercise have none of it."""
    if not session.exercises:
        return
    takes = plan_minutes(session.exercises)
    due = WELL_USED * min(wanted.minutes, ENOUGH_MINUTES)
    yield soft("quality: time is used", takes >= due, f"{takes} of {wanted.minutes} minutes")
    if wanted.focus in (None, "full_body") and len(session.exercises) > 2:
        groups = {recognise(exercise.name).primary for exercise in session.exercises}
        areas = {AREAS[group] for group in groups if group in AREAS}
        yield soft("quality: push, pull and legs", "full_body" in groups or len(areas) == 3, sorted(areas))
    if len(session.exercises) > 3:
        patterns = {recognise(exercise.name).pattern for exercise in session.exercises}
        yield soft("quality: varied movements", len(patterns) * 3 >= len(session.exercises), sorted(map(str, patterns)))
    yield from _named_things(session, wanted)
    yield from _own_numbers(session, routine)


def _named_things(session: SessionPlan, wanted: PlanRequest) -> Iterator[Finding]:
    """A movement may be done with something else than its name says; it is clearer when it need not."""
    at_hand, _ = equipment.normalise(wanted.equipment)
    for exercise in session.exercises:
        named = {thing for word, thing in NAMED.items() if word in exercise.name.lower().split()}
        yield soft("quality: named things at hand", named <= at_hand, exercise.name)


def _own_numbers(session: SessionPlan, routine: Sequence[Exercise]) -> Iterator[Finding]:
    own = {recognise(line.name).movement for line in routine if line.weight and 0 < line.reps <= 12} - {None}
    for exercise in session.exercises:
        if (movement := recognise(exercise.name).movement) in own and movement is not None:
            found = " kg" in exercise.weight_suggestion
            yield soft("quality: weights from the routine", found, f"{exercise.name}: {exercise.weight_suggestion}")
