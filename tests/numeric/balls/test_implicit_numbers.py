"""A ball around an implicit number holds it, and an equation without a change of sign gets none."""

from __future__ import annotations

import pytest
import sympy as sp

from derive import symbols as y
from derive.monotone_root import MonotoneRoot
from numeric.balls.functions import Unevaluable
from numeric.enclosure import evaluate


def test_the_ball_holds_the_root_at_every_precision() -> None:
    root = MonotoneRoot(sp.Lambda(y.z, 1 - y.z - y.z**2))
    for digits in (10, 50, 300):
        enclosed = evaluate(root + 1, digits=digits)
        assert enclosed.contains(sp.Rational(str(((1 + sp.sqrt(5)) / 2).n(digits + 60))))
        assert not enclosed.contains(sp.Rational(809017, 500000))


def test_without_a_proven_change_of_sign_there_is_no_ball() -> None:
    with pytest.raises(Unevaluable, match="change of sign"):
        evaluate(MonotoneRoot(sp.Lambda(y.z, 1 + y.z)))


@pytest.mark.parametrize("root", [sp.Rational(1, 2), sp.Rational(3, 8), sp.Integer(1), sp.Rational(1, 1000)])
def test_a_root_at_a_place_that_is_looked_at_is_held_too(root: sp.Rational) -> None:
    enclosed = evaluate(MonotoneRoot(sp.Lambda(y.z, root - y.z)))
    assert enclosed.contains(root)
    assert float(enclosed.radius) < 1e-9


def test_a_balance_that_cancels_gets_a_wider_ball_and_then_more_bits() -> None:
    enclosed = evaluate(MonotoneRoot(sp.Lambda(y.z, sp.exp(1 + (sp.Rational(1, 3) - y.z) / 10**9) - sp.E)))
    assert enclosed.contains(sp.Rational(1, 3))
    assert float(enclosed.radius) < 1e-12
