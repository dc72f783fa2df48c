"""`/docs`: a page that needs nothing from elsewhere."""

import re

import httpx
import pytest
from fastapi import FastAPI

from runtime import docs

POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def client_of(root_path: str = "") -> httpx.AsyncClient:
    app = FastAPI(title="Gym API", docs_url=None, redoc_url=None)
    docs.install(app)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app, root_path=root_path), base_url="http://api.test")


async def test_the_page_shows_the_applications_document() -> None:
    answer = await client_of().get("/docs")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "<title>Gym API</title>" in answer.text
    assert "url: '/openapi.json'" in answer.text.replace('"', "'")


async def test_the_page_names_no_other_host() -> None:
    page = (await client_of().get("/docs")).text
    assert re.findall(r"""(?:https?:)?//[\w.-]+""", page) == []
    assert re.findall(r'(?:href|src)="([^"]*)"', page) == [
        "/docs/assets/swagger-ui.css",
        "/docs/assets/favicon.png",
        "/docs/assets/swagger-ui-bundle.js",
    ]


async def test_the_page_may_run_nothing_from_elsewhere() -> None:
    assert (await client_of().get("/docs")).headers["content-security-policy"] == POLICY


@pytest.mark.parametrize(
    ("name", "kind", "least"),
    [
        ("swagger-ui-bundle.js", "javascript", 500_000),
        ("swagger-ui.css", "text/css", 50_000),
        ("favicon.png", "png", 100),
    ],
)
async def test_the_pages_files_are_served(name: str, kind: str, least: int) -> None:
    answer = await client_of().get(f"/docs/assets/{name}")
    assert answer.status_code == 200
    assert kind in answer.headers["content-type"]
    assert len(answer.content) >= least


async def test_behind_a_prefix_all_addresses_have_it() -> None:
    page = (await client_of("/api").get("/api/docs")).text
    assert "'/api/openapi.json'" in page.replace('"', "'")
    assert set(re.findall(r'(?:href|src)="([^"]*)"', page)) == {
        "/api/docs/assets/swagger-ui.css",
        "/api/docs/assets/favicon.png",
        "/api/docs/assets/swagger-ui-bundle.js",
    }


async def test_the_page_is_no_part_of_the_document() -> None:
    assert (await client_of().get("/openapi.json")).json()["paths"] == {}


@pytest.mark.parametrize("path", ["/docs/assets/nothing.js", "/docs/assets/../../METADATA"])
async def test_other_files_are_not_served(path: str) -> None:
    assert (await client_of().get(path)).status_code == 404


async def test_the_mount_can_be_found_by_name() -> None:
    app = FastAPI(docs_url=None)
    docs.install(app)
    assert app.url_path_for("docs-assets", path="swagger-ui.css") == "/docs/assets/swagger-ui.css"
