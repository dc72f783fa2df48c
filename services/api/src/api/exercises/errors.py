"""What can go wrong with exercises."""

from api.exercises.schemas import SORTABLE
from runtime.problems import Problem


class ExerciseNotFound(Problem):
    """There is none of that id, or it is somebody else's: the caller learns no difference."""

    status = 404
    kind = "urn:problem:exercise-not-found"
    detail = "Exercise not found"


class UnknownColumn(Problem):
    """Contract §3.4."""

    status = 400
    kind = "urn:problem:unknown-column"
    detail = f"sort_by must be one of: {SORTABLE}"


class IdempotencyKeyReused(Problem):
    """One key, two different requests: one of them is a mistake."""

    status = 422
    kind = "urn:problem:idempotency-key-reused"
    detail = "Idempotency-Key: it was used for another request; take a new key for a new exercise"


class RequestInProgress(Problem):
    """The first request with this key is not done yet."""

    status = 409
    kind = "urn:problem:request-in-progress"
    detail = "A request with this Idempotency-Key is being worked on: try again in a moment"
