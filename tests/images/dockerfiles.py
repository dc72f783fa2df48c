"""Dockerfiles as lists of instructions, and what the members' pyproject files say should be in them."""

import ast
import json
import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PYPROJECTS = sorted(path for part in ("packages", "services") for path in ROOT.glob(f"{part}/*/pyproject.toml"))


@dataclass(frozen=True)
class Instruction:
    """`COPY --from=build /app /app`: a word and the rest of the line, continuation lines joined."""

    word: str
    rest: str


@dataclass(frozen=True)
class Dockerfile:
    """The Dockerfile of one service."""

    path: Path

    @property
    def service(self) -> str:
        """The name of its folder."""
        return self.path.parent.name

    @cached_property
    def text(self) -> str:
        """What stands in it."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def instructions(self) -> list[Instruction]:
        """All of them, in order, without comments."""
        lines = [line for line in self.text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
        joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
        return [Instruction(*line.split(" ", 1)) for line in joined.splitlines()]

    @cached_property
    def stages(self) -> list[list[Instruction]]:
        """The instructions of each stage, its FROM first."""
        stages: list[list[Instruction]] = []
        for instruction in self.instructions:
            if instruction.word == "FROM":
                stages.append([])
            stages[-1].append(instruction)
        return stages

    def last(self, word: str) -> str:
        """What the last instruction of that name says: it is the one that counts. Empty if there is none."""
        found = [instruction.rest for instruction in self.stages[-1] if instruction.word == word]
        return found[-1] if found else ""

    def copied(self) -> set[str]:
        """What comes from the repository, in any stage."""
        copies = [each.rest.split() for each in self.instructions if each.word == "COPY" and "--from" not in each.rest]
        return {source for *sources, _ in copies for source in sources}


def project(path: Path) -> dict[str, Any]:
    """The `[project]` of a pyproject file."""
    found: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))["project"]
    return found


MEMBERS = {project(path)["name"]: path.parent for path in PYPROJECTS}
SERVICES = sorted(path.parent.name for path in PYPROJECTS if path.parent.parent.name == "services")
DOCKERFILES = {path.parent.name: Dockerfile(path) for path in sorted(ROOT.glob("services/*/Dockerfile"))}


def name_of(requirement: str) -> str:
    """`uvicorn[standard]>=0.54` is uvicorn, and `Foo_Bar` is foo-bar."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]).lower()


def needed(service: str) -> tuple[set[str], set[str]]:
    """(folders of the members, names of other packages) that a service imports, itself among the first."""
    waiting, members, others = [ROOT / "services" / service], set(), set()
    while waiting:
        folder = waiting.pop()
        members.add(str(folder.relative_to(ROOT)))
        for name in map(name_of, project(folder / "pyproject.toml")["dependencies"]):
            if name not in MEMBERS:
                others.add(name)
            elif str(MEMBERS[name].relative_to(ROOT)) not in members:
                waiting.append(MEMBERS[name])
    return members, others


def imported(member: str) -> set[str]:
    """Top-level names that a member's modules import."""
    found = set()
    for path in (ROOT / member / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.split(".")[0])
    return found


def exec_form(rest: str) -> list[str]:
    """The words of an ENTRYPOINT or CMD; ValueError if a shell would read them."""
    words: list[str] = json.loads(rest)
    return words
