"""Stage: rules between recursion and time. Input: H(z) of updates. Output: H(s) where they come at Poisson times."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule
from derive.rules.characteristic import characteristic_of
from derive.rules.drawn_noise import staleness_series


@dataclass(frozen=True)
class PoissonClock(Rule):
    """H(s) = Lambda H_z(1 + s/Lambda): z^N(t) averages to e^{s t} with s = Lambda (z - 1), N(t) Poisson of rate Lambda.

    Staleness K becomes a delay of K exponential waits, L(s) = E (Lambda/(Lambda + s))^K. The second route averages
    z^N(t) over the first counts, and writes out the delay equation for one and two waits by their densities.
    """

    label: ClassVar[str] = "let the updates come at Poisson times"
    requires: ClassVar = (assumptions.POISSON,)

    def apply(self, *inputs: Equation) -> Equation:
        """z = 1 + s/Lambda."""
        timed = inputs[0].right.subs(y.z, 1 + y.s / y.arrival_rate)
        wait = y.arrival_rate / (y.arrival_rate + y.s)
        series = timed.replace(staleness_series, lambda _: staleness_series(wait))
        return Equation(characteristic_of(y.s), sp.expand(y.arrival_rate * series))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The mean of z^N(t), power by power of t; the delay equation of Erlang delays."""
        terms = range(5)
        clock = y.arrival_rate * y.t
        fading = sp.Add(*((-clock) ** n / sp.factorial(n) for n in terms))
        counts = sp.Add(*(clock**n / sp.factorial(n) * (1 + y.s / y.arrival_rate) ** n for n in terms))
        product = sp.expand(fading * counts)
        for n in terms:
            yield sp.expand(product.coeff(y.t, n) - y.s**n / sp.factorial(n))
        place = sp.Dummy("s", positive=True)
        for waits in (1, 2):
            density = y.arrival_rate**waits * y.u ** (waits - 1) * sp.exp(-y.arrival_rate * y.u)
            transform = sp.integrate(density * sp.exp(-place * y.u), (y.u, 0, sp.oo))
            claimed = output.right.replace(staleness_series, lambda at, power=waits: at**power).subs(y.s, place)
            yield sp.cancel(sp.together(place + y.step * y.arrival_rate * transform - claimed))


@dataclass(frozen=True)
class PoissonClockOfVelocity(Rule):
    """H(s) = Lambda^2 z^{1-K} H_z(z) at z = 1 + s/Lambda, momentum and fixed staleness K >= 1 (first input).

    The second route is the second input, H(s) with momentum in time, with the transform of K exponential waits.
    """

    label: ClassVar[str] = "let the updates come at Poisson times"
    requires: ClassVar = (assumptions.POISSON,)

    def apply(self, *inputs: Equation) -> Equation:
        """Term by term: what the step multiplies, and the rest."""
        freed = inputs[0].right * y.z ** (1 - y.staleness) * y.arrival_rate**2
        rest, pulled = (sp.powsimp(part) for part in (freed.subs(y.step, 0), sp.diff(freed, y.step)))
        ratio = (y.arrival_rate + y.s) / y.arrival_rate
        velocity = sp.prod(map(sp.factor, sp.Mul.make_args(sp.factor(rest.subs(y.z, ratio)))))
        return Equation(characteristic_of(y.s), velocity + y.step * pulled.subs(y.z, ratio))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Against the equation in time, for K = 1, 2, 5."""
        known = inputs[1].right.subs(y.curvature, y.step / y.learning_rate)
        for waits in (1, 2, 5):
            timed = known.replace(
                sp.Function("L"), lambda at, power=waits: (y.arrival_rate / (y.arrival_rate + at)) ** power
            )
            yield sp.cancel(sp.together(timed - output.right.subs(y.staleness, waits)))
