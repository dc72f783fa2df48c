"""What crosses the wire of `/auth/tokens` and `/auth/exchange`."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field

from api.auth.schemas import Body, SomeToken
from api.edge.callers import Scope
from api.exercises.schemas import Name
from runtime.fields import integral

MAX_DAYS = 366


Audience = Literal["mcp"]
Days = Annotated[int, Field(strict=True, ge=1, le=MAX_DAYS), BeforeValidator(integral)]


class NewToken(Body):
    """A token to make."""

    name: Name = Field(description="What it is for, to recognise it by", examples=["Claude on my laptop"])
    audience: Audience = Field("mcp", description="The service that it is for")
    scope: Scope = Field("read", description="`write`: your routine may be changed with it")
    expires_in_days: Days = 90


class PersonalToken(BaseModel):
    """A token, as its owner sees it later: never the token itself."""

    id: UUID
    name: str
    audience: Audience
    scope: Scope
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = Field(description="To the minute")


class MadeToken(PersonalToken):
    """A token, as its owner sees it once."""

    token: str = Field(description="Keep it: it is shown this once", examples=["wtt_" + "x" * 43])


class ExchangeRequest(Body):
    """A personal token that a service was given."""

    token: SomeToken
    audience: Audience = "mcp"


class Exchanged(BaseModel):
    """An access token of whoever the personal token belongs to, with what its scope leaves of their rights."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - not a secret
    expires_in: int = Field(description="Seconds that the access token lives", examples=[300])
    id: UUID = Field(description="Which token it was")
    sub: str = Field(description="The username", examples=["anna"])
    scope: Scope = Field(description="What the token and the account's role allow together")
