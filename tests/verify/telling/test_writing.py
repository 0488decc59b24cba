"""What a report writes: every file, TeX that compiles, sources that are known."""

import importlib.util
import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.standard_integrals import weibull_integral
from verify.telling.appendix import derivation_tex
from verify.telling.notation_table import SPECIAL, introduced, meanings, unit_tex
from verify.telling.paper import macros
from verify.telling.propositions import _inequalities
from verify.telling.record import quantity_rows, step_inputs
from verify.telling.sources import SOURCES, bibliography, cited
from verify.telling.tables import quantity_table
from verify.telling.writing import write_report

needs_tex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
needs_browser = pytest.mark.skipif(shutil.which("chromium") is None, reason="chromium is not installed")


MANUSCRIPT = [
    *("macros.tex", "assumptions.tex", "notation.tex", "results.tex"),
    *("paper-onecolumn.tex", "paper-twocolumn.tex"),
]


@pytest.fixture(scope="module")
def folder(report, tmp_path_factory):
    out = tmp_path_factory.mktemp("out") / "textbook"
    write_report(report, out)
    return out


def _look():
    path = Path(__file__).parents[2] / "look.py"
    spec = importlib.util.spec_from_file_location("look", path)
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules["look"] = module
    spec.loader.exec_module(module)
    return module


def test_every_promised_file_is_written(report, folder):
    for name in ("report.json", "report.html", "derivation.tex", "refs.bib", "tables/quantities.tex", *MANUSCRIPT):
        assert (folder / name).stat().st_size, name
    assert len(list((folder / "figures").glob("*.pdf"))) == len(report.figures)
    assert len(list((folder / "figures").glob("*.csv"))) == len(report.figures)
    assert len(list((folder / "equations").glob("*.tex"))) == len(macros(report))


def test_report_json_follows_the_interface(report, folder):
    record = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert {"schema", "study", "verdicts", "provenance"} <= set(record)
    assert len(record["verdicts"]) == len(report.verdicts)
    assert record["verdicts"][0]["predicted"] == {"kind": "exact", "value": "4/5", "latex": r"\frac{4}{5}"}
    assert record["derivations"][0]["steps"][2]["checked_by"] == "enclosure"


def test_macro_names_are_letters_unique_and_not_latexs_own(report):
    formula = replace(report.cases[0].formulas[0], macro="alpha", name="other")
    odd = replace(formula, macro="T_{8:M} x2", name="third")
    case = replace(report.cases[0], formulas=(*report.cases[0].formulas, formula, odd))
    names = [name for name, _, _ in macros(replace(report, cases=(case, *report.cases[1:])))]
    assert all(re.fullmatch("[A-Za-z]+", name) for name in names)
    assert len(names) == len(set(names))
    assert "alpha" not in names


def test_a_step_names_the_steps_it_used(report):
    (derivation,) = report.derivations
    assert [step_inputs(derivation, step) for step in derivation.steps] == [(), (1,), (1,), (3,)]


def test_a_quantity_missing_in_a_case_leaves_a_gap(report):
    bare = replace(report.cases[0], quantities=report.cases[0].quantities[:1])
    rows = quantity_rows(replace(report, cases=(bare, *report.cases[1:])))
    assert rows[1][2][0] is None
    assert rows[1][2][1] is not None


def test_sources_named_in_the_report_are_in_refs_bib(folder):
    keys = re.findall(r"@\w+\{(\w+),", (folder / "refs.bib").read_text(encoding="utf-8"))
    assert keys == ["Kuchler1992", "Yu2025"]


def test_every_source_has_the_fields_of_an_entry_and_is_found_by_name():
    for key, source in SOURCES.items():
        fields = dict(source.fields)
        assert "title" in fields
        assert cited(f"see {key}, 2") == f"see {source.cited}, 2"
        assert f"{{{key}," in bibliography([source.cited])
    assert bibliography(["Bernard-Crauste"]).count("@") == 1
    assert bibliography(["nobody"]) == ""
    assert "Peter Richt{\\'a}rik" in bibliography(["Tyurin2023"])
    assert "Richtárik" in SOURCES["Tyurin2023"].plain
    assert all(source.bibtex().isascii() for source in SOURCES.values())


def test_every_result_is_a_proposition_with_its_letters_introduced_before_it(report, folder):
    text = (folder / "results.tex").read_text(encoding="utf-8")
    for name, formula, _ in macros(report):
        assert f"\\{name}\n" in text or f"res:{formula.claim}" in text
    for letter in ("a", r"\eta", r"\theta", "k", r"\tau"):
        first = text.index(f"${letter}$ for ")
        used = next(
            place for name, one, _ in macros(report) if (place := text.find(rf"\{name}")) > 0
            and letter in meanings((one.left, one.right))
        )  # fmt: skip
        assert first < used, letter


def test_every_letter_of_every_claim_has_a_meaning():
    plain = ("exp", "log", "sin", "cos", "tan", "atan", "acos", "sinh", "cosh", "Abs", "floor", "factorial", "binomial")
    known = {*plain, "gamma", "hyper", *SPECIAL, *y.FUNCTIONS, *y.SHARED_FUNCTIONS}
    letters = {str(entry.symbol) for entry in y.NOTATION.values()}
    for claim in CLAIMS.values():
        whole = sp.Tuple(claim.derived.result.left, claim.expression)
        assert {type(one).__name__ for one in whole.atoms(sp.Function)} <= known, claim.id
        assert {str(one.label) for one in whole.atoms(sp.IndexedBase)} <= letters | {*y.ARRAYS}, claim.id


def test_a_letter_that_is_a_symbol_and_a_function_is_introduced_as_both():
    known: set[str] = set()
    assert introduced([y.decay], known) == "We write $r$ for the decay rate of the mean, minus a real root.\n"
    path = introduced([sp.Function("r")(y.t) + y.decay], known)
    assert r"$r(\cdot)$ for the fundamental solution of the mean equation" in path
    transform = introduced([weibull_integral(0, y.shape, y.s)], known)
    assert r"$\mathcal{W}_{n}(k, x)$ for the integral $\int_0^\infty" in transform


def test_many_cases_take_several_tables_whose_labels_may_be_broken(report):
    few = quantity_table(report)
    case = report.cases[0]
    cases = tuple(replace(case, label=f"staleness_threshold {number}") for number in range(7))
    many = quantity_table(replace(report, cases=cases))
    assert (few.count(r"\toprule"), many.count(r"\toprule")) == (1, 3)
    assert many.count("staleness threshold") == 7


def test_the_appendix_prints_no_equation_twice_and_refers_to_assumptions_that_are_listed(report, folder):
    twice = replace(report, derivations=(*report.derivations, replace(report.derivations[0], title="Again")))
    once, again = derivation_tex(report), derivation_tex(twice)
    labels = re.findall(r"\\label\{(eq:\w+)\}", once)
    assert labels == re.findall(r"\\label\{(eq:\w+)\}", again)
    assert len(set(labels)) == len(report.derivations[0].steps)
    assert len(labels) == len(set(labels)) + once.count(r"\fitted{%")  # once for each width that has its own lines
    assert "The result is~\\eqref{eq:" in again
    listed = set(re.findall(r"\\label\{(asm:[\w-]+)\}", (folder / "assumptions.tex").read_text(encoding="utf-8")))
    told = once + (folder / "results.tex").read_text(encoding="utf-8")
    assert set(re.findall(r"\\ref\{(asm:[\w-]+)\}", told)) <= listed
    assert "Checked in certified balls at random exact points: \\eqref{eq:" in once


def test_a_step_that_was_not_checked_is_said_to_be_so(report):
    silent = replace(report, provenance={})
    assert "Not checked: \\eqref{" in derivation_tex(silent)


def test_conditions_on_one_quantity_are_one_chain_and_units_have_raised_powers():
    between = sp.And(y.step > 0, y.step < 2, y.damping * y.mean_delay < 1)
    assert _inequalities(between) == r"${0 < \varepsilon < 2}$ and ${a \theta < 1}$"
    assert (
        _inequalities(sp.And(y.step > 0, y.damping > 1, y.decay < 2)) == r"${a > 1}$, ${\varepsilon > 0}$ and ${r < 2}$"
    )
    assert unit_tex("parameter^2/s") == r"parameter\textsuperscript{2}/s"


@needs_tex
def test_both_manuscripts_compile_with_every_reference_and_no_line_too_wide(folder, tmp_path):
    look = _look()
    found = look.Tools("", shutil.which("pdflatex"), shutil.which("pdftoppm") or "true")
    assert look.look_at_tex(found, folder, tmp_path) == []
    assert (folder / "report.pdf").stat().st_size > 10_000


@needs_tex
def test_a_broken_equation_is_noticed(folder, tmp_path):
    look = _look()
    broken = tmp_path / "broken"
    shutil.copytree(folder, broken)
    (broken / "macros.tex").write_text(r"\newcommand{\dampingCoefficient}{\frac{1}")
    found = look.Tools("", shutil.which("pdflatex"), "true")
    assert "pdflatex" in look.look_at_tex(found, broken, tmp_path)[0]


@needs_tex
def test_a_wide_line_and_a_reference_to_nothing_are_noticed(folder, tmp_path):
    look = _look()
    broken = tmp_path / "broken"
    shutil.copytree(folder, broken)
    with (broken / "results.tex").open("a") as results:
        results.write(r"\[\rule{500pt}{1pt}\] see \eqref{eq:nowhere} and \cite{nobody}")
    found = look.Tools("", shutil.which("pdflatex"), "true")
    complaints = "\n".join(look.look_at_tex(found, broken, tmp_path))
    assert "pt too wide" in complaints
    assert "eq:nowhere" in complaints
    assert "nobody" in complaints


@needs_tex
def test_tables_compile_within_the_column(folder, tmp_path):
    tables = "".join(rf"\input{{tables/{path.name}}}\par " for path in sorted((folder / "tables").glob("*.tex")))
    document = (
        rf"\documentclass{{article}}\usepackage{{amsmath,amssymb,booktabs}}\begin{{document}}{tables}\end{{document}}"
    )
    (tmp_path / "t.tex").write_text(document, encoding="utf-8")
    shutil.copytree(folder / "tables", tmp_path / "tables")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "t.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, errors="replace")
    assert done.returncode == 0, done.stdout[-500:]
    assert [float(size) for size in re.findall(r"Overfull \\hbox \(([\d.]+)pt", done.stdout) if float(size) > 5] == []


@needs_browser
def test_nothing_overflows_on_a_phone_and_an_overflow_would_be_noticed(folder, tmp_path):
    look, chromium = _look(), shutil.which("chromium")
    good = look.probe(chromium, folder / "report.html", 390)
    assert (good["page"], good["found"], good["empty"]) == (390, [], 0)
    text = (folder / "report.html").read_text(encoding="utf-8")
    wide = tmp_path / "report.html"
    wide.write_text(text.replace("</main>", '<p style="width:600px">x</p></main>'), encoding="utf-8")
    bad = look.probe(chromium, wide, 390)
    assert bad["found"]


def test_two_writings_are_equal_byte_for_byte(report, folder, tmp_path):
    write_report(report, tmp_path)
    for path in sorted(tmp_path.rglob("*")):
        if path.is_file():
            assert path.read_bytes() == (folder / path.relative_to(tmp_path)).read_bytes(), path.name


def test_unwritable_folder_raises_with_the_path(report, tmp_path):
    blocked = tmp_path / "blocked"
    blocked.write_text("")
    with pytest.raises(OSError, match="blocked"):
        write_report(report, blocked)
