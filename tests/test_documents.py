"""The documents speak of this tree: modules, words, recipes, code blocks and examples are held against it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from derive.symbols import NOTATION

ROOT = Path(__file__).parents[1]
PACKAGES = ("derive", "numeric", "verify")
PAGES = (
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "GLOSSARY.md",
    "CHANGELOG.md",
    "RUNNING.md",
    "examples/VALIDATION.md",
    "examples/PAPERS.md",
    *sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").glob("*.md")),
)
MODULE = re.compile(r"\b((?:derive|numeric|verify)/[\w/]+\.py)\b")
PYTHON_BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
TRACKED_PATH = re.compile(r"`((?:derive|numeric|verify|tests|reports|examples|bench|docs)/[\w./]*)`")
NOTATION_ROW = re.compile(r"^\| `([^`]+)` \| `(\w+)` \| (.+) \| (.+) \|$", re.MULTILINE)


def text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def modules() -> set[str]:
    """Every module with something in it; the packages' own files only re-export."""
    paths = (path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    return {path.relative_to(ROOT).as_posix() for path in paths if path.name != "__init__.py"}


def rows(page: str) -> list[str]:
    """The first cells of the tables of modules, in order."""
    return [found[1] for line in page.splitlines() if (found := re.match(rf"\| `{MODULE.pattern}` \|", line))]


def blocks() -> list[tuple[str, str]]:
    pages = [page for page in PAGES if not page.startswith("docs/")]  # those run as a whole: tests/test_pages.py
    found = [(page, code) for page in pages for code in PYTHON_BLOCK.findall(text(page))]
    return [(f"{page}-{number}", code) for number, (page, code) in enumerate(found)]


def test_the_architecture_names_no_module_that_is_not_there() -> None:
    assert set(MODULE.findall(text("ARCHITECTURE.md"))) - modules() == set()
    assert set(MODULE.findall("see `derive/nowhere.py`")) - modules() == {"derive/nowhere.py"}


def test_every_module_has_one_row_in_the_architecture() -> None:
    named = rows(text("ARCHITECTURE.md"))
    assert modules() - set(named) == set()
    assert len(named) == len(set(named))


@pytest.mark.parametrize("page", PAGES)
def test_paths_that_a_page_names_exist(page: str) -> None:
    missing = {path for path in TRACKED_PATH.findall(text(page)) if not (ROOT / path).exists()}
    assert {path for path in missing if "NAME" not in path and "SUBJECT" not in path} == set()


def test_every_name_of_the_notation_stands_in_the_glossary_as_it_is_in_code() -> None:
    table = {name: (letter, meaning, unit) for letter, name, meaning, unit in NOTATION_ROW.findall(text("GLOSSARY.md"))}
    assert table == {name: (str(entry.symbol), entry.meaning, entry.unit) for name, entry in NOTATION.items()}


def test_a_word_is_explained_once_and_in_order() -> None:
    words = re.findall(r"^\*\*(.+?)\.\*\* ", text("GLOSSARY.md"), re.MULTILINE)
    assert len(words) == len(set(words)) >= 40
    assert words == sorted(words, key=str.casefold)


def test_every_recipe_is_numbered_and_ends_in_a_test_command() -> None:
    page = text("CONTRIBUTING.md")
    recipes = re.split(r"^## ", page, flags=re.MULTILINE)[1:]
    numbered = [recipe for recipe in recipes if recipe[0].isdigit()]
    assert [recipe.split(".")[0] for recipe in numbered] == ["1", "2", "3", "4", "5", "6", "7"]
    for recipe in numbered:
        commands = re.findall(r"^    pytest (.+)$", recipe, re.MULTILINE)
        assert commands, recipe.splitlines()[0]
        for path in commands[-1].split():
            assert list(ROOT.glob(path)), path


def test_the_changelog_keeps_an_unreleased_section_on_top() -> None:
    headings = re.findall(r"^## (.+)$", text("CHANGELOG.md"), re.MULTILINE)
    assert headings[0] == "[Unreleased]"
    assert all(re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", heading) for heading in headings[1:])


@pytest.mark.parametrize(("where", "code"), blocks(), ids=[where for where, _ in blocks()])
def test_python_in_the_documents_runs(where: str, code: str, tmp_path: Path) -> None:
    script = tmp_path / "block.py"
    script.write_text(code, encoding="utf-8")
    done = subprocess.run([sys.executable, script], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]


def shown(script: str) -> list[str]:
    """The lines that the gallery shows of a script's output."""
    _, found, rest = text("examples/VALIDATION.md").partition(f"**`{script}`")
    return [line[4:] for line in rest.partition("**`")[0].splitlines() if found and line.startswith("    ")]


def is_said(shown: str, said: str) -> bool:
    """Whether an output holds the pieces of a shown text between its dots, in order; counts of points may differ."""
    pieces = [r"\s+".join(re.escape(word) for word in piece.split()) for piece in shown.split("...")]
    pattern = ".*?".join(re.sub(r"at\\s\+\d+\\s\+points", r"at\\s+\\d+\\s+points", piece) for piece in pieces)
    return re.search(pattern, said, re.DOTALL) is not None


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.py")), ids=lambda path: path.name)
def test_examples_run_and_say_what_the_gallery_shows(path: Path) -> None:
    done = subprocess.run([sys.executable, path], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip()
    if "is not installed" not in done.stdout:
        assert [line for line in shown(path.name) if not is_said(line, done.stdout)] == []
    assert bool(shown(path.name)) == path.name.startswith("check_")


def test_a_gallery_that_shows_something_else_is_noticed() -> None:
    assert is_said("at worst 2e+07 ulps, at x = 1.23...", "at worst  2e+07 ulps,\n at x = 1.2345, allowed")
    assert is_said("no error at 12 points", "no error at 13 points")
    assert not is_said("at worst 2e+07 ulps", "at worst 3e+07 ulps")


def test_there_are_code_blocks_and_examples_to_run() -> None:
    assert len(blocks()) >= 2
    assert len(list((ROOT / "examples").glob("*.py"))) >= 3
