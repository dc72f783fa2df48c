"""The data files of this package, as Python values."""

import tomllib
from importlib.resources import files
from typing import Any


def read(name: str) -> dict[str, Any]:
    """The table in `data/<name>.toml`."""
    return tomllib.loads(files("training").joinpath("data", f"{name}.toml").read_text(encoding="utf-8"))
