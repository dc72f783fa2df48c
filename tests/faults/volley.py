"""Requests that are really sent at once, and small figures about what comes back."""

import http.client
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from typing import NamedTuple
from urllib.parse import urlsplit


class Shot(NamedTuple):
    """One request, to one process."""

    url: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: object


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def connect(url: str) -> http.client.HTTPConnection:
    """An open connection to a process."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=30)
    connection.connect()
    return connection


def volley(shots: Sequence[Shot]) -> list[Answer]:
    """Connect for all, then send them all, and only then look at the first answer."""
    with ExitStack() as stack:
        connections = [stack.enter_context(closing(connect(shot.url))) for shot in shots]
        for connection, shot in zip(connections, shots, strict=True):
            headers = {"Content-Type": "application/json", **shot.headers}
            connection.request(shot.method, shot.path, json.dumps(shot.body), headers)
        return list(_answers(connections))


def _answers(connections: Sequence[http.client.HTTPConnection]) -> Iterator[Answer]:
    for connection in connections:
        answer = connection.getresponse()
        yield Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that `percent` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]
