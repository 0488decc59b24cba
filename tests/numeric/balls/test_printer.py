"""Programs on balls: shared parts are computed once, constants are balls, precision follows the context."""

import re
from fractions import Fraction

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from numeric.enclosure import Unevaluable, acb, arb, compile_ball, compile_balls, fmpq, precision

s, a, b = sp.symbols("s a b")


def test_common_parts_are_computed_once() -> None:
    program = compile_balls([s + a * sp.exp(-s * b), sp.diff(s + a * sp.exp(-s * b), s)], [s, a, b])
    assert program.source.count(".exp()") == 1


def test_no_number_stands_in_the_program_but_integer_exponents() -> None:
    source = compile_balls([sp.Rational(1, 3) * s**3 + sp.Float("0.1") * s + 2], [s]).source
    assert not re.search(r"\d\.\d|1/3|\d+e-?\d+", source)


def test_constants_follow_the_working_precision() -> None:
    program = compile_ball(s / 3 + sp.sqrt(2), [s])
    for bits in (64, 512, 64):
        with precision(bits):
            value = program(acb(1))
            assert value.rad() < 2.0 ** (6 - bits)
            assert value.contains(acb(fmpq(1, 3)) + acb(2).sqrt())


def test_a_sympy_float_is_the_exact_binary_number_it_denotes() -> None:
    with precision(200):
        assert compile_ball(sp.Float(0.1) + 0 * s, [s])(acb(0)) == acb(0.1)


RATIONALS = st.fractions(min_value=-(10**30), max_value=10**30, max_denominator=10**30).filter(bool)


@settings(max_examples=40, deadline=None)
@given(st.tuples(RATIONALS, RATIONALS, RATIONALS, RATIONALS), RATIONALS, st.integers(-4, 4))
def test_rational_constants_are_exact_to_any_precision(
    numbers: tuple[Fraction, Fraction, Fraction, Fraction], x: Fraction, power: int
) -> None:
    p, q, r, t = (sp.Rational(number.numerator, number.denominator) for number in numbers)
    expression = p + q * (s + r) ** 2 + s**power / t
    parts = (numbers[0], numbers[1] * (x + numbers[2]) ** 2, x**power / numbers[3])
    exact, size = sum(parts), abs(numbers[0]) + abs(numbers[1]) * (abs(x) + abs(numbers[2])) ** 2 + abs(parts[2])
    with precision(400):
        value = compile_ball(expression, [s])(arb(fmpq(x.numerator, x.denominator)))
        assert value.contains(arb(fmpq(exact.numerator, exact.denominator)))
        assert value.rad() <= arb(fmpq(size.numerator, size.denominator)) * arb(2) ** -390


@settings(max_examples=40, deadline=None)
@given(RATIONALS)
def test_a_double_for_a_rational_would_be_noticed(number: Fraction) -> None:
    rounded = Fraction(float(number))
    with precision(400):
        value = compile_ball(s * sp.Rational(number.numerator, number.denominator), [s])(acb(1)).real
        assert value.contains(arb(fmpq(rounded.numerator, rounded.denominator))) == (rounded == number)


def test_integer_powers_of_negative_bases_stay_real() -> None:
    value = compile_ball(s**3 + s**-2, [s])(acb(-2))
    assert value.imag.is_zero()
    assert value.contains(-8 + fmpq(1, 4))


def test_negative_half_powers_of_wide_balls_stay_finite() -> None:
    """A wide ball about 1 + i to 5/2 holds 0; to -5/2 it is finite, and so must a quotient be."""
    z = acb(1, arb("1.05 +/- 0.33"))
    for power in (sp.Rational(-3, 2), sp.Rational(-5, 2), sp.Rational(3, 2)):
        found = compile_ball(a * s**power, [s, a])(z, acb(2))
        assert found.is_finite()
        for height in ("0.75", "1.05", "1.35"):
            assert found.overlaps(2 * (acb(1, arb(height)).log() * arb(fmpq(int(power.p), int(power.q)))).exp())
    exact = compile_ball(s**power, [s])(acb(2))
    assert exact.rad() < 1e-15 * 4
    assert exact.overlaps(acb(8).sqrt())


def test_derivatives_and_substitutions_are_carried_out() -> None:
    derivative = sp.Derivative(sp.exp(-a * s) * s, s)
    direct = compile_ball(sp.diff(sp.exp(-a * s) * s, s), [s, a])(acb(0.5), acb(0.25))
    assert compile_ball(derivative, [s, a])(acb(0.5), acb(0.25)).overlaps(direct)


def test_logic_is_three_valued() -> None:
    inside = sp.Piecewise((1, sp.And(s > 0, s < 2)), (2, sp.Or(s > 5, sp.Not(s > -1))), (3, True))
    program = compile_ball(inside, [s])
    assert [int(program(acb(x)).real.unique_fmpz()) for x in (1, 6, -2, 3, 0)] == [1, 2, 2, 3, 3]
    assert not program(acb(1, 1)).is_exact()  # no order off the real line: a union of all


@pytest.mark.parametrize("node", [sp.zeta(s), sp.Function("f")(s), sp.Sum(s**a, (a, 0, b)), sp.IndexedBase("q")[0] * s])
def test_what_cannot_be_printed_is_refused_by_name(node: sp.Expr) -> None:
    with pytest.raises(Unevaluable):
        compile_ball(node, [s])
