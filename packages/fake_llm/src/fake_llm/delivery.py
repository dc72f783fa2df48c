"""Sending an answer in the manner that a script wants, and noticing when the client leaves meanwhile."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Any

from fake_llm.journal import ABANDONED, Entry, Journal
from fake_llm.reply import ANSWERED, Manner
from fake_llm.wire import Event

Headers = list[tuple[bytes, bytes]]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An answer, ready to be sent."""

    status: int
    headers: Headers
    events: Iterable[Event]
    outcome: str = ANSWERED
    manner: Manner = Manner()
    failure: Event | None = None  # what ends a stream that is to fail


@dataclass(frozen=True, slots=True)
class Chunk:
    """What is written at once: an event, or a byte of one."""

    data: bytes
    rest: float = 0.0  # seconds to wait before
    event: Event | None = None  # which is complete with this chunk


class Delivery:
    """One answer on its way. `transport` is the connection, which some faults close.

    The journal is always written before the wire: a test that has its answer finds it in the journal.
    """

    def __init__(
        self, journal: Journal, entry: Entry, receive: Receive, send: Send, transport: asyncio.Transport
    ) -> None:
        self._journal = journal
        self._entry = entry
        self._receive = receive
        self._send = send
        self._transport = transport
        self._ended = False

    async def run(self, outgoing: Outgoing) -> None:
        """Send, until the end or until the client has left."""
        if outgoing.outcome != ANSWERED:
            self._journal.note(self._entry, outcome=outgoing.outcome)  # already now: a `hang` never ends
        sending = asyncio.create_task(self._deliver(outgoing))
        leaving = asyncio.create_task(self._until_gone())
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not self._ended and not sending.done():
                now, outcome = time.time(), ABANDONED if outgoing.outcome == ANSWERED else outgoing.outcome
                self._journal.note(self._entry, outcome=outcome, finished_at=now, disconnected_at=now)
        finally:
            sending.cancel()
            leaving.cancel()
            results = await asyncio.gather(sending, leaving, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception):
                raise result

    async def _until_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def _deliver(self, outgoing: Outgoing) -> None:
        manner = outgoing.manner
        if manner.delay:
            await asyncio.sleep(manner.delay)
        if manner.hang:
            await asyncio.Event().wait()
        if manner.drop:
            await self._close(outgoing)
        self._journal.note(self._entry, status=outgoing.status)
        await self._send({"type": "http.response.start", "status": outgoing.status, "headers": outgoing.headers})
        for chunk, is_last in with_last(chunks(outgoing)):
            if chunk.rest:
                await asyncio.sleep(chunk.rest)
            if chunk.event is not None:
                self._journal.sent(self._entry, chunk.event.usage)
            ends = is_last and manner.cut_after is None
            if ends:
                self._end(outgoing)
            await self._send({"type": "http.response.body", "body": chunk.data, "more_body": not ends})
            await asyncio.sleep(0)  # uvicorn's send does not wait, and the news that the client left has to get in
        if manner.cut_after is not None:
            await self._close(outgoing)

    def _end(self, outgoing: Outgoing) -> None:
        self._ended = True
        self._journal.note(self._entry, outcome=outgoing.outcome, finished_at=time.time())

    async def _close(self, outgoing: Outgoing) -> None:
        """Close the connection as a failing server does: what was written still arrives, an end does not."""
        self._end(outgoing)
        self._transport.close()
        await asyncio.Event().wait()  # `run` ends when the connection is gone


def chunks(outgoing: Outgoing) -> Iterator[Chunk]:
    """The answer in the pieces, and with the rests, that its manner asks for."""
    manner = outgoing.manner
    for count, event in enumerate(islice(failing(outgoing), manner.cut_after)):
        pause = manner.pace if count else 0.0
        if not manner.drip:
            yield Chunk(event.data, pause, event)
            continue
        last = len(event.data) - 1
        for i, byte in enumerate(event.data):
            yield Chunk(bytes([byte]), manner.drip + (0.0 if i else pause), event if i == last else None)


def failing(outgoing: Outgoing) -> Iterator[Event]:
    """The events; or some of them and then the failure."""
    if outgoing.failure is None:
        return iter(outgoing.events)
    return chain(islice(outgoing.events, outgoing.manner.fail_after), [outgoing.failure])


def with_last(found: Iterator[Chunk]) -> Iterator[tuple[Chunk, bool]]:
    """Each chunk, and whether it is the last."""
    previous: Chunk | None = None
    for chunk in found:
        if previous is not None:
            yield previous, False
        previous = chunk
    if previous is not None:
        yield previous, True


def garbled(event: Event) -> Event:
    """The event, its JSON cut short. The blank line that ends an event of a stream stays."""
    end = b"\n\n" if event.data.endswith(b"\n\n") else b""
    kept = len(event.data) - len(end)
    return replace(event, data=event.data[: kept * 3 // 4] + end)
