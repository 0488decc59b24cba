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
