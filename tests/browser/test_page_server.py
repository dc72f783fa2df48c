"""What serves the app: what it lets through, what it keeps to itself, and what it says beside the page."""

import gzip
import http.client
import json
import re
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest

from tests.browser.house import FRONTEND, Page, Server, server_here
from tests.databases import new_database
from tests.processes import Api

# Both where both can run: `make run` uses the second.
DIST = FRONTEND / "dist"
SERVERS = sorted({server_here(), "vite"})
POLICY = ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'")


@pytest.fixture(scope="module", params=SERVERS)
def page(request: pytest.FixtureRequest, postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    server: Server = request.param
    folder = tmp_path_factory.mktemp(server)
    with new_database(postgres_url) as database:
        api = Api(folder / "api.log", {"DATABASE_URL": database})
        page = Page(folder / "page.log", server, {})
        try:
            api.start()
            # Any service will do for a coach: what is asked of it here is not its business.
            page.variables.update(FRONTEND_API_URL=api.url, FRONTEND_AI_COACH_URL=api.url)
            page.start("/")
            yield page
        finally:
            page.stop()
            api.stop()


def connected(page: Page) -> closing[http.client.HTTPConnection]:
    return closing(http.client.HTTPConnection("127.0.0.1", int(page.variables["FRONTEND_PORT"]), timeout=30))


def status(page: Page, path: str) -> int:
    """Of the path as it stands here: clients like to tidy up."""
    with connected(page) as connection:
        connection.putrequest("GET", path)
        connection.endheaders()
        return connection.getresponse().status


@pytest.mark.parametrize(
    "name",
    [
        "metrics",
        "livez",
        "readyz",
        "metrics/",
        "%6detrics",
        "metrics?x=1",
        "/metrics",
        "./metrics",
        "x/../metrics",
        "metrics%0a",
    ],
)
@pytest.mark.parametrize("prefix", ["/api", "/ai-coach"])
def test_probes_and_figures_of_the_services_stay_inside(page: Page, prefix: str, name: str) -> None:
    assert status(page, f"{prefix}/health") == 200
    assert status(page, f"{prefix}/{name}") == 404


@pytest.mark.parametrize("prefix", ["/api", "/ai-coach"])
def test_what_is_too_large_is_told_as_every_problem_is(page: Page, prefix: str) -> None:
    """Announced and not sent: whoever sends it all may lose the answer."""
    if page.server != "nginx":
        pytest.skip("the services answer themselves where nothing before them has a limit")
    with connected(page) as connection:
        connection.putrequest("POST", f"{prefix}/exercises")
        connection.putheader("Content-Length", "3000000")
        connection.endheaders()
        answer = connection.getresponse()
        assert answer.status == 413
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert json.loads(answer.read())["status"] == 413


def test_an_admin_s_routes_are_the_api_s_to_guard(page: Page) -> None:
    assert httpx.get(f"{page.url}/api/admin/jobs").status_code == 401


def test_a_page_of_the_app_comes_under_a_strict_policy_and_uncached(page: Page) -> None:
    for path in ("/", "/coach", "/admin"):
        answer = httpx.get(page.url + path)
        assert answer.status_code == 200
        assert '<div id="root">' in answer.text
        assert answer.headers["Cache-Control"] == "no-cache"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        policy = answer.headers["Content-Security-Policy"]
        assert all(rule in policy for rule in POLICY)
        assert "unsafe" not in policy


def test_what_has_a_hash_in_its_name_is_kept_for_good_and_nothing_else(page: Page) -> None:
    asset = re.findall(r'"(/assets/[^"]+)"', httpx.get(page.url).text)[0]
    answer = httpx.get(page.url + asset)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    for path in ("/sw.js", "/config.js", "/manifest.webmanifest", "/icon.svg"):
        answer = httpx.get(page.url + path)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-cache"
    gone = httpx.get(f"{page.url}/assets/of-an-older-build.js")
    assert gone.status_code == 404
    assert "immutable" not in gone.headers.get("Cache-Control", "")


def test_a_probe_asks_the_server_itself(page: Page) -> None:
    assert httpx.get(f"{page.url}/healthz").text == "ok\n"


def test_the_first_load_is_light() -> None:
    """All scripts that the routine needs at first, as nginx sends them: compressed."""
    named = re.findall(r'"/(assets/[^"]+\.js)"', (DIST / "index.html").read_text(encoding="utf-8"))
    routine = next((DIST / "assets").glob("routine-page-*.js"))
    assert named
    # What the routine's page imports in turn, too.
    scripts = {DIST / name for name in named} | {routine}
    scripts |= {
        DIST / "assets" / name for name in re.findall(r'from"\./([^"]+\.js)"', routine.read_text(encoding="utf-8"))
    }
    compressed = sum(len(gzip.compress(script.read_bytes())) for script in scripts)
    print(f"JavaScript of the first load: {compressed / 1000:.1f} kB compressed")
    assert compressed <= 120_000
