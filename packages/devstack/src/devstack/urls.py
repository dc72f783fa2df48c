"""URLs for people and files: without secrets, and with addresses one can open."""

from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode, urlsplit

NOT_A_URL = "(given, not a URL)"
SECRET_PARAMETERS = {"password", "sslpassword"}


def masked(url: str) -> str:
    """The URL with `***` in place of each password, for the terminal."""
    return _edited(url, lambda user: f"{user}:***", "***")


def without_password(url: str) -> str:
    """The URL without any password, for files."""
    return _edited(url, lambda user: user, None)


def _edited(url: str, credentials: Callable[[str], str], parameter: str | None) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return NOT_A_URL
    # A password with one of `/?#` as it is: what follows that character looks like a path.
    if not parts.scheme or "@" in f"{parts.path}{parts.query}{parts.fragment}":
        return NOT_A_URL
    before, _, location = parts.netloc.rpartition("@")
    user, colon, _ = before.partition(":")
    user = credentials(user) if colon else user
    pairs = [
        (key, (parameter or "") if key in SECRET_PARAMETERS else value)
        for key, value in parse_qsl(parts.query, keep_blank_values=True)
        if key not in SECRET_PARAMETERS or parameter is not None
    ]
    query = "?" + urlencode(pairs, safe="/*") if pairs else ""
    return f"{parts.scheme}://{user}{'@' if user else ''}{location}{parts.path}{query}"


def http_url(host: str, port: int) -> str:
    """Where a browser on this machine reaches a server that listens on `host`, which may mean every address."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"http://[{reachable}]:{port}" if ":" in reachable else f"http://{reachable}:{port}"
