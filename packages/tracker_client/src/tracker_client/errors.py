"""What can go wrong with a call, by who has to act."""

import httpx
from pydantic import BaseModel, ValidationError


class TrackerError(Exception):
    """Base of both."""


class Unreachable(TrackerError):
    """The API did not answer in time, or not usefully (5xx, 429, gibberish): try again later.

    `retry_after` is how many seconds later, where the API has said so. `status` and `detail` are the API's, where there
    was an answer at all.
    """

    def __init__(
        self, message: str, retry_after: float | None = None, *, status: int | None = None, detail: str = ""
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.status = status
        self.detail = detail


class Refused(TrackerError):
    """The API said no, or would have: the request or the account is at fault. `status` and `detail` are the API's."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(status, detail)
        self.status = status
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.status}: {self.detail}"


class _Problem(BaseModel):
    """The part of an error's body (RFC 9457) that is for people."""

    detail: str


def detail(response: httpx.Response) -> str:
    """What an answer that is an error says of itself."""
    try:
        return _Problem.model_validate_json(response.content).detail
    except ValidationError:
        return response.reason_phrase
