"""A page's tag, links and CSV, as functions of values."""

import re
from urllib.parse import parse_qs

import pytest

from api.exercises.pages import CSV, etag, links, to_csv
from api.exercises.schemas import Column, PageQuery

QUERY = PageQuery()
ROW = {"id": 7, "name": "Squat", "sets": 3, "reps": 5, "weight": 82.5, "workout_day": "A", "version": 4}
COLUMNS = "id,name,sets,reps,weight,workout_day\r\n"


def test_a_tag_is_weak_and_a_sha_256() -> None:
    assert re.fullmatch(r'W/"[0-9a-f]{64}"', etag(1, 2, QUERY))


def test_a_tag_is_the_same_for_the_same_state_and_query() -> None:
    assert etag(1, 2, PageQuery(page=3)) == etag(1, 2, PageQuery(page=3, page_size=20, sort_order="asc"))


@pytest.mark.parametrize(
    ("routine", "version", "query"),
    [
        (2, 2, QUERY),
        (None, 2, QUERY),
        (1, 3, QUERY),
        (12, 2, QUERY),
        (1, 22, QUERY),
        (1, 2, PageQuery(page=2)),
        (1, 2, PageQuery(page_size=2)),
        (1, 2, PageQuery(sort_by="name")),
        (1, 2, PageQuery(sort_order="desc")),
        (1, 2, PageQuery(scope="all")),
    ],
)
def test_a_tag_differs_by_routine_version_and_query(routine: int | None, version: int, query: PageQuery) -> None:
    assert etag(routine, version, query) != etag(1, 2, QUERY)


def test_a_tag_keeps_routine_and_version_apart() -> None:
    assert etag(1, 23, QUERY) != etag(12, 3, QUERY)


@pytest.mark.parametrize(
    ("page", "page_size", "total", "relations"),
    [
        (1, 20, 0, {"first": 1, "last": 1}),
        (2, 20, 0, {"first": 1, "prev": 1, "last": 1}),
        (3, 20, 0, {"first": 1, "last": 1}),
        (1, 20, 1, {"first": 1, "last": 1}),
        (1, 20, 19, {"first": 1, "last": 1}),
        (1, 20, 20, {"first": 1, "last": 1}),
        (1, 20, 21, {"first": 1, "next": 2, "last": 2}),
        (2, 20, 40, {"first": 1, "prev": 1, "last": 2}),
        (2, 20, 41, {"first": 1, "prev": 1, "next": 3, "last": 3}),
        (1, 1, 3, {"first": 1, "next": 2, "last": 3}),
        (7, 200, 1001, {"first": 1, "prev": 6, "last": 6}),
        (8, 200, 1001, {"first": 1, "last": 6}),
        (2_147_483_647, 200, 10**9, {"first": 1, "last": 5_000_000}),
    ],
)
def test_links_name_the_pages_that_there_are(page: int, page_size: int, total: int, relations: dict[str, int]) -> None:
    expected = [f'<?page={n}&page_size={page_size}>; rel="{relation}"' for relation, n in relations.items()]
    assert links(PageQuery(page=page, page_size=page_size), total) == ", ".join(expected)


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        (PageQuery(), {}),
        (PageQuery(sort_by="weight"), {"sort_by": ["weight"]}),
        (PageQuery(sort_order="asc"), {"sort_order": ["asc"]}),
        (PageQuery(scope="all", format="csv"), {"scope": ["all"], "format": ["csv"]}),
    ],
)
def test_links_keep_what_was_asked_for_and_add_no_defaults(query: PageQuery, kept: dict[str, list[str]]) -> None:
    for link in links(query, 21).split(", "):
        target = link.partition("?")[2].partition(">")[0]
        found = parse_qs(target, strict_parsing=True)
        assert found.pop("page_size") == ["20"]
        assert found.pop("page") in (["1"], ["2"])
        assert found == kept


@pytest.mark.parametrize(
    ("page", "page_size", "offset"),
    [(1, 20, 0), (2, 20, 20), (3, 7, 14), (1, 200, 0), (2_147_483_647, 200, 429_496_729_200)],
)
def test_an_offset_is_what_stands_before_the_page(page: int, page_size: int, offset: int) -> None:
    assert PageQuery(page=page, page_size=page_size).offset == offset


def test_a_file_has_a_header_unless_it_goes_on() -> None:
    line = "7,Squat,3,5,82.5,A\r\n"
    assert to_csv([ROW]) == COLUMNS + line
    assert to_csv([ROW, ROW], header=False) == line * 2
    assert to_csv([]) == COLUMNS
    assert to_csv([], header=False) == ""


@pytest.mark.parametrize("column", ["name", "workout_day"])
@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_no_text_is_a_formula(sign: str, column: Column) -> None:
    cells = to_csv([ROW | {column: f"{sign}x"}], header=False).strip().split(",")
    assert f"'{sign}x" in cells
    assert f"x{sign}" in to_csv([ROW | {column: f"x{sign}"}], header=False).rstrip("\r\n").split(",")


def test_a_number_is_a_number_even_below_zero() -> None:
    assert to_csv([ROW | {"weight": -1.5}], header=False) == "7,Squat,3,5,-1.5,A\r\n"


def test_a_line_break_stays_within_its_quotes() -> None:
    assert to_csv([ROW | {"name": 'a\r\nb"c'}], header=False) == '7,"a\r\nb""c",3,5,82.5,A\r\n'


def test_a_file_is_saved_under_its_name() -> None:
    assert CSV == {"Content-Disposition": 'attachment; filename="exercises.csv"'}
