"""The promises of `promises.toml`, and how a test says which of them it holds true."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeVar

Test = TypeVar("Test", bound=Callable[..., object])
LIST = Path(__file__).with_name("promises.toml")


class Promise(NamedTuple):
    """What the contract says in `line`, and where and why the product was decided to do otherwise."""

    section: str
    line: int
    says: str
    decided: str | None = None


def read() -> dict[str, Promise]:
    """Every promise by its name, `section-key`."""
    sections = tomllib.loads(LIST.read_text(encoding="utf-8"))
    del sections["elsewhere"]
    return {
        f"{section}-{key}": Promise(section, **fields)
        for section, promises in sections.items()
        for key, fields in promises.items()
    }


def promise(*names: str) -> Callable[[Test], Test]:
    """`@promise("3.4-list-page")`: this test fails when that promise is broken."""

    def remember(test: Test) -> Test:
        vars(test).setdefault("promises", []).extend(names)
        return test

    return remember
