"""Reading what clients send: each function returns a value of the type it promises, or refuses the request."""

from typing import Any

import orjson


class BadRequest(Exception):
    """The request is not one that the protocol knows; answered with 400."""


def parsed(body: bytes) -> dict[str, Any]:
    """The JSON object that is the request's body."""
    try:
        return mapping(orjson.loads(body), "the body")
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"the body is not JSON: {error}") from None


def mapping(value: object, where: str) -> dict[str, Any]:
    """`value`, an object."""
    if not isinstance(value, dict):
        raise BadRequest(f"{where}: an object is required")
    return value


def items(value: object, where: str) -> list[Any]:
    """`value`, an array; null is an empty one."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise BadRequest(f"{where}: an array is required")
    return value


def string(value: object, where: str) -> str:
    """`value`, a string."""
    if not isinstance(value, str):
        raise BadRequest(f"{where}: a string is required")
    return value


def one_of(value: object, allowed: tuple[str, ...], where: str) -> str:
    """`value`, one of the words."""
    if not isinstance(value, str) or value not in allowed:
        raise BadRequest(f"{where}: one of {', '.join(allowed)} is required")
    return value


def texts(content: object, where: str) -> str:
    """The text of a string, or of all parts that have one, whatever other parts (images, files) stand between."""
    if content is None or isinstance(content, str):
        return content or ""
    parts = [mapping(part, f"{where}[{i}]") for i, part in enumerate(items(content, where))]
    return "\n".join(string(part["text"], f"{where}.text") for part in parts if "text" in part)


def arguments(value: object, where: str) -> dict[str, Any] | str:
    """The arguments of an earlier call, which a client repeats even when they were no JSON."""
    text = string(value, where)
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    return found if isinstance(found, dict) else text


_TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")
_COUNTS = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")
_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")


def schema(value: object, where: str) -> dict[str, Any]:
    """`value`, a JSON schema that is well-formed as far as the generator of instances reads it."""
    found = mapping(value, where)
    for key, part in found.items():
        at = f"{where}.{key}"
        if key in ("properties", "$defs"):
            for name, child in mapping(part, at).items():
                _subschema(child, f"{at}.{name}")
        elif key in ("anyOf", "oneOf", "allOf", "prefixItems"):
            for child in _filled(part, at):
                _subschema(child, at)
        elif key in ("items", "additionalProperties"):
            _subschema(part, at)
        else:
            _keyword(key, part, at)
    return found


def _subschema(value: object, where: str) -> None:
    if not isinstance(value, bool):
        schema(value, where)


def _filled(value: object, where: str) -> list[Any]:
    found = items(value, where)
    if not found:
        raise BadRequest(f"{where}: must not be empty")
    return found


def _keyword(key: str, value: object, where: str) -> None:
    if key == "type":
        for kind in [value] if isinstance(value, str) else _filled(value, where):
            one_of(kind, _TYPES, where)
    elif key == "enum":
        _filled(value, where)
    elif key == "required":
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            raise BadRequest(f"{where}: an array of strings is required")
    elif key in ("$ref", "pattern", "format", "description"):
        string(value, where)
    elif (key in _COUNTS and type(value) is not int) or (key in _BOUNDS and type(value) not in (int, float)):
        raise BadRequest(f"{where}: a number is required")
