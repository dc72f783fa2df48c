"""Secrets are files and nothing else, come from where the values say, and are made once."""

import base64
import json
import re
from typing import Any

import pytest

from tests.chart.conftest import EVERYTHING, OUTSIDE
from tests.chart.rendering import Helm, Manifest, containers, named, pods

FILES = "/run/secrets/"


def made(objects: list[Manifest]) -> dict[str, dict[str, str]]:
    """What the chart's own Secrets contain, decoded."""
    return {
        each["metadata"]["name"]: {key: base64.b64decode(text).decode() for key, text in each["data"].items()}
        for each in named(objects, "Secret")
    }


def taken(objects: list[Manifest]) -> set[tuple[str, str]]:
    """(Secret, key) of every file that pods are given. A whole Secret is (Secret, "*")."""
    found = set()
    for _, pod in pods(objects):
        for volume in pod["spec"]["volumes"]:
            for source in volume.get("projected", {}).get("sources", []):
                found |= {(source["secret"]["name"], item["key"]) for item in source["secret"]["items"]}
            if "secret" in volume:
                found.add((volume["secret"]["secretName"], "*"))
    return found


def test_what_is_made_is_long_and_fits_into_any_url(everything: list[Manifest]) -> None:
    secrets = made(everything)
    assert set(secrets) == {"gym-database", "gym-keys", "gym-redis", "gym-service-accounts"}
    assert secrets["gym-keys"].pop("jwt-previous-secret-keys") == ""
    values = [text for secret in secrets.values() for text in secret.values()]
    assert len(set(values)) == len(values)
    assert all(re.fullmatch(r"[A-Za-z0-9]{24,72}", text) for text in values)
    assert len(secrets["gym-keys"]["jwt-secret-key"].encode()) >= 32


def test_what_is_made_belongs_to_no_revision(everything: list[Manifest]) -> None:
    """A rollback would bring back the passwords of then, and an uninstall delete them."""
    for secret in named(everything, "Secret"):
        annotations = secret["metadata"]["annotations"]
        assert set(annotations["helm.sh/hook"].split(",")) == {"pre-install", "pre-upgrade"}
        assert annotations["helm.sh/hook-delete-policy"] == "before-hook-creation"


def test_no_secret_stands_anywhere_but_in_its_secret(everything: list[Manifest]) -> None:
    values = [text for secret in made(everything).values() for text in secret.values() if text]
    others = json.dumps([each for each in everything if each["kind"] != "Secret"])
    assert [text for text in values if text in others] == []
    assert base64.b64encode(values[0].encode()).decode() not in others


def test_no_variable_has_a_secret_for_its_value(objects: list[Manifest]) -> None:
    variables: dict[str, Any] = {}
    for config in named(objects, "ConfigMap"):
        variables |= config["data"]
    for _, pod in pods(objects):
        for container in containers(pod):
            assert all("secretRef" not in source for source in container.get("envFrom", []))
            assert all("valueFrom" not in entry for entry in container.get("env", []))
            variables |= {entry["name"]: entry["value"] for entry in container.get("env", [])}
    secret = re.compile(r"(PASSWORD|SECRET|SECRET_KEYS?|API_KEY|TOKEN)$")
    assert [name for name in variables if secret.search(name)] == []
    files = {name: path for name, path in variables.items() if name.endswith("_FILE")}
    assert files
    assert all(path.startswith(FILES) for path in files.values())


def test_a_file_that_a_variable_names_is_mounted(objects: list[Manifest]) -> None:
    for name, pod in pods(objects):
        volumes = {volume["name"]: volume for volume in pod["spec"]["volumes"]}
        for container in containers(pod):
            there = set()
            for mount in container.get("volumeMounts", []):
                sources = volumes[mount["name"]].get("projected", {}).get("sources", [])
                there |= {f"{mount['mountPath']}/{i['path']}" for s in sources for i in s["secret"]["items"]}
            configs = [source["configMapRef"]["name"] for source in container.get("envFrom", [])]
            entries = {k: v for config in configs for k, v in named(objects, "ConfigMap", config)[0]["data"].items()}
            entries |= {entry["name"]: entry["value"] for entry in container.get("env", [])}
            wanted = {path for variable, path in entries.items() if variable.endswith("_FILE")}
            assert wanted <= there, (name, container["name"])


def test_every_key_that_is_taken_is_made_or_was_promised(everything: list[Manifest]) -> None:
    ours = made(everything)
    promised = {("llm", "anthropic-api-key"), ("llm", "openai-api-key")}
    for secret, key in taken(everything) - promised:
        assert secret in ours
        assert key == "*" or key in ours[secret]


def test_secrets_of_your_own_are_taken_and_none_is_made(helm: Helm) -> None:
    objects = helm.objects(OUTSIDE)
    assert named(objects, "Secret") == []
    assert {secret for secret, _ in taken(objects)} == {"my-db", "my-redis", "my-keys", "my-accounts"}


def test_bitnamis_charts_take_the_same_secrets(helm: Helm) -> None:
    objects = helm.objects({"global": {"secrets": {"database": "mine"}}})
    assert {secret for secret, key in taken(objects) if key == "*"} == {"mine", "gym-redis", "gym-service-accounts"}


@pytest.mark.parametrize("values", [EVERYTHING, OUTSIDE], ids=["made", "own"])
def test_the_same_is_rendered_twice_but_for_what_is_random(helm: Helm, values: dict[str, Any]) -> None:
    def without_secrets() -> list[Manifest]:
        return [each for each in helm.objects(values) if each["kind"] != "Secret"]

    assert without_secrets() == without_secrets()


def test_no_secret_can_be_given_as_a_setting(helm: Helm) -> None:
    for name in ("JWT_SECRET_KEY", "REDIS_PASSWORD", "OPENAI_API_KEY"):
        assert f"invalid propertyName '{name}'" in helm.refusal({"api": {"settings": {name: "x"}}})
