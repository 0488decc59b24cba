"""Stage: rules about shots with momentum. Input: H. Output: what one update makes of velocity and parameter (rung R1).

An update turns v into p = beta v - eta g and x into x + p: a shot (p, p - v) of (x, v), uncorrelated with all others.
With S = E v^2 = E p^2, rho_v = E v p/S and N = eta^2 (sigma^2 + h^2 V), squaring p - beta v = -eta g gives

    N = (1 + beta^2 - 2 beta rho_v) S,

and the spectrum of x is Lambda (S omega^2 + N Lambda^2)/|H(i omega)|^2. In units of |H|^2/(omega^2 + Lambda^2), what
the gradients' own noise passes, its parts are

    I = (1/2 pi) int (omega^2 + Lambda^2)/|H|^2,   I_f = (1/2 pi) int omega^2/|H|^2,
    I_b = (1/2 pi) int omega^2 Lambda^2/((omega^2 + Lambda^2) |H|^2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule
from derive.rules.laws import transform_of
from derive.rules.noise import _spectral_integral

_SQUARE, _DRIVE, _CROSS = (sp.Dummy(name, positive=True) for name in ("S", "N", "C"))
_NEEDS = (
    *(assumptions.POISSON, assumptions.INDEPENDENT, assumptions.QUADRATIC, assumptions.NOISE),
    *(assumptions.MOMENTUM, assumptions.STABLE),
)
_SETTINGS = (("1/3", "1/6", 1, 0), ("3/5", "1/20", 2, 0), ("1/2", "1/10", 3, 1), ("4/5", "1/20", 2, 1))
SLOWER = 1 + y.momentum**2 - 2 * y.momentum * y.velocity_correlation


@dataclass(frozen=True)
class ShotsOfVelocity(Rule):
    """V = Lambda N (I - I_f + I_f/(1 + beta^2 - 2 beta rho_v)), N = eta^2 (sigma^2 + h^2 V).

    Shots (p, p - v) pass through the inverse of s minus the drift of (x, v). The second route solves all second moments
    without delays, and with exponential ones, in rationals.
    """

    label: ClassVar[str] = "add the shots' second moments, of velocity and parameter"
    requires: ClassVar = _NEEDS

    def apply(self, *inputs: Equation) -> Equation:
        """From p and v the parameter gets (s + Lambda) p - Lambda beta v over H; the square at s = i omega."""
        lost = y.arrival_rate * (1 - y.momentum)
        kept = y.arrival_rate * y.momentum
        passed = (y.s + lost + kept, -kept)  # of the first row of adj(s - drift), at (1, 1) and at (0, -1)
        one, other = (factor.subs(y.s, sp.I * y.frequency) for factor in passed)
        square = one * sp.conjugate(one) + other * sp.conjugate(other)
        mixed = one * sp.conjugate(other) + other * sp.conjugate(one)
        spectrum = sp.expand(_SQUARE * square + _CROSS * mixed)
        met = ((1 + y.momentum**2) * _SQUARE - _DRIVE) / (2 * y.momentum)  # E v p
        spectrum = sp.expand(spectrum.subs(_CROSS, met))
        slow, fast = spectrum.coeff(y.frequency, 0) / y.arrival_rate**2, spectrum.coeff(y.frequency, 2)
        slow, fast = (sp.expand(one).subs(_SQUARE, _DRIVE / SLOWER) / _DRIVE for one in (slow, fast))
        parted = slow * (y.second_moment_gain - y.fast_gain) + fast * y.fast_gain
        drive = y.learning_rate**2 * (y.gradient_noise**2 + y.curvature**2 * y.variance)
        return Equation(y.variance, y.arrival_rate * drive * parted)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Both sides at the exact second moments."""
        for at, _ in _exact_settings():
            yield sp.cancel(output.right.subs(at) - at[output.left])


@dataclass(frozen=True)
class CorrelationOfVelocity(Rule):
    """rho_v = (beta - (1/2 - Lambda I_f)/k)/2, k = Lambda^2/H(Lambda) + beta Lambda I_b.

    E (x + p)^2 = E x^2 and E x v = S/2 give (1 + beta) S = 2 eta h E[x(t) x(t - tau)]. That covariance integrates
    Re L/|H|^2, in which L = (H - s^2 - b s)/(c (s + Lambda)), b = Lambda (1 - beta), c = eta h Lambda: what has H under
    it once is a residue at -Lambda, 1/H(Lambda), and (1/2 pi) int Re (s^2 + b s + c (s + Lambda) L) .. is known at
    short times, r(0) = 0 and r'(0) = 1. The second route solves all second moments, as before.
    """

    label: ClassVar[str] = "balance the square of the parameter over one update"
    requires: ClassVar = _NEEDS

    def apply(self, *inputs: Equation) -> Equation:
        """Linear in rho_v; k is c Lambda^2 (1/2 pi) int Re L/|H|^2."""
        rate, low = y.arrival_rate, sp.Dummy("k")
        high = sp.Rational(1, 2) + y.momentum * rate * y.fast_gain - low
        balance = (1 + y.momentum) / 2 - high - low * SLOWER
        (found,) = sp.solve(balance, y.velocity_correlation)
        residue = sp.simplify(rate**2 / inputs[0].right.subs(y.s, rate))
        parted = sp.collect(sp.expand(found), low)
        return Equation(y.velocity_correlation, parted.subs(low, residue + y.momentum * rate * y.band_gain))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Both sides at the exact second moments."""
        for at, transform in _exact_settings():
            yield sp.cancel(output.right.replace(transform_of, transform).subs(at) - at[output.left])


@cache
def _exact_settings() -> tuple[tuple[dict[sp.Expr, sp.Expr], Callable[[sp.Expr], sp.Expr]], ...]:
    """Numbers, gains and second moments of four settings, all exact, with L: no delay, exponential delays."""
    return tuple(_solved(*one) for one in _SETTINGS)


def _solved(
    share: str, step: str, rate: int, stages: int
) -> tuple[dict[sp.Expr, sp.Expr], Callable[[sp.Expr], sp.Expr]]:
    """H is a polynomial over (1 + s)^stages, so that every gain is the integral of a rational function."""
    beta, force, rate_ = sp.Rational(share), sp.Rational(step), sp.Integer(rate)
    variance, correlation = _second_moments(beta, force, rate_, stages)
    slow = (1 + y.s) ** stages
    free = y.s * (y.s + rate_ * (1 - beta)) * slow
    whole = sp.Poly(free + force * rate_ * (y.s + rate_), y.s)
    gains = {
        y.second_moment_gain: _spectral_integral(sp.Poly((y.s + rate_) * slow, y.s), whole),
        y.fast_gain: _spectral_integral(sp.Poly(y.s * slow, y.s), whole),
        y.band_gain: _spectral_integral(sp.Poly(rate_ * y.s * slow, y.s), whole * sp.Poly(y.s + rate_, y.s)),
    }
    eta, sigma = sp.Rational(2, 3), sp.Rational(5, 4)
    numbers = {y.momentum: beta, y.curvature: force / eta, y.learning_rate: eta, y.gradient_noise: sigma}
    numbers |= {y.arrival_rate: rate_}
    moments = {y.variance: (eta * sigma) ** 2 * variance, y.velocity_correlation: correlation}
    return {**numbers, **gains, **moments}, lambda at: 1 / (1 + at) ** stages


def _second_moments(beta: sp.Expr, force: sp.Expr, rate: sp.Expr, stages: int) -> tuple[sp.Expr, sp.Expr]:
    """V and rho_v with noise 1 from A P + P A^T + Lambda E[shot shot^T] = 0 for (x, v) and y, y' = x - y."""
    size = 2 + stages
    read = size - 1 if stages else 0
    drift = sp.zeros(size)
    drift[0, 1], drift[1, 1] = rate * beta, rate * (beta - 1)
    drift[0, read] -= rate * force
    drift[1, read] -= rate * force
    if stages:
        drift[2, 0], drift[2, 2] = 1, -1
    names = {(i, j): sp.Dummy(f"P_{i}{j}") for i in range(size) for j in range(i, size)}
    moments = sp.Matrix(size, size, lambda i, j: names[min(i, j), max(i, j)])
    speed, met = moments[1, 1], moments[1, read]
    after = beta**2 * speed - 2 * beta * force * met + force**2 * moments[0, 0] + 1
    both = beta * speed - force * met
    balance = drift * moments + moments * drift.T
    for (i, j), shot in {(0, 0): after, (0, 1): after - both, (1, 1): after - 2 * both + speed}.items():
        balance[i, j] += rate * shot
    found = sp.solve([balance[i, j] for i, j in names], list(names.values()), dict=True)[0]
    return found[names[0, 0]], sp.cancel(both.subs(found) / speed.subs(found))
