"""A chat answer as it is being written. Nothing is shown before it was looked at."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from time import monotonic

from fastapi.sse import ServerSentEvent

from ai_coach.coach import agents, questions
from ai_coach.coach.answers import Coach, chat_response, kept, referred_out
from ai_coach.coach.guard import MAX_CHARACTERS, SHINGLE
from ai_coach.coach.models import Said
from ai_coach.coach.questions import Routine
from ai_coach.coach.schemas import ChatRequest, ChatResponse
from ai_coach.edge.callers import Caller

log = logging.getLogger(__name__)

STEP = 24  # characters that make a look at the text, and a delta, worth while
WINDOW = 600  # characters before them that are looked at again: what may not be shown may have begun there
FAILED = "The coach failed to answer. Please try again."


async def stream(coach: Coach, asked: ChatRequest, caller: Caller) -> AsyncGenerator[ServerSentEvent, None]:
    """`delta` events with pieces of the text, then one `done` with the whole answer, which replaces them.

    They differ where a model failed on the way or said what may not be shown. When the client leaves, whoever runs this
    generator closes it, and with it the connection to the model.
    """
    try:
        async with aclosing(_events(coach, asked, caller)) as events:
            async for event in events:
                yield event
    except Exception:  # the status is sent: all that can still be said is an event
        log.exception("Unhandled error")
        yield _event("error", {"detail": FAILED})


async def _events(coach: Coach, asked: ChatRequest, caller: Caller) -> AsyncGenerator[ServerSentEvent, None]:
    until = monotonic() + coach.deadline
    if (answer := referred_out(asked)) is None:
        routine = await coach.context.routine_or_none(caller) if asked.include_workout_context else None
        key = coach.key("chat", asked, routine)
        body = await coach.cache.get(key)
        if (answer := kept(ChatResponse, body or "")) is None:
            draft = Draft()
            async with aclosing(_written(coach, questions.chat(asked, routine), caller, until, draft)) as pieces:
                async for piece in pieces:
                    yield _event("delta", {"text": piece})
            yield _done(coach, await _finished(coach, asked, routine, draft, key))
            return
    yield _event("delta", {"text": answer.response})
    yield _done(coach, answer)


async def _written(
    coach: Coach, question: questions.Question, caller: Caller, until: float, draft: "Draft"
) -> AsyncGenerator[str, None]:
    """What of the draft may be shown, while it grows."""
    async with aclosing(_in_a_task(coach.chain.stream(question, caller.key, until))) as pieces:
        async for said in pieces:
            if text := draft.add(said):
                yield text
            if draft.is_refused:
                return
    if text := draft.rest():
        yield text


async def _in_a_task(pieces: AsyncGenerator[Said[str], None]) -> AsyncGenerator[Said[str], None]:
    """The same pieces, made in a task of their own, which ends when nobody wants them any more.

    When a client leaves, Python may close a generator in another task than the one that ran it, and the scopes of the
    vendors' clients must be left by the task that entered them.
    """
    queue: asyncio.Queue[Said[str] | None] = asyncio.Queue()

    async def make() -> None:
        async with aclosing(pieces):
            async for piece in pieces:
                queue.put_nowait(piece)

    making = asyncio.create_task(make())
    making.add_done_callback(lambda _: queue.put_nowait(None))
    try:
        while (piece := await queue.get()) is not None:
            yield piece
        await making
    finally:
        making.cancel()


async def _finished(coach: Coach, asked: ChatRequest, routine: Routine, draft: "Draft", key: str) -> ChatResponse:
    if draft.is_refused:
        return await coach.by_rules(asked, routine)
    answer = chat_response(draft.text, routine, draft.model)
    await coach.keep(key, answer, for_want_of_tokens=draft.for_want_of_tokens)
    return answer


class Draft:
    """A text that grows, and how much of it has been shown. Another model begins it anew."""

    def __init__(self) -> None:
        self.text = ""
        self.model = ""
        self.is_refused = False
        self.for_want_of_tokens = False
        self._shown = self._seen = 0

    def add(self, said: Said[str]) -> str:
        """What may be shown now: all but the last words, which could be the beginning of what may not."""
        if said.model != self.model:
            self.text, self.model, self._shown, self._seen = "", said.model, 0, 0
            self.for_want_of_tokens = said.for_want_of_tokens
        self.text += said.answer
        if len(self.text) - self._seen < STEP:
            return ""
        words = self.text.rsplit(maxsplit=SHINGLE)
        return self._show(len(words[0]) if len(words) > SHINGLE else 0, max(0, self._seen - WINDOW))

    def rest(self) -> str:
        """What is left to be shown at the end."""
        return self._show(len(self.text), 0)

    def _show(self, ready: int, look_from: int) -> str:
        self._seen = len(self.text)
        is_too_long = len(self.text) > MAX_CHARACTERS
        self.is_refused = is_too_long or agents.guard.objection(self.text[look_from:]) is not None
        if self.is_refused or ready <= self._shown:
            return ""
        text, self._shown = self.text[self._shown : ready], ready
        return text


def _done(coach: Coach, answer: ChatResponse) -> ServerSentEvent:
    coach.count("chat", answer)
    return _event("done", answer.model_dump())


def _event(name: str, data: dict[str, object]) -> ServerSentEvent:
    return ServerSentEvent(event=name, data=data)
