"""The Tiltfile as its language runs it, with Tilt's functions replaced by ones that write down what they are told."""

import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import starlark
import yaml

from tests.chart.rendering import ROOT, Helm, Manifest

# What Tilt's own `os` gives, as far as the Tiltfile asks for it.
PRELUDE = "os = struct(path = struct(exists = _exists))\nTRIGGER_MODE_MANUAL = 'manual'\n"
Told = dict[str, Any]


@dataclass
class Tilt:
    """What a Tiltfile has asked Tilt for."""

    helm: Helm
    fetched: bool = True
    builds: list[Told] = field(default_factory=list)
    resources: dict[str, Told] = field(default_factory=dict)
    tests: dict[str, Told] = field(default_factory=dict)
    buttons: dict[str, Told] = field(default_factory=dict)
    objects: list[Manifest] = field(default_factory=list)
    charts: list[Told] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    read: set[str] = field(default_factory=set)
    contexts: list[str] = field(default_factory=list)
    constraints: list[str] = field(default_factory=list)

    def version_settings(self, constraint: str) -> None:
        """The Tilt that is needed."""
        self.constraints.append(constraint)

    def allow_k8s_contexts(self, context: str) -> None:
        """Where Tilt may go."""
        self.contexts.append(context)

    def docker_build(self, ref: str, context: str, **more: Any) -> None:
        """An image."""
        self.builds.append({"ref": ref, "context": context, **more})

    def k8s_yaml(self, text: str) -> None:
        """Objects: a file's, or rendered ones."""
        text = self.read_file(text) if text.endswith(".yaml") else text
        self.objects += [each for each in yaml.safe_load_all(text) if each]

    def k8s_resource(self, workload: str, new_name: str = "", **more: Any) -> None:
        """A line of Tilt's page."""
        name = new_name or workload
        assert name not in self.resources, f"{name} is there twice"
        self.resources[name] = {"workload": workload, **more}

    def local_resource(self, name: str, **more: Any) -> None:
        """A command that people start there."""
        self.tests[name] = more

    def cmd_button(self, name: str, **more: Any) -> None:
        """A button of the extension `uibutton`."""
        self.buttons[name] = more

    def local(self, command: str) -> None:
        """A command that the Tiltfile itself starts."""
        self.commands.append(command)

    def read_file(self, path: str) -> str:
        """A file's text."""
        self.read.add(path)
        return (ROOT / path).read_text(encoding="utf-8")

    def read_yaml(self, path: str) -> Any:
        """The same, understood. Dates are none of Starlark's types."""
        return yaml.load(self.read_file(path), yaml.BaseLoader)

    def exists(self, path: str) -> bool:
        """Whether a file is there; the archives of Bitnami's charts are, if the test says so."""
        return self.fetched if path.endswith(".tgz") else (ROOT / path).exists()

    def render(self, chart: str, name: str, namespace: str, values: list[str]) -> str:
        """What Helm makes of the chart, with stand-ins for Bitnami's."""
        self.charts.append({"chart": chart, "values": values})
        files = [word for path in values for word in ("--values", str(ROOT / path))]
        command = [self.helm.program, "template", name, str(self.helm.chart), "-n", namespace, *files]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout


def execute(path: Path, tilt: Tilt) -> Tilt:
    """Runs the file as Starlark, which has statements at the top in Tilt."""
    functions = {
        **{
            name: getattr(tilt, name) for name in ("version_settings", "allow_k8s_contexts", "docker_build", "k8s_yaml")
        },
        **{name: getattr(tilt, name) for name in ("k8s_resource", "local_resource", "local", "read_file", "read_yaml")},
        "_exists": tilt.exists,
        "helm": tilt.render,
        "decode_yaml_stream": lambda text: list(yaml.safe_load_all(text)),
        "encode_yaml_stream": yaml.safe_dump_all,
        "sync": lambda source, target: {"sync": source, "to": target},
        "run": lambda command: {"run": command},
        "fall_back_on": lambda paths: {"fall_back_on": paths},
    }
    module = starlark.Module()
    for name, function in functions.items():
        module.add_callable(name, function)
    known = starlark.Globals.extended_by([starlark.LibraryExtension.StructType])
    dialect = starlark.Dialect.extended()
    starlark.eval(module, starlark.parse("prelude", PRELUDE, dialect), known)
    parsed = starlark.parse(path.name, path.read_text(encoding="utf-8"), dialect)
    starlark.eval(module, parsed, known, starlark.FileLoader(lambda name: _extension(name, tilt)))
    return tilt


def _extension(name: str, tilt: Tilt) -> starlark.FrozenModule:
    assert name == "ext://uibutton", f"no extension {name} is known here"
    module = starlark.Module()
    module.add_callable("cmd_button", tilt.cmd_button)
    return module.freeze()
