"""Random instances of a JSON schema. What the generator does not understand it refuses; it never guesses."""

import math
import re
from collections.abc import Callable
from random import Random
from typing import Any

from fake_llm.prompt import Schema
from fake_llm.schemas import CannotSatisfy, plain
from fake_llm.strings import CANDIDATES, FORMATS, words

_DEEP = 6  # from this depth on everything is as small as it may be, so that schemas that contain themselves end
_SPAN = 100  # how far a number goes from its only bound
_EDGE = 0.15  # how often a number is exactly a bound, at each end: that is where mistakes are
_OPTIONAL = 0.75  # how often an optional property is present
_MORE_ITEMS = 3

FreeText = Callable[[Schema], str]  # for strings that have no format and no pattern; given their schema


class Instances:
    """Makes instances of one schema. The same `rng` state makes the same instance."""

    def __init__(self, root: Schema, rng: Random, free_text: FreeText | None = None) -> None:
        self._root = root
        self._rng = rng
        self._free_text = free_text or (lambda schema: words(rng, *lengths(schema)))

    def make(self) -> Any:
        """An instance."""
        return self._any(self._root, 0)

    def _any(self, given: Schema | bool, depth: int) -> Any:
        schema = plain(given, self._root)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self._rng.choice(schema["enum"])
        if options := schema.get("anyOf") or schema.get("oneOf"):
            shared = {key: value for key, value in schema.items() if key not in ("anyOf", "oneOf", "default")}
            return self._any(shared | plain(self._option(options, depth), self._root), depth)
        return self._of_kind(self._kind(schema, depth), schema, depth)

    def _option(self, options: list[Schema], depth: int) -> Schema:
        if depth < _DEEP:
            return self._rng.choice(options)
        return min(options, key=lambda option: _size(plain(option, self._root)))

    def _kind(self, schema: Schema, depth: int) -> str:
        kind = schema.get("type")
        if isinstance(kind, list):
            return min(kind, key=lambda one: _size({"type": one})) if depth >= _DEEP else str(self._rng.choice(kind))
        if kind is None:
            return "object" if "properties" in schema else "array" if "items" in schema else "string"
        return str(kind)

    def _of_kind(self, kind: str, schema: Schema, depth: int) -> Any:
        match kind:
            case "null":
                return None
            case "boolean":
                return self._rng.random() < 0.5
            case "integer":
                return self._integer(schema)
            case "number":
                return self._number(schema)
            case "string":
                return self._string(schema)
            case "array":
                return self._array(schema, depth)
            case "object":
                return self._object(schema, depth)
        raise CannotSatisfy(f"unknown type {kind!r}")

    def _integer(self, schema: Schema) -> int:
        step = schema.get("multipleOf", 1)
        step = int(step) if float(step).is_integer() else 1
        low, high = _bounds(schema, 1)
        first, last = math.ceil(low / step), math.floor(high / step)
        if first > last:
            raise CannotSatisfy(f"no integer fits {schema}")
        chance = self._rng.random()
        chosen = first if chance < _EDGE else last if chance > 1 - _EDGE else self._rng.randint(first, last)
        return chosen * step

    def _number(self, schema: Schema) -> float:
        step = schema.get("multipleOf")
        if step:
            low, high = _bounds(schema, step)
            return float(self._rng.randint(math.ceil(low / step), math.floor(high / step)) * step)
        low, high = _bounds(schema, 0)
        chance = self._rng.random()
        if chance < _EDGE and schema.get("minimum") == low:
            return float(low)
        if chance > 1 - _EDGE and schema.get("maximum") == high:
            return float(high)
        exact = low + (high - low) * self._rng.uniform(0.05, 0.95)
        return round(exact, 2) if low < round(exact, 2) < high else exact

    def _string(self, schema: Schema) -> str:
        if "pattern" in schema:
            return self._matching(schema)
        if maker := FORMATS.get(schema.get("format", "")):
            return maker(self._rng)
        return self._free_text(schema)

    def _matching(self, schema: Schema) -> str:
        low, high = lengths(schema)
        tried = [
            *schema.get("examples", []),
            schema.get("default"),
            *CANDIDATES,
            *(m(self._rng) for m in FORMATS.values()),
        ]
        fitting = [
            text
            for text in tried
            if isinstance(text, str) and low <= len(text) <= high and re.search(schema["pattern"], text)
        ]
        if not fitting:
            raise CannotSatisfy(f"no candidate matches the pattern {schema['pattern']!r}: give the field an example")
        return self._rng.choice(fitting)

    def _array(self, schema: Schema, depth: int) -> list[Any]:
        if "prefixItems" in schema:
            return [self._any(item, depth + 1) for item in schema["prefixItems"]]
        low = schema.get("minItems", 0)
        high = low if depth >= _DEEP else min(schema.get("maxItems", low + _MORE_ITEMS), low + _MORE_ITEMS)
        wanted = self._rng.randint(low, high)
        result: list[Any] = []
        for _ in range(wanted * 20):  # enough tries for items that have to differ
            item = self._any(schema.get("items", {}), depth + 1)
            if len(result) < wanted and not (schema.get("uniqueItems") and item in result):
                result.append(item)
            if len(result) == wanted:
                return result
        if len(result) < low:
            raise CannotSatisfy(f"found only {len(result)} different items for {schema}")
        return result

    def _object(self, schema: Schema, depth: int) -> dict[str, Any]:
        required = schema.get("required", [])
        result = {
            name: self._any(value, depth + 1)
            for name, value in schema.get("properties", {}).items()
            if name in required or (depth < _DEEP and self._rng.random() < _OPTIONAL)
        }
        more = schema.get("additionalProperties", False)
        if isinstance(more, dict):
            low = schema.get("minProperties", 0)
            for i in range(max(low - len(result), 0 if depth >= _DEEP or result else self._rng.randint(1, 2))):
                result[f"key{i}"] = self._any(more, depth + 1)
        return result


def _bounds(schema: Schema, step: float) -> tuple[float, float]:
    """The closed interval of a number that moves in steps; with step 0, exclusive bounds are kept off by the caller."""
    lows = [schema[key] + extra for key, extra in (("minimum", 0), ("exclusiveMinimum", step)) if key in schema]
    highs = [schema[key] - extra for key, extra in (("maximum", 0), ("exclusiveMaximum", step)) if key in schema]
    low = max(lows) if lows else min(highs, default=_SPAN) - _SPAN
    return low, min(highs) if highs else low + _SPAN


def lengths(schema: Schema) -> tuple[int, int]:
    """Shortest and longest string."""
    low = schema.get("minLength", 0)
    return low, schema.get("maxLength", max(80, low))


def _size(schema: Schema) -> int:
    """How far an instance may grow."""
    order = ["null", "boolean", "integer", "number", "string", "array", "object"]
    kind = schema.get("type", "string" if "enum" in schema or "const" in schema else "object")
    return order.index(kind) if kind in order else len(order)
