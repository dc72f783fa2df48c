"""Prometheus' own tool, for whoever has it."""

import os
import shutil

import pytest

from tests.observability.asked import ROOT


@pytest.fixture(scope="session")
def promtool() -> str:
    """Of PATH, or where the Makefile has put it."""
    found = shutil.which("promtool", path=os.pathsep.join((os.environ["PATH"], str(ROOT / ".tools"))))
    if found is None:
        pytest.skip("promtool is missing: it comes with Prometheus (Debian: prometheus, Homebrew: prometheus)")
    return found
