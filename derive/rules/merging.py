"""Stage: rules about merged arrivals. Input: one worker's cycle. Output: intervals and counts of all arrivals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule
from derive.rules.laws import cdf_of
from derive.rules.staleness import renewal_integral

residual_survival = sp.Function("R_e")  # P(the cycle running at a time lasts longer than t from there)
interval_survival = sp.Function("Q")  # P(no arrival within t after an arrival)
dispersion = sp.Function("I_N")  # variance over mean of the arrivals in a window
count_probability = sp.Function("P_N")  # of one worker's arrivals in a window
_time = sp.Dummy("t", positive=True)


def _erlang_density(stages: int, at: sp.Expr) -> sp.Expr:
    """The density of ``stages`` exponential stages of mean theta together."""
    rate = stages / y.mean_delay
    return rate**stages * at ** (stages - 1) * sp.exp(-rate * at) / sp.factorial(stages - 1)


def _erlang_tail(stages: int, at: sp.Expr) -> sp.Expr:
    scaled = stages * at / y.mean_delay
    return sp.exp(-scaled) * sum((scaled**i / sp.factorial(i) for i in range(stages)), start=sp.Integer(0))


@dataclass(frozen=True)
class ForwardRecurrence(Rule):
    """R_e(t) = (1/theta) int_t^oo (1 - F(u)) du: how long the cycle running at a fixed time still lasts.

    The second route is the inspection paradox: the running cycle has density u f(u)/theta and the time cuts it
    uniformly, so that R_e(t) = E (T - t)^+/theta; carried out for Erlang cycles of one, two and three stages.
    """

    label: ClassVar[str] = "cut the cycle that is running"
    requires: ClassVar = (assumptions.DURATION, assumptions.STATIONARY)

    def apply(self, *inputs: Equation) -> Equation:
        """The mean of the survival function beyond t."""
        beyond = sp.Integral(1 - cdf_of(y.u), (y.u, y.t, sp.oo))
        return Equation(residual_survival(y.t), beyond / y.mean_delay)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Length-biased cycles cut uniformly, minus the output."""
        length = sp.Dummy("u", positive=True)
        for stages in (1, 2, 3):
            stated = output.right.subs(y.t, _time).replace(cdf_of, lambda at, n=stages: 1 - _erlang_tail(n, at))
            cut = sp.integrate(sp.expand((length - _time) * _erlang_density(stages, length)), (length, _time, sp.oo))
            yield sp.simplify(cut / y.mean_delay - stated.doit())


@dataclass(frozen=True)
class IntervalBetweenArrivals(Rule):
    """Q(t) = (1 - F(t)) R_e(t)^(M-1): after an arrival one worker has a fresh cycle, M - 1 are amid theirs.

    The second route counts from a fixed time: no arrival within t has probability R_e(t)^M, whose slope is minus
    the arrival rate M/theta times Q(t) (Palm and Khintchine).
    """

    label: ClassVar[str] = "multiply over the workers"
    requires: ClassVar = (assumptions.STATIONARY, assumptions.INDEPENDENT, assumptions.EXCHANGEABLE)

    def apply(self, *inputs: Equation) -> Equation:
        """Independent workers."""
        return Equation(interval_survival(y.t), (1 - cdf_of(y.t)) * inputs[0].right ** (y.workers - 1))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The slope of R_e^M over -M/theta, for general M and written out for three workers; one worker alone."""
        for count in (y.workers, sp.Integer(3)):
            slope = sp.diff(inputs[0].right ** count, y.t)
            yield sp.simplify(-slope * y.mean_delay / count - output.right.subs(y.workers, count))
        yield output.right.subs(y.workers, 1) - (1 - cdf_of(y.t))


@dataclass(frozen=True)
class IndexOfDispersion(Rule):
    """I_N(t) = v(t) theta/t for every M: counts of independent workers add up in mean and in variance.

    The second route expands the second moment of a sum of two and of three counts.
    """

    label: ClassVar[str] = "divide the variance of the arrivals by their mean"
    requires: ClassVar = (assumptions.STATIONARY, assumptions.INDEPENDENT, assumptions.EXCHANGEABLE)

    def apply(self, *inputs: Equation) -> Equation:
        """M v over M t/theta."""
        mean = y.workers * y.t / y.mean_delay
        return Equation(dispersion(y.t), sp.expand(y.workers * inputs[0].right / mean))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """E (N_1 + ... + N_n)^2 term by term, less the squared mean, minus mean times output."""
        one, variance = y.t / y.mean_delay, inputs[0].right
        for count in (2, 3):
            square = sum(variance + one**2 if i == j else one**2 for i in range(count) for j in range(count))
            yield sp.expand(square - (count * one) ** 2 - count * one * output.right)


@dataclass(frozen=True)
class LongWindow(Rule):
    """I_N(t) -> c_2 as t -> oo, from A(t) = t^2/(2 theta) + (c_2 - 1) t/2 + o(t).

    A's asymptote is read off its transform L/(s^2 (1 - L)) at s -> 0. The second route takes the exact A of
    three laws to the limit.
    """

    label: ClassVar[str] = "let the window grow"
    requires: ClassVar = (assumptions.NON_LATTICE,)

    def apply(self, *inputs: Equation) -> Equation:
        """The two polar terms of the transform, then the limit."""
        second = y.mean_delay**2 * (1 + y.cycle_variation)
        transform = 1 - y.s * y.mean_delay + y.s**2 * second / 2
        polar = sp.series(sp.cancel(y.s * transform / (1 - transform)), y.s, 0, 2).removeO()
        asymptote = polar.coeff(y.s, 0) * _time**2 / 2 + polar.coeff(y.s, 1) * _time
        at_large = inputs[0].right.subs({renewal_integral(y.t): asymptote, y.t: _time})
        return Equation(dispersion(sp.oo), sp.limit(sp.expand(at_large), _time, sp.oo))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Three laws whose renewals are known for every window."""
        for variation, integral in exact_renewal_integrals().items():
            exact = inputs[0].right.subs({renewal_integral(y.t): integral, y.t: _time})
            yield sp.limit(exact, _time, sp.oo) - output.right.subs(y.cycle_variation, variation)


@dataclass(frozen=True)
class ShortWindow(Rule):
    """I_N(t) -> 1 as t -> 0: A(t)/t -> 0, for no cycle takes no time; three laws' exact A bear it out."""

    label: ClassVar[str] = "let the window shrink"
    requires: ClassVar = (assumptions.NON_LATTICE,)

    def apply(self, *inputs: Equation) -> Equation:
        """A(t) = t U(t') with U(0) = 0."""
        vanishing = sp.Dummy("U", positive=True)
        at_small = sp.expand(inputs[0].right.subs(renewal_integral(y.t), y.t * vanishing)).subs(vanishing, 0)
        return Equation(dispersion(0), sp.limit(at_small.subs(y.t, _time), _time, 0))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Three laws whose renewals are known for every window."""
        for integral in exact_renewal_integrals().values():
            exact = inputs[0].right.subs({renewal_integral(y.t): integral, y.t: _time})
            yield sp.limit(exact, _time, 0) - output.right


def exact_renewal_integrals() -> dict[sp.Expr, sp.Expr]:
    """c_2 -> A(t) of one stage, of two, and of a stage of mean theta/2 or 3 theta/2: L/(s^2 (1 - L)) inverted."""
    stage = [1 / (1 + y.s * y.mean_delay * share) for share in (sp.S.Half, sp.S.One, 3 * sp.S.Half)]
    known = {sp.Integer(1): stage[1], sp.S.Half: stage[0] ** 2, 3 * sp.S.Half: (stage[0] + stage[2]) / 2}
    return {
        variation: sp.inverse_laplace_transform(sp.factor(law / (y.s**2 * (1 - law))), y.s, _time)
        for variation, law in known.items()
    }


@dataclass(frozen=True)
class CountOfStages(Rule):
    """P_N(j) = sum_d (1 - |d|/n) e^{-x} x^{jn+d}/(jn+d)!, x = n t/theta, |d| < n: cycles of n exponential stages.

    A worker seen at a fixed time is in each of its stages with probability 1/n; stages end as a Poisson process.
    The second route cuts the running cycle: no arrival is R_e(t), one arrival its convolution with 1 - F.
    """

    label: ClassVar[str] = "count stages instead of cycles"
    requires: ClassVar = (assumptions.STATIONARY, assumptions.STAGES)

    def apply(self, *inputs: Equation) -> Equation:
        """Of the n stages begun, d more or fewer than j cycles' worth leave n - |d| places to have started from."""
        ended = y.j * y.stages + y.stage_offset
        scaled = y.stages * y.t / y.mean_delay
        poisson = scaled**ended * sp.exp(-scaled) / sp.factorial(ended)
        places = (y.stages - sp.Abs(y.stage_offset)) / y.stages
        return Equation(count_probability(y.j), sp.Sum(places * poisson, (y.stage_offset, 1 - y.stages, y.stages - 1)))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """One, two and three stages, no arrival, one and two."""
        at, before = sp.Dummy("w", positive=True), sp.Dummy("v", positive=True)
        for stages in (1, 2, 3):
            cut = inputs[0].right.replace(cdf_of, lambda point, n=stages: 1 - _erlang_tail(n, point))
            none = sp.simplify(cut.subs(y.t, _time).doit())
            arrived = _erlang_tail(stages, at) / y.mean_delay
            exact = [none]
            for _ in range(2):  # the density of the next arrival, and no further one in what is left of the window
                rest = sp.expand(arrived * _erlang_tail(stages, _time - at))
                exact.append(sp.integrate(rest, (at, 0, _time)))
                step = sp.expand(arrived.subs(at, before) * _erlang_density(stages, at - before))
                arrived = sp.integrate(step, (before, 0, at))
            for count, probability in enumerate(exact):
                stated = output.right.subs({y.stages: stages, y.j: count}).doit().subs(y.t, _time)
                yield sp.expand(probability - stated)
