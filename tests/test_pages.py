"""The generated documents and the types that users see are what this code makes."""

from __future__ import annotations

import importlib.util
import re
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
