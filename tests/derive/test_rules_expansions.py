"""Rules of expansions and of the safe bound: known laws worked by hand, and wrong outputs found."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.derivation import Equation
from derive.derivations import recursion, speed
from derive.rules.laws import transform_of
from verify.identities import check_step

a, m, k, r, M = y.damping, y.delay_moment, y.shape, y.decay, y.workers


def test_the_expansion_of_a_constant_delay_is_the_lambert_series() -> None:
    """-W_0(-a) = sum n^(n-1) a^n/n!."""
    found = speed.small_delay_expansion(6).result.right
    for n in range(1, 6):
        found = found.subs(m[n], 1)
    expected = sum(sp.Integer(n) ** (n - 1) * a**n / sp.factorial(n) for n in range(1, 7))
    assert sp.expand(found - expected) == 0


def test_n_moments_fix_the_expansion_through_the_next_but_one_order() -> None:
    powers = sp.Poly(speed.small_delay_expansion(5).result.right, a).all_coeffs()[::-1]
    for n in range(2, 6):
        held = {int(node.indices[0]) for node in sp.sympify(powers[n]).atoms(sp.Indexed)}
        assert held == set(range(1, n))


def test_exponential_delays_are_the_tie_beyond_critical_damping() -> None:
    slope = CLAIMS["delay.beyond-critical.gamma"].expression
    assert slope.subs(k, 1) == 0
    assert slope.subs(k, sp.Rational(1, 2)) < 0 < slope.subs(k, 2)
    assert sp.limit(slope, k, sp.oo) == 2 * sp.E / 3  # the constant delay


def test_a_mixture_of_exponentials_moves_left_beyond_critical_damping() -> None:
    """p_i over 1 + s theta_i: the double root is an interior maximum of r/L(-r)."""
    share, means = sp.Rational(9, 10), (1, 11)
    transform = share / (1 + y.s * means[0]) + (1 - share) / (1 + y.s * means[1])
    double = sp.nsolve(sp.diff(sp.log(r / transform.subs(y.s, -r)), r), r, (0.01, 0.09), solver="bisect")
    critical = double / transform.subs(y.s, -double)
    general = CLAIMS["delay.beyond-critical.any-law"].expression
    put = general.subs({y.critical_decay: double, y.critical_damping: critical})
    assert put.replace(transform_of, lambda at: transform.subs(y.s, at)).doit().evalf() < 0


@pytest.mark.parametrize(("workers", "limit", "fastest"), [(2, 2, sp.Rational(1, 2)), (3, 1.854102, sp.Rational(4, 9))])
def test_staggered_workers(workers: int, limit: float, fastest: sp.Rational) -> None:
    """One stale update: 1 and 1/4 a step; two: the golden ratio's inverse and 4/27."""
    at = {M: workers, y.mean_delay: 1}
    assert float(CLAIMS["workers.stability-limit.constant"].expression.subs(at)) == pytest.approx(limit, abs=1e-6)
    assert CLAIMS["workers.critical-damping.constant"].expression.subs(at) == fastest


@pytest.mark.parametrize(
    "change", ["bound", "other multiplier", "power", "moment", "sign", "third", "shape", "workers", "staleness"]
)
def test_wrong_outputs_are_refused(change: str) -> None:
    safe, series = speed.safe_damping().steps[-1], speed.small_delay_expansion(4).steps[-1]
    pair, gamma = speed.beyond_critical().steps[-1], speed.gamma_beyond_critical().steps[-1]
    limit, critical = recursion.workers_limit().steps[-1], recursion.workers_critical().steps[-1]
    first, second = pair.output.right.args
    wrong = {
        "bound": (safe, 3 / (2 * y.mean_delay)),
        "other multiplier": (safe, sp.pi / y.mean_delay),
        "power": (series, series.output.right + a**4 * m[1] ** 3),
        "moment": (series, series.output.right.subs(m[3], 2 * m[3])),
        "sign": (pair, first - second),
        "third": (pair, 3 * first + second),
        "shape": (gamma, gamma.output.right.subs(k, k + 1)),
        "workers": (limit, limit.output.right.subs(M, M + 1)),
        "staleness": (critical, (1 - 1 / M) ** M / y.mean_delay),
    }
    step, right = wrong[change]
    assert check_step(step, domain=M >= 2).passed
    assert not check_step(replace(step, output=Equation(step.output.left, right)), domain=M >= 2).passed
