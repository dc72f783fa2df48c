"""The fake as an ASGI application: the providers' endpoints, and two of its own for tests in other processes."""

import logging
from collections.abc import Iterable
from typing import Any

import orjson

from fake_llm.delivery import Delivery, Headers, Message, Outgoing, Receive, Send, garbled
from fake_llm.journal import Entry, Journal
from fake_llm.prompt import Prompt, unpaired
from fake_llm.reply import Reply, Script, measure
from fake_llm.shapes import BadRequest, parsed
from fake_llm.specs import build
from fake_llm.wire import WIRES, Event, Turn, Wire, anthropic, chat

_GARBLED = 2  # this event of a stream: the first ones are preliminaries, one of which clients skip unread

_log = logging.getLogger(__name__)


class Refused(Exception):
    """A request that gets the protocol's error before any script is asked."""

    def __init__(self, status: int, outcome: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.outcome = outcome


class FakeApp:
    """`script` may be exchanged at any time; the requests that come then get the new one."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.journal = Journal()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path in ("/journal", "/script"):
            await self._control(scope["method"], path, receive, send)
            return
        headers = list(scope["headers"])
        wire = WIRES.get(path) or (anthropic if any(name == b"anthropic-version" for name, _ in headers) else chat)
        entry = self.journal.open(path, wire.NAME if path in WIRES else None, headers)
        body = await _read(receive)
        try:
            outgoing = self._answer(wire, scope["method"], entry, body)
        except Refused as error:
            outgoing = _error(wire, entry, error.status, str(error), error.outcome)
        except Exception as error:
            _log.exception("The script failed")
            outgoing = _error(wire, entry, 500, f"the fake's script failed: {error!r}", "script_error")
        await Delivery(self.journal, entry, receive, send, scope["state"]["transport"]).run(outgoing)

    def _answer(self, wire: Wire, method: str, entry: Entry, body: bytes) -> Outgoing:
        prompt, request = self._prompt(wire, method, entry, body)
        self.journal.note(entry, model=prompt.model, streamed=prompt.stream)
        reply = self.script(prompt)
        self.journal.note(entry, notes=reply.notes)
        if reply.status >= 400:
            return _error(wire, entry, reply.status, reply.text, reply.outcome, reply=reply)
        return _outgoing(wire, entry, Turn(entry.number, prompt, reply, measure(prompt, reply), request))

    def _prompt(self, wire: Wire, method: str, entry: Entry, body: bytes) -> tuple[Prompt, dict[str, Any]]:
        if entry.path not in WIRES:
            raise Refused(404, "not_found", f"{entry.path} is no endpoint of this fake")
        if method != "POST":
            raise Refused(405, "not_found", f"{entry.path} takes POST, not {method}")
        if not entry.key_sent:
            raise Refused(401, "no_key", "an API key is required; any will do")
        try:
            request = parsed(body)
            self.journal.note(entry, body=request)
            prompt = wire.parse(request)
        except BadRequest as error:
            raise Refused(400, "bad_request", str(error)) from None
        if problem := unpaired(prompt.messages):
            raise Refused(400, "bad_request", problem)
        return prompt, request

    async def _control(self, method: str, path: str, receive: Receive, send: Send) -> None:
        body = await _read(receive)
        status, answer = 200, None
        if (method, path) == ("GET", "/journal"):
            answer = orjson.dumps(self.journal.as_json())
        elif (method, path) == ("DELETE", "/journal"):
            self.journal.clear()
        elif (method, path) == ("POST", "/script"):
            try:
                self.script = build(orjson.loads(body))
            except (ValueError, TypeError) as error:
                status, answer = 400, orjson.dumps({"error": str(error)})
        else:
            status, answer = 405, orjson.dumps({"error": f"{path} does not take {method}"})
        await _respond(send, status if answer is not None else 204, answer or b"")


async def _read(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body)


async def _respond(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"application/json")] if body else []
    if status != 204:
        headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _outgoing(wire: Wire, entry: Entry, turn: Turn) -> Outgoing:
    manner = turn.reply.manner
    if turn.prompt.stream:
        events: Iterable[Event] = wire.events(turn)
        if manner.garble:
            events = (garbled(event) if count == _GARBLED else event for count, event in enumerate(events))
        headers = [*_headers(wire, entry, b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-cache")]
        fails = manner.fail_after is not None
        failure = Event(wire.error_event("Overloaded, says the fake")) if fails else None
        return Outgoing(200, headers, events, turn.reply.outcome, manner, failure)
    event = garbled(wire.answer(turn)) if manner.garble else wire.answer(turn)
    sent = event
    if manner.cut_after is not None:  # counts events, of which there is one: it is cut in the middle
        sent = Event(event.data[: len(event.data) // 2])
    return Outgoing(200, _whole_headers(wire, entry, event.data), [sent], turn.reply.outcome, manner)


def _error(
    wire: Wire, entry: Entry, status: int, message: str, outcome: str, *, reply: Reply | None = None
) -> Outgoing:
    body = orjson.dumps(wire.error(status, message))
    headers = _whole_headers(wire, entry, body)
    if reply is not None and reply.retry_after is not None:
        headers.append((b"retry-after", f"{reply.retry_after:g}".encode()))
    return Outgoing(status, headers, [Event(body)], outcome, reply.manner if reply else Reply().manner)


def _whole_headers(wire: Wire, entry: Entry, body: bytes) -> Headers:
    return [*_headers(wire, entry, b"application/json"), (b"content-length", str(len(body)).encode())]


def _headers(wire: Wire, entry: Entry, media_type: bytes) -> Headers:
    return [(b"content-type", media_type), (wire.REQUEST_ID, b"req_%06d" % entry.number)]
