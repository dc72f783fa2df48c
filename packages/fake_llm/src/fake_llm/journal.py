"""What was asked of the fake and what became of it."""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from fake_llm.reply import Usage

PENDING = "pending"
ABANDONED = "abandoned"

_KEY_HEADERS = frozenset({"authorization", "x-api-key", "api-key", "cookie"})


@dataclass(slots=True)
class Entry:
    """One request. Times are seconds since the epoch.

    `outcome` is `pending`, then `answered`, or the name of the fault or of the script that says so; or `abandoned` when
    the client left before the end of an answer that had no fault; or `bad_request`, `no_key`, `not_found` or
    `script_error`. Tokens are those that were reported on the wire so far.
    """

    number: int
    time: float
    path: str
    headers: dict[str, str]
    key_sent: bool
    protocol: str | None = None
    model: str | None = None
    streamed: bool = False
    body: Any = None
    status: int | None = None
    events: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    outcome: str = PENDING
    notes: tuple[str, ...] = ()
    disconnected_at: float | None = None
    finished_at: float | None = None

    @property
    def disconnected(self) -> bool:
        """Whether the client left before the end."""
        return self.disconnected_at is not None


@dataclass
class Journal:
    """Written in the server's thread, read in any."""

    _entries: list[Entry] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _numbers: int = 0

    def open(self, path: str, protocol: str | None, headers: Iterable[tuple[bytes, bytes]]) -> Entry:
        """A new entry. Keys are not kept."""
        sent = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}
        public = {name: value for name, value in sent.items() if name not in _KEY_HEADERS}
        key_sent = any(sent.get(name) for name in ("authorization", "x-api-key"))
        with self._changed:
            self._numbers += 1
            entry = Entry(self._numbers, time.time(), path, public, key_sent, protocol)
            self._entries.append(entry)
            self._changed.notify_all()
        return entry

    def note(self, entry: Entry, **changes: Any) -> None:
        """Set fields of an entry."""
        with self._changed:
            for name, value in changes.items():
                setattr(entry, name, value)
            self._changed.notify_all()

    def sent(self, entry: Entry, usage: Usage | None) -> None:
        """Another event, or a whole answer, is on its way."""
        metered = {} if usage is None else {"input_tokens": usage.input, "output_tokens": usage.output}
        self.note(entry, events=entry.events + 1, **metered)

    def entries(self) -> list[Entry]:
        """Copies, oldest first."""
        with self._changed:
            return [replace(entry) for entry in self._entries]

    def as_json(self) -> list[dict[str, Any]]:
        """The same for other processes."""
        return [asdict(entry) | {"disconnected": entry.disconnected} for entry in self.entries()]

    def clear(self) -> None:
        """Forget all entries. Numbers go on, so that ids stay unique."""
        with self._changed:
            self._entries.clear()

    def wait_until(self, condition: Callable[[list[Entry]], bool], timeout: float) -> list[Entry]:
        """The entries, as soon as `condition` is true of them. Raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: condition([replace(one) for one in self._entries]), timeout):
                raise TimeoutError(f"the journal did not come to that within {timeout} s: {self._entries}")
            return [replace(entry) for entry in self._entries]
