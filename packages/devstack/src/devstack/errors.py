"""What ends a start or a run, in words for the person at the keyboard."""


class DevstackError(Exception):
    """Ends the command with `status` after its message was shown on stderr."""

    def __init__(self, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.status = status


class ServerFailed(DevstackError):
    """PostgreSQL or Valkey ended, or gave no answer in time; the message carries the end of its log."""


class StopRequested(Exception):
    """SIGINT, SIGTERM or SIGHUP arrived."""
