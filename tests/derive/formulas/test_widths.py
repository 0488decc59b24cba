"""Widths of formulas against TeX's own: where a line is broken, and in which size it is set."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.formulas.boxes import PLUS, Word, row
from derive.formulas.latex import tex
from derive.formulas.layout import equation_box, formula_box
from derive.formulas.widths import width

# Measured by pdfTeX 3.141592653-2.6-1.40.24 in Computer Modern at 10 points (\\wd of the box, in displaystyle).
MEASURED = {
    "k-sync.time-per-update-bound.any-law": 141.3,
    "k-sync.time-per-update.pareto": 181.3,
    "delay.stability-limit.inverse-gaussian": 207.6,
    "arrivals.count-probability.erlang": 199.4,
    "transients.training-time.any-law": 154.1,
}


@pytest.mark.parametrize("claim", MEASURED)
def test_a_formula_is_as_wide_as_tex_sets_it(claim: str) -> None:
    result = CLAIMS[claim].derived.result
    assert width(equation_box(result.left, result.right)) == pytest.approx(MEASURED[claim] / 5, abs=2.2)


@pytest.mark.slow
def test_every_formula_is_as_wide_as_tex_sets_it(tmp_path: Path) -> None:
    engine = shutil.which("pdflatex")
    if engine is None:
        pytest.skip("no pdflatex")
    found = [equation_box(one.derived.result.left, one.derived.result.right) for one in CLAIMS.values()]
    boxes = "".join(rf"\setbox0\hbox{{$\displaystyle {tex(box)}$}}\typeout{{W=\the\wd0}}" + "\n" for box in found)
    (tmp_path / "w.tex").write_text(
        r"\documentclass{article}\usepackage{amsmath,amssymb}\begin{document}" + boxes + r"\end{document}"
    )
    done = subprocess.run([engine, "w"], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    points = [float(line[2:-2]) for line in done.stdout.splitlines() if line.startswith("W=")]
    assert len(points) == len(found)
    for box, measured in zip(found, points, strict=True):
        assert width(box) == pytest.approx(measured / 5, abs=2.5, rel=0.07), tex(box)


def test_scripts_are_smaller_and_a_leading_sign_has_no_spaces() -> None:
    a = Word("a", "a")
    assert width(formula_box(y.damping**y.damping)) < 2 * width(a)
    assert width(row(PLUS, a)) < width(row(a, PLUS, a)) - width(a)
    assert width(formula_box(sp.sqrt(y.damping))) > width(a)
