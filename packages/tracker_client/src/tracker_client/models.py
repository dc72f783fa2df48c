"""What the API answers. Fields that a newer API adds are passed over."""

from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Exercise(_Answer):
    """A line of a routine; `weight` is in kilograms, None is bodyweight."""

    id: int
    name: str
    sets: int
    reps: int
    weight: float | None
    workout_day: str


class Page(_Answer):
    """One page of `GET /exercises`."""

    page: int
    page_size: int
    total: int
    items: tuple[Exercise, ...]


class Introspection(_Answer):
    """What an access token means right now; all but `active` is None when it means nothing."""

    active: bool
    sub: str | None = None
    role: str | None = None
    exp: int | None = None


class Versioned(NamedTuple):
    """An exercise, and the entity tag that says which state of it this is."""

    exercise: Exercise
    etag: str


class Exchanged(_Answer):
    """What a personal token was exchanged for. `scope` is what the token and the account's role allow together."""

    access_token: str
    expires_in: int
    id: str
    sub: str
    scope: Literal["read", "write"]


class Login(_Answer):
    """The part of `POST /auth/login`'s answer that a service needs."""

    access_token: str
    expires_in: int
