"""Stage: named integrals. Input: parameters and an argument. Output: transforms without an elementary form, by name.

A name stands for its integral: ``rewrite(sp.Integral)`` writes it out, differentiation gives names again, at 0 stand
moments in closed form. Whoever wants a number encloses it (numeric/standard_integrals.py); digits come from mpmath.
"""

from __future__ import annotations

from typing import Any

import mpmath
import sympy as sp
from sympy.core.function import ArgumentIndexError

from derive import symbols as y


class StandardIntegral(sp.Function):
    """The transform of a standard duration, real on x >= 0; the last argument is x."""

    def _eval_is_positive(self) -> bool | None:
        return True if self.args[-1].is_extended_nonnegative else None

    def _eval_is_extended_real(self) -> bool | None:
        return True if self.args[-1].is_extended_nonnegative else None

    def _eval_evalf(self, prec: int) -> sp.Expr | None:
        numbers = [argument._to_mpmath(prec + 20) for argument in self.args if argument.is_number]
        if len(numbers) < len(self.args):
            return None
        with mpmath.workprec(prec + 20):
            return sp.Expr._from_mpmath(self._digits(*numbers), prec)

    @staticmethod
    def _digits(*numbers: Any) -> Any:
        """The value by mpmath at its working precision (kind: numerical)."""
        raise NotImplementedError


class exponential_integral(StandardIntegral):  # noqa: N801  (written like SymPy's functions)
    """E_nu(x) = int_1^oo exp(-x v) v^-nu dv, entire in x but for a cut along x < 0; E_nu(0) = 1/(nu - 1) for nu > 1.

    SymPy's own ``expint`` has no value at 0 and turns into cancelling error functions for half-integer orders.

    Example: ``exponential_integral(sp.Rational(7, 2), 0) == sp.Rational(2, 5)``.
    """

    nargs = 2

    @classmethod
    def eval(cls, order: sp.Expr, x: sp.Expr) -> sp.Expr | None:
        """Its value at 0."""
        if x.is_zero:
            return sp.oo if (order - 1).is_nonpositive else 1 / (order - 1)
        return None

    def fdiff(self, argindex: int = 2) -> sp.Expr:
        """d/dx E_nu = -E_(nu - 1)."""
        if argindex != 2:
            raise ArgumentIndexError(self, argindex)
        return -exponential_integral(self.args[0] - 1, self.args[1])

    def _eval_rewrite_as_Integral(self, order: sp.Expr, x: sp.Expr, **hints: Any) -> sp.Expr:  # noqa: N802
        return sp.Integral(sp.exp(-x * y.u) * y.u ** (-order), (y.u, 1, sp.oo))

    @staticmethod
    def _digits(*numbers: Any) -> Any:
        return mpmath.expint(*numbers)
