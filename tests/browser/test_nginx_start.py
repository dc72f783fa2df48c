"""nginx/start, where the name of a service is not known to anybody: the page is served all the same."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from devstack.ports import free_port
from tests.browser.house import Page
from tests.databases import new_database
from tests.processes import Api

pytestmark = pytest.mark.skipif(shutil.which("nginx") is None, reason="needs nginx")
StartPage = Callable[[str, str], Page]
PATIENCE = 60.0


@pytest.fixture(scope="module")
def api(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A service to find."""
    with new_database(postgres_url) as database:
        api = Api(tmp_path_factory.mktemp("api") / "api.log", {"DATABASE_URL": database})
        try:
            api.start()
            yield api
        finally:
            api.stop()


@pytest.fixture
def start_page(tmp_path: Path) -> Iterator[StartPage]:
    """nginx with these addresses of the API and the coach. A `getent` in `tmp_path` is taken for the system's."""
    pages: list[Page] = []

    def start(api_url: str, coach_url: str) -> Page:
        addresses = {"FRONTEND_API_URL": api_url, "FRONTEND_AI_COACH_URL": coach_url}
        pages.append(Page(tmp_path / "page.log", "nginx", addresses | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}))
        pages[0].start("/healthz")
        return pages[0]

    yield start
    for page in pages:
        page.stop()


def status(page: Page, path: str) -> int:
    return httpx.get(page.url + path, timeout=30).status_code


def test_without_a_coach_everything_else_is_served(api: Api, start_page: StartPage) -> None:
    page = start_page(api.url, f"http://no-such-coach.invalid:{free_port()}")
    assert status(page, "/coach") == 200
    assert status(page, "/api/health") == 200
    away = httpx.get(f"{page.url}/ai-coach/health", timeout=30)
    assert away.status_code == 503
    assert away.headers["Retry-After"] == "2"


def test_a_service_whose_name_is_known_later_is_used_from_then_on(
    api: Api, start_page: StartPage, tmp_path: Path
) -> None:
    known = tmp_path / "known"
    getent = tmp_path / "getent"
    getent.write_text(f"#!/bin/sh\ntest -e {known}\n", encoding="utf-8")
    getent.chmod(0o755)
    url = api.url.replace("127.0.0.1", "localhost")
    page = start_page(url, url)
    assert status(page, "/api/health") == 503
    assert status(page, "/") == 200
    known.touch()
    deadline = time.monotonic() + PATIENCE
    # One may be looked for just before the name is known, and the other just after.
    while (status(page, "/api/health"), status(page, "/ai-coach/health")) != (200, 200):
        assert time.monotonic() < deadline, page.output()
        time.sleep(0.1)
