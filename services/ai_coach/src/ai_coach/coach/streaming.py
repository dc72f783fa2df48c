"""A chat answer as it is being written. Nothing is shown before it was looked at."""

from collections.abc import AsyncIterator
from time import monotonic

from fastapi.sse import ServerSentEvent

from ai_coach.coach import agents
from ai_coach.coach.answers import Coach, refer_out, source
from ai_coach.coach.guard import SHINGLE
from ai_coach.coach.schemas import ChatRequest, ChatResponse
from ai_coach.edge.callers import Caller


async def stream(coach: Coach, asked: ChatRequest, caller: Caller) -> AsyncIterator[ServerSentEvent]:
    """`delta` events with pieces of the text, then one `done` with the whole answer, which replaces them.

    They differ where a model failed on the way or said what may not be shown. When the client leaves, whoever runs this
    generator closes it, and with it the connection to the model.
    """
    if (answer := refer_out(asked)) is not None:
        for event in _whole(coach, answer):
            yield event
        return
    routine = await coach.context.routine_or_none(caller) if asked.include_workout_context else None
    key = coach.key("chat", asked, routine)
    if (kept := await coach.cache.get(key)) is not None:
        for event in _whole(coach, ChatResponse.model_validate_json(kept).model_copy(update={"source": "cache"})):
            yield event
        return
    text, model, shown = "", "", 0
    async for piece, by in coach.chain.stream(
        agents.chat_prompt(asked, routine), caller.key, monotonic() + coach.deadline
    ):
        if by != model:
            text, model, shown = "", by, 0  # another one begins anew
        text += piece
        if agents.guard.objection(text):
            break
        ready = _ready(text)
        if ready > shown:
            yield _event("delta", {"text": text[shown:ready]})
            shown = ready
    else:
        answer = ChatResponse(
            response=text.strip(), context_used=routine is not None, source=source(model), model=model
        )
        if shown < len(text):
            yield _event("delta", {"text": text[shown:]})
        await coach.keep(key, answer)
        yield _done(coach, answer)
        return
    yield _done(coach, await coach.by_rules(asked, routine))


def _ready(text: str) -> int:
    """How much may be shown: all but the last words, which could be the beginning of what may not."""
    words = text.rsplit(maxsplit=SHINGLE)
    return len(words[0]) if len(words) > SHINGLE else 0


def _whole(coach: Coach, answer: ChatResponse) -> list[ServerSentEvent]:
    return [_event("delta", {"text": answer.response}), _done(coach, answer)]


def _done(coach: Coach, answer: ChatResponse) -> ServerSentEvent:
    coach.count("chat", answer)
    return _event("done", answer.model_dump())


def _event(name: str, data: dict[str, object]) -> ServerSentEvent:
    return ServerSentEvent(event=name, data=data)
