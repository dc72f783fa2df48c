"""`warmup_ai_cache`: ask the coach what people will ask, so that they get their answers from its cache.

The service account's token makes it a matter of minutes (anonymous callers may ask 20 times a minute), and the answers
are shared all the same: the coach's cache knows nothing of the caller but the routine, and while the API is `open` the
service account has the same routine as everybody, the shared one. While it is `private` the account's routine is empty,
like that of everybody who has just begun.
"""

import asyncio
import logging
from dataclasses import dataclass

from tracker_client import TrackerError
from worker.warmup.coach import CoachClient
from worker.warmup.questions import questions

log = logging.getLogger(__name__)

GIVE_UP = 5  # each has been tried several times already


@dataclass(frozen=True, slots=True)
class WarmedUp:
    """Contract §5.2.2."""

    total_requests: int
    successful: int
    failed: int


async def warm_up(coach: CoachClient, *, pause: float) -> WarmedUp:
    """Ask everything, one after the other, with a pause after what the coach had to work on.

    After GIVE_UP questions in a row that nobody answered the rest is not asked, and counts as failed.
    """
    asked = list(questions())
    total, successful, known, unanswered = len(asked), 0, 0, 0
    for question in asked:
        try:
            answer = await coach.recommend(question)
        except TrackerError as error:
            log.warning("A question was not answered", extra={"question": question, "error": str(error)})
            unanswered += 1
            if unanswered == GIVE_UP:
                log.error("The coach cannot be asked")
                break
            await asyncio.sleep(pause)
            continue
        successful, unanswered = successful + 1, 0
        if answer.source == "cache":
            known += 1
        else:
            await asyncio.sleep(pause)
    log.info("Asked the coach", extra={"questions": total, "answers": successful, "from_cache": known})
    return WarmedUp(total, successful, total - successful)
