"""What the chart's values mean is written once, in values.schema.yaml; this makes the rest from it. `make chart-docs`

values.schema.json of the chart and of each service's chart, which Helm reads, and the tables of the chart's README.
With `--check` nothing is written, and what is out of date is named.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

CHART = Path(__file__).resolve().parents[1] / "charts" / "workout-tracker"
SERVICES = ("api", "ai-coach", "worker", "frontend", "mcp")
DRAFT = "http://json-schema.org/draft-07/schema#"
BEGIN, END = "<!-- values: made by make chart-docs -->\n", "<!-- values: end -->\n"

Schema = dict[str, Any]


def expanded(node: Any, definitions: Schema) -> Any:
    """`include: [part]` gets the properties of `$defs/part`, in front of the node's own."""
    if isinstance(node, list):
        return [expanded(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    node = dict(node)
    for part in reversed(node.pop("include", [])):
        node["properties"] = definitions[part]["properties"] | node.get("properties", {})
    return {key: expanded(value, definitions) for key, value in node.items()}


def demanding(node: Schema, values: Any) -> Schema:
    """What has a default that is not empty must be there: a key without a value, in YAML, takes its default away."""
    if not isinstance(values, dict) or "properties" not in node:
        return node
    parts = {name: demanding(part, values.get(name)) for name, part in node["properties"].items()}
    required = [name for name in parts if values.get(name) not in (None, "", [], {})]
    return node | {"properties": parts} | ({"required": required} if required else {})


def whole() -> Schema:
    """The schema of the chart, as JSON Schema."""
    source = yaml.safe_load((CHART / "values.schema.yaml").read_text(encoding="utf-8"))
    schema: Schema = demanding(expanded(source, source["$defs"]), read(CHART))
    return {"$schema": DRAFT, **schema, "$defs": used(schema, schema["$defs"])}


def used(node: Schema, definitions: Schema) -> Schema:
    """The definitions that a node refers to, and those refer to, and so on."""
    found: Schema = {}
    waiting = [{key: value for key, value in node.items() if key != "$defs"}]
    while waiting:
        for name in references(waiting.pop()):
            if name not in found:
                found[name] = definitions[name]
                waiting.append(definitions[name])
    return dict(sorted(found.items()))


def references(node: Any) -> Iterator[str]:
    """Names of the definitions in a node."""
    if isinstance(node, dict):
        if isinstance(reference := node.get("$ref"), str):
            yield reference.removeprefix("#/$defs/")
        node = list(node.values())
    if isinstance(node, list):
        for item in node:
            yield from references(item)


def of_service(schema: Schema, service: str) -> Schema:
    """A service's chart sees its own values and `global`, whose shape is the whole chart's affair."""
    own = demanding(schema["properties"][service], read(CHART / "charts" / service))
    return {"$schema": DRAFT, **own, "$defs": used(own, schema["$defs"])}


def defaults() -> Schema:
    """All values as they are when nothing is set."""
    values = read(CHART)
    for service in SERVICES:
        values[service] = read(CHART / "charts" / service) | values[service]
    return values


def read(chart: Path) -> Schema:
    """The values of one chart alone."""
    values: Schema = yaml.safe_load((chart / "values.yaml").read_text(encoding="utf-8"))
    return values


def rows(schema: Schema, definitions: Schema, values: Any, path: str = "") -> Iterator[tuple[str, str, str]]:
    """(value, default, what it means) of everything that may be set. Paths are as `--set` takes them."""
    for name, node in schema.get("properties", {}).items():
        node = definitions[node["$ref"].removeprefix("#/$defs/")] | node if "$ref" in node else node
        here, at = f"{path}.{name}".lstrip("."), values.get(name) if isinstance(values, dict) else None
        if "description" in node and (path.endswith(".tasks") or not has_rows(node)):
            yield f"`{here}`", f"`{shown(at)}`" if at not in (None, "") else "", node["description"]
        else:
            yield from rows(node, definitions, at, here)


def has_rows(node: Schema) -> bool:
    """Do its parts say what they are?"""
    return any("description" in part for part in node.get("properties", {}).values())


def shown(value: Any) -> str:
    """A default in one line."""
    return value if isinstance(value, str) else json.dumps(value).replace("|", "\\|")


def tables() -> str:
    """A section for each group of values."""
    schema, values = whole(), defaults()
    parts = []
    for group, node in schema["properties"].items():
        if "description" not in node:
            continue
        lines = ["| value | default | |", "|---|---|---|"]
        lines += [f"| {' | '.join(row)} |" for row in rows(node, schema["$defs"], values[group], group)]
        parts.append(f"### {group}\n\n{node['description']}\n\n" + "\n".join(lines) + "\n")
    return "\n".join(parts)


def made() -> dict[Path, str]:
    """Every file that is made, and what belongs into it."""
    schema = whole()
    schemas = {CHART / "values.schema.json": schema}
    schemas |= {CHART / "charts" / name / "values.schema.json": of_service(schema, name) for name in SERVICES}
    files = {path: json.dumps(content, indent=2, ensure_ascii=False) + "\n" for path, content in schemas.items()}
    readme = (CHART / "README.md").read_text(encoding="utf-8")
    before, _, rest = readme.partition(BEGIN)
    files[CHART / "README.md"] = f"{before}{BEGIN}\n{tables()}\n{END}{rest.partition(END)[2]}"
    return files


def main() -> int:
    """Write what is made, or with `--check` compare it."""
    outdated = [path for path, text in made().items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in outdated:
        if "--check" in sys.argv[1:]:
            print(f"{path.relative_to(CHART.parents[1])} is out of date: make chart-docs")
        else:
            path.write_text(made()[path], encoding="utf-8")
    return int(bool(outdated) and "--check" in sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
