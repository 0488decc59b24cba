"""Stage: rules about staleness. Input: one worker's counts in a window. Output: staleness with delay, exactly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule
from derive.rules.laws import density_of
from derive.rules.modelling import counting_transform

one_counted = sp.Function("G_N")  # E z^N, N one worker's arrivals in a window


@dataclass(frozen=True)
class CountOtherWorkers(Rule):
    """E[z^K | T = u] = G_N(z, u)^(M-1): K adds up what M-1 independent stationary workers finish in the cycle.

    The second route adds up the probabilities of all ways to share K among one, two and three workers.
    """

    label: ClassVar[str] = "count the other workers' arrivals"
    requires: ClassVar = (assumptions.STATIONARY, assumptions.INDEPENDENT)

    def apply(self, *inputs: Equation) -> Equation:
        """Independent counts multiply."""
        return Equation(counting_transform(y.z, y.u), one_counted(y.z, y.u) ** (y.workers - 1))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Coefficients of z^0 .. z^4 for counts up to 2, minus the convolved probabilities."""
        chances = [sp.Dummy(f"p_{count}", positive=True) for count in range(3)]
        one = sum(chance * y.z**count for count, chance in enumerate(chances))
        for others in (1, 2, 3):
            whole = output.right.subs(y.workers, others + 1).replace(one_counted, lambda z, u: one)
            shares = list(product(range(3), repeat=others))
            for total in range(5):
                ways = (sp.Mul(*(chances[k] for k in share)) for share in shares if sum(share) == total)
                yield sp.expand(whole).coeff(y.z, total) - sp.Add(*ways)


@dataclass(frozen=True)
class AverageOverCycle(Rule):
    """E[z^K e^{-sT}] = int_0^oo e^{-su} E[z^K | T = u] f(u) du.

    The second route carries exponential and two-stage cycles out with counts e^{-c u (1-z)} of every worker: there it
    is the law's transform at s + (M-1) c (1-z).
    """

    left: sp.Expr
    label: ClassVar[str] = "average over the cycle"
    requires: ClassVar = (assumptions.INDEPENDENT,)

    def apply(self, *inputs: Equation) -> Equation:
        """Weigh the conditional transform with the density and the delay's exponential."""
        return Equation(self.left, sp.Integral(sp.exp(-y.s * y.u) * inputs[0].right * density_of(y.u), (y.u, 0, sp.oo)))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Two laws, integrated."""
        rate, s, fewer, counted = (sp.Dummy(name, positive=True) for name in ("r", "s", "v", "c"))
        for stages in (1, 2):
            density = rate**stages * y.u ** (stages - 1) * sp.exp(-rate * y.u)
            put_in = output.right.subs({y.s: s, y.z: 1 - fewer}).replace(density_of, lambda u, f=density: f)
            put_in = put_in.replace(one_counted, lambda z, u: sp.exp(-counted * u * (1 - z)))
            argument = s + (y.workers - 1) * counted * fewer
            others = sp.Dummy("n", positive=True)
            found = put_in.subs(y.workers, others + 1).doit(conds="none")
            yield sp.simplify(found - (rate / (rate + argument.subs(y.workers, others + 1))) ** stages)
