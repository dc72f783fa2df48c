"""One namespace of a real cluster, by way of the commands that people use."""

import os
import re
import shlex
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from devstack.ports import free_port

ROOT = Path(__file__).parents[2]
RELEASE = "gym"


class Cluster:
    """What kubectl and helm say, in a namespace."""

    def __init__(self, kubeconfig: Path, namespace: str) -> None:
        self.namespace = namespace
        self.environment = {**os.environ, "KUBECONFIG": str(kubeconfig)}

    def run(self, *command: str, variables: Mapping[str, str] | None = None, seconds: float = 300) -> str:
        """A program's output. Fails the test when it fails."""
        environment = {**self.environment, **(variables or {})}
        done = subprocess.run(
            command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=seconds
        )
        assert done.returncode == 0, f"{shlex.join(command)}\n{done.stdout}{done.stderr}"
        return done.stdout

    def kubectl(self, *arguments: str) -> str:
        """One command in the namespace."""
        return self.run("kubectl", "--namespace", self.namespace, *arguments)

    def helm(self, *arguments: str, seconds: float = 300) -> str:
        """The same, of Helm."""
        return self.run("helm", "--namespace", self.namespace, *arguments, seconds=seconds)

    @contextmanager
    def forwarded(self, command: str) -> Iterator[str]:
        """A `kubectl port-forward` while the body runs, from a free port in place of the one that it names."""
        port = free_port()
        words = shlex.split(re.sub(r"\b\d+:(\d+)\b", rf"{port}:\1", command), comments=True)
        process = subprocess.Popen(words, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            assert process.stdout is not None
            said = process.stdout.readline()  # it says that it forwards, or why it does not
            assert b"Forwarding from" in said, said
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.communicate(timeout=30)

    @contextmanager
    def service(self, name: str, port: int) -> Iterator[str]:
        """A service of the release, forwarded."""
        words = (
            "kubectl",
            "--namespace",
            self.namespace,
            "port-forward",
            f"service/{RELEASE}-{name}",
            f"{port}:{port}",
        )
        with self.forwarded(shlex.join(words)) as url:
            yield url

    def admin_password(self) -> str:
        """The one that was made at the installation."""
        template = '{{index .data "admin-password" | base64decode}}'
        return self.kubectl("get", "secret", f"{RELEASE}-keys", "--output", f"go-template={template}")

    def ran(self, task: str) -> str:
        """The log of a CronJob's job that was started by hand and has completed."""
        job = f"{task}-{time.time_ns()}"
        self.kubectl("create", "job", f"--from=cronjob/{RELEASE}-{task}", job)
        self.kubectl("wait", "--for=condition=complete", "--timeout=180s", f"job/{job}")
        return self.kubectl("logs", f"job/{job}")


def status(url: str) -> int:
    """What an address answers."""
    return httpx.get(url, timeout=30).status_code
