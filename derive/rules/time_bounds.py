"""Stage: rules about bounds on run time. Input: who starts anew, what is known of cycles. Output: bounds.

T_max bounds the mean time between two updates from above, T_min from below.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule
from derive.rules.filters import written_out
from derive.rules.laws import cdf_of

_CASES = ((1, 1), (2, 1), (2, 2), (3, 1), (3, 2), (3, 3), (4, 2))  # workers, gradients an update


def still_waiting(running: tuple[sp.Expr, ...], size: int) -> sp.Expr:
    """P(fewer than ``size`` are done) of workers that still run with the probabilities ``running``, independently."""
    everyone = range(len(running))
    total = sp.Integer(0)
    for count in range(size):
        for done in combinations(everyone, count):
            total += sp.Mul(*(1 - running[i] if i in done else running[i] for i in everyone))
    return total


@dataclass(frozen=True)
class RenewTheAged(Rule):
    """T_max = E[X_{n_B:M}]: no worker that has run on lasts longer than one that starts anew.

    Let q_i <= q be the probabilities that worker i, of whatever age, and a new one still run. Workers are made new one
    by one: P(fewer than n_B are done) then grows by (q - q_i) P(exactly n_B - 1 of the others are done) >= 0. The
    second route writes that sum out for up to four workers, and holds the bound to the new workers' probability.
    """

    label: ClassVar[str] = "make the workers new one by one"
    requires: ClassVar = (assumptions.NEW_LONGER, assumptions.IDLE, assumptions.INDEPENDENT, assumptions.DURATION)

    def apply(self, *inputs: Equation) -> Equation:
        """The integral over time of the probability that new workers are still waited for."""
        done = cdf_of(y.t)
        term = sp.binomial(y.workers, y.j) * done**y.j * (1 - done) ** (y.workers - y.j)
        return Equation(y.longest_update_time, sp.Integral(sp.Sum(term, (y.j, 0, y.batch - 1)), (y.t, 0, sp.oo)))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """New minus aged minus the growth at every step; the integrand; the limits and the factor outside."""
        (integral,) = output.right.atoms(sp.Integral)
        new = 1 - cdf_of(y.t)
        for count, size in _CASES:
            aged = sp.symbols(f"q_1:{count + 1}", positive=True, cls=sp.Dummy)
            grown = sp.Integer(0)
            for number, own in enumerate(aged):
                others = (*(new,) * number, *aged[number + 1 :])
                exactly = still_waiting(others, size) - still_waiting(others, size - 1)
                grown += (new - own) * exactly
            claimed = written_out(integral.function.subs({y.workers: count, y.batch: size}))
            yield sp.expand(output.right.coeff(integral) * claimed - still_waiting(aged, size) - grown)
        yield sp.Integer(0) if integral.limits == (sp.Tuple(y.t, 0, sp.oo),) else sp.Integer(1)


@dataclass(frozen=True)
class SpreadAroundMean(Rule):
    """T_max = theta (1 + sqrt(c_2 (n_B - 1)/(M - n_B + 1))), for cycles of any law, dependent ones included.

    The M - n_B + 1 longest of M cycles exceed the n_B-th: (M - n_B + 1)(X_{n_B:M} - theta) <= sum_i c_i (X_i - theta) +
    terms of mean 0 with c_i = 1 for the longest, less their mean; Cauchy and Schwarz bound it by sqrt(sum c_i^2) times
    the root of M Var X. The second route writes sum c_i^2 out, and Lagrange's identity, and finds the bound attained by
    n_B - 1 cycles of 0 and M - n_B + 1 of 1, dealt out at random.
    """

    label: ClassVar[str] = "bound the longest cycles by Cauchy and Schwarz"
    requires: ClassVar = (assumptions.FIRST_FINISHED, assumptions.DURATION)

    def apply(self, *inputs: Equation) -> Equation:
        """sqrt(sum c_i^2 M)/(M - n_B + 1), with sum c_i^2 = (M - n_B + 1)(n_B - 1)/M."""
        longest = y.workers - y.batch + 1
        share = longest / y.workers
        squares = longest * (1 - share) ** 2 + (y.batch - 1) * share**2
        ratio = sp.factor(sp.cancel(squares * y.workers / longest**2))
        return Equation(y.longest_update_time, y.mean_delay * (1 + sp.sqrt(y.cycle_variation * ratio)))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Lagrange's identity; zeros and ones: the n_B-th of M is always 1."""
        for count in (2, 3, 4):
            weights, values = (sp.symbols(f"{letter}_1:{count + 1}", real=True, cls=sp.Dummy) for letter in "cx")
            product = sp.Add(*(c * x for c, x in zip(weights, values, strict=True))) ** 2
            squares = sp.Add(*(c**2 for c in weights)) * sp.Add(*(x**2 for x in values))
            pairs = combinations(range(count), 2)
            gaps = sp.Add(*((weights[i] * values[j] - weights[j] * values[i]) ** 2 for i, j in pairs))
            yield sp.expand(squares - product - gaps)
        for count, size in _CASES:
            mean = sp.Rational(count - size + 1, count)
            variation = (mean - mean**2) / mean**2
            put = {y.workers: count, y.batch: size, y.mean_delay: mean, y.cycle_variation: variation}
            yield sp.simplify(output.right.subs(put, simultaneous=True) - 1)
        yield sp.simplify(output.right.subs(y.cycle_variation, 0) - y.mean_delay)
        root = (output.right - y.mean_delay) ** 2 / y.cycle_variation  # proportional to the spread of the cycles
        yield sp.simplify(sp.diff(root, y.cycle_variation))


@dataclass(frozen=True)
class NeverFasterThanBusy(Rule):
    """T_min = n_B theta/M: a worker that idles returns at most one gradient a cycle.

    Input: Lambda of always-busy workers. The second route adds up what M workers do in a round of cycle and idling.
    """

    label: ClassVar[str] = "leave the idling out"
    requires: ClassVar = (assumptions.IDLE,)

    def apply(self, *inputs: Equation) -> Equation:
        """n_B gradients at the rate of workers that never idle."""
        return Equation(y.shortest_update_time, y.batch / inputs[0].right)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """With idle times d_i the update takes n_B over the sum of 1/(theta + d_i): d_i = 0 gives the bound."""
        for count in (1, 2, 3):
            idle = sp.symbols(f"d_1:{count + 1}", nonnegative=True, cls=sp.Dummy)
            taken = y.batch / sp.Add(*(1 / (y.mean_delay + each) for each in idle))
            yield sp.simplify(output.right.subs(y.workers, count) - taken.subs(dict.fromkeys(idle, 0)))
            for each in idle:  # it grows with every idle time: the derivative is a product of squares
                slope = sp.diff(taken, each) * (y.mean_delay + each) ** 2
                yield sp.simplify(slope - taken**2 / y.batch)


@dataclass(frozen=True)
class CutTheRound(Rule):
    """T_max = theta (M + n_B - 1)/M: until the n_B-th fresh gradient M + n_B - 1 cycles have been begun at most.

    Every worker is busy all the time, so M T_u is the length of these cycles less what is cut off at the update; their
    mean length is theta each (Wald: a cycle is begun before its length is known). The second route counts rounds of
    constant cycles, none of which is longer, and carries one worker out, where nothing is cut off.
    """

    label: ClassVar[str] = "add up the cycles begun in a round"
    requires: ClassVar = (assumptions.FRESH, assumptions.INDEPENDENT, assumptions.DURATION)

    def apply(self, *inputs: Equation) -> Equation:
        """All first cycles, and one more for each gradient but the last."""
        begun = sp.Sum(1, (y.j, 1, y.workers)).doit() + sp.Sum(1, (y.j, 1, y.batch - 1)).doit()
        return Equation(y.longest_update_time, y.mean_delay * begun / y.workers)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """One worker: n_B cycles. M workers: the cut of exponential cycles is theta for each but the last to finish."""
        yield sp.expand(output.right.subs(y.workers, 1) - y.batch * y.mean_delay)
        for count, size in ((2, 1), (2, 3), (3, 2), (4, 4)):
            exact = sp.Rational(size, count)  # exponential cycles: count/theta a second
            cut = sp.Rational(count - 1, count)
            claimed = output.right.subs({y.workers: count, y.batch: size, y.mean_delay: 1}, simultaneous=True)
            yield claimed - exact - cut


@dataclass(frozen=True)
class LeaveRestsOut(Rule):
    """T_min = n_B theta/M: of the n_B + M cycles begun in a round the update cuts M, which have M theta left at most.

    Their lengths add up to (n_B + M) theta on average (Wald), of which M T_u is worked off; what is left of a cycle
    that is new longer than used is no longer than a new one. The second route is the exponential race, where what is
    left is as long as a new cycle: the n_B-th of Poisson arrivals of rate M/theta; and one worker of constant cycles.
    """

    label: ClassVar[str] = "add up the cycles begun in a round, less their rests"
    requires: ClassVar = (
        *(assumptions.FRESH, assumptions.NEW_LONGER),
        *(assumptions.INDEPENDENT, assumptions.DURATION),
    )

    def apply(self, *inputs: Equation) -> Equation:
        """(n_B + M) theta - M theta over M workers."""
        begun, rests = (y.batch + y.workers) * y.mean_delay, y.workers * y.mean_delay
        return Equation(y.shortest_update_time, sp.cancel((begun - rests) / y.workers))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The mean of the n_B-th arrival, integrated; n_B constant cycles."""
        time = sp.Dummy("t", positive=True)
        for count, size in ((1, 1), (2, 3), (3, 2), (4, 1)):
            rate = count / y.mean_delay
            density = rate**size * time ** (size - 1) * sp.exp(-rate * time) / sp.factorial(size - 1)
            mean = sp.integrate(time * density, (time, 0, sp.oo))
            yield sp.simplify(mean - output.right.subs({y.workers: count, y.batch: size}))
        yield sp.expand(output.right.subs(y.workers, 1) - y.batch * y.mean_delay)


def dealt_out(workers: int, batch: int) -> tuple[sp.Expr, sp.Expr]:
    """Mean and c_2 of one of ``workers`` cycles of which ``batch`` - 1 are 0 and the others 1, dealt out at random.

    Example: ``dealt_out(4, 3) == (sp.Rational(1, 2), 1)``.
    """
    ways = sp.Rational(comb(workers - 1, batch - 1), comb(workers, batch - 1))
    return ways, (ways - ways**2) / ways**2
