"""Sums over measured data: never unrolled, right to the last bit that is claimed, and quick."""

import time
from fractions import Fraction

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from derive import symbols as y
from numeric.enclosure import Unevaluable, acb, arb, compile_ball, compile_balls, evaluate, precision

DATA = tuple(sp.Rational(300 + (k * k * 37) % 460, 100) for k in range(500))
SUM = sp.Sum(sp.exp(-y.s * y.atoms[y.j]), (y.j, 0, len(DATA) - 1))


def slow(rate: object, power: int = 0) -> object:
    """The reference: one exponential per datum."""
    total = acb(0)
    for value in DATA:
        datum = arb(int(value.p)) / int(value.q)
        total += (-rate * datum).exp() * datum**power  # type: ignore[operator]
    return total


@given(st.floats(-3, 3), st.floats(-60, 60))
@settings(max_examples=25, derandomize=True, deadline=None)
def test_binned_sums_enclose_what_the_plain_loop_gives(re: float, im: float) -> None:
    program = compile_balls([SUM, sp.diff(SUM, y.s), sp.diff(SUM, y.s, 2)], [y.s], {y.atoms: DATA})
    with precision(64):
        point = acb(re, im)
        values = program(point)
    with precision(128):
        for power, value in enumerate(values):
            exact = slow(point, power) * (-1) ** power
            assert value.contains(exact.mid())
            scale = slow(acb(re), power)
            assert value.rad() < float(abs(scale)) * 1e-15


def test_a_wide_rate_gives_a_ball_that_holds_its_corners() -> None:
    program = compile_ball(SUM, [y.s], {y.atoms: DATA})
    with precision(64):
        box = acb(arb(-0.25, arb(1) / 64), arb(0.5, arb(1) / 64))
        wide = program(box)
        for corner in (acb(-0.25 + 1 / 64, 0.5 + 1 / 64), acb(-0.25 - 1 / 64, 0.5 - 1 / 64), acb(-0.25, 0.5)):
            assert wide.contains(slow(corner).mid())
        assert program(acb(arb(1, arb(1) / 64))).imag.is_zero()


def test_other_summands_are_looped_over_the_data() -> None:
    below = sp.Sum(sp.Piecewise((1, y.atoms[y.j] <= y.u), (0, True)), (y.j, 0, len(DATA) - 1))
    count = sum(1 for value in DATA if value <= 5)
    assert evaluate(below, {y.u: sp.Integer(5)}, {y.atoms: DATA}).contains(count)
    squares = sp.Sum(y.atoms[y.j] ** 2, (y.j, 0, len(DATA) - 1)) / len(DATA)
    exact = sum(Fraction(int(v.p), int(v.q)) ** 2 for v in DATA) / len(DATA)
    assert evaluate(squares, {}, {y.atoms: DATA}).contains(exact)


def test_data_that_do_not_cover_the_sum_are_refused() -> None:
    with pytest.raises(Unevaluable, match="cover"):
        compile_ball(SUM, [y.s], {y.atoms: DATA[:-1]})


def test_the_program_does_not_grow_with_the_data_and_is_fast() -> None:
    data = DATA + tuple(v + sp.Rational(1, 997) for v in DATA) + DATA[:376]
    total = sp.Sum(sp.exp(-y.s * y.atoms[y.j]), (y.j, 0, len(data) - 1))
    program = compile_balls([total, sp.diff(total, y.s)], [y.s], {y.atoms: data})
    assert len(program.source) < 500
    with precision(64):
        program(acb(-0.2, 0.3))
        start = time.perf_counter()
        for k in range(20):
            program(acb(-0.2, 0.3 + k / 64))
    assert (time.perf_counter() - start) / 20 < 0.005
