"""JSON schemas made plain: references followed, parts put together, bounds found where a client has hidden them."""

import re
from typing import Any

from fake_llm.prompt import Schema

# Anthropic's SDK takes bounds that the API does not enforce out of a schema and writes them into the description:
# "{maximum: 10, minimum: 1}". A model is meant to read them there, so the fake does.
_HINTS = re.compile(r"\{([^{}]*)\}\s*$")
_HINT = re.compile(r"\b(minimum|maximum|exclusiveMinimum|exclusiveMaximum|multipleOf): (-?\d+(?:\.\d+)?)")
_COUNT_HINT = re.compile(r"\b(minLength|maxLength|minItems|maxItems|minProperties|maxProperties): (\d+)")
_PATTERN_HINT = re.compile(r"\bpattern: (.+)$")


class CannotSatisfy(Exception):
    """The schema asks for something that the generator does not know how to make."""


def plain(schema: Schema | bool, root: Schema) -> Schema:
    """`schema` without `$ref` and `allOf`, and with its hidden bounds."""
    if isinstance(schema, bool):
        return {}
    while "$ref" in schema:
        others = {key: value for key, value in schema.items() if key != "$ref"}
        schema = {**_referred(schema["$ref"], root), **others}
    if "allOf" in schema:
        parts = [{key: value for key, value in schema.items() if key != "allOf"}, *schema["allOf"]]
        schema = _together([plain(part, root) for part in parts])
    return _hints(schema) | schema


def _referred(reference: str, root: Schema) -> Schema:
    found: Any = root
    if reference != "#":
        for step in reference.removeprefix("#/").split("/"):
            step = step.replace("~1", "/").replace("~0", "~")
            if not isinstance(found, dict) or step not in found:
                raise CannotSatisfy(f"the schema refers to {reference}, which it does not contain")
            found = found[step]
    if not isinstance(found, dict):
        raise CannotSatisfy(f"{reference} is not a schema")
    return found


def _together(parts: list[Schema]) -> Schema:
    """One schema for all of them: properties and requirements are united, of other keys the first one counts."""
    result: Schema = {}
    for part in parts:
        united = {
            "properties": {**part.get("properties", {}), **result.get("properties", {})},
            "required": [*result.get("required", []), *part.get("required", [])],
        }
        result = {**part, **result, **{key: value for key, value in united.items() if value}}
    return result


def _hints(schema: Schema) -> Schema:
    found = _HINTS.search(str(schema.get("description", "")))
    if not found:
        return {}
    hints: Schema = {name: float(value) for name, value in _HINT.findall(found[1])}
    hints |= {name: int(value) for name, value in _COUNT_HINT.findall(found[1])}
    if pattern := _PATTERN_HINT.search(found[1]):
        hints["pattern"] = pattern[1]
    return hints


def kinds(schema: Schema | bool, root: Schema) -> frozenset[str]:
    """The JSON types that `schema` lets through; empty where it does not say."""
    schema = plain(schema, root)
    if "const" in schema or "enum" in schema:
        return frozenset(kind_of(value) for value in schema.get("enum", [schema.get("const")]))
    options = schema.get("anyOf") or schema.get("oneOf")
    if options:
        each = [kinds(option, root) for option in options]
        return frozenset().union(*each) if all(each) else frozenset()
    named = schema.get("type", [])
    found = frozenset([named] if isinstance(named, str) else named)
    return found | {"integer"} if "number" in found else found


def kind_of(value: object) -> str:
    """The JSON type of a value."""
    names = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return names.get(type(value), "null")
