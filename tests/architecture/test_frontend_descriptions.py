"""What the web app was built from is what the other members are now."""

import json
import re
import runpy
from pathlib import Path

import pytest

from training.model import EQUIPMENT

FRONTEND = Path(__file__).parents[2] / "services" / "frontend"
DESCRIPTIONS: dict[Path, str] = runpy.run_path(str(FRONTEND / "scripts/describe.py"))["descriptions"]()


@pytest.mark.parametrize("path", DESCRIPTIONS, ids=lambda path: path.name)
def test_the_committed_file_is_what_describe_would_write(path: Path) -> None:
    same = path.read_text(encoding="utf-8") == DESCRIPTIONS[path]
    assert same, "run .venv/bin/python services/frontend/scripts/describe.py, then npm run types in services/frontend"


def test_the_form_of_a_session_offers_everything_that_training_knows_of() -> None:
    words = (FRONTEND / "src/shared/strings/coach.ts").read_text(encoding="utf-8")
    things = words.partition("things: {")[2].partition("}")[0]
    assert re.findall(r"(\w+):", things) == list(EQUIPMENT)


def test_the_lock_records_no_addresses() -> None:
    assert '"resolved"' not in (FRONTEND / "package-lock.json").read_text(encoding="utf-8")


def test_the_lock_names_the_packages_of_every_platform() -> None:
    """npm leaves out what its registry does not have at that moment, and then refuses the lock everywhere."""
    packages = json.loads((FRONTEND / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    wanted = {name for entry in packages.values() for name in entry.get("optionalDependencies", {})}
    there = {path.rpartition("node_modules/")[2] for path in packages}
    assert wanted <= there, sorted(wanted - there)
