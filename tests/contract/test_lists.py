"""Contract §3.4: `GET /exercises`."""

import csv
import io
import re
from typing import Any

import httpx
import pytest

from tests.contract.conftest import Add
from tests.contract.promises import promise

COLUMNS = ("id", "name", "sets", "reps", "weight", "workout_day")
WEAK_TAG = re.compile(r'W/"[0-9a-f]{64}"')
Query = dict[str, Any]


@pytest.fixture
def routine(empty: None, add: Add) -> list[dict[str, object]]:
    """Five exercises in whose order every column differs from every other, one of them with bodyweight."""
    return [
        add(name="Deadlift", sets=5, reps=3, weight=140, workout_day="C"),
        add(name="Bench Press", sets=4, reps=8, weight=80.5, workout_day="E"),
        add(name="Dips", sets=3, reps=12, weight=None, workout_day="A"),
        add(name="Curl", sets=2, reps=10, weight=0, workout_day="D"),
        add(name="Squat", sets=1, reps=5, weight=120, workout_day="B"),
    ]


def page(client: httpx.Client, **query: object) -> dict[str, Any]:
    """A page that is expected to come."""
    answer = client.get("/exercises", params=query)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def refusal(client: httpx.Client, **query: object) -> str:
    """What is said of a parameter that is expected to be refused, and by its name."""
    answer = client.get("/exercises", params=query)  # type: ignore[arg-type]
    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == list(query)
    return str(answer.json()["detail"])


@promise("3.4-list-body", "3.4-item-fields")
def test_a_page_is_an_object_of_four_fields_and_an_item_one_of_six(
    client: httpx.Client, routine: list[dict[str, object]]
) -> None:
    answer = client.get("/exercises")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {"page": 1, "page_size": 20, "total": 5, "items": routine}
    for item in answer.json()["items"]:
        assert tuple(item) == COLUMNS
        assert {name: type(item[name]) for name in COLUMNS if item[name] is not None} == {
            name: kind
            for name, kind in zip(COLUMNS, (int, str, int, int, float, str), strict=True)
            if item[name] is not None
        }


@promise("3.4-list-page")
def test_without_a_page_the_first_one_comes(client: httpx.Client, routine: list[dict[str, object]]) -> None:
    assert page(client, page_size=2) == page(client, page_size=2, page=1)
    assert page(client)["page"] == 1
    assert page(client, page=1, page_size=2)["items"] == routine[:2]
    assert page(client, page=3, page_size=2)["items"] == routine[4:]
    assert page(client, page=4, page_size=2)["items"] == []


@promise("3.4-list-page")
@pytest.mark.parametrize("value", [0, -1, 1.5, "first", "", 2_147_483_648, 10**30])
def test_a_page_that_is_none_is_refused(client: httpx.Client, value: object) -> None:
    refusal(client, page=value)


@promise("3.4-list-page")
def test_the_last_page_there_can_be_is_empty(client: httpx.Client) -> None:
    assert page(client, page=2_147_483_647, page_size=200)["items"] == []


@promise("3.4-list-page-size", "3.4-list-total-count")
def test_a_page_has_20_items_unless_told_otherwise(client: httpx.Client, empty: None, add: Add) -> None:
    for number in range(21):
        add(name=f"Exercise {number}")
    first = client.get("/exercises")
    assert (first.json()["page_size"], len(first.json()["items"])) == (20, 20)
    assert (first.json()["total"], first.headers["x-total-count"]) == (21, "21")
    second = client.get("/exercises", params={"page": 2})
    assert (len(second.json()["items"]), second.headers["x-total-count"]) == (1, "21")


@promise("3.4-list-page-size")
def test_a_page_has_from_1_to_200_items(client: httpx.Client, routine: list[dict[str, object]]) -> None:
    assert page(client, page_size=1)["items"] == routine[:1]
    assert page(client, page_size=200)["page_size"] == 200
    for size in (0, -1, 201, 10**30, "many", 1.5, ""):
        refusal(client, page_size=size)


@promise("3.4-list-page-size")
def test_a_page_of_200_has_200_items(client: httpx.Client, empty: None, add: Add) -> None:
    for number in range(201):
        add(name=f"Exercise {number}")
    assert len(page(client, page_size=200)["items"]) == 200
    assert len(page(client, page_size=200, page=2)["items"]) == 1


@promise("3.4-list-sort-by", "3.4-list-sort-order")
@pytest.mark.parametrize("column", COLUMNS)
def test_a_list_is_sorted_by_any_column_both_ways(
    client: httpx.Client, routine: list[dict[str, object]], column: str
) -> None:
    def key(item: dict[str, Any]) -> Any:
        return item[column]

    sortable: list[dict[str, Any]] = [item for item in routine if item[column] is not None]
    nulls = [item for item in routine if item[column] is None]
    assert page(client, sort_by=column)["items"] == sorted(sortable, key=key) + nulls
    assert page(client, sort_by=column, sort_order="asc") == page(client, sort_by=column)
    assert page(client, sort_by=column, sort_order="desc")["items"] == sorted(sortable, key=key, reverse=True) + nulls


@promise("3.4-list-sort-by", "3.4-list-sort-order", "3.4-list-format")
def test_a_list_is_sorted_by_id_upwards_and_is_json_unless_told_otherwise(
    client: httpx.Client, routine: list[dict[str, object]]
) -> None:
    assert page(client) == page(client, sort_by="id", sort_order="asc", format="json")


@promise("3.4-list-sort-order", "3.4-list-format")
@pytest.mark.parametrize(
    ("parameter", "value"),
    [(name, value) for name in ("sort_order", "format") for value in ("ASC", "up", "", "xml", "asc,desc", "csv ")],
)
def test_another_order_or_format_is_refused(client: httpx.Client, parameter: str, value: str) -> None:
    refusal(client, **{parameter: value})


@promise("3.4-sort-by-unknown")
@pytest.mark.parametrize("value", ["volume", "ID", "", "id; DROP TABLE exercises", "version", "routine_id"])
def test_an_unknown_column_is_refused_in_the_contracts_words(client: httpx.Client, value: str) -> None:
    answer = client.get("/exercises", params={"sort_by": value})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "sort_by must be one of: ['id', 'name', 'reps', 'sets', 'weight', 'workout_day']"


@promise("3.4-list-total-count", "3.4-list-etag", "3.4-list-request-id", "3.4-list-response-time")
@pytest.mark.parametrize("query", [{}, {"page": 2, "page_size": 2}, {"page": 99}, {"sort_by": "name"}])
def test_every_list_carries_the_contracts_headers(
    client: httpx.Client, routine: list[dict[str, object]], query: Query
) -> None:
    answer = client.get("/exercises", params=query, headers={"X-Trace-Id": "list-of-exercises"})
    assert answer.headers["x-total-count"] == "5"
    assert WEAK_TAG.fullmatch(answer.headers["etag"])
    assert answer.headers["x-request-id"] == "list-of-exercises"
    assert re.fullmatch(r"\d+\.\d{2}ms", answer.headers["x-response-time"])


@promise("3.4-csv-rows", "3.4-csv-attachment", "3.4-list-format", "3.4-list-total-count")
def test_csv_holds_the_same_rows_as_json(client: httpx.Client, routine: list[dict[str, object]]) -> None:
    query: Query = {"sort_by": "name", "page_size": 3}
    answer = client.get("/exercises", params={**query, "format": "csv"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == "text/csv"
    assert answer.headers["content-disposition"] == 'attachment; filename="exercises.csv"'
    assert answer.headers["x-total-count"] == "5"
    assert answer.text.splitlines()[0] == "id,name,sets,reps,weight,workout_day"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    items = page(client, **query)["items"]
    assert rows == [{name: "" if item[name] is None else str(item[name]) for name in COLUMNS} for item in items]


@promise("3.4-csv-rows")
def test_the_csv_of_an_empty_routine_is_its_header(client: httpx.Client, empty: None) -> None:
    answer = client.get("/exercises", params={"format": "csv"})
    assert answer.text.splitlines() == ["id,name,sets,reps,weight,workout_day"]
