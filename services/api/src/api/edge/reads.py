"""A short cut for what is asked most: a URL that FastAPI has accepted is not routed and validated again (ADR 0015).

Only what follows from the URL alone is remembered. Who is calling, their limit and every other dependency are asked on
each request, in FastAPI's order.
"""

from collections.abc import Awaitable, Callable, Coroutine, Iterator
from inspect import iscoroutinefunction
from typing import Any, NamedTuple

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import request_params_to_args
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from runtime import traces

MAX_REMEMBERED = 16_384  # some 8 MB
LONGEST_REMEMBERED = 256  # nobody fills our memory with ?x=xxxx…

# What a dependency may take beside these, the short cut knows nothing of.
UNSOLVED = (
    *("cookie_params", "body_params", "websocket_param_name", "response_param_name", "background_tasks_param_name"),
    *("security_scopes_param_name", "own_oauth_scopes", "parent_oauth_scopes"),
)
Values = dict[str, Any]
Results = dict[Callable[..., Any], Any]


class Step(NamedTuple):
    """One dependency, ready to be called: what it is, where the request goes, and whose results it takes."""

    call: Callable[..., Awaitable[Any]]
    request_name: str | None
    takes: tuple[tuple[str, Callable[..., Any]], ...]

    def arguments(self, request: Request, results: Results) -> Values:
        """What it is called with."""
        arguments = {name: results[call] for name, call in self.takes}
        if self.request_name is not None:
            arguments[self.request_name] = request
        return arguments


def plan(dependant: Dependant) -> Iterator[Step]:
    """The dependencies of `dependant` in their order, and then itself. Raises TypeError for what it cannot."""
    call: Any = dependant.call
    if not (iscoroutinefunction(call) or iscoroutinefunction(type(call).__call__)):
        raise TypeError(f"{call} is not async: a ReadRoute calls neither threads nor generators")
    if any(getattr(dependant, what) for what in UNSOLVED):
        raise TypeError(f"{call} takes more than the request, its URL and headers: use an ordinary route")
    for needed in dependant.dependencies:
        if needed.query_params or needed.path_params or needed.header_params:
            raise TypeError(f"{needed.call} takes parameters, which a ReadRoute knows of the endpoint alone")
        yield from plan(needed)
    takes = tuple((needed.name, needed.call) for needed in dependant.dependencies if needed.name and needed.call)
    yield Step(call, dependant.request_param_name or dependant.http_connection_param_name, takes)


class Reading:
    """How a route is answered: its dependencies in their order, and then its endpoint."""

    def __init__(self, route: Any) -> None:
        self.route = route
        *self._dependencies, self._endpoint = dict.fromkeys(plan(route.dependant))
        self._headers = tuple(_optional_text(field) for field in route.dependant.header_params)

    def values(self, request: Request) -> Values | None:
        """The endpoint's parameters out of the URL; None where FastAPI refuses them."""
        dependant = self.route.dependant
        path, path_errors = request_params_to_args(dependant.path_params, request.path_params)
        query, query_errors = request_params_to_args(dependant.query_params, request.query_params)
        return None if path_errors or query_errors else path | query

    async def answer(self, request: Request, values: Values) -> Response:
        """Call everything. Raises whatever a dependency or the endpoint raises."""
        results: Results = {}
        for step in self._dependencies:
            results[step.call] = await step.call(**step.arguments(request, results))
        headers = {name: request.headers.get(alias) for name, alias in self._headers}
        arguments = self._endpoint.arguments(request, results)
        response: Response = await self._endpoint.call(**values, **headers, **arguments)
        return response


def _optional_text(field: Any) -> tuple[str, str]:
    """(parameter, header) of a header in which nothing has to be checked. Raises TypeError for any other."""
    if field.field_info.annotation != str | None or field.field_info.metadata:
        raise TypeError(f"{field.name} is not just `str | None`: a ReadRoute does not validate headers")
    return field.name, field.alias


class ReadRoute(APIRoute):
    """For hot reads: an ordinary route that has `ShortCut` remember the URLs that it accepts.

    The endpoint and its dependencies are coroutines that take the request and each other's results, the endpoint alone
    also parameters of the URL and optional headers; it returns a Response.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's own handler, and a shorter way past it for whatever it would accept."""
        solve = super().get_route_handler()
        Reading(self)  # refuses what cannot be cut short where it is declared
        readings: dict[int, Reading] = {}

        async def handle(request: Request) -> Response:
            # Not `self.dependant`: routers add dependencies when they include each other, and those keep strangers out.
            # Without this entry in the scope it is a FastAPI that we do not know, and everything is left to it.
            route = request.scope["fastapi"].get("effective_route_context")
            remember = request.scope.get("remember")
            if not (remember and route and route.original_route is self) or request.app.dependency_overrides:
                return await solve(request)
            if (reading := readings.get(id(route))) is None:
                reading = readings[id(route)] = Reading(route)
            if (values := reading.values(request)) is None:
                return await solve(request)  # which words the refusal
            remember(request.scope, reading, values)
            return await reading.answer(request, values)

        return handle


class ShortCut:
    """The innermost middleware: answers a GET whose URL a ReadRoute has accepted before, and passes on all others."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._traced = traces.are_on()  # FastAPI names a request's span after the route that it has found
        self._known: dict[tuple[str, bytes], tuple[Reading, Values]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        known = self._known.get((scope["path"], scope["query_string"])) if scope["method"] == "GET" else None
        if known is None or self._traced or scope["app"].dependency_overrides:
            scope["remember"] = self._remember
            await self.app(scope, receive, send)
            return
        reading, values = known
        scope["route"] = reading.route
        request = Request(scope, receive, send)
        try:
            response = await reading.answer(request, values)
        except Exception as error:
            # What Starlette's own layer does further in, where this request does not come by.
            handlers = scope["app"].exception_handlers
            handle = next((handlers[kind] for kind in type(error).__mro__ if kind in handlers), None)
            if handle is None:
                raise
            response = await handle(request, error)
        await response(scope, receive, send)

    def _remember(self, scope: Scope, reading: Reading, values: Values) -> None:
        path, query = scope["path"], scope["query_string"]
        if len(path) + len(query) <= LONGEST_REMEMBERED and not scope.get("root_path"):
            if len(self._known) >= MAX_REMEMBERED:
                self._known.clear()
            self._known[path, query] = reading, values
