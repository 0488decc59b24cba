"""Stage: balls of claims. Input: a claim and exact numbers. Output: the ball of its right side, refused off its domain.

claim -> arguments by name, domain -> numeric/enclosure.py -> Enclosure
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from derive.claims.record import Claim
from derive.fingerprint import fingerprint
from derive.formulas.latex import latex
from derive.formulas.shown import ShownAsLatex
from numeric.enclosure import Arrays, ComplexEnclosure, Enclosure, ExactNumber, Unevaluable, evaluate, evaluate_complex


@dataclass(frozen=True)
class BallFunction(ShownAsLatex):
    """One expression as a function of exact numbers, which come by their names in code.

    ``hash`` is that of expression and domain, the same as the kernel's and the claim's.

    Example: ``BallFunction(y.damping**2, {"damping": y.damping})(damping=3).contains(9)``.
    """

    expression: sp.Expr
    arguments: dict[str, sp.Symbol]
    domain: sp.Basic = sp.true

    def latex(self) -> str:
        """The expression that is enclosed."""
        return latex(self.expression)

    @property
    def hash(self) -> str:
        """The fingerprint of expression and domain."""
        return fingerprint(self.expression, self.domain)

    def __call__(self, *, arrays: Arrays | None = None, **numbers: ExactNumber) -> Enclosure | ComplexEnclosure:
        """The value (kind: enclosure), complex where a number or the value may be complex.

        ``numbers`` are exact, one a name; ``arrays`` the data behind indexed sums. Raises ``TypeError`` for missing
        names, ``ValueError`` outside the domain, ``Unevaluable`` where balls have no answer.
        """
        if numbers.keys() != self.arguments.keys():
            raise TypeError(f"arguments {sorted(numbers)}; allowed: {sorted(self.arguments)}")
        values = {symbol: sp.sympify(numbers[name]) for name, symbol in self.arguments.items()}
        domain = self.domain.subs(values)
        if sp.simplify(domain) == sp.false:
            raise ValueError(f"{values} lies outside the domain; allowed: {self.domain}")
        try:
            return evaluate(self.expression, values, arrays)
        except Unevaluable:  # not proven real
            return evaluate_complex(self.expression, values, arrays)


def ball_of(claim: Claim) -> BallFunction:
    """The ball of a claim's right side; its arguments bear their names in code.

    Example: ``ball_of(Claim("rate", "", "equality", "R0", arrival_rate))(workers=4, mean_delay=2).contains(2)``.
    """
    return BallFunction(claim.expression, claim.arguments, claim.derived.domain)
