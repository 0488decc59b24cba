"""Real zeros by changes of sign: found where they are, not where one is known, and where Newton runs past one."""

from __future__ import annotations

import pytest
import sympy as sp

from derive.characteristic import CharacteristicEquation, delay_equation
from derive.laws import Constant, Mixture
from derive.symbols import s
from numeric.enclosure import acb, arb, precision
from numeric.roots.characteristic import spectrum
from numeric.roots.function import analytic
from numeric.roots.real_axis import sign_changes


def polynomial(*zeros: sp.Expr) -> CharacteristicEquation:
    return CharacteristicEquation(sp.expand(sp.Mul(*(s - zero for zero in zeros))), s, sp.Integer(10), -sp.oo)


@pytest.mark.parametrize("zero", [sp.Rational(-1), sp.Rational(1, 10**9), sp.Rational(-3) + sp.Rational(1, 10**8)])
def test_a_zero_is_found_at_every_scale_beside_the_left_end_and_zero(zero: sp.Rational) -> None:
    with precision(128):
        whole = analytic(polynomial(zero, sp.Integer(2), sp.I, -sp.I))
        found = sign_changes(whole, arb(-3), arb(5), [])
        assert [abs(float(point.real) - float(at)) < 1e-9 for point, at in zip(found, (zero, 2), strict=True)] == [
            True
        ] * 2
        assert len(sign_changes(whole, arb(-3), arb(5), [acb(2)])) == 1
        assert sign_changes(whole, arb(3), arb(5), []) == []


def test_the_last_real_root_is_found_among_exponentials_of_very_different_size() -> None:
    """s^2 - 1684949 s - 8.8e7 - 9.8e6 e^(-0.000517 s): real roots at 1.7e6, -58 and -15231, where Newton leaps away."""
    delay = Mixture([("9/10", Constant(0)), ("1/10", Constant("0.000517"))])
    equation = delay_equation("-98142325", delay, "-1684949")
    found = spectrum(equation, right_of=-18100)
    assert found.certified, found.reason
    real = [float(root.re) for root in found.roots if root.im.ball.is_zero()]
    assert real == pytest.approx([1685001.4, -58.42, -15231], rel=1e-3)
    assert found.proof is not None
    assert found.proof.winding_numbers[0] == sum(root.counted for root in found.roots) == 13
