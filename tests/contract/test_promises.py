"""The list of promises and the tests fit together."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from tests.contract.promises import Promise, read

HERE = Path(__file__).parent
DECISIONS = HERE.parents[1] / "docs" / "decisions"
PROMISES = read()


def held() -> Iterator[tuple[str, str]]:
    """(promise, test) for every `@promise` of this folder."""
    for path in sorted(HERE.glob("test_*.py")):
        module = import_module(f"tests.contract.{path.stem}")
        for name, test in vars(module).items():
            for promise in getattr(test, "promises", ()):
                yield promise, f"{path.name}:{name}"


def test_every_promise_has_a_test() -> None:
    assert set(PROMISES) - {promise for promise, _ in held()} == set()


def test_every_test_holds_a_promise_that_exists() -> None:
    assert [(promise, test) for promise, test in held() if promise not in PROMISES] == []


def test_only_tests_hold_promises() -> None:
    assert [test for _, test in held() if not test.partition(":")[2].startswith("test_")] == []


@pytest.mark.parametrize("promise", PROMISES.values(), ids=PROMISES)
def test_a_promise_says_something_and_its_decision_can_be_read(promise: Promise) -> None:
    assert promise.line > 0
    assert len(promise.says) > 10
    for number in re.findall(r"\b0\d{3}\b", promise.decided or ""):
        assert list(DECISIONS.glob(f"{number}-*.md")), f"there is no decision {number}"
