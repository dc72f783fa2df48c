"""Every part of the long benchmark in miniature: that it measures what it means to, not how much that is."""

from collections.abc import Iterator
from math import isfinite
from pathlib import Path
from shutil import which

import pytest

from tests.load.bench.figures import Figure, Size
from tests.load.bench.full import PARTS, Part, keep
from tests.load.bench.ground import Ground, ground

pytestmark = pytest.mark.skipif(not (which("wrk") or which(".tools/wrk")), reason="wrk is made by make .tools/wrk")

MINIATURE = Size(rounds=1, warm=0, seconds=3, routines=20, exercises=100, requests=100, sorts=1)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """One ground for all parts."""
    with ground(tmp_path_factory.mktemp("bench")) as made:
        yield made


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
def test_a_part_measures(part: Part, here: Ground) -> None:
    found = list(part(here, MINIATURE))
    assert found
    for figure in found:
        assert all(map(isfinite, figure.values)), figure
        assert figure.bar > 0


def test_a_missed_bar_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Figure("least", [1, 3, 2], "≥", 2).held
    assert not Figure("least", [1, 3, 1.9], "≥", 2).held
    assert Figure("most", [1, 3, 2], "≤", 2).held
    assert not Figure("most", [1, 3, 2.1], "≤", 2).held
    assert str(Figure("most", [3], "≤", 2)).endswith("[3.00–3.00]  ≤ 2  MISSED")
    monkeypatch.chdir(tmp_path)
    keep([Figure("most", [3], "≤", 2)], MINIATURE)
    assert '"held": false' in Path("docs/benchmarks/full.json").read_text()
