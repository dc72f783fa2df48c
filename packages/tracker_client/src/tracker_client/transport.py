"""Requests on their way: in time, with nothing of httpx's errors, and once more where that may help."""

import asyncio
import re
from asyncio import sleep
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ssl import SSLContext
from typing import Any

import httpx
from opentelemetry import propagate, trace
from opentelemetry.trace import SpanKind, Status, StatusCode

from tracker_client.errors import Refused, Unreachable, detail
from tracker_client.retries import RETRIED, Retries, retry_after

# An idle connection is let go before uvicorn does so after 5 s: a request must not meet a connection that is closing.
LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=3)
# What can be sent as a token. A blank would end it, a line break would begin another header.
TOKEN = re.compile(r"[\x21-\x7e\x80-\xff]+")


class Transport:
    """Speaks HTTP with one server. `timeout` is for each exchange as a whole, in seconds."""

    def __init__(self, base_url: str, user_agent: str, timeout: float, retries: Retries) -> None:
        self._http = httpx.AsyncClient(
            base_url=_checked(base_url),
            timeout=None,  # noqa: S113 - httpx's is for each read; `exchange` gives one to the whole
            limits=LIMITS,
            verify=_certificates(),
            headers={"User-Agent": user_agent},
            # One client serves many callers: no cookie of one may go along with the request of another.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        )
        url = self._http.base_url
        self._address = f"{url.scheme}://{url.netloc.decode()}{url.path.rstrip('/')}"  # without a password
        self._timeout = timeout
        self._retries = retries

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def exchange(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
        **request: Any,
    ) -> httpx.Response:
        """The answer, whatever its status. Raises Unreachable, and Refused for what cannot be sent at all."""
        what = f"{method} {self._address}{path.partition('?')[0]}"
        try:
            async with asyncio.timeout(self._timeout):
                return await self._traced(method, path, headers=_encoded(headers or {}, token), **request)
        except TimeoutError:
            raise Unreachable(f"{what}: no answer within {self._timeout:g} s") from None
        except (UnicodeEncodeError, httpx.InvalidURL, httpx.LocalProtocolError):
            # Their messages repeat headers, so they go no further.
            raise Refused(400, "The request cannot be sent: HTTP has no such URL or header") from None
        except httpx.HTTPError as error:
            raise Unreachable(f"{what}: {str(error) or type(error).__name__}") from error

    async def _traced(self, method: str, path: str, headers: dict[bytes, bytes], **request: Any) -> httpx.Response:
        """The exchange as a span that the server's goes on from, where what we do here is traced."""
        if not trace.get_current_span().is_recording():
            return await self._http.request(method, path, headers=headers, **request)
        where = {"server.address": self._http.base_url.host, "url.path": path.partition("?")[0]}
        with trace.get_tracer(__name__).start_as_current_span(
            method, kind=SpanKind.CLIENT, attributes={"http.request.method": method} | where, record_exception=False
        ) as span:
            context: dict[str, str] = {}
            propagate.inject(context)
            headers |= {name.encode(): value.encode() for name, value in context.items()}
            response = await self._http.request(method, path, headers=headers, **request)
            span.set_attribute("http.response.status_code", response.status_code)
            if response.status_code >= 400:
                span.set_status(Status(StatusCode.ERROR))
            return response

    async def ask(self, method: str, path: str, **request: Any) -> httpx.Response:
        """The answer of a request that succeeds. Raises Unreachable, Refused."""
        response = await self.exchange(method, path, **request)
        if response.is_success or response.status_code == httpx.codes.NOT_MODIFIED:
            return response
        raise failure(response)

    async def persist(self, attempt: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
        """What `attempt` gives, which is called again after a pause while the API is unreachable."""
        tried = 0
        while True:
            try:
                return await attempt()
            except Unreachable as unreachable:
                tried += 1
                pause = self._retries.pause(tried, unreachable.retry_after)
                if pause is None:
                    raise
            await sleep(pause)


def failure(response: httpx.Response) -> Refused | Unreachable:
    """What an answer without success means."""
    said = detail(response)
    if response.status_code in RETRIED:
        request = f"{response.request.method} {response.request.url.path}"
        status = response.status_code
        return Unreachable(f"{request}: {status}: {said}", retry_after(response.headers), status=status, detail=said)
    return Refused(response.status_code, said)


@cache
def _certificates() -> SSLContext:
    """Reading them takes 30 ms, longer than all else here: once a process."""
    return httpx.create_ssl_context()


def _checked(base_url: str) -> httpx.URL:
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL:
        url = httpx.URL()
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError(f"{base_url!r} is no URL of an API: that has http:// or https://, and a host")
    return url


def _encoded(headers: Mapping[str, str], token: str | None) -> dict[bytes, bytes]:
    """Headers as bytes. Servers read them as Latin-1, so that is what gives back what was sent; httpx takes ASCII."""
    encoded = {name.lower().encode(): value.encode("latin-1") for name, value in headers.items()}
    if token is not None:
        if not TOKEN.fullmatch(token):
            raise Refused(401, "The token is malformed")
        encoded[b"authorization"] = b"Bearer " + token.encode("latin-1")
    return encoded
