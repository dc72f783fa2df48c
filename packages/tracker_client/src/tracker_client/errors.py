"""What can go wrong with a call, by who has to act."""

import httpx


class TrackerError(Exception):
    """Base of both."""


class Unreachable(TrackerError):
    """The API did not answer, or not usefully (5xx, 429 to the end), in the time there was: try again later."""


class Refused(TrackerError):
    """The API answered, and said no: the request or the account is at fault. `status` and `detail` are the API's."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.status = response.status_code
        self.detail = _detail(response)
        super().__init__(f"{self.status}: {self.detail}")


def _detail(response: httpx.Response) -> str:
    try:
        return str(response.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return response.reason_phrase
