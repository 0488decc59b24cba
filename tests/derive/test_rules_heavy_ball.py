"""Rules of momentum on the recursion: limits of the literature's table, small cases by hand, wrong outputs found."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.derivation import Equation
from derive.derivations import momentum
from derive.rules.heavy_ball import by_residues
from verify.identities import check_step

K, phi, beta, step = y.staleness, y.angle, y.momentum, y.step
LIMIT = CLAIMS["momentum.stability-limit.fixed-staleness"].expression
SHARE = CLAIMS["momentum.crossing-share.fixed-staleness"].expression


@pytest.mark.parametrize(
    ("staleness", "kept", "limit"),
    [(2, 0.5, 0.280776), (2, 0.9, 0.051249), (5, 0.5, 0.128552), (5, 0.9, 0.021501)],
)
def test_heavy_ball_limits(staleness: int, kept: float, limit: float) -> None:
    balance = SHARE.subs(K, staleness) - kept
    angle = sp.nsolve(balance, phi, (1e-6, float(sp.pi / (2 * staleness + 1))), solver="bisect")
    assert float(LIMIT.subs({K: staleness, phi: angle})) == pytest.approx(limit, abs=5.1e-7)


def test_without_momentum_the_limit_is_that_of_the_plain_recursion() -> None:
    plain = CLAIMS["recursion.stability-limit.fixed-staleness"].expression
    for staleness in (1, 4):
        at = {K: staleness, phi: sp.pi / (2 * staleness + 1)}
        assert sp.simplify(SHARE.subs(at)) == 0
        assert float(LIMIT.subs(at) - plain.subs(K, staleness)) == pytest.approx(0, abs=1e-15)


def test_the_variance_of_one_stale_update_is_that_of_a_second_order_recursion() -> None:
    """x(j+1) = (1 + b) x(j) - (b + e) x(j-1) + noise: V = (1 + b + e)/(e (1 - b - e)(2 + 2 b + e)), by its roots."""
    first, second = sp.Rational(1, 2), sp.Rational(2, 3)
    at = {K: 1, beta: first + second - 1, step: (1 - first) * (1 - second), y.step_noise: 1}
    found = by_residues(CLAIMS["momentum.stationary-variance.fixed-staleness"].expression.subs(at), (first, second))
    b, e = at[beta], at[step]
    assert found == (1 + b + e) / (e * (1 - b - e) * (2 + 2 * b + e))


@pytest.mark.parametrize("change", ["half", "sign", "other angle", "momentum left out", "step twice", "staleness"])
def test_wrong_outputs_are_refused(change: str) -> None:
    variance = momentum.heavy_ball_variance().steps[-1]
    *_, share, limit = momentum.heavy_ball_limit().steps
    wrong = {
        "half": (limit, LIMIT.subs(sp.sin(phi / 2), sp.sin(phi))),
        "sign": (share, -SHARE),
        "other angle": (share, SHARE.subs(K, K + 1)),
        "momentum left out": (variance, variance.output.right.subs(beta, 0)),
        "step twice": (variance, variance.output.right.subs(step, 2 * step)),
        "staleness": (variance, variance.output.right.subs(K, K + 1)),
    }
    made, right = wrong[change]
    domain = momentum.heavy_ball_limit().domain
    assert check_step(made, domain=domain).passed
    assert not check_step(replace(made, output=Equation(made.output.left, right)), domain=domain).passed
