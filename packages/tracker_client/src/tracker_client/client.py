"""The client."""

from collections.abc import Mapping
from time import monotonic
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import quote

import httpx

from tracker_client.errors import Refused, TrackerError, Unreachable
from tracker_client.login import Credentials, OwnToken
from tracker_client.models import Exchanged, Exercise, Health, Introspection, Page, Tagged, Versioned, parsed
from tracker_client.retries import Retries
from tracker_client.shared import Shared
from tracker_client.transport import Transport, failure

PAGE_SIZE = 200  # the most the API gives at once
WALKS = 5  # how often a routine is read before it counts as one that never rests
OPEN_SECONDS = 30  # how long an API that was open is taken to be so
QUERY = "!$%&'()*+,/:;=?@[]"  # what stands in a query as it is, beside letters, digits and -._~

Scope = Literal["own", "all"]


class TrackerClient:
    """Calls the Workout API as one service account, or as whoever's `token` is passed along, or anonymously.

    `timeout` is for one exchange, in seconds. Every method raises Unreachable or Refused and nothing else of the
    network's. What may pass is tried again, as `retries` says: reads, and writes that carry a key or an entity tag.
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
        self._transport = Transport(base_url, user_agent, timeout, retries or Retries())
        self._own = OwnToken(self._transport, credentials) if credentials else None
        self._open = (False, 0.0)
        self._probe = Shared(self._find_out_access)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._probe.close()
        if self._own:
            await self._own.close()
        await self._transport.close()

    async def page(
        self,
        number: int = 1,
        *,
        size: int = PAGE_SIZE,
        sort_by: str = "id",
        sort_order: Literal["asc", "desc"] = "asc",
        scope: Scope = "own",
        token: str | None = None,
    ) -> Page:
        """One page."""
        params = _params(number, scope, size) | {"sort_by": sort_by, "sort_order": sort_order}
        return parsed(Page, await self._call("GET", "/exercises", token, params=params))

    async def exercises(self, *, scope: Scope = "own", token: str | None = None) -> list[Exercise]:
        """All exercises, of all pages, ordered by id, as they were at one moment.

        A routine that changes meanwhile is read anew. Raises Unreachable when it never rests.
        """
        found = await self.exercises_unless("", scope=scope, token=token)
        assert found, "None is for those who have a tag"
        return found.exercises

    async def exercises_unless(self, etag: str, *, scope: Scope = "own", token: str | None = None) -> Tagged | None:
        """As `exercises`, with the entity tag of that moment; None if they still have this one.

        Tags are of the routine that the token may read: keep what you know of one token apart from all others.
        """
        for _ in range(WALKS):
            first = await self._first_page(scope, token, etag)
            if etag and first.status_code == httpx.codes.NOT_MODIFIED:
                return None
            if (found := await self._walk(first, scope, token)) is not None:
                return Tagged(found, first.headers.get("etag", ""))
        said = f"it changed {WALKS} times while it was read"
        raise Unreachable(f"GET /exercises: {said}", status=httpx.codes.OK, detail=said)

    async def _first_page(self, scope: Scope, token: str | None, etag: str) -> httpx.Response:
        """The first page, unless its entity tag, which moves with every change on any page, is still this one."""
        headers = {"If-None-Match": etag} if etag else {}
        return await self._call("GET", "/exercises", token, params=_params(1, scope), headers=headers)

    async def _walk(self, first: httpx.Response, scope: Scope, token: str | None) -> list[Exercise] | None:
        """All exercises; None if there was a change between the first page and the last."""
        page, number = parsed(Page, first), 1
        total, found = page.total, list(page.items)
        while page.items and len(found) < total:
            number += 1
            page = parsed(Page, await self._call("GET", "/exercises", token, params=_params(number, scope)))
            found += page.items
        if len(found) != total or (number > 1 and not await self._still_holds(first, scope, token)):
            return None
        return found

    async def _still_holds(self, first: httpx.Response, scope: Scope, token: str | None) -> bool:
        """Is the first page's entity tag still the same?"""
        again = await self._first_page(scope, token, first.headers.get("etag", ""))
        return again.status_code == httpx.codes.NOT_MODIFIED

    async def exercise(self, exercise_id: int, *, token: str | None = None) -> Exercise:
        """One exercise."""
        return parsed(Exercise, await self._call("GET", f"/exercises/{exercise_id}", token))

    async def versioned(self, exercise_id: int, *, token: str | None = None) -> Versioned:
        """One exercise with its entity tag: read it so before changing it."""
        return _versioned(await self._call("GET", f"/exercises/{exercise_id}", token))

    async def add(self, fields: Mapping[str, object], *, key: str, token: str | None = None) -> Versioned:
        """Add an exercise. Any number of calls with the same `key` (Idempotency-Key) add it once."""
        headers = {"Idempotency-Key": key}
        return _versioned(await self._call("POST", "/exercises", token, json=fields, headers=headers))

    async def change(
        self, exercise_id: int, fields: Mapping[str, object], *, etag: str, token: str | None = None
    ) -> Versioned:
        """Change these fields, unless it has changed since it had this `etag`: Refused with status 412.

        A try whose answer is lost may have changed it, too; the next one is refused then.
        """
        path, headers = f"/exercises/{exercise_id}", {"If-Match": etag}
        return _versioned(await self._call("PATCH", path, token, json=fields, headers=headers))

    async def exchange(self, token: str) -> Exchanged:
        """Trade somebody's personal token for a short access token of theirs. Needs credentials."""
        return parsed(Exchanged, await self._call("POST", "/auth/exchange", json={"token": token}))

    async def own_token(self) -> str | None:
        """An access token of our own, for a service that asks the API in turn; None without credentials."""
        return await self._own.get() if self._own else None

    async def introspect(self, token: str) -> Introspection:
        """What somebody's access token means right now. Needs credentials."""
        try:
            return parsed(Introspection, await self._call("POST", "/auth/introspect", json={"token": token}))
        except Refused as refused:
            if refused.status != httpx.codes.UNPROCESSABLE_ENTITY:
                raise
            return Introspection(active=False)  # it is too long, or empty: not a token at all

    async def is_healthy(self) -> bool:
        """Does the API answer, and is it healthy? Never raises; one try."""
        try:
            response = await self._transport.ask("GET", "/health")
            return parsed(Health, response).status == "healthy"
        except TrackerError:
            return False

    async def lets_anybody_read(self) -> bool:
        """Is the API `open`? Found out without a token, and believed for a while. One try.

        Raises Unreachable, Refused.
        """
        is_open, until = self._open
        return is_open if monotonic() < until else await self._probe()

    async def _find_out_access(self) -> bool:
        response = await self._transport.exchange("GET", "/exercises", params={"page_size": 1})
        if response.status_code not in (httpx.codes.OK, httpx.codes.UNAUTHORIZED):
            raise failure(response)
        is_open = response.status_code == httpx.codes.OK
        self._open = is_open, monotonic() + OPEN_SECONDS
        return is_open

    async def forward(
        self, path: str, query: str, headers: Mapping[str, str], token: str | None = None
    ) -> httpx.Response:
        """The API's answer to a GET as it is, whatever its status: for proxies. One try.

        Never with our own rights: whoever asks through us gets what they would get themselves.
        """
        url = f"{path}?{quote(query, QUERY, errors='replace')}" if query else path
        return await self._transport.exchange("GET", url, headers=headers, token=token)

    async def _call(self, method: str, path: str, token: str | None = None, **request: Any) -> httpx.Response:
        """As whoever's token it is, or else as ourselves; again while that may help."""
        return await self._transport.persist(lambda: self._try(method, path, token, request))

    async def _try(self, method: str, path: str, token: str | None, request: Mapping[str, Any]) -> httpx.Response:
        """One try, in which a token of our own that is refused is renewed, once."""
        if token is not None or self._own is None:
            return await self._transport.ask(method, path, token=token, **request)
        own = await self._own.get()
        try:
            return await self._transport.ask(method, path, token=own, **request)
        except Refused as refused:
            if refused.status != httpx.codes.UNAUTHORIZED:
                raise
        self._own.drop(own)
        return await self._transport.ask(method, path, token=await self._own.get(), **request)


def _params(number: int, scope: Scope, size: int = PAGE_SIZE) -> dict[str, str]:
    """The query of one page."""
    whose = {"scope": scope} if scope != "own" else {}
    return {"page": str(number), "page_size": str(size), **whose}


def _versioned(response: httpx.Response) -> Versioned:
    return Versioned(parsed(Exercise, response), response.headers.get("ETag", ""))
