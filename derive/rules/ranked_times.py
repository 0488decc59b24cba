"""Stage: rules about ranked cycles of one law. Input: the wait as an integral over F. Output: its closed form.

E[X_{k:M}] = E q(x), q(x) the duration that a share x of the cycles exceeds, x a Beta(M - k + 1, k) variable
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Equation, Rule
from derive.rules.filters import written_out
from derive.rules.laws import cdf_of

exceeded = sp.Dummy("x", positive=True)
_CASES = ((1, 1), (2, 1), (3, 2), (4, 4), (5, 3))


def ranked_power(power: sp.Expr) -> sp.Expr:
    """E x^b of x ~ Beta(M - n_B + 1, n_B): a ratio of gamma functions."""
    left = y.workers - y.batch + 1
    return sp.gamma(y.workers + 1) * sp.gamma(left + power) / (sp.gamma(left) * sp.gamma(y.workers + 1 + power))


@dataclass(frozen=True)
class AverageQuantiles(Rule):
    """T_u = E q(x) for the n_B-th of M cycles: the cdf makes it the n_B-th of M uniform variables, 1 - x.

    ``quantile`` is q in ``exceeded``: a sum of powers and of one logarithm, E ln x = -sum_{j < n_B} 1/(M - j). The
    second route integrates the input's probability term by term, q(1) + int_0^1 (-q'(x)) P(fewer than n_B are done).
    """

    quantile: sp.Expr
    needs: tuple[Assumption, ...]
    label: ClassVar[str] = "average the quantiles of ranked uniform variables"

    @property
    def requires(self) -> tuple[Assumption, ...]:
        """The law of the cycles, and what makes the workers race."""
        return (assumptions.FIRST_FINISHED, *self.needs)

    def apply(self, *inputs: Equation) -> Equation:
        """Every term by its mean."""
        total = sp.Integer(0)
        for term in sp.Add.make_args(sp.expand(self.quantile)):
            factor, rest = term.as_independent(exceeded)
            if rest == sp.log(exceeded):
                total -= factor * sp.Sum(1 / (y.workers - y.j), (y.j, 0, y.batch - 1))
            else:
                power = sp.simplify(exceeded * sp.diff(rest, exceeded) / rest)
                mean = ranked_power(power)
                total += factor * (sp.cancel(sp.gammasimp(mean)) if power.is_Integer else mean)
        return Equation(y.update_time, sp.factor_terms(total))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Up to five workers."""
        (integral,) = inputs[0].right.atoms(sp.Integral)
        slope = -sp.diff(self.quantile, exceeded)
        for count, size in _CASES:
            put = {y.workers: count, y.batch: size}
            waiting = written_out(integral.function.subs(put)).replace(cdf_of, lambda _: 1 - exceeded)
            total = self.quantile.subs(exceeded, 1)
            for term in sp.Add.make_args(sp.expand(sp.expand(waiting) * slope)):
                power = sp.simplify(exceeded * sp.diff(term, exceeded) / term)
                total += term.subs(exceeded, 1) / (power + 1)
            yield sp.gammasimp(sp.expand_func(written_out(output.right.subs(put)) - total))


@dataclass(frozen=True)
class AverageHazardPowers(Rule):
    """T_u = u_s E (-ln x)^(1/k_W) for the n_B-th of M Weibull cycles, x a Beta(M - n_B + 1, n_B) variable.

    The density n_B C(M, n_B) x^(M - n_B) (1 - x)^(n_B - 1) by the powers of x, and x = e^{-v} in each: an alternating
    sum. The second route integrates the input's probability in the time, power by power of the survival function.
    """

    label: ClassVar[str] = "average a power of the cumulative hazard of ranked uniform variables"
    requires: ClassVar = (assumptions.FIRST_FINISHED, assumptions.WEIBULL)

    def apply(self, *inputs: Equation) -> Equation:
        """int_0^oo v^(1/k) e^{-m v} dv for every power x^(m - 1) of the density."""
        hazard, power = sp.symbols("v m", positive=True, cls=sp.Dummy)
        mean = sp.integrate(hazard ** (1 / y.hazard_shape) * sp.exp(-power * hazard), (hazard, 0, sp.oo))
        raised = mean.subs(power, y.workers - y.batch + 1 + y.j)
        factor, term = sp.powsimp(raised).as_independent(y.j)
        ways = (-1) ** y.j * sp.binomial(y.batch - 1, y.j)
        outside = y.scale * y.batch * sp.binomial(y.workers, y.batch) * factor
        return Equation(y.update_time, outside * sp.Sum(ways * term, (y.j, 0, y.batch - 1)))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Up to five workers: int_0^oo e^{-i (t/u_s)^k} dt for the i-th power, by w = (t/u_s)^k."""
        (integral,) = inputs[0].right.atoms(sp.Integral)
        share, hazard = sp.symbols("S w", positive=True, cls=sp.Dummy)
        slope = y.scale * sp.diff(hazard ** (1 / y.hazard_shape), hazard)
        for count, size in _CASES:
            put = {y.workers: count, y.batch: size}
            waiting = sp.expand(written_out(integral.function.subs(put)).replace(cdf_of, lambda _: 1 - share))
            total = sp.Integer(0)
            for (power,), factor in sp.Poly(waiting, share).terms():
                total += factor * sp.integrate(sp.exp(-power * hazard) * slope, (hazard, 0, sp.oo))
            yield sp.simplify(sp.gammasimp(written_out(output.right.subs(put)) - total))
