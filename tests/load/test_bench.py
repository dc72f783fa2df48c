"""The benchmark itself: it judges by its bars, and what it starts and asks works. How fast is `make bench`'s to say."""

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from subprocess import run
from xml.etree import ElementTree

import pytest

from devstack.valkey import Valkey
from tests.load.bench import __main__ as command
from tests.load.bench import machine, wrk
from tests.load.bench.bars import BARS, Bar
from tests.load.bench.picture import draw
from tests.load.bench.rounds import Key, Slice, measure
from tests.load.bench.servers import House, house

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
    ("measure", "rates", "bar", "held"),
    [
        ("rate", (40, 60, 50), 0.5, True),
        ("rate", (40, 60, 49), 0.5, False),
        ("p99", (200, 140, 150), 1.5, True),
        ("p99", (200, 140, 160), 1.5, False),
    ],
)
def test_the_median_of_the_rounds_is_judged(measure: str, rates: tuple[float, ...], bar: float, held: bool) -> None:
    figure = Bar("", measure, ONE, OTHER, bar).figure([found(rate, 100) for rate in rates])  # type: ignore[arg-type]
    assert figure.held is held
    assert ("MISSED" in str(figure)) is not held


def written(ratio: object) -> str:
    """What is kept, with each ratio the same."""
    return json.dumps({"figures": [{"name": bar.name, "median": ratio} for bar in BARS]})


def test_the_gate_wants_half_of_what_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "KEPT", tmp_path)
    (tmp_path / "api.json").write_text(written(0.5))
    bars = command.reached()
    assert {bar.bar for bar in bars} == {0.25}
    assert {bar.measure for bar in bars} == {"rate", "cpu"}
    assert "≥ 0.25  (half of 0.50)" in str(bars[0].figure([found(30, 100)]))


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"figures": [{}]}', *map(written, ("x", None, 0, -1, "nan"))])
def test_a_gate_without_ratios_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(command, "KEPT", tmp_path)
    if text:
        (tmp_path / "api.json").write_text(text)
    with pytest.raises(SystemExit, match=r"api\.json"):
        command.reached()


@pytest.mark.parametrize("module", ["tests.load.bench", "tests.load.bench.full"])
@pytest.mark.parametrize(
    "arguments",
    ["--rounds 0", "--rounds -1", "--seconds x", "--seconds 0.5", "--keep --rounds 1", "--keep --seconds 1"],
)
def test_what_cannot_be_meant_is_refused_before_anything_starts(module: str, arguments: str) -> None:
    ended = run([sys.executable, "-m", module, *arguments.split()], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert f"error: {'--keep' if '--keep' in arguments else f'argument {arguments.split()[0]}'}: " in ended.stderr


def test_the_picture_is_xml_with_a_bar_for_every_figure() -> None:
    drawn = ElementTree.fromstring(draw(found(3000, 6000), 9))
    widths = [
        float(one.get("width", 0)) for one in drawn.iter() if one.tag.endswith("rect") and one.get("height") == "18"
    ]
    assert sorted(widths) == [260, 520]


def test_what_an_answer_costs_within_the_process_is_told() -> None:
    ended = run([sys.executable, "-m", "tests.load.inside", "--requests", "64"], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    told = [float(line.split()[-2]) for line in ended.stdout.splitlines()]
    assert len(told) == 6
    assert min(told) > 10


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """All that is measured."""
    if wrk.find() is None:
        pytest.skip("needs wrk, which `make test` unpacks where apt-get has it")
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("needs two cores")
    with house(tmp_path_factory.mktemp("bench")) as made:
        yield made


def test_everything_that_is_measured_answers_as_it_should(here: House) -> None:
    assert all(version[0].isdigit() or version.startswith("debian") for version in here.versions().values())
    assert {key for bar in BARS for key in (bar.of, bar.to)} <= here.asks.keys()
    (one,) = measure(here, SOME, rounds=1, seconds=1)
    for slice in one.values():
        assert slice.rate > 0
        assert slice.cpu > 0
        assert 0 < slice.p50 <= slice.p99
    assert one["limit", "list"].cpu < one["tutorial", "list"].cpu
    assert machine.memory_mb(here.services["ours"].child.pid) > 10  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", ["unchanged", "limited"])
def test_another_answer_than_the_right_one_is_not_measured(here: House, kind: str) -> None:
    wrong = replace(here, asks={("ours", kind): replace(here.asks["ours", kind], url=here.services["limit"].url)})
    with pytest.raises(SystemExit, match=f"ours answers {kind} with 200"):
        next(measure(wrong, [("ours", kind)], rounds=1, seconds=1))


def test_answers_that_become_others_are_no_figure(here: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.load.bench.rounds.check", lambda asks: dict.fromkeys(asks, 400))
    with pytest.raises(SystemExit, match="limit failed at list, whose answers have 400 bytes"):
        next(measure(here, [OTHER], rounds=1, seconds=1))


def test_what_is_measured_without_its_databases_is_no_figure(here: House) -> None:
    here.must_live()
    with pytest.raises(SystemExit, match="Valkey has ended"):
        replace(here, valkey=Valkey(Path("never started"))).must_live()
