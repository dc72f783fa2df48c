"""Two planners that ignore what is asked. Their plans are judged as they are: checks they pass are worth little."""

from random import Random

from training.catalogue import MOVEMENTS
from training.model import LEVELS
from training.plan import PlannedExercise, SessionPlan, plan_minutes
from training.recognition import recognise

POPULAR = (
    *("Bench Press", "Squat", "Deadlift", "Pull-Up", "Overhead Press"),
    *("Barbell Row", "Barbell Curl", "Plank"),
)


def random_valid(rng: Random) -> SessionPlan:
    """Any movements, sets and repetitions that the answer's schema allows."""
    movements = rng.sample(MOVEMENTS, rng.randint(3, 8))
    lines = (
        PlannedExercise(m.name, rng.randint(1, 10), rng.choice(("5", "8-12", "15", "20-40", "30 s")), "", "", m.primary)
        for m in movements
    )
    return _session(tuple(lines), rng)


def popular(rng: Random) -> SessionPlan:
    """What most people do, three sets of ten, whoever asks and for whatever."""
    movements = [movement for name in POPULAR if (movement := recognise(name).movement)]
    lines = (PlannedExercise(m.name, 3, "30 s" if m.timed else "10", "", "", m.primary) for m in movements)
    return _session(tuple(lines), rng)


def _session(lines: tuple[PlannedExercise, ...], rng: Random) -> SessionPlan:
    return SessionPlan("A session", "For you.", lines, plan_minutes(lines), rng.choice(LEVELS), ())
