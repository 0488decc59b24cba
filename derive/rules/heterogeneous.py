"""Stage: rules about unlike workers. Input: a law for each worker. Output: rate, delay at an update, staleness.

theta_w(j) is worker j's mean cycle, L_w(j, s) the transform of its cycle; M workers, j = 1 .. M.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Equation, Rule
from derive.rules.laws import update_transform_of
from derive.rules.merging import dispersion, interval_survival

worker_mean = sp.Function("theta_w")
worker_transform = sp.Function("L_w")
worker_cdf = sp.Function("F_w")
worker_dispersion = sp.Function("I_w")


@dataclass(frozen=True)
class SuperposeUnlike(Rule):
    """Lambda = sum_j 1/theta_w(j): one gradient a cycle of every worker (elementary renewal theorem).

    The second route reads every rate of three workers off its renewal function's transform.
    """

    label: ClassVar[str] = "superpose unlike workers"
    requires: ClassVar = (assumptions.DURATION, assumptions.BUSY, assumptions.INDEPENDENT, assumptions.UNLIKE)

    def apply(self, *inputs: Equation) -> Equation:
        """Rates add."""
        return Equation(y.arrival_rate, sp.Sum(1 / worker_mean(y.j), (y.j, 1, y.workers)))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """lim s L/(1 - L) as s -> 0 of each of M = 1, 2, 3 workers."""
        for count in (1, 2, 3):
            means = sp.symbols(f"m_1:{count + 1}", positive=True, cls=sp.Dummy)
            limits = (sp.limit(y.s * (1 - y.s * mean) / (y.s * mean), y.s, 0) for mean in means)
            claimed = output.right.subs(y.workers, count).doit()
            for number, mean in enumerate(means, 1):
                claimed = claimed.subs(worker_mean(number), mean)
            yield sp.simplify(sum(limits, start=sp.Integer(0)) - claimed)


@dataclass(frozen=True)
class MixByRates(Rule):
    """L_u(s) = sum_j L_w(j, s)/theta_w(j) / Lambda: an update is worker j's in proportion to its rate.

    The second route counts the updates of a long time: two workers whose cycles have the means 1 and 2 make two
    thirds and one third of them; and equal workers must leave their common law.
    """

    label: ClassVar[str] = "weigh the workers by their rates"
    requires: ClassVar = (assumptions.BUSY, assumptions.UNLIKE)

    def apply(self, *inputs: Equation) -> Equation:
        """Transforms weighed by shares of the updates."""
        weighed = inputs[0].right.function * worker_transform(y.j, y.s)
        total = sp.Sum(weighed, *inputs[0].right.limits)
        return Equation(update_transform_of(y.s), total / inputs[0].right)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Cycles of 1 and 2 s over 6 s; then M alike workers."""
        two = output.right.subs(y.workers, 2).doit().subs({worker_mean(1): 1, worker_mean(2): 2})
        updates = [worker_transform(1, y.s)] * 6 + [worker_transform(2, y.s)] * 3
        yield sp.simplify(two - sum(updates, start=sp.Integer(0)) / len(updates))
        for count in (1, 3):
            alike = output.right.subs(y.workers, count).doit().replace(worker_mean, lambda _: y.mean_delay)
            yield sp.simplify(alike.replace(worker_transform, lambda *_: y.z) - y.z)


@dataclass(frozen=True)
class CountPairsOfWorkers(Rule):
    """Lambda E[K] = (M - 1) Lambda: every update of one worker falls into exactly one cycle of every other.

    ``apply`` counts per update; the second route adds 1/theta_w(i) over ordered pairs of three unlike workers.
    """

    needs: tuple[Assumption, ...]
    label: ClassVar[str] = "count pairs of an update and a cycle it falls into"

    @property
    def requires(self) -> tuple[Assumption, ...]:
        """Always-busy workers, and what makes their rates differ."""
        return (assumptions.BUSY, *self.needs)

    def apply(self, *inputs: Equation) -> Equation:
        """Pairs per second, counted twice."""
        return Equation(y.arrival_rate * y.mean_staleness, y.arrival_rate * (y.workers - 1))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Ordered pairs (updater, running), one by one."""
        for count in (1, 2, 3, 4):
            rates = sp.symbols(f"r_1:{count + 1}", positive=True, cls=sp.Dummy)
            pairs = sum((rate for rate in rates for other in rates if other != rate), start=sp.Integer(0))
            claimed = output.right.subs(y.workers, count).subs(y.arrival_rate, sum(rates))
            yield sp.expand(pairs - claimed)
        yield output.left - y.arrival_rate * y.mean_staleness


@dataclass(frozen=True)
class IntervalOfUnlike(Rule):
    """Q(t) = prod_j R_j(t) sum_j (1 - F_j(t))/(theta_j R_j(t))/Lambda, theta_j R_j(t) = int_t^oo (1 - F_j).

    An arrival is worker j's with probability 1/(theta_j Lambda); then j has a fresh cycle and the others are amid
    theirs. The second route counts from a fixed time: no arrival within t has probability prod_j R_j(t), whose slope is
    minus Lambda times Q(t); one to three workers are written out.
    """

    label: ClassVar[str] = "multiply over the unlike workers"
    requires: ClassVar = (assumptions.STATIONARY, assumptions.INDEPENDENT, assumptions.UNLIKE)

    def apply(self, *inputs: Equation) -> Equation:
        """Fresh over running, added over the workers."""
        rest = sp.Integral(1 - worker_cdf(y.j, y.u), (y.u, y.t, sp.oo))
        ((index, first, last),) = inputs[0].right.limits
        running = sp.Product(rest / worker_mean(y.j), (index, first, last))
        fresh = sp.Sum((1 - worker_cdf(y.j, y.t)) / rest, (index, first, last))
        return Equation(interval_survival(y.t), running * fresh / inputs[0].right)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The slope of the product of all running cycles."""
        for count in (1, 2, 3):
            rests = [sp.Integral(1 - worker_cdf(j, y.u), (y.u, y.t, sp.oo)) for j in range(1, count + 1)]
            running = sp.Mul(*(rest / worker_mean(j) for j, rest in enumerate(rests, 1)))
            rate = inputs[0].right.subs(y.workers, count).doit()
            names = {rest: sp.Dummy(f"R_{j}", positive=True) for j, rest in enumerate(rests, 1)}
            stated = output.right.subs(y.workers, count).doit()
            yield sp.simplify((-sp.diff(running, y.t) / rate - stated).xreplace(names))


@dataclass(frozen=True)
class DispersionOfUnlike(Rule):
    """I_N(t) = sum_j I_w(j, t)/theta_j/Lambda: the workers' indices, weighed by their rates.

    Variances of independent counts add up, and so do means. The second route expands the second moment of a sum of two
    and of three counts.
    """

    label: ClassVar[str] = "divide the variance of the arrivals by their mean"
    requires: ClassVar = (assumptions.STATIONARY, assumptions.INDEPENDENT, assumptions.UNLIKE)

    def apply(self, *inputs: Equation) -> Equation:
        """Indices weighed by shares of the arrivals."""
        weighed = inputs[0].right.function * worker_dispersion(y.j, y.t)
        return Equation(dispersion(y.t), sp.Sum(weighed, *inputs[0].right.limits) / inputs[0].right)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """E (N_1 + ... + N_n)^2 term by term, less the squared mean, minus mean times output."""
        for count in (1, 2, 3):
            means = [y.t / worker_mean(j) for j in range(1, count + 1)]
            square = sp.Integer(0)
            for i, one in enumerate(means):
                for k, other in enumerate(means):
                    square += one * other + (one * worker_dispersion(i + 1, y.t) if i == k else 0)
            stated = output.right.subs(y.workers, count).doit()
            yield sp.simplify(square - sum(means) ** 2 - sum(means) * stated)
