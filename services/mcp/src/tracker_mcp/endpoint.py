"""The MCP application as a route's endpoint: what comes to it is put right, and its refusals say what to do."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runtime.problems import Problem

PATH = "/mcp"


class BrokenOff(Problem):
    """Nobody reads this, but logs and metrics tell it from a mistake of ours."""

    status = 400
    detail = "The request broke off"


class WrongHost(Problem):
    """Reached by a name that is not its own."""

    status = 421
    detail = "This server does not know itself by that name: MCP_ALLOWED_HOSTS lists the names it is reached by"


class WrongOrigin(Problem):
    """Called by somebody else's web page."""

    status = 403
    detail = "Web pages of that origin may not call: MCP_ALLOWED_ORIGINS lists those that may"


REFUSALS: dict[int, type[Problem]] = {problem.status: problem for problem in (WrongHost, WrongOrigin)}


class Endpoint:
    """Passes requests on. Raises Problem in place of refusals that do not say which setting they are about."""

    path = PATH  # what logs and metrics call the route

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":  # httptools leaves blanks behind a value, which belong to none (RFC 9112 §5.1)
            scope["headers"] = [(name, value.strip(b" \t")) for name, value in scope["headers"]]
        exchange = Exchange(receive, send)
        try:
            await self._app(scope, exchange.receive, exchange.send)
        finally:
            scope["route"] = self


class Exchange:
    """One request and its answer, as they go past."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._is_whole = self._is_broken_off = False

    async def receive(self) -> Message:
        """A part of the request."""
        message = await self._receive()
        self._is_whole = self._is_whole or (message["type"] == "http.request" and not message.get("more_body"))
        self._is_broken_off = message["type"] == "http.disconnect" and not self._is_whole
        return message

    async def send(self, message: Message) -> None:
        """A part of the answer. Raises Problem where another is due, before anything of this one is sent."""
        if self._is_broken_off:
            raise BrokenOff
        if message["type"] == "http.response.start" and message["status"] in REFUSALS:
            raise REFUSALS[message["status"]]
        await self._send(message)
