"""Poisson staleness on the recursion: the limits of the literature's table, roots put back, wrong results refused."""

from __future__ import annotations

from dataclasses import replace

import mpmath
import pytest
import sympy as sp

from derive import symbols as y
from derive.characteristic import update_equation
from derive.claims import CLAIMS
from derive.derivation import Equation
from derive.derivations import drawn_staleness
from derive.integer_laws import Poisson
from verify.identities import check_step


@pytest.mark.parametrize(("mean", "limit"), [(1, 2.30582), (3, 0.628899), (7, 0.245820), (15, 0.109612)])
def test_the_limits_of_poisson_staleness(mean: int, limit: float) -> None:
    angle = mpmath.findroot(lambda at: at / 2 + mean * mpmath.sin(at) - mpmath.pi / 2, (0.01, 1.57), solver="bisect")
    claim = CLAIMS["recursion.stability-limit.poisson-staleness"].expression
    at = {y.angle: sp.Float(str(angle), 15)}
    assert float(claim.subs(at)) == pytest.approx(limit, rel=4e-6)
    crossing = CLAIMS["recursion.crossing-staleness.poisson-staleness"].expression
    assert float(crossing.subs(at)) == pytest.approx(mean, rel=1e-10)


def test_the_claimed_function_is_that_of_the_staleness_law() -> None:
    claimed = CLAIMS["recursion.characteristic-function.poisson-staleness"].expression
    for mean, step in ((sp.Integer(3), sp.Rational(1, 7)), (sp.Rational(1, 4), sp.Integer(2))):
        put = claimed.subs({y.mean_staleness: mean, y.step: step}, simultaneous=True)
        assert sp.simplify(put - update_equation(step, Poisson(mean)).function) == 0


def test_no_staleness_leaves_gradient_descent() -> None:
    function = drawn_staleness.poisson_characteristic().result.right
    assert function.subs(y.mean_staleness, 0) == y.z - 1 + y.step


@pytest.mark.parametrize("change", ["sign", "reciprocal", "half angle", "mean", "tangent"])
def test_wrong_results_are_refused(change: str) -> None:
    first, size, _, phases, *_, last = drawn_staleness.poisson_step_limit().steps
    wrong = {
        "sign": (first, first.output.right.subs(y.step, -y.step)),
        "reciprocal": (first, y.z - 1 + y.step * sp.exp(y.mean_staleness * (y.z - 1))),
        "half angle": (size, size.output.right.subs(sp.sin(y.angle / 2), sp.sin(y.angle))),
        "mean": (phases, phases.output.right.subs(y.mean_staleness, 2 * y.mean_staleness)),
        "tangent": (last, last.output.right.subs(sp.tan(y.angle / 2), sp.tan(y.angle))),
    }
    step, right = wrong[change]
    domain = drawn_staleness.poisson_step_limit().domain
    assert check_step(step, domain=domain).passed
    assert not check_step(replace(step, output=Equation(step.output.left, right)), domain=domain).passed
