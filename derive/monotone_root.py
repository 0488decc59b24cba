"""Stage: implicit numbers. Input: a balance that falls between 0 and 1. Output: its root, as an exact number.

The applied share of a staleness threshold solves an equation for itself. As there is exactly one root (claim
threshold.balance-slope.any-law), the equation names the number as well as digits could.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import mpmath
import sympy as sp

from derive.standard_integrals import mpmath_functions

_COARSE, _MOST = 40, 40  # bits bisected; secants, of which six make 1000 bits


class MonotoneRoot(sp.AtomicExpr):
    """The root in (0, 1] of a strictly falling ``balance``, positive at 0 and not positive at 1.

    An atom: whoever walks through an expression meets one number, not a balance of a thousand operations.

    ``balance``: a ``sp.Lambda`` of one variable, without other symbols. Kind: exact; digits by bisection. Raises
    ``ValueError`` for anything else.

    Example: ``abs(MonotoneRoot(sp.Lambda(y.z, 1 - 2 * y.z)).n(20) - sp.Rational(1, 2)) < 1e-19``.
    """

    __slots__ = ("balance",)

    balance: sp.Lambda
    is_commutative = True
    is_number = True

    def __new__(cls, balance: sp.Lambda) -> MonotoneRoot:
        """Refuse what is no function of one number."""
        if not isinstance(balance, sp.Lambda) or len(balance.variables) != 1 or balance.free_symbols:
            raise ValueError(f"balance = {balance}: not a function of one number; allowed: a sp.Lambda without symbols")
        made: MonotoneRoot = sp.AtomicExpr.__new__(cls)
        made.balance = balance
        return made

    def __getnewargs__(self) -> tuple[sp.Lambda]:
        return (self.balance,)

    def _hashable_content(self) -> tuple[sp.Lambda]:
        return (self.balance,)

    def _eval_is_positive(self) -> bool:
        return True

    def _eval_is_extended_real(self) -> bool:
        return True

    def _eval_is_finite(self) -> bool:
        return True

    def _eval_evalf(self, prec: int) -> sp.Float:
        return sp.Float._new(bisected(self.balance, prec)._mpf_, prec)


@lru_cache(maxsize=256)  # a program of balls asks once per evaluation
def bisected(balance: sp.Lambda, bits: int) -> Any:
    """The root of a falling ``balance`` to ``bits`` bits (kind: numerical; who encloses it checks the signs).

    Bisected in few digits, then by the secant through the last two places, whose errors multiply.
    """
    function = sp.lambdify(balance.variables[0], balance.expr, [mpmath_functions(), "mpmath"])
    with mpmath.workprec(_COARSE + 20):
        low, high = mpmath.mpf(0), mpmath.mpf(1)
        for _ in range(_COARSE):
            middle = (low + high) / 2
            low, high = (middle, high) if function(middle) > 0 else (low, middle)
    with mpmath.workprec(bits + 20):
        before, now = function(low), function(high)
        for _ in range(_MOST):
            if before == now or abs(high - low) < mpmath.ldexp(1, -bits - 10):
                break
            low, high = high, high - now * (high - low) / (now - before)
            before, now = now, function(high)
        return +high
