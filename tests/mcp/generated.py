"""Arguments made at random from a tool's input schema: half of them as it says, half with something wrong."""

from random import Random
from typing import Any

Schema = dict[str, Any]
TEXTS = (
    "",
    "a",
    "A",
    "Bench Press",
    "x" * 101,
    "\u200b",
    "Ü" * 60,
    "'; DROP TABLE exercises; --",
    "../../etc/passwd",
    "=1+1",
)
WRONG: tuple[Any, ...] = (None, True, "", "1", -1, 0, 10**12, -(10**30), 1.5, 1e300, [], {}, ["x"], {"x": 1}, *TEXTS)


def arguments(schema: Schema, random: Random) -> dict[str, Any]:
    """One call's arguments."""
    required = set(schema.get("required", ()))
    given = {
        name: value(field, random)
        for name, field in schema.get("properties", {}).items()
        if name in required or random.random() < 0.6
    }
    if random.random() < 0.5:
        return given
    names = [*schema.get("properties", {}), "surprise"]
    name = random.choice(names)
    if random.random() < 0.2:
        given.pop(name, None)
    else:
        given[name] = random.choice(WRONG)
    return given


def value(schema: Schema, random: Random) -> Any:
    """A value that the schema allows."""
    if "anyOf" in schema:
        return value(random.choice(schema["anyOf"]), random)
    if "enum" in schema:
        return random.choice(schema["enum"])
    kind = schema["type"]
    if kind == "integer":
        low = schema.get("minimum", -5)
        return random.choice((low, random.randint(low, min(schema.get("maximum", low + 40), low + 40))))
    if kind == "number":
        low = schema.get("minimum", schema.get("exclusiveMinimum", 0) + 0.5)
        return random.choice((low, round(random.uniform(low, schema.get("maximum", 1000)), 2)))
    if kind == "array":
        return [value(schema["items"], random) for _ in range(random.randint(0, 3))]
    return {"boolean": random.random() < 0.5, "null": None}.get(kind, _text(schema, random))


def _text(schema: Schema, random: Random) -> str:
    fitting = [t for t in TEXTS if schema.get("minLength", 0) <= len(t) <= schema.get("maxLength", 1000)]
    return random.choice(("A", "B", "legs", *fitting))
