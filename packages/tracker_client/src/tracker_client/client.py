"""The client."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from time import monotonic
from types import TracebackType
from typing import Any, Literal, Self

import httpx

from tracker_client.errors import Refused, Unreachable
from tracker_client.models import Exchanged, Exercise, Introspection, Login, Page, Versioned
from tracker_client.retries import RETRIED, Retries

PAGE_SIZE = 200  # the most the API gives at once
WALKS = 3  # how often a walk begins anew because the routine changed under it
OPEN_SECONDS = 30  # how long an API that was open is taken to be so
RENEW_SECONDS = 60  # a token with less life left is not used any more

Scope = Literal["own", "all"]


@dataclass(frozen=True, slots=True)
class Credentials:
    """A service account. The password is asked for at each login, so that a rotated file is noticed."""

    username: str
    password: Callable[[], str]


class TrackerClient:
    """Calls the Workout API as one service account, or as whoever's `token` is passed along, or anonymously.

    `timeout` is for one try, in seconds. Every method raises Unreachable or Refused and nothing else of the network's.
    """

    def __init__(
        self,
        base_url: str,
        *,
        user_agent: str,
        credentials: Credentials | None = None,
        timeout: float = 10.0,
        retries: Retries | None = None,
    ) -> None:
        self._http = httpx.AsyncClient(
            base_url=base_url, timeout=timeout, headers={"User-Agent": user_agent}, follow_redirects=False
        )
        self._credentials = credentials
        self._retries = retries or Retries()
        self._token: tuple[str, float] | None = None
        self._open = (False, 0.0)
        self._logging_in = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def page(
        self, number: int = 1, *, size: int = PAGE_SIZE, scope: Scope = "own", token: str | None = None, **query: str
    ) -> Page:
        """One page; `query` may hold sort_by and sort_order."""
        params = {"page": str(number), "page_size": str(size), **query}
        if scope != "own":
            params["scope"] = scope
        return Page.model_validate_json((await self._get("/exercises", params, token)).content)

    async def exercises(self, *, scope: Scope = "own", token: str | None = None) -> list[Exercise]:
        """All exercises, of all pages, ordered by id. A routine that changes meanwhile is read anew."""
        for _ in range(WALKS):
            walked = [page async for page in self._walk(scope, token)]
            found = [exercise for page in walked for exercise in page.items]
            if len(found) == walked[0].total == walked[-1].total:
                return found
        return list({exercise.id: exercise for exercise in found}.values())

    async def _walk(self, scope: Scope, token: str | None) -> AsyncIterator[Page]:
        number = 1
        while True:
            page = await self.page(number, scope=scope, token=token)
            yield page
            if number * page.page_size >= page.total:
                return
            number += 1

    async def exercise(self, exercise_id: int, *, token: str | None = None) -> Exercise:
        """One exercise."""
        return Exercise.model_validate_json((await self._get(f"/exercises/{exercise_id}", {}, token)).content)

    async def versioned(self, exercise_id: int, *, token: str | None = None) -> Versioned:
        """One exercise with its entity tag: read it so before changing it."""
        return _versioned(await self._get(f"/exercises/{exercise_id}", {}, token))

    async def add(self, fields: Mapping[str, object], *, key: str, token: str | None = None) -> Versioned:
        """Add an exercise. Any number of calls with the same `key` (Idempotency-Key) add it once."""
        headers = {"Idempotency-Key": key}
        return _versioned(await self._call("POST", "/exercises", token=token, json=fields, headers=headers))

    async def change(
        self, exercise_id: int, fields: Mapping[str, object], *, etag: str, token: str | None = None
    ) -> Versioned:
        """Change these fields, unless it has changed since it had this `etag`: Refused with status 412."""
        path, headers = f"/exercises/{exercise_id}", {"If-Match": etag}
        return _versioned(await self._call("PATCH", path, token=token, json=fields, headers=headers))

    async def exchange(self, token: str) -> Exchanged:
        """Trade somebody's personal token for a short access token of theirs. Needs credentials."""
        return Exchanged.model_validate_json(
            (await self._call("POST", "/auth/exchange", json={"token": token})).content
        )

    async def own_token(self) -> str | None:
        """An access token of our own, for a service that asks the API in turn; None without credentials."""
        try:
            return await self._own_token(self._credentials) if self._credentials else None
        except httpx.HTTPError as error:
            raise Unreachable(f"POST /auth/login: {str(error) or type(error).__name__}") from error

    async def introspect(self, token: str) -> Introspection:
        """What somebody's access token means right now. Needs credentials."""
        response = await self._call("POST", "/auth/introspect", json={"token": token})
        return Introspection.model_validate_json(response.content)

    async def is_healthy(self) -> bool:
        """Does the API answer, and is it healthy? Never raises; one try."""
        try:
            response = await self._http.get("/health")
            return response.status_code == httpx.codes.OK and response.json().get("status") == "healthy"
        except (httpx.HTTPError, ValueError):
            return False

    async def lets_anybody_read(self) -> bool:
        """Is the API `open`? Found out without a token, and believed for a while. Raises Unreachable, Refused."""
        is_open, until = self._open
        if until <= monotonic():
            response = await self.forward("/exercises", "page_size=1", {})
            if response.status_code not in (httpx.codes.OK, httpx.codes.UNAUTHORIZED):
                raise Refused(response)
            is_open = response.status_code == httpx.codes.OK
            self._open = is_open, monotonic() + OPEN_SECONDS
        return is_open

    async def forward(
        self, path: str, query: str, headers: Mapping[str, str], token: str | None = None
    ) -> httpx.Response:
        """The API's answer to a GET as it is, whatever its status: for proxies. One try.

        Never with our own rights: whoever asks through us gets what they would get themselves.
        """
        authorization = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            return await self._http.get(f"{path}?{query}" if query else path, headers={**headers, **authorization})
        except httpx.HTTPError as error:
            raise Unreachable(f"GET {path}: {str(error) or type(error).__name__}") from error

    async def _get(self, path: str, params: Mapping[str, str], token: str | None) -> httpx.Response:
        return await self._call("GET", path, token=token, params=params)

    async def _call(self, method: str, path: str, *, token: str | None = None, **request: Any) -> httpx.Response:
        """Try, and try again while that may help; renew our own token once when it is refused."""
        renewed = False
        attempt = 0
        while True:
            try:
                response = await self._try(method, path, token, request)
            except Unreachable as error:
                failure, headers = error, httpx.Headers()
            else:
                if response.is_success:
                    return response
                if response.status_code == httpx.codes.UNAUTHORIZED and token is None and self._token and not renewed:
                    renewed, self._token = True, None
                    continue
                if response.status_code not in RETRIED:
                    raise Refused(response)
                failure, headers = Unreachable(f"{method} {path}: {Refused(response)}"), response.headers
            attempt += 1
            if attempt >= self._retries.attempts:
                raise failure
            await asyncio.sleep(self._retries.pause(attempt - 1, headers))

    async def _try(self, method: str, path: str, token: str | None, request: dict[str, Any]) -> httpx.Response:
        """The answer, or the login's answer where that failed. Raises Unreachable."""
        try:
            headers = {**request.get("headers", {}), **await self._authorization(token)}
            return await self._http.request(method, path, **{**request, "headers": headers})
        except Refused as refused:
            return refused.response
        except httpx.HTTPError as error:
            raise Unreachable(f"{method} {path}: {str(error) or type(error).__name__}") from error

    async def _authorization(self, token: str | None) -> dict[str, str]:
        if token is None and self._credentials is not None:
            token = await self._own_token(self._credentials)
        return {"Authorization": f"Bearer {token}"} if token else {}

    async def _own_token(self, credentials: Credentials) -> str:
        async with self._logging_in:
            if self._token and self._token[1] > monotonic():
                return self._token[0]
            body = {"username": credentials.username, "password": credentials.password()}
            response = await self._http.post("/auth/login", json=body)
            if not response.is_success:
                raise Refused(response)
            login = Login.model_validate_json(response.content)
            self._token = login.access_token, monotonic() + login.expires_in - RENEW_SECONDS
            return login.access_token


def _versioned(response: httpx.Response) -> Versioned:
    return Versioned(Exercise.model_validate_json(response.content), response.headers.get("ETag", ""))
