"""The dashboards as files: they are what their makers say, and each panel keeps the rules of a good one."""

import re
from collections import Counter
from typing import Any

import promql_parser
import pytest

from scripts.dashboards.__main__ import FOLDER, texts
from tests.observability.asked import ADDED, DASHBOARDS, dashboard, panels, questions, series

PANELS = dict(panels())
# Of https://github.com/grafana/grafana/blob/main/packages/grafana-data/src/valueFormats/categories.ts, what we use.
UNITS = {"short", "percentunit", "s", "bytes", "reqps", "ops", "currencyUSD"}


def test_the_files_are_what_is_written_down() -> None:
    """`python -m scripts.dashboards` writes them."""
    assert {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()} == texts()


def test_there_are_five_pages_with_names_that_last() -> None:
    assert {dashboard(path)["uid"] for path in DASHBOARDS} == {
        "workout-overview",
        "workout-api",
        "workout-ai-coach",
        "workout-worker",
        "workout-stores",
    }


def test_no_two_panels_of_a_page_are_confused() -> None:
    for path in DASHBOARDS:
        found = dashboard(path)["panels"]
        assert len({panel["id"] for panel in found}) == len(found)
    assert len(PANELS) >= 70


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_a_page_cannot_be_edited_and_asks_for_its_source(path: Any) -> None:
    page = dashboard(path)
    assert page["editable"] is False
    assert page["description"].endswith(".")
    assert page["tags"] == ["workout-tracker"]
    variables = {variable["name"]: variable["type"] for variable in page["templating"]["list"]}
    assert variables == {"datasource": "datasource", "namespace": "query"}
    assert path.stat().st_size < 1024 * 1024 / 2, "a ConfigMap takes a mebibyte"


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_panels_do_not_lie_on_each_other(path: Any) -> None:
    taken: Counter[tuple[int, int]] = Counter()
    for panel in dashboard(path)["panels"]:
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= 24
        taken.update((x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"]))
    assert set(taken.values()) == {1}


def test_every_panel_says_what_it_shows_and_in_which_unit() -> None:
    units = {name: panel["fieldConfig"]["defaults"]["unit"] for name, panel in PANELS.items()}
    assert set(units.values()) <= UNITS, units
    assert [name for name, panel in PANELS.items() if not re.fullmatch(r"[A-Z1].{20,}\.", panel["description"])] == []


def test_every_panel_asks_the_chosen_source() -> None:
    for name, panel in PANELS.items():
        assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}, name
        assert panel["targets"], name
        for target in panel["targets"]:
            assert target["datasource"] == panel["datasource"], name
            assert target["legendFormat"], name


def test_rates_fit_the_scrape_interval() -> None:
    """A fixed short window shows nothing where Prometheus scrapes less often."""
    for name, panel in PANELS.items():
        for target in panel["targets"]:
            windows = set(re.findall(r"\[([^\]]+)\]", target["expr"]))
            assert windows <= {"$__rate_interval", "$__range", "1h", "6h", "24h", "30d"}, name


@pytest.mark.parametrize(("where", "expr"), questions(), ids=[where for where, _ in questions()])
def test_a_question_is_promql_about_the_chosen_namespace(where: str, expr: str) -> None:
    found = series(expr)
    assert found
    assert [each for each in found if "namespace" not in each.labels] == []


def test_counters_are_asked_for_their_growth_only() -> None:
    for where, expr in questions():
        bare = re.sub(r"(rate|increase)\((\w+)", r"\1(", expr)
        assert not re.search(r"\b\w+_(total|bucket|count)\{", bare) or "pg_" in bare, where


def test_legends_name_labels_that_the_answer_has() -> None:
    for name, panel in PANELS.items():
        for target in panel["targets"]:
            kept = {label for group in re.findall(r"by \(([^)]*)\)", target["expr"]) for label in group.split(", ")}
            wanted = set(re.findall(r"{{(\w+)}}", target["legendFormat"]))
            assert wanted <= kept | ADDED, name


def test_the_parser_refuses_nonsense() -> None:
    with pytest.raises(ValueError, match="unclosed left parenthesis"):
        promql_parser.parse("sum by (x (up)")
