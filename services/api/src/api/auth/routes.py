"""`/auth`: contract §3.5, docs/decisions/0006."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from api.auth import actions, cookies, queries
from api.auth.errors import ForeignOrigin, SessionEnded, WrongCredentials, WrongPassword
from api.auth.schemas import Introspection, IntrospectRequest, LoginRequest, PasswordChange, RefreshRequest, Token, User
from api.database import DatabaseUnavailable
from api.edge.callers import AccountDisabled
from api.edge.dependencies import Account, At, Forbidden, Person, Service, Session, account, person
from api.edge.limits import LimitAddress, LimitCaller
from api.edge.passwords import TooManyLogins
from runtime.limits import RateLimitExceeded
from runtime.problems import InvalidRequest, NotAuthenticated, documented

router = APIRouter(prefix="/auth", tags=["auth"])

ALWAYS = (InvalidRequest, RateLimitExceeded, DatabaseUnavailable)
BODY = ALWAYS
BY_ADDRESS = Depends(LimitAddress("auth"))
# Every page that a browser loads renews its session. These tokens cannot be guessed, and must not use up the logins of
# all who share an address.
OF_SESSIONS = Depends(LimitAddress("session"))
BY_CALLER = Depends(LimitCaller("auth"))
NO_STORE = {"Cache-Control": "no-store"}


@router.post(
    "/login",
    response_model=Token,
    responses=documented(WrongCredentials, AccountDisabled, ForeignOrigin, TooManyLogins, *ALWAYS),
    dependencies=[BY_ADDRESS],
)
async def log_in(
    login: LoginRequest,
    request: Request,
    response: Response,
    at: At,
    session: Annotated[
        Literal["cookie"] | None, Query(description="For browsers: the refresh token as a cookie")
    ] = None,
) -> Token:
    """Log in. With `session=cookie` the refresh token comes as an HttpOnly cookie and not in the body."""
    if session == "cookie":
        cookies.check_origin(request, at)
    return _answer(request, response, at, await actions.log_in(at, login), as_cookie=session == "cookie")


@router.post(
    "/refresh",
    response_model=Token,
    responses=documented(NotAuthenticated, SessionEnded, AccountDisabled, ForeignOrigin, *ALWAYS),
    dependencies=[OF_SESSIONS],
)
async def refresh(request: Request, response: Response, at: At, body: RefreshRequest | None = None) -> Token:
    """Trade a refresh token, from the body or the cookie, for the next pair. It is used up by that."""
    if body and body.refresh_token:
        return _answer(request, response, at, await actions.renew(at, body.refresh_token), as_cookie=False)
    if token := cookies.read(request, at):
        return _answer(request, response, at, await actions.renew(at, token), as_cookie=True)
    raise NotAuthenticated("No refresh token was sent")


@router.post(
    "/logout",
    status_code=204,
    response_class=Response,
    responses=documented(NotAuthenticated, AccountDisabled, ForeignOrigin, Forbidden, *ALWAYS),
    dependencies=[OF_SESSIONS],
)
async def log_out(
    request: Request,
    at: At,
    body: RefreshRequest | None = None,
    everywhere: Annotated[bool, Query(alias="all", description="End all sessions of the account")] = False,
) -> Response:
    """End the session of the refresh token in the body or the cookie, or else of the access token in the header."""
    await actions.log_out(at, await _session(request, at, body), everywhere=everywhere)
    response = Response(status_code=204, headers=NO_STORE)
    cookies.forget(request, response)
    return response


async def _session(request: Request, at: At, body: RefreshRequest | None) -> UUID:
    if token := (body and body.refresh_token) or cookies.read(request, at):
        return actions.session_of(at, token)
    caller = await person(await account(await at.callers.identify(request)))
    assert caller.session is not None
    return caller.session


@router.get(
    "/me",
    response_model=User,
    responses=documented(NotAuthenticated, AccountDisabled, *ALWAYS),
    dependencies=[BY_CALLER],
)
async def me(caller: Account, session: Session, response: Response) -> User:
    """Whoever the token belongs to."""
    assert caller.account is not None
    response.headers.update(NO_STORE)
    return User.of(await queries.account_by_id(session, caller.account))


@router.post(
    "/password",
    response_model=Token,
    responses=documented(NotAuthenticated, AccountDisabled, Forbidden, WrongPassword, TooManyLogins, *ALWAYS),
    dependencies=[BY_CALLER],
)
async def change_password(
    change: PasswordChange, caller: Person, request: Request, response: Response, at: At
) -> Token:
    """Change your password. Every session of yours ends, and this one goes on with the new tokens in the answer."""
    token = await actions.change_password(at, caller, change)
    return _answer(request, response, at, token, as_cookie=cookies.NAME in request.cookies)


@router.post(
    "/introspect",
    response_model=Introspection,
    response_model_exclude_none=True,
    responses=documented(NotAuthenticated, AccountDisabled, Forbidden, *ALWAYS),
    dependencies=[BY_CALLER],
)
async def introspect(body: IntrospectRequest, _: Service, at: At, response: Response) -> Introspection:
    """For services: what an access token means right now. Nobody but this API can tell."""
    response.headers.update(NO_STORE)
    return await actions.introspect(at, body.token)


def _answer(request: Request, response: Response, at: At, token: Token, *, as_cookie: bool) -> Token:
    response.headers.update(NO_STORE)
    return cookies.hand_over(request, response, token, at.settings.refresh_token_seconds) if as_cookie else token
