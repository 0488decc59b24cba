"""The published reports are what this code makes: formulas and proven values now, the whole of them in make verify."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import staleproof
from verify.commands.comparing import compare, judge_pair
from verify.verdict_json import value_from_json

ROOT = Path(__file__).parents[1]
PUBLISHED = sorted((ROOT / "reports" / "published").glob("*/report.json"))
QUICK = "production_trace"
DEFAULT = {"textbook", "production_trace", "schemes"}
each = pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.parent.name)


@cache
def published(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def study(path: Path) -> str:
    return str(ROOT / "reports" / "studies" / f"{path.parent.name}.toml")


def strangers(told: Any, derived: Any) -> list[str]:
    """Formulas of a report that are not derived so, with these values, from the same study."""
    cases = derived.get("cases", [derived])
    found = []
    for case, entry in zip(told["cases"], cases, strict=True):
        known: dict[tuple[str, str], list[Any]] = {}
        for results in entry["results"].values():
            for one in results:
                known.setdefault((one["claim"], one["hash"]), []).append(one.get("value"))
        for formula in case["formulas"]:
            values = known.get((formula["claim"], formula["hash"]), [])
            if not any(same(formula["value"], value) for value in values):
                found.append(f"{case['label']}: {formula['name']}, {formula['claim']}")
    return found


def same(one: Any, other: Any) -> bool:
    if one is None or other is None:
        return one is other
    return judge_pair(value_from_json(one), value_from_json(other), 1e-6)[0] == "within error"


def test_the_default_reports_are_published() -> None:
    assert {path.parent.name for path in PUBLISHED} >= DEFAULT


def test_every_claim_of_the_source_paper_but_one_is_seen_in_a_published_report() -> None:
    """H, digits with a small network that is not convex, has no study yet."""
    told = [one for path in PUBLISHED for one in published(path)["paper_claims"]]
    assert {one["letter"] for one in told} == set("ABCDEFGI")
    assert all(one["found"].startswith("Seen here") and one["passed"] == one["checks"] > 0 for one in told)


@each
def test_a_published_report_keeps_the_schema_and_passed(path: Path) -> None:
    schema = json.loads((ROOT / "verify" / "results.schema.json").read_text(encoding="utf-8"))
    part = {"$ref": "#/$defs/report", "$defs": schema["$defs"]}
    assert [error.message[:200] for error in Draft202012Validator(part).iter_errors(published(path))] == []
    assert published(path)["passed"]
    assert {verdict["outcome"] for verdict in published(path)["verdicts"]} == {"pass"}


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, id=path.parent.name, marks=[] if path.parent.name == QUICK else pytest.mark.slow)
        for path in PUBLISHED
    ],
)
def test_a_published_formula_is_derived_with_the_same_hash_and_value(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert staleproof.main(["derive", study(path), "--json", "--quiet"]) == 0
    derived = json.loads(capsys.readouterr().out)
    assert strangers(published(path), derived) == []
    told = json.loads(json.dumps(published(path)))
    formula = next(one for case in told["cases"] for one in case["formulas"] if one["value"])
    formula["value"] = {"kind": "exact", "value": "12345/7", "latex": ""}
    assert len(strangers(told, derived)) == 1


@pytest.mark.slow
@each
def test_a_published_report_is_what_its_study_gives_again(path: Path, tmp_path: Path) -> None:
    assert staleproof.main(["report", study(path), "--out", str(tmp_path), "--quiet", "--no-store"]) == 0
    again = json.loads((tmp_path / path.parent.name / "report.json").read_text(encoding="utf-8"))
    made = compare(published(path), again, ("published", "again"))
    assert [(one.place, one.detail) for one in made.significant] == []
    assert made.estimates > 10
