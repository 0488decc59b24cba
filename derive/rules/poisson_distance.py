"""Stage: rules about the distance to Poisson arrivals. Input: the index of dispersion. Output: distances in a window.

distance = sup over all sets of counts of |P(N in the set) - P(Poisson count in it)|, both of mean m = M t/theta
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule
from derive.rules.staleness import renewal_integral

count_excess = sp.Function("Delta_N")  # P(N = j) less the Poisson probability of the same mean
EXPECTED = y.workers * y.t / y.mean_delay
_Law = tuple[sp.Expr, ...]


def dispersed(right: sp.Expr, index: sp.Expr) -> sp.Expr:
    """An expression in A(t) where the index of dispersion, 1 + 2 A(t)/t - t/theta, is ``index``."""
    return right.subs(renewal_integral(y.t), y.t * (index - 1 + y.t / y.mean_delay) / 2)


def _poisson(count: sp.Expr, mean: sp.Expr) -> sp.Expr:
    return sp.exp(-mean) * mean**count / sp.factorial(count)


@dataclass(frozen=True)
class CompareWithOneMore(Rule):
    """d_Pmax = (1 - e^{-m}) (1 - I_N(t)), for cycles that are new longer than used.

    By Stein's equation m g(n + 1) - n g(n) = 1(n in B) - P(B) the distance is E[m g(N + 1) - N g(N)] at most, that is
    m times the largest step of g, (1 - e^{-m})/m, times E|N + 1 - N*|. N* is N weighed by its size, the arrivals that
    an arrival sees. Where new cycles last longer than used ones an arrival holds further ones off, on both of its
    sides, so that N* <= N + 1 and the mean is 1 + E N - E N*. The second route finds N* by enumeration, g by recursion,
    and the distance itself for one worker of constant cycles, which attains the bound.
    """

    label: ClassVar[str] = "compare the arrivals that an arrival sees with all and one more"
    requires: ClassVar = (assumptions.NEW_LONGER, assumptions.STATIONARY, assumptions.INDEPENDENT)

    def apply(self, *inputs: Equation) -> Equation:
        """Largest step of g, times m, times 1 - I_N."""
        return Equation(y.longest_poisson_distance, (1 - sp.exp(-EXPECTED)) * sp.expand(1 - inputs[0].right))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Counts of 0, 1 and 2 of one to three workers; Stein's g for the event of one arrival; constant cycles."""
        one, two, share = sp.symbols("p_1 p_2 p", positive=True, cls=sp.Dummy)
        law, step = (1 - one - two, one, two), self._largest_step()
        for count in (1, 2, 3):
            mean, square = _moments(law, count)
            put = dispersed(output.right, (square - mean**2) / mean)
            stated = put.subs({y.workers: count, y.t: y.mean_delay * mean / count}, simultaneous=True)
            weighed = _weighed_mean(law, count)
            yield sp.simplify(stated - mean * step(mean) * (1 + mean - weighed))
        alone = output.right.subs({renewal_integral(y.t): 0, y.workers: 1}).subs(y.t, share * y.mean_delay)
        less, more = sp.exp(-share) - (1 - share), share - share * sp.exp(-share)
        beyond = 1 - sp.exp(-share) * (1 + share)
        yield sp.expand(alone - (less + more + beyond) / 2)

    @staticmethod
    def _largest_step() -> sp.Lambda:
        """g(2) - g(1) of the event N = 1, from Stein's equation at 0 and at 1."""
        mean = sp.Dummy("m", positive=True)
        chance = _poisson(sp.Integer(1), mean)
        first = -chance / mean
        second = (1 - chance + first) / mean
        return sp.Lambda(mean, sp.simplify(second - first))


def _combined(law: _Law, count: int) -> Iterator[tuple[sp.Expr, tuple[int, ...]]]:
    for each in product(range(len(law)), repeat=count):
        yield sp.prod(law[number] for number in each), each


def _moments(law: _Law, count: int) -> tuple[sp.Expr, sp.Expr]:
    return tuple(sp.expand(sum(chance * sum(each) ** k for chance, each in _combined(law, count))) for k in (1, 2))


def _weighed_mean(law: _Law, count: int) -> sp.Expr:
    """E N*: one worker, drawn by its share of the arrivals, has its own count weighed; the others have theirs."""
    mean = sum(number * chance for number, chance in enumerate(law))
    own = sum(number * number * chance for number, chance in enumerate(law)) / mean
    return own + sum(chance * sum(each) for chance, each in _combined(law, count - 1))


@dataclass(frozen=True)
class ExpandInWorkers(Rule):
    """Delta_N(j) = (m (I_N - 1)/2) p_j (1 - 2j/m + j (j - 1)/m^2) + o(1/M), p_j the Poisson probability.

    E z^N = exp(m (z - 1) + m (I_N - 1)(z - 1)^2/2 + ...): the second factorial cumulant of M counts is M times one's.
    The second route writes P(N = j) of M workers of at most two arrivals out, for j up to 3, and expands it in 1/M.
    """

    label: ClassVar[str] = "expand the probabilities in 1/M"
    requires: ClassVar = (assumptions.STATIONARY, assumptions.INDEPENDENT, assumptions.EXCHANGEABLE)

    def apply(self, *inputs: Equation) -> Equation:
        """The second difference of the Poisson probabilities."""
        bend = 1 - 2 * y.j / EXPECTED + y.j * (y.j - 1) / EXPECTED**2
        excess = sp.expand(inputs[0].right - 1)
        return Equation(count_excess(y.j), EXPECTED * excess / 2 * _poisson(y.j, EXPECTED) * bend)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """M (P(N = j) - p_j) as M grows, with I_N - 1 = kappa m/M."""
        mean, kappa, small = sp.symbols("m kappa x", positive=True, cls=sp.Dummy)
        pairs = (1 + kappa) * (mean * small) ** 2 / 2  # P(two arrivals of one worker), x = 1/M
        none, single = 1 - mean * small + pairs, mean * small - 2 * pairs
        alone = sp.series(sp.log(none) / small, small, 0, 2).removeO()  # of none^M, its logarithm
        for count in range(4):
            total = sp.Integer(0)
            for twice in range(count // 2 + 1):
                once = count - 2 * twice
                ways = sp.ff(1 / small, once + twice) / sp.factorial(once) / sp.factorial(twice)
                total += sp.cancel(sp.expand_func(ways) * single**once * pairs**twice / none ** (once + twice))
            exact = sp.diff(total * sp.exp(alone), small).subs(small, 0)
            put = dispersed(output.right, 1 + kappa * y.t / y.mean_delay).subs(y.j, count)
            stated = y.workers * put.subs(y.t, mean * y.mean_delay / y.workers)
            yield sp.simplify(exact - stated)


_MEANS = (sp.Rational(1, 2), sp.S.One, sp.Rational(5, 2), sp.Integer(7))
_JUMPS = (6 - sp.Rational(1, 10_000), 6 + sp.Rational(1, 10_000))


@dataclass(frozen=True)
class AddExcess(Rule):
    """d_P = (|I_N - 1|/2) (p_a (m - a) + p_b (b - m)), a, b = floor(m + 1/2 -+ sqrt(m + 1/4)).

    It is half of sum_j |Delta_N(j)|. Second differences add up to first ones; their sign changes beyond a and beyond b.
    The second route adds the excesses one by one, with what is beyond them, for windows far from those at which a or b
    jumps and for windows just before and behind such a one (m = k (k + 1)).
    """

    label: ClassVar[str] = "add up the excesses of one sign"

    def apply(self, *inputs: Equation) -> Equation:
        """First differences where the second ones change sign."""
        bend = 1 - 2 * y.j / EXPECTED + y.j * (y.j - 1) / EXPECTED**2
        excess = sp.expand(sp.cancel(inputs[0].right / (EXPECTED / 2 * _poisson(y.j, EXPECTED) * bend)))
        half, root = EXPECTED + sp.S.Half, sp.sqrt(EXPECTED + sp.Rational(1, 4))
        few, many = sp.floor(half - root), sp.floor(half + root)
        ends = _poisson(few, EXPECTED) * (EXPECTED - few) + _poisson(many, EXPECTED) * (many - EXPECTED)
        return Equation(y.poisson_distance, sp.Abs(excess) / 2 * ends)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Counts up to 11, and the rest of what all add up to: nothing."""
        size = sp.Dummy("c", positive=True)
        for mean, index in product((*_MEANS, *_JUMPS), (1 + size, 1 - size)):
            put = {y.workers: 2, y.mean_delay: 3, y.t: 3 * mean / 2}
            stated, each = (
                dispersed(one, index).subs(put, simultaneous=True) for one in (output.right, inputs[0].right)
            )
            added = [sp.expand(each.subs(y.j, count)) for count in range(12)]
            yield sp.expand(sp.Add(*map(sp.Abs, added), sp.Abs(sp.Add(*added))) / 2 - stated)
