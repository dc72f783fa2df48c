"""Insights: what the worker has derived from each exercise, for whoever would otherwise compute it.

`insight:{exercise id}` in the cache's database is JSON: `{"digest": "…", "insight": {…}}`. The digest is of the six
fields that the insight was derived from: whoever has the exercise at hand can tell whether the insight is still its.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

DATABASE = 0
SECONDS = 86_400  # how long an insight outlives the last refresh that saw its exercise


def key(exercise_id: int) -> str:
    """Where the insight of an exercise is."""
    return f"insight:{exercise_id}"


def digest(exercise_id: int, name: str, sets: int, reps: int, weight: float | None, workout_day: str) -> str:
    """Equal for equal exercises; 80 kg is 80.0 kg."""
    fields = [exercise_id, name, sets, reps, None if weight is None else float(weight), workout_day]
    return sha256(json.dumps(fields).encode()).hexdigest()[:32]


def encode(of: str, insight: Mapping[str, Any]) -> str:
    """The value to keep for an exercise whose digest is `of`."""
    return json.dumps({"digest": of, "insight": insight}, separators=(",", ":"))


def decode(value: str | bytes | None, of: str) -> dict[str, Any] | None:
    """The insight in a value, if there is one and it belongs to an exercise whose digest is `of`."""
    try:
        kept = json.loads(value or "null")
        insight = kept["insight"] if kept["digest"] == of else None
    except (ValueError, KeyError, TypeError):
        return None
    return insight if isinstance(insight, dict) else None
