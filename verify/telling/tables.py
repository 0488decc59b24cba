"""Stage: telling. Input: a Report. Output: booktabs tables, one of the quantities and one of the claims per case."""

from __future__ import annotations

import re

import sympy as sp

from derive.formulas.latex import escaped, latex_inline
from verify.report import Report, case_in_words
from verify.telling.numbers import percent, shown
from verify.telling.record import quantity_rows
from verify.verdict import Value, Verdict

_ROWS = 22
_CASES = 3  # of one table of quantities
_CLAIM_COLUMNS = r"@{}p{0.27\linewidth}p{0.20\linewidth}p{0.20\linewidth}p{0.12\linewidth}p{0.11\linewidth}@{}"


def claim_tables(report: Report) -> dict[str, str]:
    """One table per case, by file name: claim, predicted, observed, outcome, smallest bias noticed."""
    tables: dict[str, str] = {}
    for label in case_labels(report):
        rows = [verdict for verdict in report.verdicts if verdict.case == label]
        name = f"claims-{file_name(label)}" if label else "claims"
        tables[name] = _claims(label, rows)
    return tables


def case_labels(report: Report) -> list[str]:
    """The cases that have verdicts, in order."""
    return list(dict.fromkeys(verdict.case for verdict in report.verdicts))


def file_name(label: str) -> str:
    """A label as a file name: lower-case words joined by hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-") or "case"


def number_tex(value: Value | None) -> str:
    """A number in LaTeX, its kind visible: closed form, digits proven, or mean and standard error."""
    if value is None:
        return "---"
    result = shown(value)
    exact = result.expression
    closed = f"${latex_inline(exact)}$" if exact is not None and _short(exact) else ""
    digits = escaped(result.text)
    if closed and result.text:
        return f"{closed} $\\approx$ {_digits(result.text)}"
    return closed or (_digits(result.text) if digits else "---")


def _short(expression: sp.Expr) -> bool:
    return int(sp.count_ops(expression)) <= 8


def _digits(text: str) -> str:
    """Digits set in mathematics, with powers of ten written out."""
    superscripts = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    text = re.sub(r"10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda power: f"10^{{{power[1].translate(superscripts)}}}", text)
    for sign, command in (("×", r"\times"), ("±", r"\pm"), ("\u2212", "-"), ("…", r"\ldots"), ("%", r"\%")):
        text = text.replace(sign, f"{command} " if command.startswith("\\") and command != r"\%" else command)
    return f"${text}$"


def _claims(label: str, verdicts: list[Verdict]) -> str:
    parts = [f"% Claims judged{f' in the case {label}' if label else ''}.\n"]
    for start in range(0, len(verdicts), _ROWS):
        rows = "\n".join(_claim_row(verdict) for verdict in verdicts[start : start + _ROWS])
        head = r"Claim & Predicted & Observed & Outcome & \raggedright Least bias noticed"
        parts.append(_tabular(_CLAIM_COLUMNS, head, rows))
    return "\n".join(parts)


def _tabular(columns: str, head: str, body: str) -> str:
    return (
        f"{{\\noindent\\footnotesize\\setlength{{\\tabcolsep}}{{3pt}}\\begin{{tabular}}{{{columns}}}\n"
        f"\\toprule\n{head} \\tabularnewline\n\\midrule\n{body}\n\\bottomrule\n\\end{{tabular}}}}\n"
    )


def _claim_row(verdict: Verdict) -> str:
    bias = verdict.smallest_bias_noticed
    power = _digits(percent(bias)) if bias is not None else "proof"
    cells = (
        breakable(verdict.claim),
        number_tex(verdict.predicted),
        number_tex(verdict.observed),
        verdict.outcome,
        power,
    )
    return " & ".join(rf"\raggedright {cell}" for cell in cells) + r" \tabularnewline"


def quantity_table(report: Report) -> str:
    """Every quantity of every case: one row a quantity, one column a case, a further table for further cases."""
    cases = [case.label for case in report.cases]
    parts = [_quantities(report, cases, start) for start in range(0, max(1, len(cases)), _CASES)]
    return "% Quantities of every case.\n" + "\\bigskip\n\n".join(parts)


def _quantities(report: Report, cases: list[str], start: int) -> str:
    shown_cases = cases[start : start + _CASES]
    columns = r"@{}p{0.26\linewidth}l" + f"p{{{0.58 / max(1, len(shown_cases)):.3f}\\linewidth}}" * len(shown_cases)
    words = [rf"\raggedright {breakable(case_in_words(label))}" for label in shown_cases]
    head = " & ".join(["Quantity", "Rung", *words])
    rows = [
        " & ".join(
            [rf"\raggedright {escaped(name.replace('_', ' '))}", escaped(rung)]
            + [rf"\raggedright {number_tex(value)}" for value in values[start : start + _CASES]]
        )
        for name, rung, values in quantity_rows(report)
        if not shown_cases or any(value is not None for value in values[start : start + _CASES])
    ]
    return _tabular(columns + "@{}", head, "\n".join(rf"{line} \tabularnewline" for line in rows))


def breakable(label: str) -> str:
    """A label as LaTeX that may be broken after every underscore, dot and hyphen.

    Example: ``breakable("age_threshold") == r"age\\_\\allowbreak threshold"``.
    """
    return re.sub(r"(\\_|[.=-])(?=\w)", r"\1\\allowbreak ", escaped(label))
