"""Write what the app takes from the other members: the OpenAPI documents and the names of movements.

    .venv/bin/python services/frontend/scripts/describe.py

`tests/architecture/test_frontend_descriptions.py` fails when the committed files differ from what this would write.
"""

import json
from pathlib import Path
from typing import Any

from ai_coach.app import create_app as create_coach
from ai_coach.settings import CoachSettings
from api.app import create_app as create_api
from api.settings import ApiSettings
from training import keywords
from training.catalogue import MOVEMENTS
from training.model import MUSCLE_GROUPS, Movement
from training.spelling import key, words
from training.tables import read
from training.weekly import BANDS, TRAINED_GROUPS

FRONTEND = Path(__file__).parents[1]


def descriptions() -> dict[Path, str]:
    """Every generated file and its text."""
    return {
        FRONTEND / "openapi/api.json": _text(create_api(ApiSettings()).openapi(), indent=2),
        FRONTEND / "openapi/ai-coach.json": _text(create_coach(CoachSettings()).openapi(), indent=2),
        FRONTEND / "src/shared/muscles/catalogue.json": _text(_catalogue(), indent=None),
    }


def _text(document: dict[str, Any], indent: int | None) -> str:
    return json.dumps(document, indent=indent, sort_keys=True, ensure_ascii=False) + "\n"


def _catalogue() -> dict[str, Any]:
    table = read("words")
    return {
        "groups": list(TRAINED_GROUPS),
        "bands": {group: [band.low, band.high] for group, band in BANDS.items()},
        "names": _names(),
        "rules": [
            [sorted(rule.all), sorted(rule.any), sorted(rule.none), _work(rule.primary, rule.secondary, rule.pattern)]
            for rule in keywords.RULES
        ],
        **{name: table[name] for name in ("noise", "modifiers", "synonyms", "phrases")},
    }


def _names() -> dict[str, list[str]]:
    """The names of movements as sorted words, by what they work, `s` behind it for holds."""
    found: dict[str, set[str]] = {}
    for movement in MOVEMENTS:
        work = _work(movement.primary, movement.secondary, movement.pattern) + ("s" if _is_hold(movement) else "")
        for name in (movement.name, *movement.aliases):
            found.setdefault(work, set()).add(" ".join(key(words(name))))
    return {work: sorted(names) for work, names in sorted(found.items())}


def _is_hold(movement: Movement) -> bool:
    """Counted in seconds by everybody: carries are metres to some, and running is minutes."""
    return movement.timed and movement.pattern not in {"carry", "locomotion"}


def _work(primary: str | None, secondary: tuple[str, ...], pattern: str | None) -> str:
    """Primary and secondary groups as digits, `!` behind them for what counts as no set."""
    groups = [group for group in (primary, *secondary) if group is not None]
    digits = "".join(str(MUSCLE_GROUPS.index(group)) for group in groups)
    return digits + ("!" if pattern == "locomotion" else "")


if __name__ == "__main__":
    for path, text in descriptions().items():
        path.write_text(text, encoding="utf-8")
