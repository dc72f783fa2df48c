"""What OpenAI's two protocols share: errors, the choice of a tool, usage."""

from typing import Any

from fake_llm.prompt import ToolChoice
from fake_llm.shapes import mapping, one_of, string

REQUEST_ID = b"x-request-id"

_ERRORS: dict[int, tuple[str, str | None]] = {
    400: ("invalid_request_error", None),
    401: ("invalid_request_error", "invalid_api_key"),
    404: ("invalid_request_error", None),
    429: ("requests", "rate_limit_exceeded"),
    529: ("server_error", "server_is_overloaded"),
}
OVERLOADED = 529


def error(status: int, message: str) -> dict[str, Any]:
    """The body of an error."""
    kind, code = _ERRORS.get(status, ("server_error", "server_error"))
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


def tool_choice(value: object) -> tuple[ToolChoice, str | None]:
    """A word, or an object that names one tool or allows several."""
    if value is None:
        return "auto", None
    if isinstance(value, str):
        return _choice(value), None
    choice = mapping(value, "tool_choice")
    kind = string(choice.get("type"), "tool_choice.type")
    if kind == "function":
        function = mapping(choice.get("function") or choice, "tool_choice.function")
        return "any", string(function.get("name"), "tool_choice.name")
    if kind == "allowed_tools":
        return _choice(mapping(choice.get("allowed_tools") or choice, "tool_choice").get("mode")), None
    return "auto", None


def _choice(value: object) -> ToolChoice:
    word = one_of(value, ("auto", "none", "required"), "tool_choice")
    return "any" if word == "required" else "none" if word == "none" else "auto"
