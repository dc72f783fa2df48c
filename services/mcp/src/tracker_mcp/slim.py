"""Schemas without what only repeats: every assistant pays for each word of them, in every conversation."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

Schema = dict[str, Any]
NULL = {"type": "null"}
# Held when an answer is made, and of no use to whoever reads one.
_LIMITS = ("maxLength", "maxItems", "additionalProperties", "default")


def output(*answers: type[BaseModel]) -> Schema:
    """The output schema of a tool that answers one of these: no titles, no docstrings of models, no limits."""
    schemas = [answer.model_json_schema(mode="serialization") for answer in answers]
    for schema in schemas:
        for model in (schema, *schema.get("$defs", {}).values()):
            model.pop("description", None)
        for node in _nodes(schema):
            _slim_output(node)
    shared = {name: each for schema in schemas for name, each in schema.pop("$defs", {}).items()}
    either = schemas[0] if len(schemas) == 1 else {"type": "object", "oneOf": schemas}
    return {**either, **({"$defs": shared} if shared else {})}


def inputs(schema: Schema) -> Schema:
    """A tool's input schema: what may be left out need not also be null."""
    for node in _nodes(schema):
        node.pop("title", None)
        if (kept := _without_null(node)) is not None:
            node.update(kept)
            node.pop("default", None)
    return schema


def _slim_output(node: Schema) -> None:
    for word in ("title", *_LIMITS):
        node.pop(word, None)
    kept = _without_null(node)
    if kept is not None and "type" in kept and "enum" not in kept:
        node.update(kept)
        node["type"] = [kept["type"], "null"]


def _without_null(node: Schema) -> Schema | None:
    """Takes `anyOf: [x, null]` out of a node and gives x; None for any other node."""
    either = node.get("anyOf", [])
    if len(either) != 2 or NULL not in either:
        return None
    del node["anyOf"]
    kept: Schema = next(each for each in either if each != NULL)
    return kept


def _nodes(schema: Schema) -> Iterator[Schema]:
    """The schema and all that are in it, inner ones first. Names of properties are no schemas."""
    inner = [*schema.get("properties", {}).values(), *schema.get("$defs", {}).values()]
    inner += [*schema.get("anyOf", []), *schema.get("oneOf", [])]
    inner += [schema[word] for word in ("items", "additionalProperties") if isinstance(schema.get(word), dict)]
    for each in inner:
        yield from _nodes(each)
    yield schema
