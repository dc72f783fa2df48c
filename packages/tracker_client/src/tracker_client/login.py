"""A token of our own, as a service account."""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from tracker_client.models import Login, parsed
from tracker_client.shared import Shared
from tracker_client.transport import Transport

# A token is not used to its last second. This many seconds before, or a tenth of a short life, it is renewed.
RENEW_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Credentials:
    """A service account. The password is asked for at each login, so that a rotated file is noticed.

    What `password` raises is whoever's who gave it: it passes through the call that needed the login.
    """

    username: str
    password: Callable[[], str]


class OwnToken:
    """Logs in when a token is needed and there is none, once for all who need it then."""

    def __init__(self, transport: Transport, credentials: Credentials) -> None:
        self._transport = transport
        self._credentials = credentials
        self._token, self._until = "", 0.0
        self._login = Shared(self._log_in)

    async def get(self) -> str:
        """A token that was good when it was given. Raises Unreachable, Refused."""
        return self._token if monotonic() < self._until else await self._login()

    def drop(self, refused: str) -> None:
        """Forget a token that the API refuses; not the one that another call has got in its place meanwhile."""
        if refused == self._token:
            self._until = 0.0

    async def _log_in(self) -> str:
        body = {"username": self._credentials.username, "password": self._credentials.password()}
        begun = monotonic()
        login = parsed(Login, await self._transport.ask("POST", "/auth/login", json=body))
        self._token = login.access_token
        self._until = begun + login.expires_in - min(RENEW_SECONDS, login.expires_in / 10)
        return self._token

    async def close(self) -> None:
        """End a login that is under way."""
        await self._login.close()
