"""What can go wrong with personal tokens."""

from runtime.problems import Problem


class TokenNotFound(Problem):
    """There is none of that id, it was revoked, or it is somebody else's: the caller learns no difference."""

    status = 404
    kind = "urn:problem:token-not-found"
    detail = "Token not found"


class TooManyTokens(Problem):
    """Nobody keeps track of more."""

    status = 409
    kind = "urn:problem:too-many-tokens"
    detail = "You have too many tokens: revoke one first"


class TokenRefused(Problem):
    """The same for unknown, expired and revoked tokens, and those of a disabled account or for another service.

    400 as in RFC 8693 §2.2.2: the service that asks is known, and need not log in again.
    """

    status = 400
    kind = "urn:problem:token-refused"
    detail = "The token is unknown, has expired or was revoked"
