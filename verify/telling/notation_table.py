"""Stage: telling. Input: equations. Output: what their letters mean, as a table and in sentences.

Only letters that are used appear, in the order of the notation; a function has its own meaning.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import sympy as sp
from sympy.core.function import AppliedUndef

from derive.formulas.latex import escaped, latex, tex
from derive.formulas.names import name_box
from derive.formulas.notation import printed_function
from derive.symbols import ARRAYS, FUNCTIONS, NOTATION, SHARED_FUNCTIONS
from verify.telling.sentences import sentence_tex

# Functions of the literature, by SymPy's or our own class: how one writes them, and what they are.
SPECIAL = {
    "LambertW": (r"W_{\ell}", "branch ell of the Lambert W function"),
    "lowergamma": (r"\gamma(\cdot, \cdot)", "lower incomplete gamma function"),
    "uppergamma": (r"\Gamma(\cdot, \cdot)", "upper incomplete gamma function"),
    "betainc_regularized": (r"\mathrm{I}_{x}(\cdot, \cdot)", "regularised incomplete beta function"),
    "RisingFactorial": (r"(\cdot)_{j}", "rising factorial"),
    "erfc": (r"\operatorname{erfc}", "complementary error function"),
    "exponential_integral": (r"E_{\nu}(x)", r"integral $\int_1^\infty e^{-xv} v^{-\nu}\,\mathrm{d}v$"),
    "bounded_exponential_integral": (r"E_{\nu}(b; x)", r"integral $\int_1^b e^{-xv} v^{-\nu}\,\mathrm{d}v$"),
    "weibull_integral": (
        r"\mathcal{W}_{n}(k, x)",
        r"integral $\int_0^\infty v^n e^{-xv}\, k v^{k-1} e^{-v^k}\,\mathrm{d}v$",
    ),
    "lognormal_integral": (
        r"\mathcal{N}(\sigma, x)",
        r"mean of $\exp(-x e^{\sigma Z})$ for a standard normal $Z$",
    ),
}
_ROWS = 6  # of one piece of the table, so that pages may break between pieces
_HEAD = (
    r"\begin{tabular}{@{}p{0.15\linewidth}@{\hspace{0.02\linewidth}}"
    r">{\raggedright\arraybackslash}p{0.55\linewidth}@{\hspace{0.02\linewidth}}p{0.26\linewidth}@{}}"
)


def meanings(expressions: Iterable[sp.Basic]) -> dict[str, tuple[str, str]]:
    """LaTeX letter to (meaning, unit) for every symbol, array and function of the expressions.

    Example: ``list(meanings([sp.Symbol("M", positive=True, integer=True)])) == ["M"]``.
    """
    whole = sp.Tuple(*expressions)
    named = {one.func.__name__ for one in whole.atoms(AppliedUndef)}
    arrays = {str(one.label) for one in whole.atoms(sp.IndexedBase)}
    free = whole.free_symbols
    found = {latex(entry.symbol): (entry.meaning, entry.unit) for entry in NOTATION.values() if entry.symbol in free}
    found |= {_letter(name): meaning for name, meaning in FUNCTIONS.items() if name in named}
    found |= {rf"{_letter(name)}(\cdot)": meaning for name, meaning in SHARED_FUNCTIONS.items() if name in named}
    for name, (indices, meaning, unit) in ARRAYS.items():
        found |= {f"{_letter(name)}_{{{indices}}}": (meaning, unit)} if name in arrays else {}
    classes = {type(one).__name__ for one in whole.atoms(sp.Function)}
    return found | {letter: (meaning, "1") for name, (letter, meaning) in SPECIAL.items() if name in classes}


def _letter(name: str) -> str:
    return tex(name_box(printed_function(name)))


def notation_tex(expressions: Iterable[sp.Basic]) -> str:
    """notation.tex: the table of letters, in pieces that fit a column."""
    told = meanings(expressions).items()
    rows = [rf"${letter}$ & {_said(meaning)} & {unit_tex(unit)} \\" for letter, (meaning, unit) in told]
    pieces = [rows[start : start + _ROWS] for start in range(0, len(rows), _ROWS)]
    tables = []
    for number, piece in enumerate(pieces):
        head = "\\toprule\nletter & meaning & unit \\\\\n\\midrule\n" if number == 0 else ""
        foot = "\\bottomrule\n" if number == len(pieces) - 1 else ""
        body = "\n".join(piece)
        tables.append(f"\\noindent{{\\small{_HEAD}\n{head}{body}\n{foot}\\end{{tabular}}}}\\par\n")
    return "% What the letters mean. Needs booktabs.\n" + "\\nointerlineskip\n".join(tables)


def introduced(expressions: Iterable[sp.Basic], known: set[str]) -> str:
    """A sentence that says what the letters mean that are not ``known`` yet; they are known afterwards."""
    fresh = {letter: meaning for letter, (meaning, _) in meanings(expressions).items() if letter not in known}
    known |= set(fresh)
    if not fresh:
        return ""
    parts = [f"${letter}$ for {_the(_said(meaning))}" for letter, meaning in fresh.items()]
    *earlier, last = parts
    return f"We write {'; '.join(earlier)}{'; and ' if earlier else ''}{last}.\n"


def _said(meaning: str) -> str:
    """The meaning as LaTeX; what has a formula between dollar signs is LaTeX already."""
    return meaning if "$" in meaning else sentence_tex(meaning)


def _the(meaning: str) -> str:
    """With an article, unless the meaning is a formula or has one."""
    plain = meaning[:1].isalpha() and meaning.split()[0] not in ("a", "the", "one", "minus")
    return f"the {meaning}" if plain else meaning


def unit_tex(unit: str) -> str:
    """A unit as upright LaTeX text, its powers raised.

    Example: ``unit_tex("s^n") == r"s\\textsuperscript{n}"``.
    """
    return re.sub(r"\^(\w+)", r"\\textsuperscript{\1}", escaped(unit).replace(r"\textasciicircum{}", "^"))
