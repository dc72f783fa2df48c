"""What can go wrong with logging in."""

from runtime.problems import NotAuthenticated, Problem


class WrongCredentials(NotAuthenticated):
    """The same for unknown names and wrong passwords: contract §3.5."""

    kind = "urn:problem:wrong-credentials"
    detail = "Incorrect username or password"


class SessionEnded(NotAuthenticated):
    """The refresh token holds no longer."""

    kind = "urn:problem:session-ended"
    detail = "The session has ended: log in again"


class ForeignOrigin(Problem):
    """A page of another site tries to use the cookie."""

    status = 403
    kind = "urn:problem:foreign-origin"
    detail = "Origin: the session cookie is only for the pages of this site"


class WrongPassword(Problem):
    """The current password, asked for again before it is changed, is wrong."""

    status = 403
    kind = "urn:problem:wrong-password"
    detail = "current_password: it is wrong"
