"""What crosses the wire of `/admin`."""

from typing import Annotated, Any

from pydantic import Field

from api.auth.schemas import Body, NewPassword, Role

NewUsername = Annotated[
    str,
    Field(min_length=3, max_length=50, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", examples=["anna"]),
]
Email = Annotated[
    str,
    Field(
        max_length=254,
        pattern=r"^[^@\s\x00-\x1f\x7f-\x9f\ufeff]+@[^@\s\x00-\x1f\x7f-\x9f\ufeff]+$",
        examples=["anna@example.org"],
    ),
]


class NewUser(Body):
    """An account to make; its routine is made with it."""

    username: NewUsername
    password: NewPassword
    email: Email | None = None
    role: Role = "user"


def _absent() -> Any:
    """The value of a field that was not sent; nobody reads it, and OpenAPI shows no default."""


class UserChanges(Body):
    """What to change; fields that are absent stay. A new role or a disabled account bites within 10 seconds."""

    email: Email | None = Field(default_factory=_absent)
    role: Role = Field(default_factory=_absent)
    disabled: Annotated[bool, Field(strict=True)] = Field(default_factory=_absent)
    password: NewPassword = Field(default_factory=_absent, description="Ends all sessions of the account")
