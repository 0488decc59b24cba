"""Stage: telling. Input: a Report. Output: what an author inputs into a paper: tables, equations, derivations, sources.

Everything compiles with amsmath, amssymb and booktabs. A report.pdf that holds all of it is made where pdflatex exists.
"""

from __future__ import annotations

import re
from pathlib import Path

from derive.derivation import Derivation, Step
from derive.formulas.latex import escaped, latex, latex_display, latex_equation
from verify.report import Formula, Report
from verify.telling.pdf import write_pdf
from verify.telling.record import formula_groups, source_texts, step_checks, step_inputs
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
_CHECKS = {"symbolic": "symbolically, to zero", "enclosure": "in certified balls at random exact points"}


def write_paper(report: Report, folder: Path) -> dict[str, Path]:
    """Write tables/, equations/, derivation.tex, refs.bib and, where pdflatex exists, report.pdf.

    Returns the paths by name. Raises ``OSError`` naming the path when something cannot be written.

    Example: ``write_paper(report, folder)["derivation"].name == "derivation.tex"``.
    """
    paths: dict[str, Path] = {}
    for name, text in claim_tables(report).items():
        paths[f"table {name}"] = written(folder / "tables" / f"{name}.tex", text)
    paths["table quantities"] = written(folder / "tables" / "quantities.tex", quantity_table(report))
    for macro, formula, cases in macros(report):
        text = equation_file(macro, formula, cases)
        paths[f"equation {macro}"] = written(folder / "equations" / f"{macro}.tex", text)
    paths["derivation"] = written(folder / "derivation.tex", derivation_tex(report))
    paths["sources"] = written(folder / "refs.bib", bibliography(source_texts(report)))
    pdf = write_pdf(report, folder, [macro for macro, _, _ in macros(report)])
    if pdf is not None:
        paths["pdf"] = pdf
    return paths


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
    """One \\newcommand with its claim, hash, source and conditions as comments."""
    comments = [
        f"{formula.name} ({', '.join(cases)})",
        f"claim: {formula.claim}",
        f"hash: {formula.hash}" if formula.hash else "",
        f"source: {cited(formula.source)}" if formula.source else "",
        *(f"if {condition}" for condition in formula.conditions),
    ]
    head = "".join(f"% {' '.join(comment.split())}\n" for comment in comments if comment)
    return f"{head}\\newcommand{{\\{macro}}}{{\\ensuremath{{{latex_equation(formula.left, formula.right)}}}}}\n"


def derivation_tex(report: Report) -> str:
    """derivation.tex: every derivation with its assumptions and its numbered, checked steps."""
    parts = [_derivation(report, derivation) for derivation in report.derivations]
    head = "% Derivations of the report: assumption, rule, equation, check.\n"
    return f"{head}\\begingroup\\emergencystretch=3em\n{chr(10).join(parts)}\\par\\endgroup\n"


def _derivation(report: Report, derivation: Derivation) -> str:
    lines = [f"\\subsection*{{{escaped(sentence_case(derivation.title))}}}"]
    used = sorted(derivation.used, key=lambda item: item.id)
    if used:
        lines.append("\\noindent Assumptions used:\n\\begin{itemize}")
        lines += [f"  \\item \\emph{{{escaped(item.id)}}}: {escaped(item.statement)}" for item in used]
        lines.append("\\end{itemize}")
    if derivation.domain != True:  # noqa: E712  (SymPy's true is not Python's)
        lines.append(f"\\noindent Domain: $\\displaystyle {latex(derivation.domain)}$.")
    for step, check in zip(derivation.steps, step_checks(report, derivation), strict=True):
        lines.append(_step(derivation, step, check))
    if derivation.source:
        lines.append(f"\\noindent The result is compared with {escaped(cited(derivation.source))}.")
    return "\n".join(lines) + "\n"


def _step(derivation: Derivation, step: Step, check: str) -> str:
    reasons = [escaped(sentence_case(step.rule.label))]
    inputs = step_inputs(derivation, step)
    if inputs and inputs != (step.number - 1,):
        reasons.append(f"from {', '.join(f'({number})' for number in inputs)}")
    if step.rule.requires:
        reasons.append("using " + ", ".join(escaped(need.id) for need in step.rule.requires))
    checked = f" \\emph{{Checked {escaped(_CHECKS.get(check, check))}.}}" if check else ""
    equation = latex_display(step.output.left, step.output.right, tag=str(step.number))
    return f"\\paragraph{{Step {step.number}.}} {'; '.join(reasons)}.{checked}\n{equation}"


def sentence_case(words: str) -> str:
    """The words with a capital first letter."""
    return words[:1].upper() + words[1:]
