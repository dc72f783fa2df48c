"""Requests to the AI Coach in the name of the worker's service account."""

from collections.abc import Generator, Mapping

import httpx

from tracker_client import Credentials, Refused


class Login(httpx.Auth):
    """Logs in at the Workout API when a token is needed, and once more when the one there is has ended.

    Raises Refused when the API does not let the account in.
    """

    requires_response_body = True

    def __init__(self, api_url: str, credentials: Credentials, headers: Mapping[str, str]) -> None:
        self._url = f"{api_url}/auth/login"
        self._credentials = credentials
        self._headers = dict(headers)
        self._token: str | None = None

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Everything that is sent for one request."""
        if self._token is None:
            self._token = _token(response=(yield self._login()))
        request.headers["Authorization"] = f"Bearer {self._token}"
        response = yield request
        if response.status_code == httpx.codes.UNAUTHORIZED:
            self._token = None
            self._token = _token(response=(yield self._login()))
            request.headers["Authorization"] = f"Bearer {self._token}"
            yield request

    def _login(self) -> httpx.Request:
        body = {"username": self._credentials.username, "password": self._credentials.password()}
        return httpx.Request("POST", self._url, json=body, headers=self._headers)


def _token(response: httpx.Response) -> str:
    if not response.is_success:
        raise Refused(response)
    return str(response.json()["access_token"])
