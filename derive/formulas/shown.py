"""Stage: formulas. Input: a record that knows its LaTeX. Output: how a notebook shows it.

Jupyter asks an object for ``_repr_latex_``; every result says there what page and paper would print.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from decimal import Decimal


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


def digits_latex(number: str) -> str:
    """A decimal string as LaTeX, its exponent as a power of ten.

    Example: ``digits_latex("-1.5e-20") == "-1.5 " + chr(92) + "times 10^{-20}"``.
    """
    mantissa, _, exponent = number.lower().partition("e")
    return rf"{mantissa} \times 10^{{{int(exponent)}}}" if exponent else mantissa


def within_latex(middle: str, radius: str) -> str:
    """A ball as LaTeX: its middle, plus or minus a bound rounded up to two digits; the middle alone if exact.

    Example: ``within_latex("0.25", "0") == "0.25"``.
    """
    size = Decimal(radius)
    if size == 0:
        return digits_latex(middle)
    unit = Decimal(1).scaleb(size.adjusted() - 1)
    rounded = (size / unit).to_integral_value(rounding="ROUND_CEILING") * unit
    bound = f"{rounded:f}" if -4 <= size.adjusted() <= 4 else f"{rounded:.1e}"
    return rf"{digits_latex(middle)} \pm {digits_latex(bound)}"
