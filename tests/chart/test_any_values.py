"""Whatever the schema allows renders, and Kubernetes takes it."""

from copy import deepcopy
from typing import Any

import hypothesis
import kubernetes_validate
from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st

from scripts import chart_values
from tests.chart.drawing import drawn
from tests.chart.rendering import Helm

SCHEMA = chart_values.whole()
# Shapes of Kubernetes' own that the schema leaves to it; and what turns off what is to be looked at.
LEFT_OUT = (
    "global",
    "enabled",
    "affinity",
    "tolerations",
    "allowFrom",
    "podLabels",
    "nodeSelector",
    "podAnnotations",
    "shutdown",
)


def service(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Values of a service."""
    node: dict[str, Any] = deepcopy(SCHEMA["properties"][name])
    for part in LEFT_OUT:
        node["properties"].pop(part, None)
    node["required"] = []
    return drawn(node, SCHEMA["$defs"])


@hypothesis.settings(max_examples=10, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(st.fixed_dictionaries({name: service(name) for name in ("api", "ai-coach", "worker", "frontend")}))
def test_whatever_the_schema_allows_is_something_that_kubernetes_takes(helm: Helm, values: dict[str, Any]) -> None:
    for each in helm.objects(values):
        kubernetes_validate.validate(each, "1.34", strict=True)
