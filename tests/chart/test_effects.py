"""Every value does something: each is given another one, and what is rendered differs."""

from typing import Any

import pytest

from scripts import chart_values
from tests.chart.changing import changed, leaves, merged, ours, with_value
from tests.chart.conftest import EVERYTHING, OUTSIDE
from tests.chart.rendering import SERVICES, Helm

# Without effect here, and why.
NO_EFFECT = {
    "global.security.allowInsecureImages": "Bitnami's charts read it, and here stand-ins do not",
    "api.replicas": "the autoscaler has the number",
    "ai-coach.replicas": "the autoscaler has the number",
    "frontend.replicas": "the autoscaler has the number",
}
NEEDED = ("frontend", "enabled")  # by the ingress; test_variants.py turns it off
START = merged(EVERYTHING, OUTSIDE)
START["ai-coach"] = {"autoscaling": {"enabled": True}, "llm": {"existingSecret": "llm"}}
START["mcp"] = {"enabled": True}
for scaled in ("api", "frontend"):
    START[scaled] = {"autoscaling": {"enabled": True}}


def idle(helm: Helm, group: str) -> set[str]:
    """The values of a group that change nothing."""
    defaults = merged(ours(chart_values.defaults()), ours(START))
    before, found = helm.template(START), set()
    for path in leaves({group: defaults[group]}):
        at: Any = defaults
        for name in path:
            at = at[name]
        if path == NEEDED:
            continue
        if helm.template(with_value(START, path, changed(path, at))) == before:
            found.add(".".join(path))
    return found


@pytest.mark.parametrize("group", sorted(ours(chart_values.defaults())))
def test_every_value_changes_something(helm: Helm, group: str) -> None:
    assert idle(helm, group) == {name for name in NO_EFFECT if name.startswith(f"{group}.")}


@pytest.mark.parametrize("service", SERVICES)
def test_replicas_count_where_nothing_scales(helm: Helm, service: str) -> None:
    on = {service: {"enabled": True}}
    assert helm.template(on) != helm.template({service: {"enabled": True, "replicas": 7}})
