"""JWTs, signed with HS256 by a key that lives in this service alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from time import time
from typing import Any, Literal
from uuid import UUID, uuid4

from jose import jwk, jwt
from jose.exceptions import JOSEError

ISSUER = "workout-tracker"
AUDIENCE = "workout-api"
ALGORITHM = "HS256"
Kind = Literal["access", "refresh"]

_CLAIMS = ("exp", "iat", "sub", "jti", "iss", "aud")
_OPTIONS = {f"require_{claim}": True for claim in _CLAIMS} | {"leeway": 0}


class InvalidToken(Exception):
    """A token that we did not make, that is over, or that is of another kind. The text says which."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a valid token says. `token_id` is its `jti`."""

    username: str
    session: UUID
    token_id: UUID
    issued_at: datetime
    expires_at: datetime


class Tokens:
    """Signs with the first key, verifies with all. A token's `kid` says which it was, so that a key can be replaced."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._signing = key_id(keys[0])
        # A Key object, because jose would try to read a plain string as JSON first.
        self._keys = {key_id(key): jwk.construct(key, ALGORITHM) for key in keys}

    def access(self, username: str, role: str, session: UUID, life: timedelta) -> str:
        """A token for `Authorization: Bearer`, valid for `life` from now."""
        now = datetime.now(UTC)
        return self._sign("access", username, session, uuid4(), now, now + life, role=role)

    def refresh(self, username: str, session: UUID, token_id: UUID, issued_at: datetime, expires_at: datetime) -> str:
        """The refresh token `token_id`; the same arguments give the same token."""
        return self._sign("refresh", username, session, token_id, issued_at, expires_at)

    def _sign(
        self, kind: Kind, username: str, session: UUID, token_id: UUID, issued: datetime, expires: datetime, **more: Any
    ) -> str:
        claims = {
            "sub": username,
            "type": kind,
            "sid": str(session),
            "jti": str(token_id),
            "iss": ISSUER,
            "aud": AUDIENCE,
            "iat": int(issued.timestamp()),
            "exp": int(expires.timestamp()),
            **more,
        }
        return str(jwt.encode(claims, self._keys[self._signing], ALGORITHM, {"kid": self._signing}))

    def read(self, token: str, kind: Kind) -> Claims:
        """The claims of a token of that kind. Raises InvalidToken."""
        try:
            key = self._keys[jwt.get_unverified_header(token)["kid"]]
            claims = jwt.decode(token, key, [ALGORITHM], _OPTIONS, AUDIENCE, ISSUER)
            if claims["exp"] <= time():  # jose lets the last second pass; RFC 7519 §4.1.4 says "on or after"
                raise jwt.ExpiredSignatureError
            if claims["type"] != kind:
                raise InvalidToken(f"This is no {kind} token")
            return Claims(
                username=claims["sub"],
                session=UUID(claims["sid"]),
                token_id=UUID(claims["jti"]),
                issued_at=datetime.fromtimestamp(claims["iat"], UTC),
                expires_at=datetime.fromtimestamp(claims["exp"], UTC),
            )
        except jwt.ExpiredSignatureError:
            raise InvalidToken("The token has expired") from None
        # Claims of a wrong type only come with a valid signature; an unknown or absent kid is a KeyError or TypeError.
        except (JOSEError, KeyError, TypeError, ValueError, OverflowError, AttributeError):
            raise InvalidToken("The token is invalid") from None


def key_id(key: str) -> str:
    """A name for a key that gives nothing of it away."""
    return sha256(b"workout-tracker kid\0" + key.encode()).hexdigest()[:16]
