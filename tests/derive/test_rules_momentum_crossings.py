"""Momentum over a constant delay: the curve of limits by its frequency, its ends, and wrong steps found."""

from __future__ import annotations

from dataclasses import replace

import mpmath
import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.derivation import Equation
from derive.derivations import momentum
from verify.identities import check_step

SHARE, LIMIT = (CLAIMS[f"momentum.{name}.constant"].expression for name in ("crossing-share", "stability-limit"))


@pytest.mark.parametrize(("workers", "x"), [(2, 0.3), (4, 1.0), (16, 1.5)])
def test_a_pair_of_roots_lies_on_the_axis(workers: int, x: float) -> None:
    """Newton's method from beside i x, in mpmath, theta = 1."""
    at = {y.workers: workers, y.mean_delay: 1, y.frequency: sp.Rational(x)}
    kept, step = (mpmath.mpf(sp.N(one.subs(at), 25)) for one in (SHARE, LIMIT))
    assert 0 < kept < 1
    rate = mpmath.mpf(workers)
    root = mpmath.findroot(
        lambda s: s * (s + rate * (1 - kept)) + step * rate * (s + rate) * mpmath.exp(-s), mpmath.mpc(0.01, x + 0.01)
    )
    assert abs(root - mpmath.mpc(0, x)) < 1e-12


def test_without_momentum_the_limit_is_that_of_the_delay_alone() -> None:
    edge = {y.frequency: sp.pi / 2, y.mean_delay: 1}
    assert sp.simplify(SHARE.subs(edge)) == 0
    assert sp.simplify(LIMIT.subs(edge) * y.workers) == sp.pi / 2


def test_little_momentum_costs_a_little_of_the_limit_and_much_costs_nearly_all() -> None:
    """a theta = M epsilon at the limit falls from pi/2 to 0 with the angle, as beta grows from 0 to 1."""
    product = (y.workers * LIMIT).subs({y.mean_delay: 1, y.workers: 8})
    limits = [float(sp.N(product.subs(y.frequency, x))) for x in (1.5, 1, 0.1)]
    assert sorted(limits, reverse=True) == limits
    assert limits[-1] < 0.02 < 1 < limits[0] < float(sp.pi / 2)


def test_wrong_curves_are_found() -> None:
    derived = momentum.constant_limit()
    share, limit = derived.steps[-2:]
    for step, wrong in (
        (share, share.output.right.subs(y.workers, 2 * y.workers)),
        (limit, limit.output.right * sp.Rational(98, 97)),
    ):
        assert not check_step(replace(step, output=Equation(step.output.left, wrong))).passed
