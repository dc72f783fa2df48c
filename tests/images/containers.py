"""Containers, started as a cluster starts them and spoken to over real HTTP. Linux alone has their kind of network."""

import json
import os
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

DOCKER = os.environ.get("DOCKER", "docker")
PREFIX = os.environ.get("IMAGE_PREFIX", "workout-tracker/")
TAG = os.environ.get("IMAGES_TAG", "")
# An account that no image knows, no capability, and nothing to write to but /tmp.
RESTRICTED = (
    *("--network", "host", "--read-only", "--tmpfs", "/tmp", "--user", "20001:20001"),
    *("--cap-drop", "ALL", "--security-opt", "no-new-privileges"),
)
SECONDS = 60.0


def image(name: str) -> str:
    """The image that is tested."""
    return f"{PREFIX}{name}:{TAG}"


def docker(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run one command of Docker's; what it says on either stream is in `stdout`."""
    done = subprocess.run(
        [DOCKER, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=2 * SECONDS,
        check=False,
    )
    assert done.returncode == 0 or not check, f"docker {' '.join(arguments)}:\n{done.stdout}"
    return done


def run(name: str, *command: str, options: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """Run a command of an image to its end."""
    return docker("run", "--rm", *RESTRICTED, *options, image(name), *command, check=False)


def inside(name: str, program: str, *arguments: str) -> str:
    """What another program than the image's own says in it."""
    done = run(name, *arguments, options=("--entrypoint", program))
    assert done.returncode == 0, done.stdout
    return done.stdout


def settings(variables: Mapping[str, str], secrets: Path | None = None) -> tuple[str, ...]:
    """Options that give a container its environment, and a folder of files at /secrets."""
    given = [word for name, value in variables.items() for word in ("--env", f"{name}={value}")]
    return (*given, *(("--volume", f"{secrets}:/secrets:ro") if secrets else ()))


class Container:
    """One that serves HTTP at `port`."""

    def __init__(self, name: str, port: int, variables: Mapping[str, str], secrets: Path | None = None) -> None:
        self.url = f"http://127.0.0.1:{port}"
        started = docker("run", "--detach", *RESTRICTED, *settings(variables, secrets), image(name))
        self.id = started.stdout.split()[-1]

    def wait_for(self, path: str) -> None:
        """Return once it answers `path` with 200."""
        deadline = time.monotonic() + SECONDS
        with httpx.Client(base_url=self.url, timeout=5) as client:
            while time.monotonic() < deadline and self.state()["Running"]:
                try:
                    if client.get(path).status_code == 200:
                        return
                except httpx.TransportError:
                    pass
                time.sleep(0.05)
        raise AssertionError(f"{path} is not answered:\n{self.output()}")

    def stop(self, grace: int) -> float:
        """Seconds until it has stopped; it is killed after `grace`, as a kubelet does."""
        began = time.monotonic()
        docker("stop", "-t", str(grace), self.id)
        return time.monotonic() - began

    def state(self) -> dict[str, Any]:
        """Docker's word on whether it runs and how it ended."""
        found: dict[str, Any] = json.loads(docker("inspect", "--format", "{{json .State}}", self.id).stdout)
        return found

    def output(self) -> str:
        """All that it has said."""
        return docker("logs", self.id, check=False).stdout

    def remove(self) -> None:
        """Leave nothing behind."""
        docker("rm", "--force", "--volumes", self.id, check=False)
