"""Stage: rules about arrivals. Input: one worker's mean cycle. Output: equations about rates, shares and counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule
from derive.rules.laws import transform_of


@dataclass(frozen=True)
class RenewalRate(Rule):
    """mu = 1/E[T]: an always-busy worker returns one gradient a cycle (elementary renewal theorem).

    The second route reads the rate off the renewal function's transform, lim s L(s)/(1 - L(s)) as s -> 0.
    """

    label: ClassVar[str] = "count one worker's renewals"
    requires: ClassVar = (assumptions.DURATION, assumptions.BUSY, assumptions.INDEPENDENT)

    def apply(self, *inputs: Equation) -> Equation:
        """One gradient per mean cycle."""
        return Equation(y.worker_rate, 1 / y.mean_delay)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The Tauberian limit minus the output."""
        transform = 1 - y.s * y.mean_delay + y.s**2 * y.delay_moment[2] / 2
        yield sp.limit(y.s * transform / (1 - transform), y.s, 0) - output.right


@dataclass(frozen=True)
class Superpose(Rule):
    """left = M times the rate of one worker; the second route sums over the workers."""

    left: sp.Expr
    count: sp.Expr
    label: ClassVar[str] = "superpose the workers"
    requires: ClassVar = (assumptions.BUSY,)

    def apply(self, *inputs: Equation) -> Equation:
        """Rates add."""
        return Equation(self.left, self.count * inputs[0].right)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The sum over the workers, one by one, minus the output."""
        yield sp.Sum(inputs[0].right, (y.j, 1, self.count)).doit() - output.right


@dataclass(frozen=True)
class WeighByRates(Rule):
    """The delay of an applied gradient is worker i's cycle with probability (rate of i)/(all rates).

    ``apply`` uses that alike workers have alike shares; the second route adds three workers' shares up.
    """

    left: sp.Expr
    label: ClassVar[str] = "weigh the workers by their rates"
    requires: ClassVar = (assumptions.BUSY, assumptions.EXCHANGEABLE)

    def apply(self, *inputs: Equation) -> Equation:
        """Every worker has the share mu/(M mu) and the transform L."""
        share = inputs[0].right / (y.workers * inputs[0].right)
        return Equation(self.left, sp.Sum(share * transform_of(y.s), (y.j, 1, y.workers)).doit())

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Three workers with rates and transforms of their own, then made alike."""
        rates = sp.symbols("r_1:4", positive=True, cls=sp.Dummy)
        transforms = sp.symbols("l_1:4", positive=True, cls=sp.Dummy)
        mixture = sum((r * t for r, t in zip(rates, transforms, strict=True)), start=sp.Integer(0)) / sum(rates)
        alike = dict.fromkeys(rates, inputs[0].right) | dict.fromkeys(transforms, transform_of(y.s))
        yield sp.simplify(mixture.subs(alike) - output.right)


@dataclass(frozen=True)
class CountPairs(Rule):
    """Lambda E[K] = (M - 1) Lambda: every update falls into exactly one running cycle of every other worker.

    Counting the pairs (update, cycle it falls into) by their cycles gives E[K] a cycle, by their updates M - 1
    an update. The second route adds the pairs up over all ordered pairs of workers.
    """

    label: ClassVar[str] = "count pairs of an update and a cycle it falls into"
    requires: ClassVar = (assumptions.BUSY,)

    def apply(self, *inputs: Equation) -> Equation:
        """Pairs per second, counted twice."""
        rate = inputs[0].right
        return Equation(rate * y.mean_staleness, rate * (y.workers - 1))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Sum over ordered pairs of different workers of one worker's rate, minus the output."""
        one = inputs[0].right / y.workers
        inner = sp.Sum(one, (y.j, 1, y.workers - 1)).doit()
        yield sp.Sum(inner, (y.branch, 1, y.workers)).doit() - output.right
        yield output.left - inputs[0].right * y.mean_staleness
