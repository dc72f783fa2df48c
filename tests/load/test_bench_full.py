"""Every part of the long benchmark in miniature: that it measures what it means to, not how much that is."""

import json
from collections.abc import Iterator
from math import isfinite
from pathlib import Path
from shutil import which

import pytest

from tests.load.bench.figures import Figure, Size, judge, keep
from tests.load.bench.full import PARTS, Part
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


def test_a_missed_bar_is_seen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert Figure("least", [1, 3, 2], "≥", 2).held
    assert not Figure("least", [1, 3, 1.9], "≥", 2).held
    assert Figure("most", [1, 3, 2], "≤", 2).held
    assert not Figure("most", [1, 3, 2.1], "≤", 2).held
    assert str(Figure("most", [3], "≤", 2)).endswith("[3.00–3.00]  ≤ 2  MISSED")
    found = [Figure("most", [3], "≤", 2), Figure("least", [3], "≥", 2)]
    assert (judge(found), judge(found[1:])) == (1, 0)
    assert capsys.readouterr().out == "\n1 of 2 aims are missed\n\nAll 1 aims are reached\n"
    keep(tmp_path / "new" / "full.json", found, {"rounds": 1})
    written = json.loads((tmp_path / "new" / "full.json").read_text())
    assert (written["rounds"], [line["held"] for line in written["figures"]]) == (1, [False, True])
