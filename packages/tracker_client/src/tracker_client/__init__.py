"""A typed, asynchronous client of the Workout API, for the services that live beside it."""

from tracker_client.client import TrackerClient
from tracker_client.errors import Refused, TrackerError, Unreachable
from tracker_client.login import Credentials
from tracker_client.models import Exercise, Introspection, Page
from tracker_client.retries import Retries

__all__ = [
    "Credentials",
    "Exercise",
    "Introspection",
    "Page",
    "Refused",
    "Retries",
    "TrackerClient",
    "TrackerError",
    "Unreachable",
]
