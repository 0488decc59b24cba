"""Stage: telling. Input: a Report. Output: what an author inputs into a paper: tables, equations, derivations, sources.

Everything compiles with amsmath, amssymb and booktabs. A report.pdf that holds all of it is made where pdflatex exists.
"""

from __future__ import annotations

import re
from pathlib import Path

import sympy as sp

from derive.formulas.latex import latex_equation, latex_lines
from verify.report import Formula, Report
from verify.telling.appendix import derivation_tex
from verify.telling.manuscript import manuscripts
from verify.telling.notation_table import notation_tex
from verify.telling.pdf import write_pdf
from verify.telling.propositions import assumptions_tex, results_tex
from verify.telling.record import formula_groups, source_texts
from verify.telling.sources import bibliography, cited
from verify.telling.tables import claim_tables, quantity_table

_TAKEN = frozenset(
    re.findall(
        r"\w+",
        "alpha beta gamma delta epsilon zeta eta theta kappa lambda mu nu xi pi rho sigma tau phi chi psi omega "
        "Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega det dim exp ln log max min sup inf lim Pr arg "
        "today title author date section item label ref cite input text par big left right sum int prod sqrt frac",
    )
)


def write_paper(report: Report, folder: Path) -> dict[str, Path]:
    """Write tables/, equations/, what a manuscript inputs, two manuscripts and, where pdflatex exists, report.pdf.

    An author inputs macros.tex (every formula as a command), assumptions.tex, notation.tex, results.tex (propositions)
    and derivation.tex (the appendix), and cites refs.bib; paper-onecolumn.tex and paper-twocolumn.tex do so.

    Returns the paths by name. Raises ``OSError`` naming the path when something cannot be written.

    Example: ``write_paper(report, folder)["derivation"].name == "derivation.tex"``.
    """
    paths: dict[str, Path] = {}
    for name, text in claim_tables(report).items():
        paths[f"table {name}"] = written(folder / "tables" / f"{name}.tex", text)
    paths["table quantities"] = written(folder / "tables" / "quantities.tex", quantity_table(report))
    named = macros(report)
    equations = {macro: equation_file(macro, formula, cases) for macro, formula, cases in named}
    for macro, text in equations.items():
        paths[f"equation {macro}"] = written(folder / "equations" / f"{macro}.tex", text)
    told = {
        "macros": "".join(equations.values()),
        "assumptions": assumptions_tex(report),
        "notation": notation_tex(_expressions(report)),
        "results": results_tex(report, [(macro, formula) for macro, formula, _ in named]),
        "derivation": derivation_tex(report),
        **manuscripts(report),
    }
    paths |= {name: written(folder / f"{name}.tex", text) for name, text in told.items()}
    paths["sources"] = written(folder / "refs.bib", bibliography(source_texts(report)))
    pdf = write_pdf(report, folder, [macro for macro, _, _ in named])
    if pdf is not None:
        paths["pdf"] = pdf
    return paths


def _expressions(report: Report) -> list[sp.Basic]:
    """Everything that results and appendix print."""
    steps = [step.output for derivation in report.derivations for step in derivation.steps]
    formulas = [formula for case in report.cases for formula in case.formulas]
    pairs = [(one.left, one.right) for one in steps] + [(one.left, one.right) for one in formulas]
    return [side for pair in pairs for side in pair]


def written(path: Path, text: str) -> Path:
    """Write a text file with its folders; the path comes back."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def macros(report: Report) -> list[tuple[str, Formula, tuple[str, ...]]]:
    """(macro name, formula, cases) for every closed form; letters only, no name twice, none that LaTeX has.

    A formula that differs between cases takes the case's letters into its name.
    """
    groups = formula_groups(report)
    wanted = [_letters(group.formula.macro) for group in groups]
    named: list[tuple[str, Formula, tuple[str, ...]]] = []
    for group, name in zip(groups, wanted, strict=True):
        if wanted.count(name) > 1:
            name += _letters(" ".join(group.cases), capital=True)
        used = {other for other, _, _ in named} | _TAKEN
        while name in used:
            name += "Result" if name in _TAKEN else "Again"
        named.append((name, group.formula, group.cases))
    return named


_DIGITS = ("Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


def _letters(text: str, capital: bool = False) -> str:
    """A macro name: words joined in camel case, digits spelled, nothing else kept."""
    spelled = re.sub(r"\d", lambda digit: f" {_DIGITS[int(digit[0])]} ", text)
    words = re.findall(r"[A-Za-z]+", spelled) or ["Result"]
    head = words[0][0].upper() + words[0][1:] if capital else words[0]
    return head + "".join(word[0].upper() + word[1:] for word in words[1:])


def equation_file(macro: str, formula: Formula, cases: tuple[str, ...]) -> str:
    """One \\newcommand with its claim, hash, source and conditions as comments.

    A formula wider than a column has a second one of its lines, ``Lines``, for an equation of the author's own, and one
    of the names in it, ``Where``, where it has some.
    """
    comments = [
        f"{formula.name} ({', '.join(cases)})",
        f"claim: {formula.claim}",
        f"hash: {formula.hash}" if formula.hash else "",
        f"source: {cited(formula.source)}" if formula.source else "",
        *(f"if {condition}" for condition in formula.conditions),
    ]
    head = "".join(f"% {' '.join(comment.split())}\n" for comment in comments if comment)
    lines, where = latex_lines(formula.left, formula.right)
    for name, body in (("Lines", lines), ("Where", where)):
        head += f"\\newcommand{{\\{macro}{name}}}{{{body}}}\n" if body else ""
    return f"{head}\\newcommand{{\\{macro}}}{{\\ensuremath{{{latex_equation(formula.left, formula.right)}}}}}\n"
