"""`/docs` without a CDN: Swagger UI from the files that the fastapi-offline package brings. And what it is told."""

from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.staticfiles import StaticFiles

# Swagger UI starts itself with an inline script and draws with inline styles.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def install(app: FastAPI) -> None:
    """Serve `app`'s OpenAPI as a page. Call it last: routes are tried in order, and this one is rarely asked for."""

    @app.get("/docs", include_in_schema=False)
    async def docs(request: Request) -> Response:
        root = request.scope.get("root_path", "")
        page = get_swagger_ui_html(
            openapi_url=f"{root}{app.openapi_url}",
            title=app.title,
            swagger_js_url=f"{root}/docs/assets/swagger-ui-bundle.js",
            swagger_css_url=f"{root}/docs/assets/swagger-ui.css",
            swagger_favicon_url=f"{root}/docs/assets/favicon.png",
        )
        page.headers["Content-Security-Policy"] = _POLICY
        return page

    app.mount("/docs/assets", StaticFiles(packages=[("fastapi_offline", "static")]), name="docs-assets")


def make_login_optional(app: FastAPI, *paths: str) -> None:
    """Say in the OpenAPI document that what lies under `paths` takes a token and answers without one, too."""
    openapi = app.openapi

    def with_optional_login() -> dict[str, Any]:
        document = openapi()
        for path, operations in document["paths"].items():
            for operation in operations.values() if path.startswith(paths) else ():
                operation["security"] = [{"bearer": []}, {}]
        return document

    app.openapi = with_optional_login  # type: ignore[method-assign]  # FastAPI documents this way
