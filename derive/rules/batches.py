"""Stage: rules about batches. Input: arrivals. Output: waiting, staleness, noise of n_B gradients an update."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Equation, Rule
from derive.rules.characteristic import characteristic_of
from derive.rules.filters import applied_transform_of, written_out
from derive.rules.laws import transform_of
from derive.rules.modelling import _normal, gaussian_mean

waiting_transform_of = sp.Function("L_wait")


@dataclass(frozen=True)
class WaitForBatch(Rule):
    """L_wait(s) = (1/n_B) sum_{j < n_B} (Lambda/(Lambda + s))^j: j = 0 .. n_B - 1 further arrivals, equally likely.

    The second route integrates e^{-su} against the Erlang densities for n_B = 1 .. 4.
    """

    label: ClassVar[str] = "wait for the rest of the batch"
    requires: ClassVar = (assumptions.BATCHES, assumptions.POISSON)

    def apply(self, *inputs: Equation) -> Equation:
        """Each further arrival multiplies by one exponential transform."""
        one = y.arrival_rate / (y.arrival_rate + y.s)
        return Equation(waiting_transform_of(y.s), sp.Sum(one**y.j, (y.j, 0, y.batch - 1)) / y.batch)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Erlang densities of rate Lambda, integrated."""
        positive, time = sp.Dummy("s", positive=True), sp.Dummy("u", positive=True)
        rate = y.arrival_rate
        for size in (1, 2, 3, 4):
            total = sp.Integer(1)
            for more in range(1, size):
                density = rate**more * time ** (more - 1) / sp.factorial(more - 1) * sp.exp(-(rate + positive) * time)
                total += sp.integrate(density, (time, 0, sp.oo))
            claimed = written_out(output.right.subs(y.batch, size)).subs(y.s, positive)
            yield sp.simplify(total / size - claimed)


@dataclass(frozen=True)
class AddWaiting(Rule):
    """L_W(s) = L(s) L_wait(s): the age of a gradient is its cycle plus its waiting, independent of it.

    The second route takes a cycle of one atom and draws the sum: e^{-su} E[e^{-s wait}].
    """

    label: ClassVar[str] = "add the waiting to the cycle"
    requires: ClassVar = (assumptions.POISSON, assumptions.INDEPENDENT)

    def apply(self, *inputs: Equation) -> Equation:
        """Transforms of independent parts multiply."""
        return Equation(applied_transform_of(y.s), transform_of(y.s) * inputs[0].right)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """At the atom, over e^{-su}."""
        for size in (1, 2, 3):
            at = written_out(output.right.subs(y.batch, size)).replace(transform_of, lambda at: sp.exp(-at * y.u))
            yield sp.simplify(sp.exp(y.s * y.u) * at - written_out(inputs[0].right.subs(y.batch, size)))


@dataclass(frozen=True)
class BatchMean(Rule):
    """H(s) = s + eta h (Lambda/n_B) L_W(s): every gradient is one n_B-th of an update.

    Input: Lambda. The second route sums n_B gradients of one update, read at ages v_1 .. v_n, for n_B = 1, 2, 3.
    """

    label: ClassVar[str] = "average the batch, insert exp(s t)"
    requires: ClassVar = (
        *(assumptions.BATCHES, assumptions.QUADRATIC, assumptions.NOISE),
        *(assumptions.POISSON, assumptions.INDEPENDENT),
    )

    def apply(self, *inputs: Equation) -> Equation:
        """Gradients per second, each with the weight 1/n_B."""
        gain = y.learning_rate * y.curvature * inputs[0].right / y.batch
        return Equation(characteristic_of(y.s), y.s + gain * applied_transform_of(y.s))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Updates per second times the mean change of e^{st} by one update."""
        for size in (1, 2, 3):
            ages = sp.symbols(f"v_1:{size + 1}", positive=True, cls=sp.Dummy)
            reads = [sp.exp(-y.s * age) for age in ages]
            mean = sum((y.curvature * read + y.gradient_noise * _normal for read in reads), start=sp.Integer(0)) / size
            drift = inputs[0].right / size * gaussian_mean(-y.learning_rate * mean)
            claimed = output.right.subs(y.batch, size).replace(
                applied_transform_of, lambda at, ages=ages: sp.Add(*(sp.exp(-at * age) for age in ages)) / len(ages)
            )
            yield sp.expand(y.s - drift - claimed)


@dataclass(frozen=True)
class BatchNoise(Rule):
    """q = eta^2 sigma^2 Lambda/n_B^2: Lambda/n_B updates a second, each with the mean of n_B noises.

    The second route integrates the square of the mean of two noises over their normal densities, one after the other.
    """

    label: ClassVar[str] = "superpose the noise of the batches"
    requires: ClassVar = (assumptions.BATCHES, assumptions.NOISE, assumptions.POISSON)

    def apply(self, *inputs: Equation) -> Equation:
        """The variance of a mean."""
        one = (y.learning_rate * y.gradient_noise) ** 2 / y.batch
        return Equation(y.noise_intensity, inputs[0].right / y.batch * one)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Second moments of the mean noise by repeated integration."""
        for size in (1, 2):
            square = mean_noise_square(size)
            expected = inputs[0].right / size * (y.learning_rate * y.gradient_noise) ** 2 * square
            yield sp.expand(expected - output.right.subs(y.batch, size))


def mean_noise_square(size: int) -> sp.Expr:
    """E[((Z_1 + .. + Z_n)/n)^2] of independent normal Z_i, integrated one after the other."""
    names = sp.symbols(f"g_1:{size + 1}", real=True, cls=sp.Dummy)
    square = (sum(names) / size) ** 2
    for name in names:
        square = gaussian_mean(sp.expand(square).subs(name, _normal))
    return square


@dataclass(frozen=True)
class CountPairsInBatches(Rule):
    """Lambda E[K] = (M - 1) Lambda/n_B: an update falls into one running cycle of every worker but the last to arrive.

    Gradients that wait in the batch are part of that update and do not count it. The second route draws the place of
    a gradient in its batch uniformly: with N arrivals of others in its cycle it misses the whole part of
    (place + N)/n_B updates, N/n_B on average (Hermite's identity).
    """

    label: ClassVar[str] = "count pairs of an update and a cycle it falls into"
    requires: ClassVar = (assumptions.BUSY, assumptions.BATCHES)

    def apply(self, *inputs: Equation) -> Equation:
        """Pairs per second, counted by gradients and by updates."""
        rate = inputs[0].right
        return Equation(rate * y.mean_staleness, rate / y.batch * (y.workers - 1))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Hermite's identity written out, for M - 1 arrivals in the cycle."""
        for size in (1, 2, 3, 4):
            for others in (0, 1, 2, 5, 7):
                missed = [(place + others) // size for place in range(size)]
                at = {y.workers: others + 1, y.batch: size}
                yield sp.expand(output.right.subs(at) / inputs[0].right.subs(at) - sp.Rational(sum(missed), size))
        yield output.left - inputs[0].right * y.mean_staleness


@dataclass(frozen=True)
class CountPairsOfIdlers(Rule):
    """(n_B/T_u) E[K] = (M - n_B)/T_u: every worker holds one gradient, and n_B of M are spent at an update.

    The second route follows a gradient of exponential cycles: each update spends it with probability n_B/M, so it
    misses a geometric number of them, summed for small counts.
    """

    label: ClassVar[str] = "count pairs of an update and a gradient it leaves behind"
    requires: ClassVar = (assumptions.FIRST_FINISHED, assumptions.IDLE)

    def apply(self, *inputs: Equation) -> Equation:
        """Pairs an update, by gradients and by workers left behind."""
        return Equation(y.batch * y.mean_staleness, y.workers - y.batch)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """n_B times the mean of the geometric law by its generating function."""
        spent = y.batch / y.workers
        generating = spent / (1 - (1 - spent) * y.z)
        yield sp.simplify(y.batch * sp.diff(generating, y.z).subs(y.z, 1) - output.right)
        yield output.left - y.batch * y.mean_staleness


@dataclass(frozen=True)
class TimePerBatch(Rule):
    """T_u = n_B/Lambda: Lambda gradients a second, n_B to an update; the second route multiplies back."""

    needs: tuple[Assumption, ...]
    label: ClassVar[str] = "n_B gradients to an update"

    @property
    def requires(self) -> tuple[Assumption, ...]:
        """What makes a batch."""
        return self.needs

    def apply(self, *inputs: Equation) -> Equation:
        """Divide."""
        return Equation(y.update_time, y.batch / inputs[0].right)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Gradients in the time of one update."""
        yield sp.simplify(output.right * inputs[0].right - y.batch)
