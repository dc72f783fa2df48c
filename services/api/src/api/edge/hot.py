"""A short cut for what is asked most (ADR 0015): dependencies are called, not solved anew for each request, and a URL
that FastAPI has accepted is not routed and validated again.

Only what follows from the URL alone is remembered. Who is calling, their limit and every other dependency are asked on
each request, in FastAPI's order.
"""

from collections.abc import Awaitable, Callable, Coroutine, Iterator
from inspect import isclass, iscoroutinefunction
from typing import Any, NamedTuple

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import request_params_to_args
from fastapi.exceptions import HTTPException
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runtime import traces

MAX_REMEMBERED = 16_384  # some 8 MB
LONGEST_REMEMBERED = 256  # nobody fills our memory with ?x=xxxx…

# What a dependency may take beside these, the short cut knows nothing of.
UNSOLVED = (
    *("cookie_params", "websocket_param_name", "response_param_name", "background_tasks_param_name"),
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
        raise TypeError(f"{call} is not async: a HotRoute calls neither threads nor generators")
    if any(getattr(dependant, what) for what in UNSOLVED):
        raise TypeError(f"{call} takes more than the request, its URL, headers and body: use an ordinary route")
    for needed in dependant.dependencies:
        if needed.query_params or needed.path_params or needed.header_params or needed.body_params:
            raise TypeError(f"{needed.call} takes parameters, which a HotRoute knows of the endpoint alone")
        yield from plan(needed)
    takes = tuple((needed.name, needed.call) for needed in dependant.dependencies if needed.name and needed.call)
    yield Step(call, dependant.request_param_name or dependant.http_connection_param_name, takes)


class Way:
    """How a route is answered: its dependencies in their order, and then its endpoint."""

    def __init__(self, route: Any) -> None:
        self.route = route
        *self._dependencies, self._endpoint = dict.fromkeys(plan(route.dependant))
        self._body = _model(route.dependant.body_params)
        headers = [(field.name, field.alias, _is_text(field)) for field in route.dependant.header_params]
        self._headers = tuple((name, alias.encode()) for name, alias, is_text in headers if is_text)
        self._checked = tuple((name, alias) for name, alias, is_text in headers if not is_text)
        if self._checked and not self._body:
            raise TypeError(f"{self._checked[0][0]} is not just `str | None`: without a body, no header is validated")
        if any(field.field_info.default is not None for field in route.dependant.header_params):
            raise TypeError("A header of a HotRoute is None where it is not sent")

    def values(self, request: Request) -> Values | None:
        """The endpoint's parameters out of the URL; None where FastAPI refuses them."""
        dependant = self.route.dependant
        path, path_errors = request_params_to_args(dependant.path_params, request.path_params)
        query, query_errors = request_params_to_args(dependant.query_params, request.query_params)
        return None if path_errors or query_errors else path | query

    @property
    def takes_body(self) -> bool:
        """Does the endpoint?"""
        return self._body is not None

    async def complete(self, request: Request, values: Values) -> Values | None:
        """With those out of the body and validated headers; None for what FastAPI has to see, and perhaps refuses."""
        if self._body is None:
            return values
        name, model = self._body
        headers = request.headers
        if headers.get("content-type") != "application/json" or any(alias in headers for _, alias in self._checked):
            return None
        try:
            content = model.model_validate(await request.json())
        except HTTPException:
            raise
        except Exception:  # no JSON, not valid, broken off
            return None
        return {**values, name: content, **dict.fromkeys(name for name, _ in self._checked)}

    async def answer(self, request: Request, values: Values) -> Response:
        """Call everything. Raises whatever a dependency or the endpoint raises."""
        results: Results = {}
        for step in self._dependencies:
            results[step.call] = await step.call(**step.arguments(request, results))
        sent = dict(reversed(request.scope["headers"]))  # whoever sends one twice means the first
        headers = {name: sent[alias].decode("latin-1") if alias in sent else None for name, alias in self._headers}
        arguments = self._endpoint.arguments(request, results)
        response: Response = await self._endpoint.call(**values, **headers, **arguments)
        return response


def _is_text(field: Any) -> bool:
    """Is it an optional header in which nothing has to be checked?"""
    return field.field_info.annotation == str | None and not field.field_info.metadata


def _model(fields: list[Any]) -> tuple[str, type[BaseModel]] | None:
    """(parameter, model) of the body, if there is one. Raises TypeError for what is not just one model."""
    if not fields:
        return None
    field, *more = fields
    model = field.field_info.annotation
    is_plain = not (more or field.field_info.embed or field.field_info.metadata)
    if not (is_plain and isclass(model) and issubclass(model, BaseModel)):
        raise TypeError(f"{field.name}: the body of a HotRoute is one model; use an ordinary route")
    return field.name, model


class HotRoute(APIRoute):
    """An ordinary route without FastAPI's cost of solving dependencies; `ShortCut` remembers the URLs of its reads.

    The endpoint and its dependencies are coroutines that take the request and each other's results, the endpoint alone
    also parameters of the URL, optional headers and one model as a body; it returns a Response. A header that is to be
    validated goes FastAPI's way when it is there.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's own handler, and a shorter way past it for whatever it would accept."""
        solve = super().get_route_handler()
        Way(self)  # refuses what cannot be cut short where it is declared
        ways: dict[int, Way] = {}

        async def handle(request: Request) -> Response:
            # Not `self.dependant`: routers add dependencies when they include each other, and those keep strangers out.
            # Without this entry in the scope it is a FastAPI that we do not know, and everything is left to it.
            route = request.scope["fastapi"].get("effective_route_context")
            remember = request.scope.get("remember")
            if not (remember and route and route.original_route is self) or request.app.dependency_overrides:
                return await solve(request)
            if (way := ways.get(id(route))) is None:
                way = ways[id(route)] = Way(route)
            if (values := way.values(request)) is None:
                return await solve(request)  # which words the refusal
            remember(request.scope, way, values)
            if (complete := await way.complete(request, values)) is None:
                return await solve(request)  # the request keeps what was read of it
            return await way.answer(request, complete)

        return handle


class Again:
    """What a client sends, for two that want to read it."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._received: list[Message] = []

    async def receive(self) -> Message:
        """The next message."""
        message = await self._receive()
        self._received.append(message)
        return message

    async def again(self) -> Message:
        """The same messages, and then the next ones."""
        return self._received.pop(0) if self._received else await self._receive()


class ShortCut:
    """The innermost middleware: answers what a HotRoute has accepted the URL of before, and passes on all others."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._traced = traces.are_on()  # FastAPI names a request's span after the route that it has found
        self._known: dict[tuple[str, str, bytes], tuple[Way, Values]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        known = self._known.get((scope["method"], scope["path"], scope["query_string"]))
        if known is None or self._traced or scope["app"].dependency_overrides:
            scope["remember"] = self._remember
            await self.app(scope, receive, send)
            return
        way, values = known
        scope["route"] = way.route
        again = receive
        if way.takes_body:
            messages = Again(receive)
            receive, again = messages.receive, messages.again
        response = await self._answer(Request(scope, receive, send), way, values)
        if response is not None:
            await response(scope, receive, send)
        else:
            await self.app(scope, again, send)

    async def _answer(self, request: Request, way: Way, values: Values) -> Response | None:
        """None for what FastAPI has to see."""
        try:
            complete = await way.complete(request, values)
            return None if complete is None else await way.answer(request, complete)
        except Exception as error:
            # What Starlette's own layer does further in, where this request does not come by.
            handlers = request.app.exception_handlers
            handle = next((handlers[kind] for kind in type(error).__mro__ if kind in handlers), None)
            if handle is None:
                raise
            found: Response = await handle(request, error)
            return found

    def _remember(self, scope: Scope, way: Way, values: Values) -> None:
        method, path, query = scope["method"], scope["path"], scope["query_string"]
        if len(path) + len(query) <= LONGEST_REMEMBERED and not scope.get("root_path"):
            if len(self._known) >= MAX_REMEMBERED:
                self._known.clear()
            self._known[method, path, query] = way, values
