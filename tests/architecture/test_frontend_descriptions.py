"""What the web app was built from is what the other members are now; locks of npm hold everywhere."""

import json
import re
import runpy
from pathlib import Path

import pytest

from training.model import EQUIPMENT

ROOT = Path(__file__).parents[2]
FRONTEND = ROOT / "services" / "frontend"
LOCKS = [
    FRONTEND / "package-lock.json",
    *(ROOT / "tests" / folder / "package-lock.json" for folder in ("mcp/inspector", "browser/lighthouse")),
]
DESCRIPTIONS: dict[Path, str] = runpy.run_path(str(FRONTEND / "scripts/describe.py"))["descriptions"]()


@pytest.mark.parametrize("path", DESCRIPTIONS, ids=lambda path: path.name)
def test_the_committed_file_is_what_describe_would_write(path: Path) -> None:
    same = path.read_text(encoding="utf-8") == DESCRIPTIONS[path]
    assert same, "run .venv/bin/python services/frontend/scripts/describe.py, then npm run types in services/frontend"


def test_the_form_of_a_session_offers_everything_that_training_knows_of() -> None:
    words = (FRONTEND / "src/shared/strings/coach.ts").read_text(encoding="utf-8")
    things = words.partition("things: {")[2].partition("}")[0]
    assert re.findall(r"(\w+):", things) == list(EQUIPMENT)


every_lock = pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.parent.name)


@every_lock
def test_a_lock_records_no_addresses(lock: Path) -> None:
    assert '"resolved"' not in lock.read_text(encoding="utf-8")


@every_lock
def test_a_lock_names_the_packages_of_every_platform(lock: Path) -> None:
    """npm leaves out what its registry does not have at that moment, and then refuses the lock everywhere."""
    packages = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    wanted = {name for entry in packages.values() for name in entry.get("optionalDependencies", {})}
    there = {path.rpartition("node_modules/")[2] for path in packages}
    assert wanted <= there, sorted(wanted - there)
