"""What the documents promise exists, and what exists is documented."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel
from pydantic_settings import BaseSettings

from ai_coach.settings import CoachSettings
from api.settings import ApiSettings
from runtime.settings import misspelt, variables
from tracker_mcp.settings import McpSettings
from worker.settings import WorkerSettings

SETTINGS = (ApiSettings, CoachSettings, McpSettings, WorkerSettings)
ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(path for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def in_readme() -> set[str]:
    """The variables of the README's table; `X_A` `_B` is short for `X_A` and `X_B`, `X__A` `__B` likewise."""
    found = set()
    for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines():
        if not line.startswith("| `"):
            continue
        names = re.findall(r"`(_{0,2}[A-Z][A-Z0-9_]+)`", line.split("|")[1])
        for name in names:
            start = names[0].split("__")[0] if name.startswith("__") else names[0].rsplit("_", 1)[0]
            found.add(start + name if name.startswith("_") else name)
    return found


@pytest.mark.parametrize("settings", SETTINGS)
def test_every_setting_stands_in_the_readme(settings: type[BaseSettings]) -> None:
    assert variables(settings) - in_readme() == set()


@pytest.mark.parametrize("settings", SETTINGS)
def test_the_variable_of_another_service_is_not_taken_for_a_misspelt_one(settings: type[BaseSettings]) -> None:
    of_all = {name for each in SETTINGS for name in variables(each)}
    assert list(misspelt(settings, dict.fromkeys(of_all - variables(settings)))) == []


@pytest.mark.parametrize("settings", SETTINGS)
def test_every_setting_says_what_it_is_for(settings: type[BaseSettings]) -> None:
    kinds: list[type[BaseModel]] = [settings]
    silent = []
    for kind in kinds:
        for name, field in kind.model_fields.items():
            if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
                kinds.append(field.annotation)
            elif not field.description:
                silent.append(name)
    assert silent == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\((?!https?://|#)([^)#]+)", document.read_text(encoding="utf-8"))
    assert [target for target in targets if not (document.parent / target).exists()] == []


def test_every_make_target_that_a_document_names_exists() -> None:
    targets = set(re.findall(r"^([a-z][a-z0-9-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    text = "\n".join(document.read_text(encoding="utf-8") for document in DOCUMENTS)
    named = set(re.findall(r"(?:^|`)make ([a-z0-9-]+)", text, re.MULTILINE))
    assert {"run", "test"} <= named <= targets
