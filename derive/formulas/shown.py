"""Stage: formulas. Input: a record that knows its LaTeX. Output: how a notebook shows it.

Jupyter asks an object for ``_repr_latex_``; every result says there what page and paper would print.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from decimal import Decimal, localcontext

from derive.formulas.latex import escaped


class ShownAsLatex:
    """A result that a notebook typesets."""

    @abstractmethod
    def latex(self) -> str:
        """The result as LaTeX, without dollar signs."""

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"


def aligned(rows: Iterable[str]) -> str:
    """Equations one below the other, at their alignment marks.

    Example: ``aligned(["a &= b"]) == r"\\begin{aligned} a &= b \\end{aligned}"``.
    """
    body = r" \\ ".join(rows)
    return rf"\begin{{aligned}} {body} \end{{aligned}}"


def worded(rows: Iterable[tuple[str, str]], relation: str = "=") -> str:
    """Named values one below the other: what each is in words, and its LaTeX.

    Example: ``worded([("mean delay", "1.5")]) == aligned([r"\\text{mean delay} &= 1.5"])``.
    """
    return aligned(rf"{text_latex(words)} &{relation} {value}" for words, value in rows)


def text_latex(words: str) -> str:
    """Words inside a formula, underscores as spaces.

    Example: ``text_latex("decay_rate") == r"\\text{decay rate}"``.
    """
    return rf"\text{{{escaped(words.replace('_', ' '))}}}"


def digits_latex(number: str) -> str:
    """A decimal string as LaTeX, its exponent as a power of ten.

    Example: ``digits_latex("-1.5e-20") == "-1.5 " + chr(92) + "times 10^{-20}"``.
    """
    mantissa, _, exponent = number.lower().partition("e")
    return rf"{mantissa} \times 10^{{{int(exponent)}}}" if exponent else mantissa


def within_latex(middle: str, radius: str) -> str:
    """A ball as LaTeX: its middle, plus or minus a bound of about two digits; the middle alone if exact.

    The middle is rounded where the bound's digits end, and what that moves it by is added to the bound, which is
    rounded up: the printed ball holds the one given.

    Example: ``within_latex("0.25", "0") == "0.25"``.
    """
    centre, size = Decimal(middle), Decimal(radius)
    if size == 0:
        return digits_latex(middle)
    with localcontext(prec=len(middle) + len(radius) + abs(centre.adjusted()) + abs(size.adjusted())):
        unit = Decimal(1).scaleb(size.adjusted() - 1)
        kept = min(centre, centre.quantize(unit), key=lambda one: len(one.as_tuple().digits))
        bound = ((size + abs(centre - kept)) / unit).to_integral_value(rounding="ROUND_CEILING") * unit
    return rf"{_decimal(kept)} \pm {_decimal(bound)}"


def _decimal(number: Decimal) -> str:
    short = -5 <= number.adjusted() <= 5 or not number
    return f"{number:f}" if short else digits_latex(f"{number.normalize():e}")
