"""What the API answers. Fields that a newer API adds are passed over."""

from typing import Literal, NamedTuple, TypeVar

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tracker_client.errors import Unreachable


class Answer(BaseModel):
    """The body of an answer."""

    model_config = ConfigDict(frozen=True, extra="ignore")


A = TypeVar("A", bound=Answer)


def parsed(model: type[A], response: httpx.Response) -> A:
    """The body of an answer. Raises Unreachable for one that only something else than the API can have given."""
    try:
        return model.model_validate_json(response.content)
    except ValidationError:
        # What was sent is not repeated: it may be a token.
        raise Unreachable(f"{response.request.url.path}: what answers there is no Workout API") from None


class Exercise(Answer):
    """A line of a routine; `weight` is in kilograms, None is bodyweight."""

    id: int
    name: str
    sets: int
    reps: int
    weight: float | None
    workout_day: str


class Page(Answer):
    """One page of `GET /exercises`."""

    page: int
    page_size: int
    total: int
    items: tuple[Exercise, ...]


class Introspection(Answer):
    """What an access token means right now; all but `active` is None when it means nothing."""

    active: bool
    sub: str | None = None
    role: str | None = None
    exp: int | None = None


class Versioned(NamedTuple):
    """An exercise, and the entity tag that says which state of it this is."""

    exercise: Exercise
    etag: str


class Tagged(NamedTuple):
    """All exercises, and the entity tag that says which state of their routine this is; empty without one."""

    exercises: list[Exercise]
    etag: str


class Exchanged(Answer):
    """What a personal token was exchanged for. `scope` is what the token and the account's role allow together."""

    access_token: str = Field(pattern=r"^[\x21-\x7e]+$")
    expires_in: int = Field(gt=0)
    id: str
    sub: str
    scope: Literal["read", "write"]


class Login(Answer):
    """The part of `POST /auth/login`'s answer that a service needs."""

    access_token: str = Field(pattern=r"^[\x21-\x7e]+$")
    expires_in: int = Field(gt=0)


class Health(Answer):
    """The part of `GET /health`'s answer that a program needs."""

    status: str
