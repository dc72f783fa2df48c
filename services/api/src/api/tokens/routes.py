"""`/auth/tokens` and `/auth/exchange`: docs/decisions/0011."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response

from api.database import DatabaseUnavailable
from api.edge.callers import AccountDisabled
from api.edge.dependencies import At, Forbidden, Person, Service, Session
from api.edge.limits import LimitCaller
from api.tokens import actions
from api.tokens.errors import TokenNotFound, TokenRefused, TooManyTokens
from api.tokens.schemas import Exchanged, ExchangeRequest, MadeToken, NewToken, PersonalToken
from runtime.limits import RateLimitExceeded
from runtime.problems import InvalidRequest, NotAuthenticated, documented

router = APIRouter(prefix="/auth", tags=["tokens"], dependencies=[Depends(LimitCaller("auth"))])

ALWAYS = (NotAuthenticated, AccountDisabled, Forbidden, RateLimitExceeded, DatabaseUnavailable, InvalidRequest)
NO_STORE = {"Cache-Control": "no-store"}


@router.post("/tokens", status_code=201, response_model=MadeToken, responses=documented(*ALWAYS, TooManyTokens))
async def make_token(new: NewToken, caller: Person, at: At, response: Response) -> MadeToken:
    """Make a token for a program of yours. It is shown once, and kept as a hash."""
    response.headers.update(NO_STORE)
    return await actions.make(at, caller, new)


@router.get("/tokens", response_model=list[PersonalToken], responses=documented(*ALWAYS))
async def list_tokens(caller: Person, session: Session, response: Response) -> list[PersonalToken]:
    """Your tokens, oldest first, with when each was last used."""
    response.headers.update(NO_STORE)
    return await actions.kept(session, caller)


@router.delete(
    "/tokens/{token_id}",
    status_code=204,
    response_class=Response,
    responses=documented(*ALWAYS, TokenNotFound),
)
async def revoke_token(token_id: Annotated[UUID, Path()], caller: Person, at: At) -> None:
    """Revoke a token: within 10 seconds nothing that was made of it holds any more."""
    await actions.revoke(at, caller, token_id)


@router.post("/exchange", response_model=Exchanged, responses=documented(*ALWAYS, TokenRefused))
async def exchange_token(body: ExchangeRequest, _: Service, at: At, response: Response) -> Exchanged:
    """For services: trade a personal token for an access token of 5 minutes, with what its scope leaves."""
    response.headers.update(NO_STORE)
    return await actions.exchange(at, body)
