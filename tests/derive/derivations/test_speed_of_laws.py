"""Speed of single laws: hand-worked values, limits between laws, and wrong steps found."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.derivation import Equation
from derive.derivations import speed_of_laws as speed
from derive.laws import Uniform
from derive.models.modes import families_of
from derive.rules.laws import transform_of
from verify.identities import check_step

SHIFTED, TILTED = "delay.critical-damping.shifted-exponential", "delay.critical-damping.inverse-gaussian"


def test_a_shifted_exponential_lies_between_the_exponential_and_the_constant_delay() -> None:
    """a* theta goes from 1/4 to 1/e as the shift takes over."""
    scaled = CLAIMS[SHIFTED].expression.subs(y.tail_mean, 1 - y.shift)
    shares = [sp.N(scaled.subs(y.shift, sp.Rational(share, 100)), 20) for share in (1, 25, 50, 75, 99)]
    assert shares == sorted(shares)
    assert float(shares[0]) == pytest.approx(0.25, abs=2e-3)
    assert float(shares[-1]) == pytest.approx(float(1 / sp.E), abs=1e-4)


def test_a_uniform_delay_from_zero_on_is_critical_between_the_exponential_and_the_constant_one() -> None:
    """x = r theta solves x = 1 - e^(-2 x), and a* theta = 2 x (1 - x): .32381 by hand."""
    found = float(CLAIMS["delay.critical-damping.uniform-from-zero"].expression.subs(y.longest, 2))
    share = 0.5
    for _ in range(200):
        share = 1 - math.exp(-2 * share)
    assert found == pytest.approx(2 * share * (1 - share), rel=1e-12)
    assert 1 / 4 < found < 1 / math.e
    assert "uniform-from-zero" in families_of(Uniform(0, 2))
    assert "uniform-from-zero" not in families_of(Uniform(1, 2))


@pytest.mark.parametrize(("shape", "expected"), [(10**6, 1 / sp.E), (sp.Rational(1, 10**6), 0)])
def test_an_inverse_gaussian_of_little_spread_is_a_constant_delay(shape: sp.Expr, expected: sp.Expr) -> None:
    found = CLAIMS[TILTED].expression.subs({y.mean_delay: 1, y.level_shape: shape})
    assert float(sp.N(found, 30)) == pytest.approx(float(expected), abs=1e-5)
    limit = CLAIMS["delay.stability-limit.inverse-gaussian"].expression.subs(y.mean_delay, 1)
    assert float(limit.subs(y.level_shape, 10**6)) == pytest.approx(float(sp.pi / 2), abs=1e-5)


def test_the_limit_of_a_shifted_exponential_tends_to_that_of_the_constant_delay() -> None:
    """omega = pi/2 - delta: the shift of a short tail, d nearly 1, a nearly pi/2."""
    at = {y.crossing_frequency: sp.pi / 2, y.tail_mean: sp.Rational(1, 10**6)}
    assert float(CLAIMS["delay.crossing-shift.shifted-exponential"].expression.subs(at)) == pytest.approx(1, abs=2e-6)
    limit = CLAIMS["delay.stability-limit.shifted-exponential"].expression.subs(at)
    assert float(limit) == pytest.approx(float(sp.pi / 2), abs=1e-5)


def test_two_phases_of_one_mean_are_the_tie_and_others_move_left() -> None:
    slope = CLAIMS["delay.beyond-critical.hyperexponential"].expression
    at = {
        y.phase_weight: sp.Rational(9, 10),
        y.critical_decay: sp.Rational(1, 4),
        y.critical_damping: sp.Rational(5, 32),
    }
    assert slope.subs({**at, y.first_mean: 2, y.second_mean: 2}) == 0
    assert slope.subs({**at, y.first_mean: 1, y.second_mean: 3}) < 0


def test_the_exponential_is_more_spread_than_the_constant_delay() -> None:
    """Its rate at a theta = 1/5 is larger than -W_0(-1/5)."""
    least = CLAIMS["delay.least-decay-rate.any-law"].expression.subs({y.damping: sp.Rational(1, 5), y.mean_delay: 1})
    assert float(least) == pytest.approx(0.259171, abs=1e-6)
    assert least < (1 - sp.sqrt(1 - sp.Rational(4, 5))) / 2


def test_a_real_root_lies_on_its_bound() -> None:
    """s = -1 at a = 1/e, theta = 1: |s| = a e."""
    bound = CLAIMS["delay.root-bound.any-law"].expression.replace(transform_of, lambda at: sp.exp(-at))
    assert sp.simplify(bound.subs({y.damping: sp.exp(-1), y.re_part: -1}) - 1) == 0


@pytest.mark.parametrize(
    "derivation",
    [
        speed.shifted_critical_damping,
        speed.tilted_stability_limit,
        speed.mixture_response,
        speed.least_decay,
        speed.root_bound,
    ],
)
def test_a_wrong_result_is_refused(derivation: object) -> None:
    found = derivation()  # type: ignore[operator]
    step = found.steps[-1]
    for wrong in (-step.output.right, step.output.right + 1, 2 * step.output.right):
        assert not check_step(replace(step, output=Equation(step.output.left, wrong)), domain=found.domain).passed


@pytest.mark.parametrize(("begin", "end"), [(1, sp.oo), (-1, sp.oo), (y.mean_delay / 2, sp.oo), (0, 3 * y.mean_delay)])
def test_the_mean_excess_is_integrated_over_all_of_the_line(begin: sp.Expr, end: sp.Expr) -> None:
    found = speed.damping_by_excess()
    step = found.steps[-1]
    (integral,) = step.output.right.atoms(sp.Integral)
    cut = step.output.right.xreplace({integral: sp.Integral(integral.function, (y.u, begin, end))})
    assert check_step(step, domain=found.domain).passed
    assert not check_step(replace(step, output=Equation(step.output.left, cut)), domain=found.domain).passed
