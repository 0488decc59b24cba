"""Stage: rules about staleness. Input: transforms and counting processes. Output: probabilities, moments, variances."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule
from derive.rules.laws import transform_of

renewal_integral = sp.Function("A")  # A(t), the integral of the renewal function over (0, t)
count_variance = sp.Function("v")
factorial_moment = sp.IndexedBase("f")
overlap_term = sp.Function("g")
probability_of_staleness = sp.Function("P_K")
_argument = sp.Dummy("x", positive=True)


@dataclass(frozen=True)
class ReadCoefficient(Rule):
    """P(K = j) = (-lambda)^j/j! L^(j)(lambda): the coefficient of z^j of L(lambda (1 - z)).

    Linear in the law, hence checked on the atom at every u: there it must be the Poisson probability.
    """

    label: ClassVar[str] = "read off the coefficient of z^j"

    def apply(self, *inputs: Equation) -> Equation:
        """The j-th derivative by the chain rule."""
        derivative = sp.Subs(sp.Derivative(transform_of(y.t), (y.t, y.j)), y.t, y.other_rate)
        return Equation(probability_of_staleness(y.j), (-y.other_rate) ** y.j / sp.factorial(y.j) * derivative)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The first six coefficients of the input at an atom, minus the output there."""
        generating = inputs[0].right.replace(transform_of, lambda at: sp.exp(-at * y.u)).subs(y.s, 0)
        for count in range(6):
            coefficient = sp.diff(generating, y.z, count).subs(y.z, 0) / sp.factorial(count)
            claimed = output.right.subs(y.j, count).replace(transform_of, lambda at: sp.exp(-at * y.u)).doit()
            yield sp.simplify(coefficient - claimed)


@dataclass(frozen=True)
class FactorialMoment(Rule):
    """f_n = E[K (K-1) .. (K-n+1)] = lambda^n m_n, from the n-th derivative of L(lambda (1 - z)) at z = 1.

    The second route puts the Taylor polynomial of L in and differentiates.
    """

    order: int
    label: ClassVar[str] = "differentiate n times at z = 1"

    def apply(self, *inputs: Equation) -> Equation:
        """Each derivative brings out -lambda, each derivative of L at 0 a moment and a sign."""
        return Equation(factorial_moment[self.order], y.other_rate**self.order * y.delay_moment[self.order])

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The derivative of the polynomial minus the output."""

        def polynomial(at: sp.Expr) -> sp.Expr:
            terms = ((-at) ** n * y.delay_moment[n] / sp.factorial(n) for n in range(1, self.order + 2))
            return 1 + sum(terms, start=sp.Integer(0))

        generating = inputs[0].right.subs(y.s, 0).replace(transform_of, polynomial)
        yield sp.expand(sp.diff(generating, y.z, self.order).subs(y.z, 1) - output.right)


@dataclass(frozen=True)
class EveryFactorialMoment(Rule):
    """f_j = E[K (K-1) .. (K-j+1)] = lambda^j m_j for every order j, from the powers of z - 1 in L(lambda (1 - z)).

    The second route differentiates Taylor polynomials of L, order by order up to six.
    """

    label: ClassVar[str] = "expand in powers of z - 1"

    def apply(self, *inputs: Equation) -> Equation:
        """The coefficient (-lambda (1 - z))^j m_j/j! of L, times j!/(z - 1)^j."""
        argument = inputs[0].right.args[0].subs(y.s, 0)
        rate = sp.cancel(argument / (1 - y.z))
        return Equation(factorial_moment[y.j], rate**y.j * y.delay_moment[y.j])

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Orders 0 to 6."""
        for order in range(7):
            one = Equation(factorial_moment[order], output.right.subs(y.j, order).subs(y.delay_moment[0], 1))
            yield from FactorialMoment(order).residuals(one, *inputs)


@dataclass(frozen=True)
class VarianceOfCount(Rule):
    """Var K = f_2 + f_1 - f_1^2 from the factorial moments; the second route takes the second cumulant."""

    label: ClassVar[str] = "variance from factorial moments"

    def apply(self, *inputs: Equation) -> Equation:
        """Inputs: f_2, then f_1."""
        second, first = inputs[0].right, inputs[1].right
        return Equation(y.staleness_variance, second + first - first**2)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """d^2/de^2 log E[e^{eK}] at 0 minus the output."""
        grown = sp.exp(_argument) - 1
        generating = 1 + inputs[1].right * grown + inputs[0].right * grown**2 / 2
        yield sp.expand(sp.diff(sp.log(generating), _argument, 2).subs(_argument, 0)) - sp.expand(output.right)


@dataclass(frozen=True)
class EquilibriumCountVariance(Rule):
    """v(t) = Var N_e(t) = t/theta + (2/theta) A(t) - (t/theta)^2 for one stationary renewal process.

    The second route: Poisson arrivals (A = t^2/(2 theta), variance t/theta), and constant cycles, where N_e(t) is
    Bernoulli for t < theta (A = 0) and one more than Bernoulli for theta < t < 2 theta (A = t - theta).
    """

    label: ClassVar[str] = "variance of an equilibrium renewal count"
    requires: ClassVar = (assumptions.STATIONARY, assumptions.INDEPENDENT)

    def apply(self, *inputs: Equation) -> Equation:
        """Mean plus twice the pairs minus the squared mean."""
        ratio = y.t / y.mean_delay
        return Equation(count_variance(y.t), ratio + 2 * renewal_integral(y.t) / y.mean_delay - ratio**2)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Three processes whose count is known."""
        ratio = y.t / y.mean_delay
        known = {
            y.t**2 / (2 * y.mean_delay): ratio,
            sp.Integer(0): ratio * (1 - ratio),
            y.t - y.mean_delay: (ratio - 1) * (2 - ratio),
        }
        for integral, variance in known.items():
            yield sp.expand(output.right.subs(renewal_integral(y.t), integral) - variance)


@dataclass(frozen=True)
class AverageCountVariance(Rule):
    """v-bar = E_T[v(T)] = 2 G - c_2, with E T = theta, E T^2 = theta^2 (1 + c_2), E A(T) = theta G.

    The second route carries exponential cycles out (G = 1, c_2 = 1) and constant ones (G = 0, c_2 = 0).
    """

    label: ClassVar[str] = "average over the cycle"
    requires: ClassVar = (assumptions.INDEPENDENT,)

    def apply(self, *inputs: Equation) -> Equation:
        """Linear in the averages."""
        in_time = sp.Poly(inputs[0].right.subs(renewal_integral(y.t), y.mean_delay * y.overlap), y.t)
        averages = {0: sp.Integer(1), 1: y.mean_delay, 2: y.mean_delay**2 * (1 + y.cycle_variation)}
        averaged = sum((averages[power] * factor for (power,), factor in in_time.terms()), start=sp.Integer(0))
        return Equation(y.mean_count_variance, sp.expand(averaged))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Integrate against the exponential density; put the constant in."""
        poisson = inputs[0].right.subs(renewal_integral(y.t), y.t**2 / (2 * y.mean_delay))
        positive = sp.Dummy("t", positive=True)
        density = sp.exp(-positive / y.mean_delay) / y.mean_delay
        average = sp.integrate(poisson.subs(y.t, positive) * density, (positive, 0, sp.oo))
        yield average - output.right.subs({y.overlap: 1, y.cycle_variation: 1})
        fixed = inputs[0].right.subs(renewal_integral(y.t), 0).subs(y.t, y.mean_delay)
        yield fixed - output.right.subs({y.overlap: 0, y.cycle_variation: 0})
        yield output.right - output.right.subs(y.overlap, 0) - 2 * y.overlap


@dataclass(frozen=True)
class TotalVariance(Rule):
    """Var K = (M - 1) v-bar + (M - 1)^2 c_2: given T = u, K adds M - 1 independent counts of mean u/theta.

    The second route writes out binomial counts over a cycle with two equally likely lengths.
    """

    label: ClassVar[str] = "law of total variance"
    requires: ClassVar = (assumptions.STATIONARY, assumptions.INDEPENDENT)

    def apply(self, *inputs: Equation) -> Equation:
        """Mean of the conditional variance plus variance of the conditional mean."""
        others = y.workers - 1
        return Equation(y.staleness_variance, others * inputs[0].right + others**2 * y.cycle_variation)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Binomial(n, p_1) or Binomial(n, p_2), each with probability 1/2, for n = 3, 5 other workers."""
        for others in (3, 5):
            yield self._explicit(output, others)

    @staticmethod
    def _explicit(output: Equation, others: int) -> sp.Expr:
        chances = sp.symbols("p_1 p_2", positive=True, cls=sp.Dummy)
        second = sum((others * p * (1 - p) + others**2 * p**2 for p in chances), start=sp.Integer(0)) / 2
        mean = sum((others * p for p in chances), start=sp.Integer(0)) / 2
        inner = sum((p * (1 - p) for p in chances), start=sp.Integer(0)) / 2
        spread = sum((p**2 for p in chances), start=sp.Integer(0)) / 2 - (chances[0] + chances[1]) ** 2 / 4
        within = y.mean_count_variance
        generic = output.right.subs(y.overlap, (within + y.cycle_variation) / 2).subs(y.workers, others + 1)
        return sp.expand(generic.subs({within: inner, y.cycle_variation: spread}) - (second - mean**2))


@dataclass(frozen=True)
class StopLossOfGamma(Rule):
    """g_n = E (T - S_n)^+/theta for gamma cycles: T/(T + S_n) is Beta(k, n k), independent of T + S_n.

    (T - S)^+ = (T + S)(2B - 1)^+, and b times the Beta(k, n k) density is 1/(n+1) times that of Beta(k+1, n k).
    The second route integrates P(S_n <= t) P(T > t) over t for integer shapes, where both are elementary.
    """

    label: ClassVar[str] = "split into total and share"
    requires: ClassVar = (assumptions.STATIONARY, assumptions.INDEPENDENT)

    def apply(self, *inputs: Equation) -> Equation:
        """Mean total times the mean positive part of the share."""
        half, others = sp.Rational(1, 2), y.renewals * y.shape
        total = y.renewals + 1
        share = 1 / total
        above = sp.betainc_regularized(others, y.shape + 1, 0, half)
        at_least = sp.betainc_regularized(others, y.shape, 0, half)
        return Equation(overlap_term(y.renewals), 2 * (total * share) * above - total * at_least)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Shapes 1, 2, 3 and one to three renewals, by integration of elementary functions."""
        for shape, renewals in ((1, 1), (1, 3), (2, 1), (2, 2), (3, 2)):
            late = _erlang_tail(shape, shape)
            early = 1 - _erlang_tail(shape * renewals, shape)
            exact = sp.integrate(sp.expand(early * late), (_argument, 0, sp.oo))
            yield exact - output.right.subs({y.shape: shape, y.renewals: renewals})


def _erlang_tail(stages: int, rate: int) -> sp.Expr:
    """P(sum of ``stages`` exponential stages of rate ``rate`` exceeds the argument)."""
    terms = ((rate * _argument) ** i / sp.factorial(i) for i in range(stages))
    return sp.exp(-rate * _argument) * sum(terms, start=sp.Integer(0))
