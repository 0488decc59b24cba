"""Stage: noise on the recursion with a drawn staleness (rung Rd). Input: the law of K. Output: variance, limits."""

from __future__ import annotations

from functools import cache

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Derivation
from derive.rules.calculus import Insert, Rewrite, Solve, Specialise
from derive.rules.drawn_noise import GainOnCircle, GeometricGain, InsertDrawnPower, LeaveAtMinusOne, SplitDrawnRead
from derive.rules.noise import MeanSquareLimit

Given = frozenset[Assumption]


@cache
def drawn_characteristic(given: Given = assumptions.ALL) -> Derivation:
    """H(z) = z - 1 + epsilon P(1/z), P(z) = E z^K."""
    return Derivation("characteristic function, drawn staleness", given).then(InsertDrawnPower())


@cache
def drawn_gain(read: bool, given: Given = assumptions.ALL) -> Derivation:
    """I_d, the gain of x, or I_y, that of the average that a gradient reads, as integrals over the unit circle."""
    gain = GainOnCircle(y.read_gain if read else y.response_gain)
    return drawn_characteristic(given).then(gain).concluded(f"gain of {'what is read' if read else 'the parameter'}")


@cache
def drawn_variance(given: Given = assumptions.ALL) -> Derivation:
    """V = s2 I_d/(1 - epsilon^2 (I_d - I_y)), exact on Rd."""
    split = Derivation("stationary variance, drawn staleness", given).then(SplitDrawnRead())
    solved = split.then(Solve(y.variance)).then(Rewrite(_by_margin))
    return solved.concluded(split.title, y.step**2 * (y.response_gain - y.read_gain) < 1)


@cache
def drawn_mean_square_limit(given: Given = assumptions.ALL) -> Derivation:
    """1 = epsilon^2 (I_d - I_y): stable in mean square on Rd iff the mean is and the right side is below 1."""
    found = drawn_variance(given).then(MeanSquareLimit(y.step, y.response_gain))
    return found.concluded("mean-square stability limit, drawn staleness")


@cache
def geometric_gain(read: bool, given: Given = assumptions.ALL) -> Derivation:
    """I_d or I_y for P(K = j) = p q^j with mean Kbar."""
    return drawn_gain(read, given).then(GeometricGain())


@cache
def geometric_variance(given: Given = assumptions.ALL) -> Derivation:
    """V = s2 (2 Kbar + 1 + epsilon c)/(epsilon (4 Kbar + 2 - epsilon - epsilon^2 c)) with c = 2 Kbar (Kbar + 1)."""
    whole = _with_gains(drawn_variance(given), given).then(Rewrite(_positive_parts))
    stable = 2 * y.step**2 * y.mean_staleness * (y.mean_staleness + 1) + y.step < 4 * y.mean_staleness + 2
    return whole.concluded("stationary variance, geometric staleness", sp.And(y.step > 0, stable))


@cache
def geometric_mean_square_limit(given: Given = assumptions.ALL) -> Derivation:
    """epsilon_V = (sqrt(1 + 16 Kbar (Kbar + 1)(2 Kbar + 1)) - 1)/(4 Kbar (Kbar + 1))."""
    balance = _with_gains(drawn_mean_square_limit(given), given)
    named = balance.then(Specialise(balance.result.left, ((y.step, y.mean_square_step),)))
    solved = named.then(Solve(y.mean_square_step, _is_positive)).then(Rewrite(_under_one_root))
    return solved.concluded("mean-square stability limit, geometric staleness", y.mean_staleness > 0)


@cache
def geometric_step_limit(given: Given = assumptions.ALL) -> Derivation:
    """epsilon_max = 2 (2 Kbar + 1): the mean alone is stable far beyond the limit in mean square."""
    left = drawn_characteristic(given).then(LeaveAtMinusOne())
    return left.concluded("stability limit, geometric staleness")


def _with_gains(of: Derivation, given: Given) -> Derivation:
    numbers, joined = [len(of.steps)], of
    for read in (False, True):
        joined = joined.join(geometric_gain(read, given))
        numbers.append(len(joined.steps))
    return joined.then(Insert(), *numbers)


def _by_margin(expression: sp.Expr) -> sp.Expr:
    """The denominator as one minus what feeds back."""
    numerator, denominator = sp.fraction(sp.together(expression))
    constant = denominator.subs(y.step, 0)
    fed = sp.expand((1 - denominator / constant) / y.step**2)
    return (numerator / constant) / (1 - y.step**2 * fed)


def _positive_parts(expression: sp.Expr) -> sp.Expr:
    """Numerator and denominator positive on the domain of stability."""
    above, below = sp.fraction(sp.factor(sp.together(expression)))
    inner = sp.cancel(below / y.step)
    sign = -1 if inner.subs({y.step: 0, y.mean_staleness: 1}).is_negative else 1
    parts = (sp.collect(sp.expand(sign * one), y.step, sp.factor) for one in (above / y.step_noise, inner))
    return y.step_noise * next(parts) / (y.step * next(parts))


def _is_positive(root: sp.Expr) -> bool:
    return bool(root.subs(y.mean_staleness, 1).evalf() > 0)


def _under_one_root(expression: sp.Expr) -> sp.Expr:
    """(sqrt(1 + .. factored ..) - 1)/(..)."""
    (root,) = (node for node in expression.atoms(sp.Pow) if node.exp == sp.Rational(1, 2))
    inside = sp.factor(sp.expand(root.base) - 1)
    return expression.xreplace({root: sp.sqrt(1 + inside)})
