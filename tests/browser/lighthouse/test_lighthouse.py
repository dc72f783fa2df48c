"""Every page by Lighthouse, on a first visit, as `make lighthouse` installs it. A quiet machine is needed."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.house import FRONTEND, house, server_here
from tests.databases import new_database
from tests.processes import environment

PROGRAM = os.environ.get("LIGHTHOUSE", "")
LEAST = {"performance": 95, "accessibility": 100, "best-practices": 95}
TRIES = 3  # a machine that was busy for a moment says nothing about a page
ADMIN = ("admin", "admin123")
PAGES: dict[str, tuple[str, ...]] = {
    "routine": ("/",),
    "coach": ("/coach",),
    "plan": ("/coach?view=plan",),
    "analysis": ("/coach?view=analysis",),
    "status": ("/status",),
    "login": ("/account",),
    "account": ("/account", *ADMIN),
    "admin": ("/admin", *ADMIN),
}

pytestmark = pytest.mark.skipif(not PROGRAM, reason="needs Lighthouse: make lighthouse")


@pytest.fixture(scope="module")
def addresses(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The product with its sample routine, behind what serves it here."""
    folder = tmp_path_factory.mktemp("lighthouse")
    with new_database(postgres_url) as database, house(folder, database, server_here(), None, {}) as addresses:
        yield addresses


def measured(addresses: dict[str, str], *arguments: str) -> Any:
    """What Lighthouse finds."""
    told = subprocess.run(
        [FRONTEND / "with-node", "node", PROGRAM, *arguments],
        cwd=Path(PROGRAM).parent,
        env=environment(**addresses, NODE_AT_LEAST="22.19"),
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    if told.returncode:  # Lighthouse has not seen the page begin, now and then
        return {"scores": dict.fromkeys(LEAST, 0), "costly": [], "errors": [told.stderr]}
    return json.loads(told.stdout)


def misses(found: Any) -> list[str]:
    """The scores that are too low."""
    return [name for name, least in LEAST.items() if found["scores"][name] < least]


@pytest.mark.parametrize("size", ["phone", "desk"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_scores_what_it_has_to(
    addresses: dict[str, str], page: str, size: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path, *account = PAGES[page]
    for _ in range(TRIES):
        found = measured(addresses, path, size, *account)
        with capsys.disabled():
            print(f"\n{page}, {size}: {found['scores']}", *found["costly"], *found["errors"], sep="\n  ")
        if not misses(found):
            return
    pytest.fail(f"{misses(found)} of {page}: {found}")
