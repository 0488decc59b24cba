"""No file is longer than a reader takes in, and no function than a screen, unless it says why.

A rule is a function of a table {path: source} with a planted violation beside it, as in tests/test_architecture.py.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HOUSE = ("derive", "numeric", "verify", "bench", "examples", "tests", "staleproof.py")
FILE, FUNCTION = 250, 40  # lines
REASON = f"Longer than {FILE} lines:"  # begins the reason in the docstring of the module
LONGER = f"Longer than {FUNCTION} lines:"  # and of a function
Sources = dict[str, str]


@cache
def sources() -> Sources:
    """The source of everything written in Python."""
    places = [ROOT / name for name in HOUSE]
    files = (path for place in places for path in (sorted(place.rglob("*.py")) if place.is_dir() else [place]))
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in files}


@cache
def parsed(source: str) -> ast.Module:
    return ast.parse(source)


def length(source: str) -> int:
    return len(source.splitlines())


def reasoned(node: ast.Module | ast.FunctionDef | ast.AsyncFunctionDef, opening: str) -> bool:
    """Whether a docstring gives a reason of three words at least."""
    _, found, reason = " ".join((ast.get_docstring(node) or "").split()).partition(opening)
    return bool(found) and len(reason.split()) >= 3


def long_files(files: Sources) -> list[str]:
    """Files above the limit without a written reason."""
    return [
        f"{path}: {length(source)} lines"
        for path, source in files.items()
        if length(source) > FILE and not reasoned(parsed(source), REASON)
    ]


def functions(files: Sources) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path, source in files.items():
        for node in ast.walk(parsed(source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield path, node


def long_functions(files: Sources) -> list[str]:
    """Functions above the limit, their docstring included, without a written reason."""
    return [
        f"{path}: {node.name}"
        for path, node in functions(files)
        if (node.end_lineno or 0) - node.lineno >= FUNCTION and not reasoned(node, LONGER)
    ]


def idle_reasons(files: Sources) -> list[str]:
    """Reasons for a length that is none any more."""
    idle = [p for p, source in files.items() if length(source) <= FILE and reasoned(parsed(source), REASON)]
    short = ((p, node) for p, node in functions(files) if (node.end_lineno or 0) - node.lineno < FUNCTION)
    return idle + [f"{path}: {node.name}" for path, node in short if reasoned(node, LONGER)]


BODY = "    x = 1\n"
RULES: list[tuple[Callable[[Sources], list[str]], Sources]] = [  # a rule, and a violation that it must find
    (long_files, {"derive/x.py": "x = 1\n" * (FILE + 1)}),
    (long_files, {"tests/x.py": f'"""A table. {REASON} yes."""\n' + "x = 1\n" * FILE}),
    (long_functions, {"numeric/x.py": "def f():\n" + BODY * FUNCTION}),
    (long_functions, {"bench/x.py": f'async def f():\n    """{LONGER}"""\n' + BODY * FUNCTION}),
    (idle_reasons, {"verify/x.py": f'"""A table. {REASON} it is one table."""'}),
    (idle_reasons, {"verify/x.py": f'def f():\n    """One. {LONGER} it is one table."""'}),
]


@pytest.mark.parametrize("rule", dict.fromkeys(rule for rule, _ in RULES), ids=lambda rule: rule.__name__)
def test_the_house_keeps_its_lengths(rule: Callable[[Sources], list[str]]) -> None:
    assert rule(sources()) == []


@pytest.mark.parametrize(("rule", "planted"), RULES, ids=[f"{rule.__name__}-{i}" for i, (rule, _) in enumerate(RULES)])
def test_every_rule_finds_a_planted_violation(rule: Callable[[Sources], list[str]], planted: Sources) -> None:
    assert rule(planted)


def test_what_is_short_enough_or_says_why_is_let_pass() -> None:
    table = f'"""A table.\n\n{REASON} it is one\ntable."""\n' + "x = 1\n" * FILE
    allowed = {"derive/x.py": "x = 1\n" * FILE, "derive/y.py": table, "z.py": "def f():\n" + BODY * (FUNCTION - 1)}
    assert [rule(allowed) for rule, _ in RULES] == [[]] * len(RULES)
    assert {path.partition("/")[0] for path in sources()} == set(HOUSE)
