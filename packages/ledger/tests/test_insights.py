"""Where insights are, and whose they are."""

import pytest

from ledger import insights

BENCH = (8, "Bench Press", 4, 8, 80.0, "A")


def test_where() -> None:
    assert insights.key(8) == "insight:8"


def test_equal_exercises_have_equal_digests() -> None:
    assert insights.digest(*BENCH) == insights.digest(8, "Bench Press", 4, 8, 80, "A")
    assert len(insights.digest(*BENCH)) == 32


@pytest.mark.parametrize(("field", "value"), [(0, 9), (1, "bench press"), (2, 5), (3, 9), (4, None), (4, 0), (5, "B")])
def test_each_field_counts(field: int, value: object) -> None:
    other = [*BENCH[:field], value, *BENCH[field + 1 :]]
    assert insights.digest(*other) != insights.digest(*BENCH)  # type: ignore[arg-type]


def test_fields_do_not_run_into_each_other() -> None:
    assert insights.digest(1, "a", 1, 11, None, "A") != insights.digest(1, "a", 11, 1, None, "A")


def test_any_text_has_a_digest() -> None:
    assert insights.digest(1, "half a \ud83d", 1, 1, None, "A") != insights.digest(1, "half a ", 1, 1, None, "A")


def test_there_and_back() -> None:
    value = insights.encode("abc", {"primary": "chest", "secondary": ["triceps"], "volume_kg": 2560.0})
    assert insights.decode(value, "abc") == {"primary": "chest", "secondary": ["triceps"], "volume_kg": 2560.0}
    assert insights.decode(value.encode(), "abc") is not None


@pytest.mark.parametrize("value", [None, "", "{", "[]", "7", "{}", '{"digest": "abc"}', '{"digest":"abc","insight":1}'])
def test_no_insight(value: str | None) -> None:
    assert insights.decode(value, "abc") is None


def test_of_another_version() -> None:
    assert insights.decode(insights.encode("before", {}), "after") is None
