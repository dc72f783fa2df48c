"""Logs: one JSON object a line for machines, or one readable line for people. Both carry the request's id."""

import asyncio
import logging
import sys
from collections.abc import Mapping
from contextlib import nullcontext
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from time import time
from typing import Any, Literal, TextIO

import orjson

LogFormat = Literal["auto", "json", "text"]

# What the edge knows of the request that is being answered: request_id, trace_id.
request_fields: ContextVar[Mapping[str, Any]] = ContextVar("request_fields", default={})  # noqa: B039 - never mutated

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


def configure(
    service: str, log_format: LogFormat = "auto", level: str = "INFO", *, stream: TextIO | None = None
) -> None:
    """Send all logging of this process to `stream`, or standard output. `auto`: text on a terminal, JSON elsewhere."""
    stream = stream or sys.stdout
    as_text = log_format == "text" or (log_format == "auto" and stream.isatty())
    handler = logging.StreamHandler(stream) if as_text else JsonHandler(stream, service)
    if as_text:
        handler.setFormatter(TextFormatter())
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(level.upper())
    for chatty in ("httpx", "httpcore", "httpx2", "httpcore2", "asyncio", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True


def say(logger: logging.Logger, level: int, message: str, fields: Mapping[str, Any]) -> None:
    """As `logger.log(level, message, extra=fields)`, for an eighth of the time: there is a line for every request.

    As JSON it needs no LogRecord, and no system call of its own. To be called by what the event loop runs.
    """
    if not logger.isEnabledFor(level):
        return
    record = None
    for handler in (*logger.handlers, *logging.root.handlers):
        if isinstance(handler, JsonHandler):
            handler.soon(level, logger.name, message, fields)
        else:
            record = record or logger.makeRecord(logger.name, level, "", 0, message, (), None, extra=fields)
            handler.handle(record)


def extra_fields(record: logging.LogRecord) -> dict[str, Any]:
    """What a caller passed as `extra=`, after the current request's ids."""
    given = {key: value for key, value in vars(record).items() if key not in _STANDARD}
    return {**request_fields.get(), **given}


class JsonFormatter(logging.Formatter):
    """`{"time": "2026-11-22T10:00:00.123Z", "level": "info", "service": "api", "logger": …, "message": …, …extra}`."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        """One line, whatever the message holds: JSON escapes line breaks."""
        fields = extra_fields(record)
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        return self.line(record.created, record.levelno, record.name, record.getMessage(), fields)

    def line(self, created: float, level: int, logger: str, message: str, fields: Mapping[str, Any]) -> str:
        """The same out of its parts; `created` in seconds since the epoch."""
        line: dict[str, Any] = {
            "time": f"{_second(int(created))}.{int(created % 1 * 1000):03}Z",
            "level": logging.getLevelName(level).lower(),
            "service": self._service,
            "logger": logger,
            "message": message,
            **fields,
        }
        try:
            return orjson.dumps(line, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
        except TypeError:  # half a character, a number without end, a loop, something that cannot even be named
            return orjson.dumps({key: _plain(value) for key, value in line.items()}).decode()


class JsonHandler(logging.StreamHandler[TextIO]):
    """Writes a record at once, and what is said `soon` when the event loop's turn ends, together (ADR 0017)."""

    formatter: JsonFormatter

    def __init__(self, stream: TextIO, service: str) -> None:
        super().__init__(stream)
        self.setFormatter(JsonFormatter(service))
        self._soon: list[str] = []

    def soon(self, level: int, logger: str, message: str, fields: Mapping[str, Any]) -> None:
        """Write a line soon, before any record that comes later."""
        line = self.formatter.line(time(), level, logger, message, {**request_fields.get(), **fields})
        with self.lock or nullcontext():
            if not self._soon:
                asyncio.get_running_loop().call_soon(self._end_turn)
            self._soon.append(line)

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, after what was to be written soon."""
        self._end_turn()
        super().emit(record)

    def flush(self) -> None:
        """Write what was to be written soon."""
        with self.lock or nullcontext():
            if self._soon:
                lines, self._soon = self._soon, []
                self.stream.write("".join(f"{line}\n" for line in lines))
            super().flush()

    def _end_turn(self) -> None:
        try:
            self.flush()
        except Exception:  # a full disk, a reader that has left: no reason to fail a request
            self.handleError(logging.makeLogRecord({"msg": "Lines of requests"}))


class TextFormatter(logging.Formatter):
    """`10:00:00.123 INFO  message  key=value …`, for a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """Control characters are escaped, so that no input can forge a line or move the cursor."""
        time = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S.%f")[:-3]
        fields = " ".join(f"{key}={value}" for key, value in extra_fields(record).items() if value is not None)
        text = printable(f"{time} {record.levelname:<7} {record.getMessage()}  {fields}".rstrip())
        if not record.exc_info:
            return text
        # Indented, so that no text of an exception can pass for a line of ours.
        trace = self.formatException(record.exc_info).splitlines()
        return "\n".join([text, *(f"    {printable(line)}" for line in trace)])


@lru_cache(maxsize=2)
def _second(since_epoch: int) -> str:
    """`2026-11-22T10:00:00`, once a second instead of once a line."""
    return datetime.fromtimestamp(since_epoch, UTC).isoformat().removesuffix("+00:00")


def _plain(value: object) -> str:
    """Whatever it is, as text that JSON can hold."""
    try:
        text = value if isinstance(value, str) else repr(value)
    except Exception:
        text = f"<{type(value).__name__}>"
    return text.encode("utf-8", "backslashreplace").decode()


def printable(text: str) -> str:
    """`text` with whatever is not printable escaped."""
    return text if text.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
