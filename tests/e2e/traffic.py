"""People who read and add exercises all the time, and who write down what they were told."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import httpx

PEOPLE = 6
PAUSE = 0.05
NO_ANSWER = 0


@dataclass
class Traffic:
    """What was asked and what was answered; appending is safe from any thread."""

    url: str
    headers: dict[str, str]
    began: float = field(default_factory=time.monotonic)
    statuses: list[int] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)

    def ask(self, client: httpx.Client) -> None:
        """Four pages, and one exercise more."""
        for _ in range(4):
            self.status(client, "GET", "/exercises?page_size=5")
        name = f"traffic {uuid4()}"
        if self.status(client, "POST", "/exercises", {"name": name, "sets": 3, "reps": 5}) == httpx.codes.CREATED:
            self.acknowledged.append(name)

    def status(self, client: httpx.Client, method: str, path: str, body: object = None) -> int:
        """What one request is answered; it is written down, and asked only once."""
        try:
            status = client.request(method, path, json=body, headers=self.headers).status_code
        except httpx.TransportError:
            status = NO_ANSWER
        self.statuses.append(status)
        time.sleep(PAUSE)
        return status

    def failures(self) -> Counter[int]:
        """How often which answer came that nobody wants."""
        return Counter(status for status in self.statuses if not httpx.codes.is_success(status))

    def lost(self) -> set[str]:
        """What was acknowledged and is not there."""
        with httpx.Client(base_url=self.url, headers=self.headers, timeout=30) as client:
            rows = client.get("/exercises/export").raise_for_status().text
        return {name for name in self.acknowledged if name not in rows}

    def __str__(self) -> str:
        rate = len(self.statuses) / (time.monotonic() - self.began)
        return f"{len(self.statuses)} requests, {rate:.0f} a second, failed: {dict(self.failures()) or 0}"


@contextmanager
def traffic(url: str, token: str) -> Iterator[Traffic]:
    """While the body runs; nothing is left half asked."""
    seen, over = Traffic(url, {"Authorization": f"Bearer {token}"}), threading.Event()

    def person() -> None:
        with httpx.Client(base_url=url, timeout=15) as client:
            while not over.is_set():
                seen.ask(client)

    people = [threading.Thread(target=person, daemon=True) for _ in range(PEOPLE)]
    for one in people:
        one.start()
    try:
        yield seen
    finally:
        over.set()
        for one in people:
            one.join(60)
