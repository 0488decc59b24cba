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
