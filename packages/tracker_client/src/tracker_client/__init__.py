"""A typed, asynchronous client of the Workout API, for the services that live beside it."""

from tracker_client.client import TrackerClient
from tracker_client.errors import Refused, TrackerError, Unreachable
from tracker_client.login import Credentials, OwnToken
from tracker_client.models import Exchanged, Exercise, Introspection, Page, Versioned
from tracker_client.retries import Retries
from tracker_client.transport import Transport

__all__ = [
    "Credentials",
    "Exchanged",
    "Exercise",
    "Introspection",
    "OwnToken",
    "Page",
    "Refused",
    "Retries",
    "TrackerClient",
    "TrackerError",
    "Transport",
    "Unreachable",
    "Versioned",
]
