"""Where the server asks: where it was told to, or where `make run` says; a password goes nowhere else."""

import json
from pathlib import Path

import pytest

from tracker_mcp.addresses import DEFAULTS, Addresses
from tracker_mcp.words import PlainError

RUNNING = {"api": "http://127.0.0.1:18000", "ai-coach": "http://127.0.0.1:18001"}


def written(folder: Path, text: str) -> Path:
    (folder / "run.json").write_text(text)
    return folder


@pytest.mark.parametrize("is_guessing", [True, False])
def test_what_is_given_wins_over_what_runs(tmp_path: Path, is_guessing: bool) -> None:
    given = Addresses(
        {"api": "https://gym.example.org"}, written(tmp_path, json.dumps({"services": RUNNING})), is_guessing
    )
    assert given.of("api") == "https://gym.example.org"
    assert given.of("ai-coach") == RUNNING["ai-coach"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"services": 1}', '{"services": {}}', "null"])
def test_without_anything_that_runs_the_usual_ports_are_tried_but_never_with_a_password(
    tmp_path: Path, text: str
) -> None:
    folder = written(tmp_path, text)
    assert Addresses({}, folder).of("api") == DEFAULTS["api"]
    with pytest.raises(PlainError, match=r"no run\.json in .*, and AI_COACH_URL is not set"):
        Addresses({}, folder, is_guessing=False).of("ai-coach")


def test_it_is_asked_anew_each_time(tmp_path: Path) -> None:
    addresses = Addresses({}, tmp_path)
    assert addresses.of("api") == DEFAULTS["api"]
    written(tmp_path, json.dumps({"services": RUNNING}))
    assert addresses.of("api") == RUNNING["api"]
