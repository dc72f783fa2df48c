"""What crosses the wire: contract §3.5."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from api.edge.passwords import MAX_BYTES
from api.settings import MIN_PASSWORD_LENGTH
from api.tables import User as Account

Role = Literal["admin", "user", "readonly", "service"]


def _fits(password: str) -> str:
    if "\0" in password:
        raise ValueError("Password should have no NUL character: bcrypt reads no further")
    if len(password.encode()) > MAX_BYTES:
        raise ValueError(f"Password should have at most {MAX_BYTES} bytes (letters beyond ASCII take two to four)")
    return password


def _storable(username: str) -> str:
    if "\0" in username:
        raise ValueError("String should have no NUL character")
    return username


_NO_NUL: JsonDict = {"pattern": "^[^\\x00]*$"}
Username = Annotated[
    str, Field(min_length=3, max_length=50, examples=["admin"], json_schema_extra=_NO_NUL), AfterValidator(_storable)
]
# maxLength counts characters, each of at least one byte: right for programs. The validator counts bytes, for people.
_SECRET: JsonDict = {"format": "password", "maxLength": MAX_BYTES, **_NO_NUL}
Password = Annotated[str, Field(min_length=6, examples=["admin123"], json_schema_extra=_SECRET), AfterValidator(_fits)]
NewPassword = Annotated[
    str,
    Field(min_length=MIN_PASSWORD_LENGTH, examples=["a long sentence"], json_schema_extra=_SECRET),
    AfterValidator(_fits),
]
SomeToken = Annotated[str, Field(min_length=1, max_length=4096)]


class Body(BaseModel):
    """A request's body: a misspelt field is an error, not silence."""

    model_config = ConfigDict(extra="forbid")


class LoginRequest(Body):
    """Who, and the proof."""

    username: Username
    password: Password


class RefreshRequest(Body):
    """The refresh token, unless it comes in the cookie."""

    refresh_token: SomeToken | None = None


class PasswordChange(Body):
    """The proof that it is you, and the new password."""

    current_password: Password
    new_password: NewPassword


class IntrospectRequest(Body):
    """An access token that a service was given."""

    token: SomeToken


class Token(BaseModel):
    """What a login gives. `refresh_token` is null where it was put into a cookie."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - not a secret
    expires_in: int = Field(description="Seconds that the access token lives", examples=[1800])
    refresh_token: str | None


class User(BaseModel):
    """An account, as its owner and admins see it."""

    username: str = Field(examples=["admin"])
    email: str | None = Field(examples=["admin@workout.local"])
    role: Role
    disabled: bool

    @classmethod
    def of(cls, account: Account) -> "User":
        """The part of an account that may be shown."""
        return cls.model_validate(account, from_attributes=True)


class Introspection(BaseModel):
    """What a token means right now (after RFC 7662). All but `active` is absent when it means nothing."""

    active: bool
    sub: str | None = Field(None, description="The username", examples=["admin"])
    role: Role | None = None
    exp: int | None = Field(None, description="Seconds since the epoch", examples=[1795000000])
    iat: int | None = Field(None, description="Seconds since the epoch", examples=[1794998200])
