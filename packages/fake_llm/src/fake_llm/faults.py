"""Scripts that fail. The outcome in the journal is the fault's name; those that spoil an answer take one as `of`."""

from dataclasses import replace
from typing import Any

from fake_llm.prompt import Prompt, Schema
from fake_llm.reply import Reply, Script, Stop, argument_text
from fake_llm.schemas import kinds
from fake_llm.scripts import Valid, address, changed

_MEGABYTES_10 = 10_000_000


def status(code: int, *, retry_after: float | None = None, message: str = "Injected by the fake") -> Script:
    """An error of any status."""
    reply = Reply(text=message, status=code, retry_after=retry_after, outcome=f"status_{code}")
    return lambda prompt: reply


def status_500() -> Script:
    """An internal error."""
    return status(500)


def status_429(retry_after: float | None = 1) -> Script:
    """Too many requests; `retry_after` in seconds."""
    return status(429, retry_after=retry_after)


def status_529() -> Script:
    """Overloaded."""
    return status(529)


def hang() -> Script:
    """The request is accepted and never answered."""
    reply = Reply().delivered("hang", hang=True)
    return lambda prompt: reply


def disconnect() -> Script:
    """The connection is closed before any byte of an answer."""
    reply = Reply().delivered("disconnect", drop=True)
    return lambda prompt: reply


def disconnect_mid_stream(events: int = 3, of: Script | None = None) -> Script:
    """The connection is closed after some events; an answer in one piece is closed half-way."""
    inner = of or Valid()
    return lambda prompt: inner(prompt).delivered("disconnect_mid_stream", cut_after=events)


def error_mid_stream(events: int = 3, of: Script | None = None) -> Script:
    """A stream, begun with 200, ends with the protocol's error event; an answer in one piece is a 529."""
    inner = of or Valid()

    def script(prompt: Prompt) -> Reply:
        if not prompt.stream:
            return replace(status_529()(prompt), outcome="error_mid_stream")
        return inner(prompt).delivered("error_mid_stream", fail_after=events)

    return script


def slow_drip(milliseconds: float = 10, of: Script | None = None) -> Script:
    """A byte every so often: a client whose timeout is for each read never sees it."""
    inner = of or Valid()
    return lambda prompt: inner(prompt).delivered("slow_drip", drip=milliseconds / 1000)


def malformed_json(of: Script | None = None) -> Script:
    """JSON that ends too early: the body, or the third event of a stream."""
    inner = of or Valid()
    return lambda prompt: inner(prompt).delivered("malformed_json", garble=True)


def malformed_arguments(of: Script | None = None) -> Script:
    """A faultless body in which the answer's own JSON ends too early: a tool's arguments, or JSON text."""
    inner = of or Valid()

    def script(prompt: Prompt) -> Reply:
        reply = inner(prompt)
        calls = tuple(replace(call, arguments=_shortened(argument_text(call))) for call in reply.calls)
        return replace(reply, text=_shortened(reply.text), calls=calls, outcome="malformed_arguments")

    return script


def _shortened(text: str) -> str:
    return text[: max(1, len(text) * 2 // 3)] if text else text


def wrong_schema() -> Script:
    """An answer none of whose fields has a type that the schema lets through. Plain text stays plain text."""
    return lambda prompt: replace(address(prompt, _misfit, "Not what was asked for."), outcome="wrong_schema")


def _misfit(schema: Schema) -> dict[str, Any]:
    properties = schema.get("properties", {})
    return {name: _wrong_value(kinds(value, schema)) for name, value in properties.items()}


def _wrong_value(allowed: frozenset[str]) -> Any:
    """Lists come before strings and strings before objects: lenient validators read numbers and dates from strings."""
    wrong: dict[str, Any] = {"array": ["wrong"], "object": {"wrong": True}, "string": "wrong"}
    return next((value for kind, value in wrong.items() if kind not in allowed), None)


def huge(size: int = _MEGABYTES_10, of: Script | None = None) -> Script:
    """An answer of at least `size` characters: the text, or the first string of a structured answer."""
    inner = of or Valid()
    return lambda prompt: replace(changed(inner(prompt), lambda found: _inflated(found, size)), outcome="huge")


def _inflated(found: Any, size: int) -> Any:
    if not isinstance(found, dict):
        return "x" * size
    name = next((name for name, value in found.items() if isinstance(value, str)), "padding")
    return found | {name: "x" * size}


def refusal(message: str = "I cannot help with that.") -> Script:
    """The protocol's own way of declining."""
    return _stopped("refusal", message, "refusal")


def empty() -> Script:
    """An answer with nothing in it."""
    return _stopped("end", "", "empty")


def _stopped(stop: Stop, text: str, outcome: str) -> Script:
    reply = Reply(text=text, stop=stop, outcome=outcome)
    return lambda prompt: reply


def truncated(of: Script | None = None) -> Script:
    """An answer that stops half-way because it became too long."""
    spoil = malformed_arguments(of)
    return lambda prompt: replace(spoil(prompt), stop="length", outcome="truncated")
