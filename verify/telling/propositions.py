"""Stage: telling. Input: a Report. Output: its assumptions and its results, as an author states them.

assumptions.tex lists the hypotheses that anything uses, (A1), (A2), ...; results.tex has one proposition a result, with
the letters it is the first to use, its conditions, its numbered equation, its source and where it is derived.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import permutations

import sympy as sp

from derive.derivation import Assumption, Derivation
from derive.formulas.latex import FITTED, latex_displays, latex_inline
from derive.formulas.layout import equation_box, formula_box
from derive.formulas.lines import COLUMN
from derive.formulas.widths import width
from verify.report import Formula, Report
from verify.telling.notation_table import introduced
from verify.telling.sentences import sentence_case, sentence_tex
from verify.telling.sources import SOURCES

_SPELLED = {"poisson": "Poisson", "erlang": "Erlang", "non-lattice": "non-lattice"}
SHORT = 12.0  # digits that an inequality in a sentence may be wide and still stay on one line
_SUPPORTS = re.compile(r"makes claim (\w) of (\w+) quantitative")


def assumptions_tex(report: Report) -> str:
    """assumptions.tex: every assumption that a derivation of the report uses, once, with its label."""
    used = sorted({item for derivation in report.derivations for item in derivation.used}, key=lambda item: item.id)
    rows = "\n".join(
        rf"  \item\label{{asm:{item.id}}} \emph{{{_called(item)}}}: {sentence_tex(item.statement)}." for item in used
    )
    if not rows:
        return "% The results need no assumptions.\n"
    widest = rf"\settowidth{{\labelwidth}}{{(A{'0' * len(str(len(used)))})}}\leftmargin=\labelwidth"
    spacing = r"\advance\leftmargin\labelsep\itemsep=2pt plus 1pt\parsep=0pt"
    return (
        "% The hypotheses of the model, numbered; results.tex and derivation.tex refer to them.\n"
        r"\begingroup\renewcommand{\theenumi}{A\arabic{enumi}}" + "\n"
        rf"\begin{{list}}{{(\theenumi)}}{{\usecounter{{enumi}}{widest}{spacing}}}" + f"\n{rows}\n"
        "\\end{list}\n\\endgroup\n"
    )


def results_tex(report: Report, named: Iterable[tuple[str, Formula]]) -> str:
    """results.tex: one proposition for every (macro, formula). Needs macros.tex and an environment ``proposition``."""
    derived = {derivation.title: derivation for derivation in report.derivations}
    known: set[str] = set()
    parts = ["% One proposition a result. Needs \\newtheorem{proposition}{Proposition} and macros.tex.", FITTED]
    for macro, formula in named:
        derivation = derived.get(formula.title)
        domain = derivation.domain if derivation is not None else sp.true
        parts.append(introduced((formula.left, formula.right, domain), known))
        parts.append(_proposition(macro, formula, derivation))
    return "\n".join(part for part in parts if part) + "\n"


def _proposition(macro: str, formula: Formula, derivation: Derivation | None) -> str:
    title = formula.title or formula.name
    equation = _equation(macro, formula)
    opening = _hypotheses(derivation) if derivation is not None else ""
    result = "Then, to leading order," if formula.relation == "asymptotic" else "Then" if opening else "It holds that"
    remarks = [_cited(formula.source)]
    if derivation is not None:
        remarks.append(rf"The steps are in Appendix~\ref{{app:{label(formula.title)}}}.")
    name = sentence_tex(sentence_case(title))
    return (
        f"\\begin{{proposition}}[{{{name}}}]\\label{{prop:{formula.claim}}}\n{opening}{result}\n"
        f"{equation}\n\\end{{proposition}}\n{' '.join(filter(None, remarks))}\n"
    )


def _equation(macro: str, formula: Formula) -> str:
    """The macro in a numbered display, or the formula itself where it needs several lines."""
    if width(equation_box(formula.left, formula.right)) > COLUMN:
        return latex_displays(formula.left, formula.right, f"res:{formula.claim}")
    return f"\\begin{{equation}}\\label{{res:{formula.claim}}}\n  \\{macro}\n\\end{{equation}}"


def _hypotheses(derivation: Derivation) -> str:
    parts = []
    if derivation.used:
        parts.append(f"assume {listed(derivation.used)}")
    if derivation.domain != sp.true:
        parts.append(f"let {_inequalities(derivation.domain)}")
    words = ", and ".join(parts)
    return f"{words[:1].upper()}{words[1:]}. " if words else ""


def _inequalities(condition: sp.Basic) -> str:
    """The condition's parts as formulas with "and" between them; no line breaks a short one."""
    parts = sorted(condition.args, key=sp.default_sort_key) if isinstance(condition, sp.And) else [condition]
    told = [(latex_inline(part), width(formula_box(part))) for part in parts]
    for low, high in permutations(parts, 2):
        if isinstance(low, sp.Gt) and isinstance(high, sp.Lt) and low.lhs == high.lhs:
            chain = rf"{latex_inline(low.rhs)} < {latex_inline(high)}"
            told[parts.index(high)] = (chain, width(formula_box(high)) + 2)
            told[parts.index(low)] = ("", 0.0)
    *earlier, last = [f"${{{one}}}$" if size < SHORT else f"${one}$" for one, size in told if one]
    return f"{', '.join(earlier)} and {last}" if earlier else last


def listed(used: Iterable[Assumption]) -> str:
    """References to assumptions: (A1), (A4) and (A7).

    Example: ``listed([]) == ""``.
    """
    references = [rf"\textup{{(\ref{{asm:{item.id}}})}}" for item in sorted(used, key=lambda item: item.id)]
    *earlier, last = references or [""]
    return f"{', '.join(earlier)} and~{last}" if earlier else last


def _called(item: Assumption) -> str:
    """What an assumption is called, in words."""
    return " ".join(_SPELLED.get(word, word) for word in _SPELLED.get(item.id, item.id.replace("-", " ")).split())


def label(title: str) -> str:
    """A derivation's title as a label."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


def _cited(source: str) -> str:
    """Whose result it is, and which qualitative claim it makes a formula of."""
    supports = _SUPPORTS.search(source)
    rest = _SUPPORTS.sub("", source)
    keys = [key for key in SOURCES if re.search(rf"\b{key}\b", rest)]
    told = [rf"The result is that of~\cite{{{','.join(keys)}}}."] if keys else []
    if supports and supports[2] in SOURCES:
        told.append(rf"It makes claim~{supports[1]} of~\cite{{{supports[2]}}} quantitative.")
    return " ".join(told)
