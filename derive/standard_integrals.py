"""Stage: named integrals. Input: parameters and an argument. Output: transforms without an elementary form, by name.

A name stands for its integral: ``rewrite(sp.Integral)`` writes it out, differentiation gives names again, at 0 stand
moments in closed form. Whoever wants a number encloses it (numeric/balls/standard_integrals.py); digits come from
mpmath.
"""

from __future__ import annotations

from collections.abc import Callable
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
        numbers = [mpmath.mpmathify(part._to_mpmath(prec + 20)) for part in self.args if part.is_number]
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


class bounded_exponential_integral(StandardIntegral):  # noqa: N801
    """E_nu(b; x) = int_1^b exp(-x v) v^-nu dv, entire in x; E_nu(b; 0) = (1 - b^(1 - nu))/(nu - 1), log b for nu = 1.

    Example: ``bounded_exponential_integral(3, 2, 0) == sp.Rational(3, 8)``.
    """

    nargs = 3

    @classmethod
    def eval(cls, order: sp.Expr, end: sp.Expr, x: sp.Expr) -> sp.Expr | None:
        """Its value at 0."""
        if x.is_zero:
            return sp.log(end) if order == 1 else (1 - end ** (1 - order)) / (order - 1)
        return None

    def fdiff(self, argindex: int = 3) -> sp.Expr:
        """d/dx E_nu = -E_(nu - 1)."""
        if argindex != 3:
            raise ArgumentIndexError(self, argindex)
        return -bounded_exponential_integral(self.args[0] - 1, *self.args[1:])

    def _eval_rewrite_as_Integral(self, order: sp.Expr, end: sp.Expr, x: sp.Expr, **hints: Any) -> sp.Expr:  # noqa: N802
        return sp.Integral(sp.exp(-x * y.u) * y.u ** (-order), (y.u, 1, end))

    @staticmethod
    def _digits(*numbers: Any) -> Any:
        order, end, x = numbers  # on one side of the cut the branches of both terms cancel
        found = mpmath.expint(order, x) - end ** (1 - order) * mpmath.expint(order, end * x)
        return found.real if mpmath.im(x) == 0 else found


class weibull_integral(StandardIntegral):  # noqa: N801
    """W_n(k; x) = int_0^oo v^n exp(-x v) k v^(k-1) exp(-v^k) dv, E[V^n exp(-x V)] of a Weibull duration of scale 1.

    Entire in x for k > 1; for k < 1 it converges where Re x >= 0 and continues to a plane cut along x < 0. At 0 it is
    Gamma(1 + n/k), and for k = 1 it is n!/(1 + x)^(n + 1).

    Example: ``weibull_integral(2, sp.Rational(1, 2), 0) == 24``.
    """

    nargs = 3

    @classmethod
    def eval(cls, order: sp.Expr, shape: sp.Expr, x: sp.Expr) -> sp.Expr | None:
        """Its value at 0, and for the exponential law."""
        if x.is_zero:
            return sp.gamma(1 + order / shape)
        return sp.factorial(order) / (1 + x) ** (order + 1) if shape == 1 else None

    def fdiff(self, argindex: int = 3) -> sp.Expr:
        """d/dx W_n = -W_(n + 1)."""
        if argindex != 3:
            raise ArgumentIndexError(self, argindex)
        return -weibull_integral(self.args[0] + 1, *self.args[1:])

    def _eval_rewrite_as_Integral(self, order: sp.Expr, shape: sp.Expr, x: sp.Expr, **hints: Any) -> sp.Expr:  # noqa: N802
        power = shape * y.u ** (order + shape - 1)
        return sp.Integral(sp.exp(-x * y.u) * power * sp.exp(-(y.u**shape)), (y.u, 0, sp.oo))

    @staticmethod
    def _digits(*numbers: Any) -> Any:
        order, shape, x = numbers
        power, turn = 1 + order / shape, _half_turned(x, 1 / shape, 1.2 if shape < 1 else 0.6)

        def integrand(v: Any) -> Any:
            v = v - turn
            return mpmath.exp(power * v - mpmath.exp(v) - x * mpmath.exp(v / shape))

        bits = mpmath.mp.prec
        ends = -0.8 * bits / power, mpmath.log(bits + 9 * power) + 1
        return _over_a_line(integrand, ends, min(0.35, 0.75 * shape))


class lognormal_integral(StandardIntegral):  # noqa: N801
    """Lambda(sigma; x) = E exp(-x exp(sigma N)), N standard normal; a plane cut along x < 0.

    Its derivative is itself at another point: E V exp(-x V) = exp(sigma^2/2) Lambda(sigma; x exp(sigma^2)).

    Example: ``lognormal_integral(2, 0) == 1``.
    """

    nargs = 2

    @classmethod
    def eval(cls, spread: sp.Expr, x: sp.Expr) -> sp.Expr | None:
        """Its value at 0."""
        return sp.Integer(1) if x.is_zero else None

    def fdiff(self, argindex: int = 2) -> sp.Expr:
        """d/dx Lambda = -exp(sigma^2/2) Lambda(sigma; x exp(sigma^2))."""
        if argindex != 2:
            raise ArgumentIndexError(self, argindex)
        spread, x = self.args
        return -sp.exp(spread**2 / 2) * lognormal_integral(spread, x * sp.exp(spread**2))

    def _eval_rewrite_as_Integral(self, spread: sp.Expr, x: sp.Expr, **hints: Any) -> sp.Expr:  # noqa: N802
        density = sp.exp(-(sp.log(y.u) ** 2) / (2 * spread**2)) / (y.u * spread * sp.sqrt(2 * sp.pi))
        return sp.Integral(sp.exp(-x * y.u) * density, (y.u, 0, sp.oo))

    @staticmethod
    def _digits(*numbers: Any) -> Any:
        spread, x = numbers
        turn, end = _half_turned(x, spread, 2), mpmath.sqrt(1.5 * mpmath.mp.prec + 9)

        def integrand(v: Any) -> Any:
            v = v - turn
            return mpmath.exp(-v * v / 2 - x * mpmath.exp(spread * v)) / mpmath.sqrt(2 * mpmath.pi)

        return _over_a_line(integrand, (-end, end), min(4, 0.75 / spread))


def mpmath_functions() -> dict[str, Callable[..., Any]]:
    """Every standard integral by its name, as a function of mpmath's numbers at its working precision.

    Example: ``mpmath_functions()["exponential_integral"](2, 0) == 1``.
    """

    def of(integral: type[StandardIntegral]) -> Callable[..., Any]:
        return lambda *numbers: integral._digits(
            *map(mpmath.mpmathify, numbers)
        )  # whole numbers would divide in doubles

    return {integral.__name__: of(integral) for integral in StandardIntegral.__subclasses__()}


def _over_a_line(integrand: Callable[[Any], Any], ends: tuple[Any, Any], width: Any) -> Any:
    """The trapezoid sum, off by exp(-2 pi width/step) for an integrand that is analytic and bounded that far away."""
    step = 2 * mpmath.pi * width / (0.7 * mpmath.mp.prec + width**2)
    first, last = (int(mpmath.floor(end / step)) for end in ends)
    return step * mpmath.fsum(integrand(j * step) for j in range(first, last + 2))


def _half_turned(x: Any, rate: Any, most: float) -> Any:
    """i c for the line Im y = -c on which x e^(rate y) lies at most half-way between x and the positive axis."""
    turn = mpmath.arg(x) / (2 * rate) if mpmath.im(x) else 0
    return 1j * max(-most, min(most, turn)) if turn else mpmath.mpf(0)
