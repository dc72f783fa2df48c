"""Size budgets: a smell detector. What is over budget stands here with its reason, or is split by verb."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for part in ("packages", "services") for path in ROOT.glob(f"{part}/*/src/**/*.py"))
MAX_FILE, MAX_FUNCTION, MAX_ROUTE_BODY = 250, 30, 10

REASONS = {
    "packages/runtime/src/runtime/application.py:assemble": "one readable list of what a request meets",
}


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method, without its decorators."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of the body without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def is_route(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Is it decorated with `@router.get(…)` and the like?"""
    names = {"get", "post", "put", "patch", "delete"}
    calls = [d.func for d in function.decorator_list if isinstance(d, ast.Call)]
    return any(isinstance(call, ast.Attribute) and call.attr in names for call in calls)


def over_budget(path: Path) -> Iterator[tuple[str, int, int]]:
    """(what, its lines, the budget) for everything too large in one file."""
    name, text = str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
    if (lines := len(text.splitlines())) > MAX_FILE:
        yield name, lines, MAX_FILE
    for function in functions(ast.parse(text)):
        lines = (function.end_lineno or 0) - function.lineno + 1
        if is_route(function):
            lines, budget = body_lines(function), MAX_ROUTE_BODY
        else:
            budget = MAX_FUNCTION
        if lines > budget:
            yield f"{name}:{function.name}", lines, budget


def test_there_is_something_to_measure() -> None:
    assert len(SOURCES) > 40


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_keeps_its_budgets_or_says_why_not(path: Path) -> None:
    unexplained = [
        f"{what}: {lines} lines, budget {budget}" for what, lines, budget in over_budget(path) if what not in REASONS
    ]
    assert unexplained == []


def test_every_reason_is_still_needed() -> None:
    needed = {what for path in SOURCES for what, _, _ in over_budget(path)}
    assert set(REASONS) <= needed
