"""Stage: values. Input: expressions, balls, samples. Output: the three kinds of number that may be judged.

``Exact`` is a symbolic number, ``Enclosure`` (numeric/enclosure.py) a ball that provably contains the value,
``Estimate`` a sample mean with its standard error. Bare floats do not cross between files that judge.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import sympy as sp

from derive.formulas.latex import latex
from derive.formulas.shown import ShownAsLatex as ShownAsLatex
from derive.formulas.shown import aligned as aligned
from derive.formulas.shown import text_latex as text_latex
from derive.formulas.shown import within_latex as within_latex
from derive.formulas.shown import worded as worded


@dataclass(frozen=True)
class Exact(ShownAsLatex):
    """A number known as a closed expression without free symbols.

    Example: ``Exact(sp.Rational(1, 3)).to_json()["value"] == "1/3"``.
    """

    expression: sp.Expr

    def __post_init__(self) -> None:
        object.__setattr__(self, "expression", sp.sympify(self.expression))
        if self.expression.free_symbols:
            raise ValueError(f"an exact number has no free symbols, got {self.expression}")

    def __float__(self) -> float:
        return float(self.expression)

    def latex(self) -> str:
        """The closed expression."""
        return latex(self.expression)

    def to_json(self) -> dict[str, Any]:
        """The object of the report's JSON: kind, SymPy text and LaTeX."""
        return {"kind": "exact", "value": str(self.expression), "latex": latex(self.expression)}


@dataclass(frozen=True)
class Estimate(ShownAsLatex):
    """A mean over independent replicas with its standard error (an estimate, never a bound).

    ``mean`` and ``standard_error`` share a unit; ``replicas`` >= 2 counts the independent samples.
    """

    mean: float
    standard_error: float
    replicas: int

    def __post_init__(self) -> None:
        if not (math.isfinite(self.mean) and 0 <= self.standard_error < math.inf and self.replicas >= 2):
            raise ValueError(f"not an estimate: {self.mean} +- {self.standard_error} of {self.replicas} replicas")

    def __float__(self) -> float:
        return self.mean

    def latex(self) -> str:
        """Mean and standard error, its digits no more than two."""
        return within_latex(f"{self.mean:.6g}", f"{self.standard_error:.1e}")

    def to_json(self) -> dict[str, Any]:
        """The object of the report's JSON: kind, mean, standard error and replicas."""
        return {"kind": "estimate", "mean": self.mean, "standard_error": self.standard_error, "replicas": self.replicas}
