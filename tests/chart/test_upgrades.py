"""What an upgrade cannot change: `helm upgrade` fails where the cluster refuses it, and leaves behind what is renamed.

`upgrades.json` is what the last version installs. A difference needs a way over for those who have it, and a line in
the CHANGELOG; then `UPGRADES=write` with this test writes the file anew.
"""

import json
import os
from pathlib import Path
from typing import Any

from tests.chart.rendering import Manifest

INSTALLED = Path(__file__).with_name("upgrades.json")
# Those that hold data, and those whose fields the API server keeps as they were made.
LASTING = ("PersistentVolumeClaim", "Secret", "Deployment", "StatefulSet", "Service", "CronJob", "PodDisruptionBudget")


def kept(manifest: Manifest) -> dict[str, Any]:
    """The fields that the API server refuses to change."""
    spec = manifest.get("spec", {})
    match manifest["kind"]:
        case "Deployment" | "StatefulSet":
            found = {"selector": spec["selector"], "serviceName": spec.get("serviceName")}
            return found | {"volumeClaimTemplates": spec.get("volumeClaimTemplates")}
        case "PersistentVolumeClaim":
            return {key: spec.get(key) for key in ("accessModes", "storageClassName", "volumeMode")}
        case "Service":
            return {"clusterIP": spec.get("clusterIP")}
        case "Secret":
            return {"type": manifest.get("type", "Opaque"), "immutable": manifest.get("immutable", False)}
    return {}


def test_an_upgrade_changes_nothing_that_cannot_be_changed(everything: list[Manifest]) -> None:
    found = {f"{each['kind']}/{each['metadata']['name']}": kept(each) for each in everything if each["kind"] in LASTING}
    found = dict(sorted(found.items()))
    if os.environ.get("UPGRADES") == "write":
        INSTALLED.write_text(json.dumps(found, indent=2) + "\n")
    assert found == json.loads(INSTALLED.read_text())


def test_what_is_kept_is_what_can_break(everything: list[Manifest]) -> None:
    kinds = {each["kind"] for each in everything}
    assert {"Deployment", "Service", "Secret", "CronJob"} <= kinds
