"""The benchmark itself: it judges by its bars, and what it starts and asks works. How fast is `make bench`'s to say."""

import os
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.load.bench import machine, wrk
from tests.load.bench.bars import BARS, Bar
from tests.load.bench.picture import draw
from tests.load.bench.rounds import Key, Slice, check, measure
from tests.load.bench.servers import house

ONE: Key = ("ours", "list")
OTHER: Key = ("limit", "list")
SOME: list[Key] = [ONE, OTHER, ("tutorial", "list"), ("ours", "add")]


def found(of: float, to: float) -> dict[Key, Slice]:
    """A round in which ours had `of` of everything, and the limit `to`."""
    return {ONE: Slice(of, of, 0, of, of), OTHER: Slice(to, to, 0, to, to)}


@pytest.mark.parametrize(
    ("measure", "of", "to", "ratio"), [("rate", 300, 600, 0.5), ("cpu", 200, 100, 0.5), ("p99", 30, 20, 1.5)]
)
def test_a_ratio_says_how_many_times_as_good_or_as_long(measure: str, of: float, to: float, ratio: float) -> None:
    assert Bar("", measure, ONE, OTHER, 1).ratio(found(of, to)) == pytest.approx(ratio)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("measure", "rates", "bar", "slack", "held"),
    [
        ("rate", (40, 60, 50), 0.5, 1.0, True),
        ("rate", (40, 60, 49), 0.5, 1.0, False),
        ("rate", (40, 60, 49), 0.5, 1.5, True),
        ("p99", (200, 140, 150), 1.5, 1.0, True),
        ("p99", (200, 140, 160), 1.5, 1.0, False),
        ("p99", (200, 140, 160), 1.5, 1.5, True),
    ],
)
def test_the_median_of_the_rounds_is_judged(
    measure: str, rates: tuple[float, ...], bar: float, slack: float, held: bool
) -> None:
    verdict = Bar("", measure, ONE, OTHER, bar).judge([found(rate, 100) for rate in rates], slack)  # type: ignore[arg-type]
    assert verdict.held is held
    assert ("MISSED" in str(verdict)) is not held


def test_the_picture_is_xml_with_a_bar_for_every_figure() -> None:
    drawn = ElementTree.fromstring(draw(found(3000, 6000)))
    widths = [
        float(one.get("width", 0)) for one in drawn.iter() if one.tag.endswith("rect") and one.get("height") == "18"
    ]
    assert sorted(widths) == [260, 520]


def test_everything_that_is_measured_answers_as_it_should(tmp_path: Path) -> None:
    if wrk.find() is None:
        pytest.skip("needs wrk, which `make test` unpacks where apt-get has it")
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("needs two cores")
    with house(tmp_path) as here:
        check(here.asks)
        assert {key for bar in BARS for key in (bar.of, bar.to)} <= here.asks.keys()
        (one,) = measure(here, SOME, rounds=1, seconds=1)
        for slice in one.values():
            assert slice.rate > 0
            assert slice.cpu > 0
            assert 0 < slice.p50 <= slice.p99
        assert one["limit", "list"].cpu < one["tutorial", "list"].cpu
        assert machine.memory_mb(here.services["ours"].child.pid) > 10  # type: ignore[union-attr]
