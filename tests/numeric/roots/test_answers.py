"""What is listed: the first roots counted with their multiplicity, or those right of a line."""

from __future__ import annotations

import sympy as sp

from derive.characteristic import delay_equation
from derive.laws import Exponential
from numeric.enclosure import Enclosure, acb, arb
from numeric.roots.answers import first_of, right_of, root_of
from numeric.roots.proof import Candidate
from numeric.roots.records import Root


def root(re: object, im: int = 0, multiplicity: int = 1) -> Root:
    return Root(Enclosure(re), Enclosure(arb(im)), multiplicity)


ROOTS = [root(arb(1)), root(arb(0), 2), root(arb(-1), 0, 2)]


def test_the_first_roots_are_counted_with_pairs_and_multiplicities() -> None:
    assert [len(first_of(ROOTS, wanted)[0]) for wanted in (1, 2, 3, 4, 5)] == [1, 2, 2, 3, 3]


def test_a_root_on_the_line_is_listed_as_undecided() -> None:
    listed, vague = right_of([*ROOTS, root(arb(-2, 0.5))], sp.Integer(-2), 64)
    assert len(listed) == 4
    assert len(vague) == 1
    assert right_of(ROOTS, sp.Integer(0), 64) == ([ROOTS[0]], [ROOTS[1]])


def test_a_root_proven_to_lie_on_the_axis_has_no_real_part() -> None:
    equation = delay_equation(-1, Exponential(1))  # s^2 + s - 1, and with no damping s (1 + s)
    ball = Candidate(acb(arb(0, 1e-9), arb(0)))
    assert not root_of(equation, ball).re.ball.is_exact()
    assert root_of(delay_equation(0, Exponential(1)), ball).re.ball.is_zero()
