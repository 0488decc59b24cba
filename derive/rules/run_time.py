"""Stage: rules about run time. Input: laws of cycles, who takes part in an update. Output: mean time per update."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations, product
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Equation, Rule
from derive.rules.batches import mean_noise_square
from derive.rules.characteristic import characteristic_of
from derive.rules.filters import written_out
from derive.rules.laws import cdf_of


@dataclass(frozen=True)
class OrderStatistic(Rule):
    """T_u = int_0^oo sum_{j < n_B} C(M, j) F(t)^j (1 - F(t))^{M-j} dt = E[X_{n_B:M}]: fewer than n_B are done by t.

    The second route lists which of the workers are done, for up to four of them.
    """

    label: ClassVar[str] = "wait for the n_B-th of M to finish"
    requires: ClassVar = (assumptions.FIRST_FINISHED, assumptions.INDEPENDENT, assumptions.DURATION)

    def apply(self, *inputs: Equation) -> Equation:
        """The integral of the probability that the update is still to come."""
        done = cdf_of(y.t)
        term = sp.binomial(y.workers, y.j) * done**y.j * (1 - done) ** (y.workers - y.j)
        return Equation(y.update_time, sp.Integral(sp.Sum(term, (y.j, 0, y.batch - 1)), (y.t, 0, sp.oo)))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The integrand for M = 2, 3, 4 and every n_B, case by case; the factor outside and the limits by F = 1/2."""
        share, (integral,) = sp.Dummy("F", positive=True), output.right.atoms(sp.Integral)
        for count, size in ((2, 1), (2, 2), (3, 1), (3, 2), (4, 3)):
            total = sp.Integer(0)
            for done in product((True, False), repeat=count):
                if sum(done) < size:
                    total += sp.prod(share if each else 1 - share for each in done)
            at = {y.workers: count, y.batch: size}
            claimed = written_out(integral.function.subs(at)).replace(cdf_of, lambda _: share)
            yield sp.expand(output.right.coeff(integral) * claimed - total)
        yield sp.Integer(0) if integral.limits == (sp.Tuple(y.t, 0, sp.oo),) else sp.Integer(1)


@dataclass(frozen=True)
class SlowestOfAll(Rule):
    """T_u = int_0^oo (1 - F(t)^M) dt = E[X_{M:M}]: the update waits for every worker.

    The second route takes the order statistic's sum at n_B = M for up to four workers.
    """

    label: ClassVar[str] = "wait for the slowest"
    requires: ClassVar = (assumptions.FIRST_FINISHED,)

    def apply(self, *inputs: Equation) -> Equation:
        """One minus the probability that all are done."""
        return Equation(y.update_time, sp.Integral(1 - cdf_of(y.t) ** y.workers, (y.t, 0, sp.oo)))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The integrands at every value of F, and the factors outside."""
        share = sp.Dummy("F", positive=True)
        (given,), (claimed,) = (each.right.atoms(sp.Integral) for each in (inputs[0], output))
        for count in (1, 2, 3, 4):
            summed = written_out(given.function.subs({y.workers: count, y.batch: count}))
            other = output.right.coeff(claimed) * claimed.function.subs(y.workers, count)
            yield sp.expand((summed - other).replace(cdf_of, lambda _: share))


@dataclass(frozen=True)
class Spacings(Rule):
    """T_u = theta sum_{j < n_B} 1/(M - j) for exponential cycles: with j done, M - j race on with the same rate.

    The second route integrates the probabilities of the input.
    """

    needs: tuple[Assumption, ...]
    label: ClassVar[str] = "add the spacings of exponential times"

    @property
    def requires(self) -> tuple[Assumption, ...]:
        """Memoryless cycles, and what makes the workers race."""
        return (assumptions.EXPONENTIAL, *self.needs)

    def apply(self, *inputs: Equation) -> Equation:
        """The next of M - j finishes after theta/(M - j)."""
        spacing = y.mean_delay / (y.workers - y.j)
        return Equation(y.update_time, sp.Sum(spacing, (y.j, 0, y.batch - 1)))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The order statistic's integral for up to four workers."""
        time = sp.Dummy("t", positive=True)
        (integral,) = inputs[0].right.atoms(sp.Integral)
        for count, size in ((1, 1), (2, 1), (3, 2), (4, 4)):
            at = {y.workers: count, y.batch: size}
            integrand = written_out(integral.function.subs(at)).subs(y.t, time)
            carried = integrand.replace(cdf_of, lambda at: 1 - sp.exp(-at / y.mean_delay))
            exact = sp.integrate(sp.expand(carried), (time, 0, sp.oo))
            yield sp.simplify(exact - written_out(output.right.subs(at)))


@dataclass(frozen=True)
class AverageNoise(Rule):
    """sigma_epsilon^2 = eta^2 sigma^2/n_B: an update by the mean of n_B fresh gradients.

    The second route integrates the square of the mean of two normal noises, one after the other.
    """

    label: ClassVar[str] = "average the noise of the update"
    requires: ClassVar = (assumptions.FRESH, assumptions.NOISE)

    def apply(self, *inputs: Equation) -> Equation:
        """The variance of a mean."""
        return Equation(y.step_noise, (y.learning_rate * y.gradient_noise) ** 2 / y.batch)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """E of the squared mean."""
        for size in (1, 2):
            square = mean_noise_square(size) * (y.learning_rate * y.gradient_noise) ** 2
            yield sp.expand(square - output.right.subs(y.batch, size))


@dataclass(frozen=True)
class RootWithoutStaleness(Rule):
    """z with H(z) = 0 for the linear H of fresh gradients; the second route puts it back."""

    label: ClassVar[str] = "solve H = 0"

    def apply(self, *inputs: Equation) -> Equation:
        """One root."""
        (root,) = sp.solve(inputs[0].right, y.z)
        return Equation(y.z, sp.expand(root))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """H at the root."""
        yield sp.expand(inputs[0].right.subs(y.z, output.right))


@dataclass(frozen=True)
class RatePerSecond(Rule):
    """r = -ln|z|/T_u: a factor z an update is e^{-r t} over T_u seconds; the second route multiplies back."""

    label: ClassVar[str] = "spread an update over its time"
    requires: ClassVar = (assumptions.FRESH,)

    def apply(self, *inputs: Equation) -> Equation:
        """The logarithm of the modulus."""
        return Equation(y.decay, -sp.log(sp.Abs(inputs[0].right)) / y.update_time)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """e^{-2 r T_u} - z^2."""
        yield sp.simplify(sp.exp(-2 * output.right * y.update_time) - inputs[0].right ** 2)


@dataclass(frozen=True)
class SpendAtRandom(Rule):
    """H(z) = (z - 1)(z - 1 + n_B/M) + epsilon (n_B/M) z: each update spends n_B of M gradients, drawn at random.

    Exponential cycles forget, so that those who finish first are a fair draw. Of the mean parameter x and the mean
    read r: x' = x - epsilon r, r' = r + (n_B/M)(x' - r). The second route lists every draw for up to four workers.
    """

    label: ClassVar[str] = "draw who finishes first"
    requires: ClassVar = (
        *(assumptions.EXPONENTIAL, assumptions.FIRST_FINISHED, assumptions.IDLE),
        *(assumptions.QUADRATIC, assumptions.NOISE),
    )

    def apply(self, *inputs: Equation) -> Equation:
        """det(z - A) of the map of (x, r)."""
        place, read = sp.symbols("x r", cls=sp.Dummy)
        after = place - y.step * read
        renewed = read + y.batch / y.workers * (after - read)
        matrix = sp.Matrix([[sp.diff(row, name) for name in (place, read)] for row in (after, renewed)])
        polynomial = sp.expand((y.z * sp.eye(2) - matrix).det())
        free = sp.factor(polynomial.subs(y.step, 0))
        return Equation(characteristic_of(y.z), free + sp.factor(sp.expand(polynomial - polynomial.subs(y.step, 0))))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Average of the maps of (x, r_1 .. r_M) over all draws, seen on equal reads: its determinant."""
        for count, size in ((1, 1), (2, 1), (3, 2), (4, 2), (4, 3)):
            draws = list(combinations(range(count), size))
            place, *reads = sp.symbols(f"x r_0:{count}", cls=sp.Dummy)
            rows = sp.zeros(2, 1)
            for drawn in draws:
                after = place - y.step * sum(reads[i] for i in drawn) / size
                renewed = sum(after if i in drawn else reads[i] for i in range(count)) / count
                rows += sp.Matrix([after, renewed]) / len(draws)
            common = sp.Dummy("r")
            mean = rows.subs(dict.fromkeys(reads, common))
            determinant = (y.z * sp.eye(2) - mean.jacobian([place, common])).det()
            yield sp.expand(determinant - output.right.subs({y.workers: count, y.batch: size}))
