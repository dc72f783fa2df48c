"""Scripts from JSON, for other processes: `{"script": "in_turn", "steps": [{"script": "status_500"}, ...]}`."""

import inspect
from collections.abc import Callable
from typing import Any

from fake_llm import compose, faults
from fake_llm.obedient import Obedient
from fake_llm.reply import Script
from fake_llm.scripts import Call, Fixed, Valid


def _in_turn(steps: list[Script]) -> Script:
    return compose.InTurn(*steps)


def _when(contains: str, then: Script, otherwise: Script | None = None) -> Script:
    """By what users and tools said: a predicate cannot travel as JSON."""
    return compose.When(lambda prompt: contains in "\n".join(prompt.supplied), then, otherwise)


_BUILDERS: dict[str, Callable[..., Script]] = {
    "fixed": Fixed,
    "call": Call,
    "valid": Valid,
    "obedient": Obedient,
    "in_turn": _in_turn,
    "when": _when,
    "delayed": compose.Delayed,
    "paced": compose.Paced,
    "outage": compose.Outage,
    "status": faults.status,
    "status_500": faults.status_500,
    "status_429": faults.status_429,
    "status_529": faults.status_529,
    "hang": faults.hang,
    "disconnect": faults.disconnect,
    "disconnect_mid_stream": faults.disconnect_mid_stream,
    "error_mid_stream": faults.error_mid_stream,
    "slow_drip": faults.slow_drip,
    "malformed_json": faults.malformed_json,
    "malformed_arguments": faults.malformed_arguments,
    "wrong_schema": faults.wrong_schema,
    "huge": faults.huge,
    "refusal": faults.refusal,
    "empty": faults.empty,
    "truncated": faults.truncated,
}


def build(spec: Any) -> Script:
    """The script; its other keys are the arguments by name, and may be scripts. Raises ValueError or TypeError."""
    if not _is_spec(spec) or spec["script"] not in _BUILDERS:
        raise ValueError(f'an object with "script", one of {", ".join(_BUILDERS)}, is required')
    builder = _BUILDERS[spec["script"]]
    given = {name: _built(value) for name, value in spec.items() if name != "script"}
    inspect.signature(builder).bind(**given)  # the error is then about names, before anything was made
    return builder(**given)


def _built(value: Any) -> Any:
    if _is_spec(value):
        return build(value)
    return [_built(item) for item in value] if isinstance(value, list) else value


def _is_spec(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("script"), str)
