"""examples/PAPERS.md holds what the printer makes, and published formulas have the values of ours."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.formulas.latex import latex_equation
from derive.formulas.notation import written_with

PAGE = (Path(__file__).parents[3] / "examples" / "PAPERS.md").read_text(encoding="utf-8")
SECTIONS = [section for section in PAGE.split("\n## ")[1:] if "```latex" in section]
b, r, t, P, K, m, i = y.damping, y.mean_delay, y.t, y.workers, y.batch, y.mean_delay, sp.Symbol("i", integer=True)
QUARTER = sp.Rational(1, 4)
# claim -> (the published right side, with these letters, at a point)
PUBLISHED = {
    "k-sync.time-per-update.exponential": (m * sp.Sum(1 / i, (i, P - K + 1, P)), {P: 8, K: 3, m: 2}),
    "k-batch-sync.time-per-update.exponential": (K * m / P, {P: 8, K: 3, m: 2}),
    "run-time.time-per-update.k-batch-async": (K * m / P, {P: 8, K: 3, m: 2}),
    "delay.critical-damping.constant": (sp.exp(-1) / r, {r: 3}),
    "delay.stability-limit.constant": (sp.pi / (2 * r), {r: 3}),
    "delay.stationary-variance.constant": (
        y.noise_intensity * (1 + sp.sin(b * r)) / (2 * b * sp.cos(b * r)),
        {b: 1, r: QUARTER, y.noise_intensity: 1},
    ),
    "delay.stationary-covariance.constant": (
        y.noise_intensity * ((1 + sp.sin(b * r)) / (2 * b * sp.cos(b * r)) * sp.cos(b * t) - sp.sin(b * t) / (2 * b)),
        {b: 1, r: QUARTER, t: QUARTER / 2, y.noise_intensity: 1},
    ),
    "recursion.stability-limit.fixed-staleness": (
        2 * sp.cos(y.staleness * sp.pi / (2 * y.staleness + 1)),
        {y.staleness: 3},
    ),
}


def _parts(section: str) -> tuple[dict[str, str], list[str], list[str]]:
    """The letters, the claims of the table and the printed lines of a section."""
    letters = tomllib.loads(re.findall(r"```toml\n(.*?)```", section, re.DOTALL)[0])
    printed = re.findall(r"```latex\n(.*?)```", section, re.DOTALL)[0].splitlines()
    return letters, re.findall(r"\| `([^`]+)` \|", section), printed


@pytest.mark.parametrize("section", SECTIONS, ids=[section.split(",")[0] for section in SECTIONS])
def test_every_line_is_what_the_printer_makes(section: str) -> None:
    letters, claims, printed = _parts(section)
    results = [CLAIMS[claim].derived.result for claim in claims]
    with written_with(letters):
        assert [latex_equation(result.left, result.right) for result in results] == printed


@pytest.mark.parametrize("claim", PUBLISHED)
def test_published_formulas_have_our_values(claim: str) -> None:
    published, point = PUBLISHED[claim]
    ours = CLAIMS[claim].expression
    difference = sp.N((published - ours).subs(point).doit(), 30)
    assert abs(difference) < 1e-25
    assert abs(sp.N(ours.subs(point).doit())) > 0.01  # what is compared is no zero


def test_the_roots_are_those_of_the_delay_equation() -> None:
    result = CLAIMS["delay.roots.constant"].expression
    root = sp.N(result.subs({y.branch: 1, b: 1, r: 2}), 30)
    assert abs(sp.N(root + sp.exp(-2 * root), 30)) < 1e-25


def test_every_claim_of_the_page_with_a_closed_form_is_compared() -> None:
    named = {claim for section in SECTIONS for claim in _parts(section)[1]}
    assert named - set(PUBLISHED) == {"run-time.time-per-update.k-sync", "delay.roots.constant"}
    assert len(SECTIONS) >= 3
