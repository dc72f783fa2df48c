"""`warmup_ai_cache`: ask the coach what people will ask, so that they get their answers from its cache.

The service account's token makes it a matter of minutes (anonymous callers may ask 20 times a minute), and the answers
are shared all the same: the coach's cache knows nothing of the caller but the routine, and while the API is `open` the
service account has the same routine as everybody, the shared one. While it is `private` the account's routine is empty,
like that of everybody who has just begun.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from tracker_client import Refused, Retries, Unreachable
from tracker_client.retries import RETRIED
from worker.warmup.questions import questions

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WarmedUp:
    """Contract §5.2.2."""

    total_requests: int
    successful: int
    failed: int


async def warm_up(coach: httpx.AsyncClient, *, pause: float, retries: Retries) -> WarmedUp:
    """Ask everything, one after the other, with a pause after what the coach had to work on."""
    total = successful = known = 0
    for question in questions():
        total += 1
        try:
            answer = await _ask(coach, question, retries)
        except (Unreachable, Refused) as error:
            log.warning("A question was not answered", extra={"question": question, "error": str(error)})
            await asyncio.sleep(pause)
            continue
        successful += 1
        if answer.get("source") == "cache":
            known += 1
        else:
            await asyncio.sleep(pause)
    log.info("Asked the coach", extra={"questions": total, "answers": successful, "from_cache": known})
    return WarmedUp(total, successful, total - successful)


async def _ask(coach: httpx.AsyncClient, question: Mapping[str, Any], retries: Retries) -> dict[str, Any]:
    """The answer. Raises Unreachable, Refused."""
    attempt = 0
    while True:
        response, failure = await _try(coach, question)
        if response is not None and response.is_success:
            answer: dict[str, Any] = response.json()
            return answer
        if response is not None and response.status_code not in RETRIED:
            raise Refused(response)
        attempt += 1
        if attempt >= retries.attempts:
            raise failure
        await asyncio.sleep(retries.pause(attempt - 1, response.headers if response is not None else {}))


async def _try(coach: httpx.AsyncClient, question: Mapping[str, Any]) -> tuple[httpx.Response | None, Unreachable]:
    """What came back of one try, if anything, and what to say if it was nothing good."""
    try:
        response = await coach.post("/recommend", json=question)
    except Refused as refused:  # by the API, at the login
        response = refused.response
    except httpx.HTTPError as error:
        return None, Unreachable(f"POST /recommend: {str(error) or type(error).__name__}")
    return response, Unreachable(f"POST {response.url.path}: {response.status_code}")
