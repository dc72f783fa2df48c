"""What can go wrong with accounts."""

from runtime.problems import Problem


class UserNotFound(Problem):
    """No account of that name."""

    status = 404
    kind = "urn:problem:user-not-found"
    detail = "User not found"


class UsernameTaken(Problem):
    """Names are unique whatever their case."""

    status = 409
    kind = "urn:problem:username-taken"
    detail = "username: it is taken"


class LastAdmin(Problem):
    """Nobody could undo it."""

    status = 409
    kind = "urn:problem:last-admin"
    detail = "This is the last admin who can log in: make another one first"
