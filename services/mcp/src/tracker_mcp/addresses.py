"""Where the API and the coach are: as the settings say, or as `make run` has written down."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tracker_mcp.words import PlainError

Service = Literal["api", "ai-coach"]
DEFAULTS: dict[Service, str] = {"api": "http://localhost:8000", "ai-coach": "http://localhost:8001"}

VARIABLES: dict[Service, str] = {"api": "WORKOUT_API_URL", "ai-coach": "AI_COACH_URL"}


@dataclass(frozen=True, slots=True)
class Addresses:
    """Asked anew for every call: an assistant starts this server whenever it likes, before `make run` or after."""

    given: dict[Service, str | None]
    data_dir: Path
    is_guessing: bool = True  # a password is for no address that nobody has named

    def of(self, service: Service) -> str:
        """The base URL of a service. Raises PlainError."""
        url = self.given.get(service) or self._running().get(service)
        if url is None and not self.is_guessing:
            where = f"`make run` has left no run.json in {self.data_dir}, and {VARIABLES[service]} is not set"
            raise PlainError(f"Nothing is known to run: {where}")
        return url or DEFAULTS[service]

    def _running(self) -> dict[str, str]:
        try:
            services = json.loads((self.data_dir / "run.json").read_text(encoding="utf-8"))["services"]
            return {str(name): str(url) for name, url in services.items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return {}  # nothing runs, or something is just starting
