"""Zeros that are counted and not known are found by halving rectangles."""

from __future__ import annotations

import sympy as sp

from derive.characteristic import CharacteristicEquation
from derive.symbols import s
from numeric.enclosure import acb, arb, precision
from numeric.roots.bisecting import unknown_zeros
from numeric.roots.function import analytic
from numeric.roots.winding import Budget, Rectangle

ZEROS = [(-1, 0), (2, 0), (0, 1), (sp.Rational(1, 2), 3)]
PRODUCT = sp.expand(sp.prod([(s - re) ** 2 + im**2 if im else s - re for re, im in ZEROS]))
BOX = Rectangle(arb(-2), arb(5), arb(6))


def test_what_is_not_known_is_found_and_nothing_else() -> None:
    whole = analytic(CharacteristicEquation(PRODUCT, s, sp.Integer(9), -sp.oo))
    with precision(64):
        every = [acb(arb(float(re)), arb(float(im))) for re, im in ZEROS]
        for left_out in (every, every[1:2], every[2:], []):
            known = [zero for zero in every if zero not in left_out]
            found = unknown_zeros(whole, BOX, known, 9, Budget(20.0))
            assert len(found) >= len(left_out)
            for zero in left_out:
                assert any(abs(point - zero) < abs(zero) / 1000 for point in found)
            assert all(any(abs(abs(point.imag) - zero.imag) < 0.01 for zero in left_out) for point in found)
        assert len(unknown_zeros(whole, BOX, [], 2, Budget(20.0))) == 2


def test_a_spent_budget_leaves_what_was_found() -> None:
    whole = analytic(CharacteristicEquation(PRODUCT, s, sp.Integer(9), -sp.oo))
    with precision(64):
        assert unknown_zeros(whole, BOX, [], 9, Budget(0.0)) == []
