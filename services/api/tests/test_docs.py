"""`/docs`: a page that works without the internet."""

import re
from typing import cast

import httpx
import pytest

pytestmark = pytest.mark.anyio

ASSETS = {
    "/docs/assets/swagger-ui-bundle.js": "javascript",
    "/docs/assets/swagger-ui.css": "text/css",
    "/docs/assets/favicon.png": "image/png",
}


async def test_the_page_takes_everything_from_this_host(client: httpx.AsyncClient) -> None:
    answer = await client.get("/docs")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert set(re.findall(r'(?:src|href)="([^"]*)"', answer.text)) == set(ASSETS)
    assert "url: '/openapi.json'" in answer.text
    assert "<title>Workout Tracker API</title>" in answer.text
    assert not re.search(r"(?:https?:)?//[a-z0-9]", answer.text, re.IGNORECASE)


async def test_the_page_may_load_nothing_else(client: httpx.AsyncClient) -> None:
    policy = (await client.get("/docs")).headers.get_list("content-security-policy")
    assert len(policy) == 1
    rules = dict(rule.split(" ", 1) for rule in policy[0].split("; "))
    assert rules["default-src"] == "'self'"
    allowed = {"'self'", "'unsafe-inline'", "data:", "'none'"}
    assert {source for rule in rules.values() for source in rule.split()} <= allowed


@pytest.mark.parametrize(("path", "media_type"), ASSETS.items())
async def test_its_assets_are_served(client: httpx.AsyncClient, path: str, media_type: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 200
    assert media_type in answer.headers["content-type"]
    assert len(answer.content) > 500
    head = await client.head(path)
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize(
    "name", ["", "x.js", "../../app.py", "%2e%2e/%2e%2e/app.py", "..%2f..%2fapp.py", "a%00b", "/etc/passwd"]
)
async def test_nothing_else_is_served(client: httpx.AsyncClient, name: str) -> None:
    answer = await client.get(f"/docs/assets/{name}")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


async def test_the_page_works_below_a_proxys_path(client: httpx.AsyncClient) -> None:
    app = cast(httpx.ASGITransport, client._transport).app
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app, root_path="/api")) as proxied:
        answer = await proxied.get("http://gym.example.org/api/docs")
        assert set(re.findall(r'(?:src|href)="([^"]*)"', answer.text)) == {f"/api{path}" for path in ASSETS}
        assert "url: '/api/openapi.json'" in answer.text
        for path in ("/openapi.json", *ASSETS):
            assert (await proxied.get(f"http://gym.example.org/api{path}")).status_code == 200


async def test_the_page_is_not_part_of_the_document(client: httpx.AsyncClient) -> None:
    paths = (await client.get("/openapi.json")).json()["paths"]
    assert not [path for path in paths if path.startswith(("/docs", "/openapi"))]
