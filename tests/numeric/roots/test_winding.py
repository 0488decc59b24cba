"""Winding numbers count zeros of polynomials with known zeros, and refuse contours through a zero."""

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from numeric.enclosure import acb, arb, compile_ball, compile_balls, precision
from numeric.roots.winding import Budget, Rectangle, Unproved, count_in_square, counted, turns

s = sp.Symbol("s")


def compiled(function: sp.Expr) -> tuple[object, object]:
    return compile_ball(function, [s]), compile_balls([function, sp.diff(function, s)], [s])


def count(function: sp.Expr, left: float, right: float, top: float) -> int:
    value, pair = compiled(function)
    with precision(64):
        return counted(turns(value, pair, Rectangle(arb(left), arb(right), arb(top)).upper_path(), Budget(5))).zeros  # type: ignore[arg-type]


pairs = st.tuples(st.integers(-8, 8), st.integers(1, 8))


@given(st.lists(pairs, max_size=3), st.lists(st.integers(-8, 8), max_size=3))
@settings(max_examples=30, derandomize=True, deadline=None)
def test_the_count_is_the_number_of_manufactured_zeros_inside(pairs: list[tuple[int, int]], reals: list[int]) -> None:
    function = sp.Integer(1) + 0 * s
    for re, im in pairs:
        function *= (s - re) ** 2 + im**2
    for re in reals:
        function *= s - re
    inside = 2 * sum(1 for re, im in pairs if abs(re) < 4.5 and im < 4.5) + sum(1 for re in reals if abs(re) < 4.5)
    assert count(function + s * 0, -4.5, 4.5, 4.5) == inside


def test_a_transcendental_function_is_counted() -> None:
    # sin has the zeros -pi, 0, pi in |Re s| < 4; cosh(s) has +-i pi/2 and none on the real axis.
    assert count(sp.sin(s), -4, 4, 1) == 3
    assert count(sp.cosh(s), -1, 1, 2) == 2
    assert count(sp.exp(s), -1, 1, 2) == 0


@pytest.mark.parametrize(("left", "top"), [(-1, 2), (-2, 1), (-3, 0.5)])
def test_a_contour_through_a_zero_is_refused(left: float, top: float) -> None:
    function = (s + 1) * ((s + 2) ** 2 + 1) * ((s - 1) ** 2 + sp.Rational(1, 4))
    with pytest.raises(Unproved, match="zero"):
        count(function, left, 4, top)


def test_a_pole_on_the_contour_is_refused() -> None:
    with pytest.raises(Unproved):
        count(s / (s + 1), -1, 4, 2)


def test_squares_count_multiplicity() -> None:
    value, pair = compiled((s - 1) ** 3 * (s + 5))
    with precision(64):
        square = acb(arb(1, arb(1) / 8), arb(0, arb(1) / 8))
        assert count_in_square(value, pair, square, Budget(5)) == 3  # type: ignore[arg-type]


def test_a_spent_budget_is_said() -> None:
    value, pair = compiled(sp.sin(1000 * s))
    with precision(64), pytest.raises(Unproved, match="budget"):
        turns(value, pair, Rectangle(arb(-100.5), arb(100.5), arb(1)).upper_path(), Budget(0.01))  # type: ignore[arg-type]


def test_a_share_of_a_budget_never_outlives_it() -> None:
    whole = Budget(2.0)
    part, rest = whole.share(0.1), Budget(0.001).share(1.0)
    assert part.deadline <= whole.deadline
    assert part.seconds == pytest.approx(0.2)
    assert part.walked is whole.walked
    assert rest.seconds <= 0.001
