"""Stage: rules about the threshold 0. Input: exponential workers. Output: the share applied, and its gap to R1.

A worker is fresh if no update was made since it read. With the threshold 0 only fresh workers' gradients are applied.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule
from derive.rules.characteristic import characteristic_of

interval_transform = sp.Function("L_T")
_number = sp.Dummy("M", positive=True)


@dataclass(frozen=True)
class CountFreshWorkers(Rule):
    """p = 1/sum_{j=1}^M M!/((M - j)! M^j): of the arrivals from one update to the next, the last alone is applied.

    An update leaves one fresh worker; every arrival of another makes one more, and every worker is as likely to come
    next. So the j-th arrival is still to be counted if the j - 1 before it were stale: (1 - 1/M) .. (1 - (j - 1)/M).
    The second route follows which workers are fresh, by name, and solves the chain of two, three and four workers.
    """

    label: ClassVar[str] = "count the arrivals until a fresh worker comes"
    requires: ClassVar = (assumptions.EXPONENTIAL, assumptions.BUSY, assumptions.INDEPENDENT, assumptions.THRESHOLD)

    def apply(self, *inputs: Equation) -> Equation:
        """One over the mean number of arrivals an update."""
        stale = sp.factorial(y.workers) / (sp.factorial(y.workers - y.j) * y.workers**y.j)
        return Equation(y.applied_fraction, 1 / sp.Sum(stale, (y.j, 1, y.workers)))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The chain over the sets of fresh workers."""
        for count in (2, 3, 4):
            states = [state for state in product((0, 1), repeat=count) if any(state)]
            flow = sp.zeros(len(states))
            for column, state in enumerate(states):
                for worker in range(count):
                    after = [0] * count if state[worker] else list(state)
                    after[worker] = 1
                    flow[states.index(tuple(after)), column] += sp.Rational(1, count)
            (stationary,) = (flow - sp.eye(len(states))).nullspace()
            fresh = sum(chance * sum(state) for chance, state in zip(stationary, states, strict=True))
            share = fresh / count / sum(stationary)
            yield share - output.right.subs(y.workers, count).doit()


@dataclass(frozen=True)
class TimeToFreshWorker(Rule):
    """E e^{-s T} = sum_j (j/M) M!/((M - j)! M^j) (M/(M + s theta))^j, T the time from one update to the next, S = 0.

    T ends with the j-th arrival if the j - 1 before it were stale and that one comes from one of j fresh workers; each
    takes an exponential time of mean theta/M. The second route solves, by name, for the transform from every set of
    fresh workers among two, three and four.
    """

    label: ClassVar[str] = "add up the arrivals until a fresh worker comes"
    requires: ClassVar = (assumptions.EXPONENTIAL, assumptions.BUSY, assumptions.INDEPENDENT, assumptions.THRESHOLD)

    def apply(self, *inputs: Equation) -> Equation:
        """One term for each number of arrivals."""
        stale = sp.factorial(y.workers) / (sp.factorial(y.workers - y.j) * y.workers**y.j)
        each = y.workers / (y.workers + y.s * y.mean_delay)
        return Equation(interval_transform(y.s), sp.Sum(y.j / y.workers * stale * each**y.j, (y.j, 1, y.workers)))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """First arrivals: the next is of a fresh worker, or leaves one more of them fresh."""
        s, mean = sp.Rational(2, 3), sp.Rational(3, 5)
        for count in (2, 3, 4):
            states = [state for state in product((0, 1), repeat=count) if any(state)]
            names = dict(zip(states, sp.symbols(f"t:{len(states)}", cls=sp.Dummy), strict=True))
            rows = []
            for state, name in names.items():
                after = [sp.S.One if state[i] else names[(*state[:i], 1, *state[i + 1 :])] for i in range(count)]
                rows.append((count + s * mean) * name - sp.Add(*after))
            solved = sp.solve(rows, list(names.values()))
            alone = names[(1, *[0] * (count - 1))]
            yield solved[alone] - output.right.subs({y.workers: count, y.s: s, y.mean_delay: mean}).doit()


@dataclass(frozen=True)
class MeanBetweenUpdates(Rule):
    """H(s) = 1 - (1 - epsilon) E e^{-s T}: the mean falls by 1 - epsilon at updates, independent times T apart (S = 0).

    The second route follows the mean by the fresh workers: two and three of them, the determinant of its equations.
    """

    label: ClassVar[str] = "apply fresh gradients alone"
    requires: ClassVar = (assumptions.QUADRATIC, assumptions.THRESHOLD)

    def apply(self, *inputs: Equation) -> Equation:
        """A renewal process with a factor at each of its points."""
        return Equation(characteristic_of(y.s), 1 - (1 - y.step) * inputs[0].right)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """m_f = E[x; f fresh]: f leaves for f + 1 at (M - f)/theta, for 1 with a factor at f/theta."""
        mean = sp.Rational(3, 5)
        for count in (2, 3):
            matrix = sp.zeros(count)
            for fresh in range(1, count + 1):
                matrix[fresh - 1, fresh - 1] -= count
                matrix[0, fresh - 1] += fresh * (1 - y.step)
                if fresh < count:
                    matrix[fresh, fresh - 1] += count - fresh
            whole = sp.det(y.s * sp.eye(count) - matrix / mean)
            claimed = output.right.subs({y.workers: count, y.mean_delay: mean}).doit() * (y.s + count / mean) ** count
            yield sp.cancel(sp.together(claimed - whole))


@dataclass(frozen=True)
class FreshVariance(Rule):
    """V = sigma_epsilon^2/(epsilon (2 - epsilon)): x <- (1 - epsilon) x - eta xi at every update, whatever the cycles.

    When the updates come does not depend on x, so time averages and averages at updates agree. The second route adds up
    what every earlier update has left.
    """

    label: ClassVar[str] = "let the variance neither grow nor shrink at an update"
    requires: ClassVar = (assumptions.QUADRATIC, assumptions.NOISE, assumptions.THRESHOLD, assumptions.INDEPENDENT)

    def apply(self, *inputs: Equation) -> Equation:
        """V = (1 - epsilon)^2 V + sigma_epsilon^2."""
        (found,) = sp.solve((1 - y.step) ** 2 * y.variance + y.step_noise - y.variance, y.variance)
        return Equation(y.variance, y.step_noise / (y.step * sp.cancel(y.step_noise / (found * y.step))))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """A geometric series in the squared factor."""
        factor = sp.Dummy("f", positive=True)
        series = sp.summation(factor**y.j, (y.j, 0, sp.oo)).args[0][0]  # its value where it converges
        yield sp.cancel(output.right - y.step_noise * series.subs(factor, (1 - y.step) ** 2))


@dataclass(frozen=True)
class PositiveShare(Rule):
    """The positive p of a quadratic for the applied share; the second route puts it back."""

    label: ClassVar[str] = "solve for the share"

    def apply(self, *inputs: Equation) -> Equation:
        """The root that is positive for every number of workers."""
        roots = sp.solve(sp.numer(sp.together(inputs[0].right - y.applied_fraction)), y.applied_fraction)
        (root,) = (one for one in roots if one.subs(y.workers, 5) > 0)
        return Equation(y.applied_fraction, root)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Right side minus left at the root."""
        yield sp.simplify(inputs[0].right.subs(y.applied_fraction, output.right) - output.right)


@dataclass(frozen=True)
class RatioOfShares(Rule):
    """p_exact/p_R1 -> sqrt(2/pi) as M grows, for inputs p_exact and p_R1 of the threshold 0.

    sum_j M!/((M - j)! M^j) = int_0^oo e^{-x} (1 + x/M)^{M-1} dx, whose integrand at x = v sqrt(M) tends to
    e^{-v^2/2}; both shares fall as 1/sqrt(M). The second route is Stirling's: the sum is M! e^M/M^M times the
    probability that a Poisson count of mean M is less than M, which tends to 1/2.
    """

    label: ClassVar[str] = "let the number of workers grow"

    def apply(self, *inputs: Equation) -> Equation:
        """The limits of both, times sqrt(M)."""
        stretch = sp.Dummy("v", positive=True)
        exponent = -stretch * sp.sqrt(_number) + (_number - 1) * sp.log(1 + stretch / sp.sqrt(_number))
        bell = sp.exp(sp.limit(exponent, _number, sp.oo))
        exact = 1 / sp.integrate(bell, (stretch, 0, sp.oo))
        poisson = sp.limit(inputs[1].right.subs(y.workers, _number) * sp.sqrt(_number), _number, sp.oo)
        return Equation(y.share_ratio, exact / poisson)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The sum as that integral, for few workers; Stirling's limit."""
        (total,) = inputs[0].right.atoms(sp.Sum)
        for count in (1, 2, 5):
            x = sp.Dummy("x", positive=True)
            integral = sp.integrate(sp.expand((1 + x / count) ** (count - 1)) * sp.exp(-x), (x, 0, sp.oo))
            yield total.subs(y.workers, count).doit() - integral
        stirling = sp.limit(
            sp.loggamma(_number + 1) + _number - (_number + sp.S.Half) * sp.log(_number), _number, sp.oo
        )
        poisson = sp.limit(inputs[1].right.subs(y.workers, _number) * sp.sqrt(_number), _number, sp.oo)
        yield sp.simplify(output.right * poisson * sp.exp(stirling) / 2 - 1)
