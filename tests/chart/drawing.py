"""Values drawn from the chart's schema: whatever it allows."""

from typing import Any

from hypothesis import strategies as st

Schema = dict[str, Any]


def drawn(node: Schema, definitions: Schema) -> st.SearchStrategy[Any]:
    """A value that `node` allows. Knows the words of JSON Schema that the chart's schema uses, and no other."""
    if "$ref" in node:
        return drawn(definitions[node["$ref"].removeprefix("#/$defs/")], definitions)
    if "enum" in node:
        return st.sampled_from(node["enum"])
    kinds = node["type"] if isinstance(node["type"], list) else [node["type"]]
    return st.one_of([_of_kind(kind, node, definitions) for kind in kinds])


def _of_kind(kind: str, node: Schema, definitions: Schema) -> st.SearchStrategy[Any]:
    match kind:
        case "null":
            return st.none()
        case "boolean":
            return st.booleans()
        case "integer" | "number":
            return st.integers(node.get("minimum", -(2**31)), node.get("maximum", 2**31))
        case "string":
            return _text(node)
        case "array":
            return st.lists(drawn(node["items"], definitions), max_size=3)
    return _mapping(node, definitions)


def _text(node: Schema) -> st.SearchStrategy[str]:
    letters = st.characters(codec="ascii", exclude_characters="\n\r")
    if "pattern" in node:
        return st.from_regex(node["pattern"], fullmatch=True, alphabet=letters).filter(lambda text: "\n" not in text)
    return st.text(letters, min_size=node.get("minLength", 0), max_size=20)


def _mapping(node: Schema, definitions: Schema) -> st.SearchStrategy[Any]:
    if "properties" not in node:
        value = node.get("additionalProperties", {"type": "string"})
        names = st.from_regex("[A-Z]{1,8}_X", fullmatch=True)
        return st.dictionaries(names, drawn(value, definitions), max_size=3)
    parts = {name: drawn(part, definitions) for name, part in node["properties"].items()}
    must = node.get("required", [])
    return st.fixed_dictionaries(
        {name: parts[name] for name in must},
        optional={name: part for name, part in parts.items() if name not in must},
    )
