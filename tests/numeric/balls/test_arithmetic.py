"""Decimal text and doubles of a ball enclose it."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from numeric.balls.arithmetic import ball_text, decimal_text, float_above
from numeric.enclosure import arb, fmpq, precision


@given(st.integers(-(10**30), 10**30), st.integers(-40, 40))
@settings(max_examples=50, derandomize=True, deadline=None)
def test_decimals_denote_the_number_exactly(mantissa: int, exponent: int) -> None:
    assert Fraction(decimal_text(mantissa, exponent)) == Fraction(mantissa) * Fraction(10) ** exponent


@given(st.fractions(-100, 100, max_denominator=10**6), st.fractions(0, 1, max_denominator=10**6))
@settings(max_examples=50, derandomize=True, deadline=None)
def test_text_covers_the_whole_ball(mid: Fraction, radius: Fraction) -> None:
    with precision(100):
        centre = arb(fmpq(mid.numerator, mid.denominator))
        ball = arb(centre, arb(fmpq(radius.numerator, radius.denominator)))
    text, error = (Fraction(part) for part in ball_text(ball))
    assert text - error <= mid - radius
    assert mid + radius <= text + error


@given(st.fractions(-3, 3, max_denominator=10**9))
@settings(max_examples=50, derandomize=True, deadline=None)
def test_the_double_above_is_above_by_at_most_one_step(number: Fraction) -> None:
    with precision(200):
        point = arb(fmpq(number.numerator, number.denominator)).mid()
    above = float_above(point)
    assert point <= above
    assert Fraction(above) - number < Fraction(1, 2**50)
