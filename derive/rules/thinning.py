"""Stage: rules about gradients that are not all applied. Input: rates, shares. Output: rates and counts of the rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Equation, Rule
from derive.rules.filters import applied_transform_of
from derive.rules.laws import cdf_of, density_of, transform_of


@dataclass(frozen=True)
class Thin(Rule):
    """left = count p mu: of ``count`` workers' gradients the share ``kept`` makes updates.

    The second route counts one worker's cycles up to the next applied gradient: geometric with mean 1/p (its
    generating function differentiated), of mean length theta each (Wald), so one update in theta/p.
    """

    left: sp.Expr
    count: sp.Expr
    kept: sp.Expr
    needs: tuple[Assumption, ...]
    label: ClassVar[str] = "count only what is applied"

    @property
    def requires(self) -> tuple[Assumption, ...]:
        """Workers who start again at once, and what decides which gradients are kept."""
        return (assumptions.BUSY, *self.needs)

    def apply(self, *inputs: Equation) -> Equation:
        """Rates add, shares multiply."""
        return Equation(self.left, self.count * self.kept * inputs[0].right)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Workers over the mean time between one worker's updates."""
        cycles = self.kept * y.z / (1 - (1 - self.kept) * y.z)
        mean_cycles = sp.simplify(sp.diff(cycles, y.z).subs(y.z, 1))
        yield sp.simplify(self.count / (mean_cycles / inputs[0].right) - output.right)


@dataclass(frozen=True)
class CountPairsOfApplied(Rule):
    """Lambda E[K] = (M - 1) (applied per second): each update falls into one running cycle of every other worker.

    Inputs: gradients per second, updates per second. A lost gradient's cycle has the law of any other, so cycles
    that end in an update see as many updates as the rest. The second route adds up ordered pairs of workers.
    """

    needs: tuple[Assumption, ...]
    label: ClassVar[str] = "count pairs of an update and a cycle it falls into"

    @property
    def requires(self) -> tuple[Assumption, ...]:
        """Always-busy workers, losses that know nothing of the cycle."""
        return (assumptions.BUSY, *self.needs)

    def apply(self, *inputs: Equation) -> Equation:
        """Pairs per second, counted twice."""
        return Equation(inputs[0].right * y.mean_staleness, inputs[1].right * (y.workers - 1))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Sum over ordered pairs of different workers of one worker's updates, minus the output."""
        one = inputs[1].right / y.workers
        inner = sp.Sum(one, (y.j, 1, y.workers - 1)).doit()
        yield sp.expand(sp.Sum(inner, (y.branch, 1, y.workers)).doit() - output.right)
        yield output.left - inputs[0].right * y.mean_staleness


@dataclass(frozen=True)
class LoseAtRandom(Rule):
    """L_u(s) = L(s): gradients are lost independently of their age, so the applied ones have the ages of all.

    ``apply`` divides the transform of applied gradients by their share; the second route does it for two lengths,
    each lost with the same probability.
    """

    left: sp.Expr
    label: ClassVar[str] = "condition on not being lost"
    requires: ClassVar = (assumptions.LOSSES, assumptions.INDEPENDENT)

    def apply(self, *inputs: Equation) -> Equation:
        """Joint over marginal."""
        kept = 1 - y.dropout
        return Equation(self.left, sp.cancel(kept * transform_of(y.s) / kept))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Two ages and two fates: four outcomes, two of which are applied."""
        first, second, share = sp.symbols("u_1 u_2 b", positive=True, cls=sp.Dummy)
        outcomes = {first: share * (1 - y.dropout), second: (1 - share) * (1 - y.dropout)}
        total = sum(outcomes.values(), start=sp.Integer(0))
        applied = sum((chance * sp.exp(-y.s * age) for age, chance in outcomes.items()), start=sp.Integer(0))
        whole = output.right.replace(
            transform_of, lambda at: share * sp.exp(-at * first) + (1 - share) * sp.exp(-at * second)
        )
        yield sp.simplify(applied / total - whole)


@dataclass(frozen=True)
class TruncateAtAge(Rule):
    """L_W(s) = int_0^A e^{-su} f(u) du: only gradients younger than A are applied; exponential delays carried out."""

    needs: tuple[Assumption, ...] = (assumptions.AGE_DROP,)
    label: ClassVar[str] = "average over the ages below the threshold"

    @property
    def requires(self) -> tuple[Assumption, ...]:
        """What becomes of old gradients, and cycles that know of nothing else."""
        return (*self.needs, assumptions.INDEPENDENT)

    def apply(self, *inputs: Equation) -> Equation:
        """The average of e^{-sT} over T <= A."""
        integral = sp.Integral(sp.exp(-y.s * y.u) * density_of(y.u), (y.u, 0, y.age_threshold))
        return Equation(applied_transform_of(y.s), integral)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Exponential delays: the whole transform minus the part beyond A, where the law starts anew."""
        positive = sp.Dummy("s", positive=True)
        carried = carried_out_exponentially(output.right).subs(y.s, positive).doit()
        whole = y.worker_rate / (y.worker_rate + positive)
        yield sp.simplify(carried - whole * (1 - sp.exp(-(y.worker_rate + positive) * y.age_threshold)))


@dataclass(frozen=True)
class FractionByAge(Rule):
    """p = F(A); the second route takes the truncated transform of exponential delays at s = 0."""

    label: ClassVar[str] = "put s = 0"

    def apply(self, *inputs: Equation) -> Equation:
        """The integral of the density up to A is the distribution function there."""
        upper = inputs[0].right.limits[0][2]
        return Equation(y.applied_fraction, cdf_of(upper))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Integrate the exponential density."""
        carried = carried_out_exponentially(inputs[0].right.subs(y.s, 0)).doit()
        yield sp.simplify(carried - carried_out_exponentially(output.right))


@dataclass(frozen=True)
class AbandonAtAge(Rule):
    """left = count F(A)/E[min(T, A)], E[min(T, A)] = int_0^A (1 - F): a try lasts min(T, A) and succeeds with F(A).

    The second route carries exponential cycles out, where giving up changes nothing: the memory is lost anyway.
    It also carries out two equally likely lengths 1 and 3, with A between them.
    """

    left: sp.Expr
    count: sp.Expr = y.workers
    label: ClassVar[str] = "renew at every try"
    requires: ClassVar = (assumptions.AGE_ABANDON, assumptions.INDEPENDENT, assumptions.DURATION)

    def apply(self, *inputs: Equation) -> Equation:
        """Applied gradients per try over the mean length of a try (renewal reward)."""
        length = sp.Integral(1 - cdf_of(y.u), (y.u, 0, y.age_threshold))
        return Equation(self.left, self.count * cdf_of(y.age_threshold) / length)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Exponential cycles: M mu. Two lengths: half of the tries last 1 and succeed, half last A and fail."""
        yield sp.simplify(carried_out_exponentially(output.right).doit() - self.count * y.worker_rate)
        step = sp.Lambda(y.u, sp.Piecewise((0, y.u < 1), (sp.Rational(1, 2), True)))
        two = output.right.replace(cdf_of, step).subs(y.age_threshold, 2).doit()
        yield sp.simplify(two - self.count * sp.Rational(1, 2) / (sp.Rational(1, 2) * 1 + sp.Rational(1, 2) * 2))


def carried_out_exponentially(expression: sp.Expr) -> sp.Expr:
    """Exponential cycles of rate mu in the place of density and distribution function."""
    rate = y.worker_rate
    expression = expression.replace(density_of, lambda at: rate * sp.exp(-rate * at))
    return expression.replace(cdf_of, lambda at: 1 - sp.exp(-rate * at))
