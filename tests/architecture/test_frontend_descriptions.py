"""What the web app was built from is what the other members are now."""

import runpy
from pathlib import Path

import pytest

FRONTEND = Path(__file__).parents[2] / "services" / "frontend"
DESCRIPTIONS: dict[Path, str] = runpy.run_path(str(FRONTEND / "scripts/describe.py"))["descriptions"]()


@pytest.mark.parametrize("path", DESCRIPTIONS, ids=lambda path: path.name)
def test_the_committed_file_is_what_describe_would_write(path: Path) -> None:
    same = path.read_text(encoding="utf-8") == DESCRIPTIONS[path]
    assert same, "run .venv/bin/python services/frontend/scripts/describe.py, then npm run types in services/frontend"


def test_the_lock_records_no_addresses() -> None:
    assert '"resolved"' not in (FRONTEND / "package-lock.json").read_text(encoding="utf-8")
