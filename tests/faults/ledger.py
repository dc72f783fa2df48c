"""People who add exercises while something breaks, and who write down what they were told."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import uuid4

import httpx

from tests.databases import sql
from tests.people import somewhere

RETRY_SECONDS = 0.1  # sooner than they are told to, so that an outage meets many requests
GIVE_UP_SECONDS = 30.0
Act = Callable[[httpx.Client], None]


class Said(NamedTuple):
    """One answer, or none: `status` 0 is a connection that was refused or cut."""

    kind: str
    moment: float
    seconds: float
    status: int
    retry_after: str | None


@dataclass
class Ledger:
    """What was asked and what was answered; appending is safe from any thread."""

    url: str
    said: list[Said] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    tried_with_key: list[str] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def ask(self, client: httpx.Client, kind: str, method: str, path: str, **options: object) -> int:
        """The status of one request; it is written down."""
        begin = time.monotonic()
        try:
            answer = client.request(method, path, **options)  # type: ignore[arg-type]
            status, retry_after = answer.status_code, answer.headers.get("retry-after")
        except httpx.TransportError:
            status, retry_after = 0, None
        end = time.monotonic()
        self.said.append(Said(kind, end, end - begin, status, retry_after))
        return status

    def add_with_key(self, client: httpx.Client) -> None:
        """Add an exercise, and try again with the same key until it is acknowledged."""
        name = f"keyed {uuid4()}"
        headers = {"Idempotency-Key": str(uuid4()), **somewhere()}
        self.tried_with_key.append(name)
        deadline = time.monotonic() + GIVE_UP_SECONDS
        while self.ask(client, "keyed", "POST", "/exercises", json=exercise(name), headers=headers) != 201:
            assert time.monotonic() < deadline, "it does not heal"
            time.sleep(RETRY_SECONDS)
        self.acknowledged.append(name)

    def add(self, client: httpx.Client) -> None:
        """Add an exercise, once."""
        name = f"unkeyed {uuid4()}"
        if self.ask(client, "unkeyed", "POST", "/exercises", json=exercise(name), headers=somewhere()) == 201:
            self.acknowledged.append(name)
        else:
            time.sleep(RETRY_SECONDS)

    def read(self, client: httpx.Client) -> None:
        """Read a page."""
        if self.ask(client, "read", "GET", "/exercises", headers=somewhere()) != 200:
            time.sleep(RETRY_SECONDS)

    def _repeat(self, act: Act) -> None:
        try:
            with httpx.Client(base_url=self.url, timeout=15, verify=False) as client:
                while not self.stopped.is_set():
                    act(client)
                    time.sleep(0.002)
        except Exception as error:
            self.errors.append(error)

    @contextmanager
    def load(self, *acts: Act) -> Iterator[None]:
        """Each act over and over, in a thread of its own, until the block ends; nothing is left half asked."""
        threads = [threading.Thread(target=self._repeat, args=(act,)) for act in acts]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.stopped.set()
            for thread in threads:
                thread.join()
        assert self.errors == []

    def statuses(self, since: float = 0.0) -> Counter[int]:
        """How often which status came."""
        return Counter(one.status for one in self.said if one.moment >= since)

    def check(self, database_url: str) -> None:
        """Is everything acknowledged there once, and nothing with a key there twice?"""
        rows = sql(database_url, "SELECT name, count(*) FROM exercises GROUP BY name")
        present: dict[str, int] = dict(rows)
        lost = [name for name in self.acknowledged if name not in present]
        doubled = [name for name in (*self.tried_with_key, *self.acknowledged) if present.get(name, 0) > 1]
        print(f"acknowledged {len(self.acknowledged)}, lost {len(lost)}, twice {len(set(doubled))}")
        assert lost == []
        assert doubled == []
        assert set(self.tried_with_key) <= set(self.acknowledged), "everybody with a key was served in the end"


def exercise(name: str) -> dict[str, object]:
    """What is added."""
    return {"name": name, "sets": 3, "reps": 5}
