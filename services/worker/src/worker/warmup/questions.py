"""What people ask of the coach most: each muscle group, with the usual equipment, in the usual time."""

from collections.abc import Iterator
from typing import Any

from training.model import MUSCLE_GROUPS

# The first is what the coach takes where nobody says.
EQUIPMENT = (
    ("barbell", "dumbbells", "cables", "bodyweight"),
    ("bodyweight",),
    ("dumbbells", "bodyweight"),
    ("barbell", "bench", "bodyweight"),
    ("machine", "cables"),
)
MINUTES = (30, 45, 60, 90)


def questions() -> Iterator[dict[str, Any]]:
    """The bodies of the requests: 7 muscle groups × 5 sets of equipment × 4 durations."""
    for focus in MUSCLE_GROUPS:
        if focus == "full_body":
            continue
        for equipment in EQUIPMENT:
            for minutes in MINUTES:
                yield {
                    "focus_area": focus,
                    "equipment_available": list(equipment),
                    "session_duration_minutes": minutes,
                }
