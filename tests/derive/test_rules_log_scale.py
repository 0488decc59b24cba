"""The logarithmic scale: the lognormal law by hand, and wrong moments and distribution functions."""

from __future__ import annotations

import pytest
import sympy as sp

from derive import symbols as y
from derive.derivation import Equation, Step
from derive.laws import LogNormal
from derive.rules.laws import cdf_of, density_of
from derive.rules.log_scale import DistributionOnLogScale, MomentOnLogScale, StateOnLogScale
from verify.identities import check_step

DENSITY = LogNormal.symbolic_density
STATED = Equation(density_of(y.u), DENSITY)
MEAN = sp.exp(y.log_mean + y.log_spread**2 / 2)


def moment(right: sp.Expr) -> Step:
    return Step(2, MomentOnLogScale(1), (STATED,), Equation(y.delay_moment[1], right))


def test_the_mean_is_the_one_worked_by_hand() -> None:
    assert sp.simplify(MomentOnLogScale(1).apply(STATED).right - MEAN) == 0
    assert check_step(moment(MEAN)).passed


@pytest.mark.parametrize("wrong", [sp.exp(y.log_mean), MEAN**2, -MEAN, MEAN / sp.exp(y.log_spread**2)], ids=str)
def test_a_wrong_moment_is_refuted(wrong: sp.Expr) -> None:
    assert not check_step(moment(wrong)).passed


def test_another_mass_is_found() -> None:
    for wrong in (2 * DENSITY, DENSITY * y.u, DENSITY.subs(y.log_spread, 1) / y.log_spread):
        assert not check_step(Step(1, StateOnLogScale(wrong), (), Equation(density_of(y.u), wrong))).passed


def test_a_wrong_distribution_function_is_refuted() -> None:
    right = DistributionOnLogScale().apply(STATED).right
    assert sp.simplify(right.subs(y.t, sp.exp(y.log_mean))) == sp.Rational(1, 2), "the median"
    for wrong in (1 - right, right + 1, right.subs(y.t, 2 * y.t), right / 2):
        step = Step(2, DistributionOnLogScale(), (STATED,), Equation(cdf_of(y.t), wrong))
        assert not check_step(step).passed
