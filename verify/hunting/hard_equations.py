"""Stage: verdicts. Input: random numbers. Output: equations that are hard on purpose, with how an answer is judged.

Scales over 20 orders of magnitude, dampings of either sign, beside the stability limit and critical damping, roots
10^-3 to 10^-18 apart. Each is judged by another method than the one that answers:

    constant delay     every branch of Lambert's W right of the line, and the count 2 floor(a tau/(2 pi) + 3/4)
    Erlang, mixtures of exponentials, recursions      the roots of the cleared polynomial
    s^2 + b s + a L    roots from which a and b were made, with the forward error
    any law            the certificate, checked without the solver
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp

from derive import symbols as y
from derive.characteristic import CharacteristicEquation, delay_equation, update_equation
from derive.law import Law, Weighted
from derive.laws import (
    Constant,
    Empirical,
    Gamma,
    Hyperexponential,
    IndependentSum,
    InverseGaussian,
    Mixture,
    Pareto,
    ShiftedExponential,
    Truncated,
    Uniform,
)
from numeric.enclosure import acb, compile_ball, precision
from numeric.roots.characteristic import Spectrum
from verify.hunting.root_judges import by_branches, by_choice, by_polynomial

Draws = np.random.Generator
_DIGITS = 40


@dataclass(frozen=True)
class Trial:
    """One equation, what was asked, and how its answer is judged: None, or what is wrong with it."""

    kind: str
    equation: CharacteristicEquation
    asked: dict[str, object]
    judge: Callable[[Spectrum], str | None]


def scale(draws: Draws, low: int = -10, high: int = 10) -> sp.Rational:
    """A rational number between 10^low and 10^high, even in the logarithm."""
    return sp.Rational(int(draws.integers(1000, 10000)), 1000) * sp.Rational(10) ** int(draws.integers(low, high))


def constant(draws: Draws) -> Trial:
    """s + a e^(-s tau) with a tau beside 1/e, beside pi/2, or between 10^-6 and 10^2; of either sign."""
    tau, near = scale(draws), sp.Rational(10) ** -int(draws.integers(1, 19)) * int(draws.choice([-1, 1]))
    bases = [_cut(sp.exp(-1)), _cut(sp.pi / 2), scale(draws, -6, 2), -scale(draws, -6, 2)]
    product = bases[int(draws.integers(4))] * (1 + near)
    line = sp.Rational(int(draws.integers(-40, 20)), 10) / tau
    asked = [{}, {"right_of": line}, {"count": int(draws.integers(2, 8))}][int(draws.integers(3))]
    return Trial("constant", delay_equation(product / tau, Constant(tau)), asked, by_branches(product, tau, asked))


def rational(draws: Draws) -> Trial:
    """Erlang cycles and mixtures of exponentials, against the roots of the cleared polynomial."""
    theta = scale(draws)
    if draws.integers(2):
        shape = int(draws.choice([1, 2, 3, 4, 7, 12, 20]))
        law: Law = Gamma(shape, theta)
        cleared = y.s * (1 + y.s * theta / shape) ** shape
        stages = (1, shape)
    else:
        means = [theta * scale(draws, -4, 1) for _ in range(2)]
        law = Hyperexponential((sp.Rational(1, 3), sp.Rational(2, 3)), tuple(means))
        stages = (2, 0)
        cleared = y.s * (1 + y.s * means[0]) * (1 + y.s * means[1])
    critical = sp.Rational(stages[1], stages[1] + 1) ** (stages[1] + 1) if stages[1] else sp.Rational(1, 4)
    near = 1 + sp.Rational(10) ** -int(draws.integers(1, 19)) * int(draws.choice([-1, 0, 1]))
    a = [critical * near, scale(draws, -6, 3), -scale(draws, -3, 1)][int(draws.integers(3))] / theta
    if stages[1]:
        cleared += a
    else:
        cleared += a * (1 + (means[1] * sp.Rational(1, 3) + means[0] * sp.Rational(2, 3)) * y.s)
    return Trial("rational", delay_equation(a, law), {}, by_polynomial(cleared, law.abscissa_of_convergence))


def any_law(draws: Draws) -> Law:
    """A law of any kind but the rational ones, at any scale."""
    unit = scale(draws, -8, 8)
    shape = [sp.Rational(1, 10), sp.Rational(5, 2), sp.Integer(200), sp.Integer(100_000)][int(draws.integers(4))]
    far = (Weighted(sp.Rational(1, 2), Constant(unit)), Weighted(sp.Rational(1, 2), Constant(unit / 10_000)))
    near = (Weighted(sp.Rational(9, 10), Constant(0)), Weighted(sp.Rational(1, 10), Constant(unit)))
    kinds: list[Callable[[], Law]] = [
        lambda: Gamma(shape, unit),
        lambda: Uniform(0, unit),
        lambda: ShiftedExponential(unit, unit * scale(draws, -2, 2)),
        lambda: InverseGaussian(unit, unit * scale(draws, -1, 2)),
        lambda: Mixture(far),
        lambda: Mixture(near),
        lambda: IndependentSum((Constant(unit), Gamma(sp.Rational(5, 2), unit))),
        lambda: Empirical(tuple(unit * int(k) / 8 for k in draws.integers(1, 40, 5))),
        lambda: Truncated(Gamma(1, unit), unit * 2),
        lambda: Pareto(sp.Rational(5, 2), unit),
    ]
    return kinds[int(draws.integers(len(kinds)))]()


def manufactured(draws: Draws) -> Trial:
    """s^2 + b s + a L(s) with two roots of choice: a pair, or two real ones 10^-3 to 10^-18 of their size apart."""
    law = any_law(draws)
    unit = 1 / law.mean
    left = law.abscissa_of_convergence
    share = sp.Rational(int(draws.integers(-90, 60)), 100)
    re = share * (unit if left == -sp.oo or share > 0 else min(unit, -left, key=sp.N)) + unit / 1000
    if draws.integers(2):
        im = unit * sp.Rational(int(draws.integers(5, 300)), 100)
        chosen = [(re, im), (re, -im)]
    else:
        gap = abs(re) * sp.Rational(10) ** -int(draws.integers(3, 18))
        chosen = [(re, sp.Integer(0)), (re + gap, sp.Integer(0))]
    try:
        a, b = through(law, chosen)
    except ValueError:  # chosen on a cut or beyond the abscissa, where there is no transform
        return general(draws)
    equation = delay_equation(a, law, b)
    return Trial("manufactured", equation, {"right_of": _cut(re - abs(re) / 7)}, by_choice(chosen))


def through(law: Law, chosen: list[tuple[sp.Expr, sp.Expr]]) -> tuple[sp.Rational, sp.Rational]:
    """Damping and friction that make the chosen points roots, to 150 digits."""
    value = compile_ball(law.laplace_transform(y.s), [y.s], law.arrays)
    with precision(600):
        points = [acb(compile_ball(x, ())().real, compile_ball(i, ())().real) for x, i in chosen]
        one, other = points
        first, second = value(one), value(other)
        # s^2 + b s + a L = 0 at both: a = s1 s2 (s1 - s2)/(s1 L2 - s2 L1), b = -(s1^2 + a L1)/s1.
        a = one * other * (one - other) / (one * second - other * first)
        b = -(one**2 + a * first) / one
        return _rational(a.real), _rational(b.real)


def general(draws: Draws) -> Trial:
    """s + a L(s) of any law, judged by its certificate alone."""
    law = any_law(draws)
    a = scale(draws, -6, 3) * int(draws.choice([-1, 1, 1, 1])) / law.mean
    return Trial("any law", delay_equation(a, law), {}, lambda found: None)


def recursion(draws: Draws) -> Trial:
    """A constant staleness of 61 to 150 updates, counted on a circle, against the roots of its whole polynomial."""
    staleness = int(draws.integers(61, 120))
    critical = sp.Rational(staleness**staleness, (staleness + 1) ** (staleness + 1))
    near = 1 + sp.Rational(10) ** -int(draws.integers(2, 12)) * int(draws.choice([-1, 1]))
    step = [critical * near, scale(draws, -5, 0)][int(draws.integers(2))]
    equation = update_equation(step, staleness)

    def judge(found: Spectrum) -> str | None:
        from numeric.roots.recursion import polynomial_spectrum

        whole = polynomial_spectrum(equation)
        if not whole.roots[0].modulus.ball.overlaps(found.roots[0].modulus.ball):
            return f"the largest is {whole.roots[0]}"
        return None if found.unstable_count == whole.unstable_count else f"{whole.unstable_count} are unstable"

    return Trial("recursion", equation, {}, judge)


KINDS = (constant, constant, rational, manufactured, manufactured, general, recursion)


def trials(seed: int, count: int) -> Iterator[Trial]:
    """``count`` equations, the kinds in turn."""
    draws = np.random.default_rng(seed)
    for number in range(count):
        yield KINDS[number % len(KINDS)](draws)


def _cut(number: sp.Expr) -> sp.Rational:
    return sp.Rational(str(sp.N(number, _DIGITS)))


def _rational(ball: Any) -> sp.Rational:
    middle = ball.mid().fmpq()
    return sp.Rational(int(middle.p), int(middle.q))
