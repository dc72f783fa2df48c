"""Where the API and the coach are: as the settings say, or as `make run` has written down."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Service = Literal["api", "ai-coach"]
DEFAULTS: dict[Service, str] = {"api": "http://localhost:8000", "ai-coach": "http://localhost:8001"}


@dataclass(frozen=True, slots=True)
class Addresses:
    """Asked anew for every call: an assistant starts this server whenever it likes, before `make run` or after."""

    given: dict[Service, str | None]
    data_dir: Path

    def of(self, service: Service) -> str:
        """The base URL of a service."""
        return self.given.get(service) or self._running().get(service) or DEFAULTS[service]

    def _running(self) -> dict[str, str]:
        try:
            services = json.loads((self.data_dir / "run.json").read_text(encoding="utf-8"))["services"]
            return {str(name): str(url) for name, url in services.items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return {}  # nothing runs, or something is just starting
