"""The refresh token of browsers: in a cookie that no script can read and no other site can send."""

from urllib.parse import urlsplit

from fastapi import Request, Response

from api.auth.errors import ForeignOrigin
from api.auth.schemas import Token
from api.edge.dependencies import Services

NAME = "workout_refresh"


def read(request: Request, at: Services) -> str | None:
    """The refresh token of the cookie, if there is one. Raises ForeignOrigin."""
    token = request.cookies.get(NAME)
    if token is not None:
        check_origin(request, at)
    return token


def check_origin(request: Request, at: Services) -> None:
    """Every browser names the page's origin in a POST (Fetch standard, "Origin header"). Raises ForeignOrigin."""
    origin = request.headers.get("origin", "").lower()
    if origin not in at.settings.cors_origins and _host(origin) != request.headers.get("host", "").lower():
        raise ForeignOrigin


def _host(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc or None
    except ValueError:
        return None


def hand_over(request: Request, response: Response, token: Token, max_age: int) -> Token:
    """Put the refresh token into the cookie and take it out of the body."""
    assert token.refresh_token is not None
    response.set_cookie(
        NAME,
        token.refresh_token,
        max_age=max_age,
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
    return token.model_copy(update={"refresh_token": None})


def forget(request: Request, response: Response) -> None:
    """Take the cookie back."""
    response.delete_cookie(NAME, path="/", secure=request.url.scheme == "https", httponly=True, samesite="strict")
