"""`/exercises`: contract §4.6. The Workout API's own answer, unchanged."""

from fastapi import APIRouter, HTTPException, Request, Response

from ai_coach.edge.dependencies import Asking, At
from ai_coach.edge.errors import ApiUnreachable
from runtime.addresses import client_address
from runtime.limits import RateLimitExceeded
from runtime.problems import NotAuthenticated, documented
from tracker_client import Refused, Unreachable

router = APIRouter(tags=["exercises"])

ASKED = ("accept", "if-none-match", "traceparent", "x-trace-id")
ANSWERED = (
    "content-type",
    "content-disposition",
    "etag",
    "cache-control",
    "vary",
    "link",
    "x-total-count",
    "retry-after",
    "www-authenticate",
)


RESPONSES = documented(NotAuthenticated, RateLimitExceeded, ApiUnreachable, 400, 422)


@router.get("/exercises", response_class=Response, responses=RESPONSES | {304: {"description": "Unchanged"}})
async def exercises(request: Request, caller: Asking, at: At) -> Response:
    """`GET /exercises` of the Workout API as the caller sees it: query, status, body and headers pass through."""
    try:
        answer = await at.tracker.forward("/exercises", request.url.query, _asked(request), caller.token)
    except Refused as refused:  # it was not even sent: nothing that HTTP could carry
        raise HTTPException(refused.status, refused.detail) from None
    except Unreachable:
        raise ApiUnreachable from None
    kept = {name: answer.headers[name] for name in ANSWERED if name in answer.headers}
    return Response(answer.content, answer.status_code, kept)


def _asked(request: Request) -> dict[str, str]:
    # The API counts requests without a token by address; ours would be everybody's.
    forwarded = {"x-forwarded-for": client_address(request)}
    return forwarded | {name: request.headers[name] for name in ASKED if name in request.headers}
