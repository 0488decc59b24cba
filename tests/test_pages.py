"""The generated documents and the types that users see are what this code makes."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from derive.claims import CLAIMS

ROOT = Path(__file__).parents[1]
PACKAGES = ("derive", "numeric", "verify")
HOW = "make docs writes it anew"


@cache
def pages() -> Any:
    spec = importlib.util.spec_from_file_location("pages", ROOT / "docs" / "pages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


FENCE = re.compile(r"^```(python|toml|sh slow|sh)\n(.*?)^```", re.DOTALL | re.MULTILINE)
TUTORIALS = ("AUTHOR", "ENGINEER", "REVIEWER")


def script(page: str, slow: bool) -> str:
    """A tutorial as one program: files are written, commands run in this process, Python as it stands."""
    lines = ["from pathlib import Path", "import staleproof"]
    for kind, code in FENCE.findall(text(f"docs/{page}.md")):
        if kind == "toml":
            lines.append(f"Path({code.split()[1]!r}).write_text({code!r})")
        elif kind == "python":
            lines.append(code)
        elif kind == "sh" or slow:
            commands = [shlex.split(line)[1:] for line in code.splitlines()]
            lines += [f"assert staleproof.main({command!r}) == 0, {command!r}" for command in commands]
    return "\n".join(lines)


def run(page: str, folder: Path, slow: bool) -> None:
    """Follow a tutorial in an empty folder; its pictures must be those that the page shows."""
    (folder / "program.py").write_text(script(page, slow))
    places = {"PYTHONPATH": str(ROOT), "STALEPROOF_STORE": "", "STALEPROOF_CACHE": str(folder / "cache")}
    command = [sys.executable, "program.py"]
    done = subprocess.run(command, cwd=folder, env=os.environ | places, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    drawn = {path.name: path.read_text() for path in folder.glob("*.svg")}
    assert drawn
    assert drawn == {name: text(f"docs/pictures/{name}") for name in drawn}


@pytest.mark.parametrize("page", TUTORIALS)
def test_a_tutorial_runs_and_draws_its_picture(page: str, tmp_path: Path) -> None:
    run(page, tmp_path, slow=False)


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in TUTORIALS if "```sh slow" in text(f"docs/{page}.md")])
def test_a_tutorial_runs_with_its_dear_commands(page: str, tmp_path: Path) -> None:
    run(page, tmp_path, slow=True)


def test_the_subjects_are_those_of_the_registry() -> None:
    claims = [claim.id for subject in pages().subjects().values() for claim in subject]
    assert claims == list(CLAIMS)


def test_every_claim_stands_in_the_catalogue_with_its_sentence() -> None:
    told = re.findall(r"^\*\*`([\w.-]+)`\*\* (.+)$", text("docs/CLAIMS.md"), re.MULTILINE)
    assert told == [(claim.id, claim.statement) for claim in CLAIMS.values()], HOW
    assert f"\n{len(CLAIMS)} claims." in text("docs/CLAIMS.md"), HOW


def test_the_catalogue_shows_the_derived_formulas() -> None:
    assert "".join(pages().entries(pages().subjects()["arrivals"])) in text("docs/CLAIMS.md"), HOW


@pytest.mark.slow
def test_the_whole_catalogue_is_what_the_registry_makes() -> None:
    assert text("docs/CLAIMS.md") == pages().catalogue(), HOW


def test_the_reference_is_what_the_docstrings_say() -> None:
    assert text("docs/API.md") == pages().reference(), HOW


@pytest.mark.parametrize("package", PACKAGES)
def test_a_type_checker_sees_every_public_name(package: str) -> None:
    assert text(f"{package}/__init__.pyi") == pages().facade(package), HOW


def test_another_docstring_or_statement_is_noticed() -> None:
    claim = CLAIMS["arrivals.rate.any-law"]
    assert pages().formula(claim) in text("docs/CLAIMS.md")
    assert pages().formula(claim).replace("M", "N") not in text("docs/CLAIMS.md")
    assert pages().described("derive", "Gamma") in text("docs/API.md")
    assert pages().described("derive", "Gamma").replace("Example", "Sample") not in text("docs/API.md")
