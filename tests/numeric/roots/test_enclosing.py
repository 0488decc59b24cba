"""Balls around zeros found: exactly real on the axis, distinct, wide enough."""

import sympy as sp

from derive.characteristic import CharacteristicEquation
from derive.symbols import s
from numeric.enclosure import acb, arb
from numeric.roots.enclosing import distinct, enclose, widened
from numeric.roots.proof import Candidate

CUBIC = CharacteristicEquation(sp.expand((s + 1) * ((s + 2) ** 2 + 9)), s, sp.Integer(20), -sp.oo)


def test_a_candidate_ball_is_exactly_real_on_the_axis() -> None:
    real, upper = enclose(CUBIC, acb(-1.001), 96), enclose(CUBIC, acb(-2.01, 3.01), 96)
    assert real is not None
    assert upper is not None
    assert (real.weight, upper.weight) == (1, 2)
    assert real.ball.contains(-1)
    assert upper.ball.contains(acb(-2, 3))


def test_overlapping_candidates_are_dropped_and_widening_contains() -> None:
    one = Candidate(acb(arb(1, 0.5)))
    assert len(distinct([one, Candidate(acb(arb(1.25, 0.5))), Candidate(acb(9))])) == 2
    assert widened(acb(3), 2).ball.contains(acb(3))
    assert widened(acb(3), 2).multiplicity == 2
