"""PGF: the same text for the same data, as wide as its venue, labels that TeX can set, no engine needed."""

import re
import shutil
import subprocess
from dataclasses import replace

import pytest
from matplotlib.backends.backend_pgf import LatexManager

from verify.telling.pgf import WIDTHS, pgf


@pytest.mark.parametrize("width", WIDTHS)
def test_it_is_deterministic_as_wide_as_asked_and_asks_no_engine(report, width, monkeypatch):
    monkeypatch.setattr(LatexManager, "_get_cached_or_new", lambda: pytest.fail("a TeX engine was asked"))
    made = pgf(report.figures[1], width)
    assert made == pgf(report.figures[1], width)
    assert f"{{\\pgfqpoint{{{WIDTHS[width]:g}in}}" in made
    assert made.count("\\begin{pgfscope}") == made.count("\\end{pgfscope}") > 10


def test_labels_are_tex_and_in_the_fonts_of_the_paper(report):
    figure = replace(report.figures[1], x_label="learning_rate η, 50 %", ticks=("R0 & R1", "Rd"))
    made = pgf(figure)
    assert r"learning\_rate $\eta$, 50 \%" in made
    assert r"R0 \& R1" in made
    assert r"\fontfamily{\familydefault}" in made
    assert not re.search("[^\x00-\x7f]", made)


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")
def test_it_compiles(report, tmp_path):
    (tmp_path / "a.pgf").write_text(pgf(report.figures[0]), encoding="utf-8")
    paper = r"\documentclass{article}\usepackage{amsmath,pgf}\begin{document}\input{a.pgf}\end{document}"
    (tmp_path / "paper.tex").write_text(paper, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout[-500:]
