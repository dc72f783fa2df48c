"""The tables. Alembic makes them (`alembic/versions`); a test holds these classes against what it made.

Tables never cross the wire: what comes in and goes out is in each feature's `schemas`.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    Uuid,
    func,
    text,
)
from sqlmodel import Field, SQLModel

ROLES = ("admin", "user", "readonly", "service")


def _moment(*, nullable: bool = False, **options: Any) -> Any:
    return Field(default=None, sa_column=Column(DateTime(timezone=True), nullable=nullable, **options))


class User(SQLModel, table=True):
    """An account: a person's, or a service's (role `service`)."""

    __tablename__ = "users"
    __table_args__ = (
        Index("users_by_name", text("lower(username)"), unique=True),
        CheckConstraint(f"role IN {ROLES}", name="users_role"),
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    username: str = Field(max_length=50)
    email: str | None = Field(default=None, max_length=254)
    role: str = Field(max_length=10)
    disabled: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    password_hash: str = Field(max_length=60)
    created_at: datetime = _moment(server_default=func.now())


class Session(SQLModel, table=True):
    """A login that goes on: a refresh token renews it, a logout ends it. One row, however often it is renewed."""

    __tablename__ = "sessions"
    __table_args__ = (Index("sessions_by_user", "user_id"), Index("sessions_by_end", "expires_at"))

    id: UUID = Field(primary_key=True)
    user_id: int = Field(sa_column=Column(BigInteger, ForeignKey("users.id", ondelete="CASCADE"), nullable=False))
    # Each use of a refresh token makes its successor. Whoever comes with an older one than `previous` has a copy.
    current_token: UUID
    previous_token: UUID | None = None
    renewed_at: datetime = _moment(server_default=func.now())
    created_at: datetime = _moment(server_default=func.now())
    expires_at: datetime = _moment()
    revoked_at: datetime | None = _moment(nullable=True)


class PersonalToken(SQLModel, table=True):
    """A session that somebody made for another program: it ends as sessions do, and its `scope` narrows the role."""

    __tablename__ = "personal_tokens"
    __table_args__ = (
        Index("personal_tokens_by_hash", "token_hash", unique=True),
        CheckConstraint("scope IN ('read', 'write')", name="personal_tokens_scope"),
    )

    id: UUID = Field(sa_column=Column(Uuid, ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True))
    name: str = Field(max_length=100)
    audience: str = Field(max_length=20, description="The only service that may exchange it")
    scope: str = Field(max_length=10)
    token_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False), description="SHA-256; 256 random bits")
    last_used_at: datetime | None = _moment(nullable=True)


class Routine(SQLModel, table=True):
    """Somebody's plan. `total` and `version` are kept by triggers: no writer can forget them, no reader counts."""

    __tablename__ = "routines"
    __table_args__ = (Index("routines_one_per_owner", "owner_id", unique=True, postgresql_nulls_not_distinct=True),)

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    owner_id: int | None = Field(
        default=None,
        sa_column=Column(BigInteger, ForeignKey("users.id", ondelete="CASCADE")),
        description="The account it belongs to; null for the one shared routine",
    )
    total: int = Field(default=0, sa_column=Column(BigInteger, nullable=False, server_default="0"))
    version: int = Field(default=0, sa_column=Column(BigInteger, nullable=False, server_default="0"))


class Exercise(SQLModel, table=True):
    """A line of a routine. `version` is kept by a trigger and makes its strong ETag."""

    __tablename__ = "exercises"
    __table_args__ = (
        Index("exercises_by_id", "routine_id", "id"),
        CheckConstraint("char_length(name) BETWEEN 1 AND 100", name="exercises_name"),
        CheckConstraint("sets BETWEEN 1 AND 100", name="exercises_sets"),
        CheckConstraint("reps BETWEEN 1 AND 1000", name="exercises_reps"),
        CheckConstraint("weight BETWEEN 0 AND 1000000", name="exercises_weight"),
        CheckConstraint("char_length(workout_day) BETWEEN 1 AND 10", name="exercises_workout_day"),
    )

    id: int | None = Field(default=None, sa_column_args=(Identity(),), primary_key=True)
    routine_id: int = Field(sa_column=Column(BigInteger, ForeignKey("routines.id", ondelete="CASCADE"), nullable=False))
    name: str = Field(max_length=100)
    sets: int
    reps: int
    weight: float | None = None
    workout_day: str = Field(default="A", max_length=10, sa_column_kwargs={"server_default": "A"})
    version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})


class IdempotentAnswer(SQLModel, table=True):
    """What a request with an Idempotency-Key was answered, kept for a day: a retry gets it again."""

    __tablename__ = "idempotent_answers"
    __table_args__ = (Index("idempotent_answers_by_age", "created_at"),)

    caller: str = Field(primary_key=True, max_length=60)
    route: str = Field(primary_key=True, max_length=40)
    key: str = Field(primary_key=True, max_length=255)
    fingerprint: bytes = Field(
        sa_column=Column(LargeBinary, nullable=False), description="SHA-256 of the request's body"
    )
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    etag: str = Field(max_length=40)
    created_at: datetime = _moment(server_default=func.now())
