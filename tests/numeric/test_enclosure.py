"""Enclosures contain the value, their text and doubles are rounded outward, and floats stay out."""

from fractions import Fraction

import mpmath
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from numeric.enclosure import (
    ComplexEnclosure,
    Enclosure,
    Unevaluable,
    acb,
    arb,
    compile_ball,
    evaluate,
    evaluate_complex,
    precision,
)

x, s = sp.symbols("x s")
rationals = st.fractions(min_value=-50, max_value=50, max_denominator=97)


@given(rationals)
@settings(max_examples=40, derandomize=True, deadline=None)
def test_an_enclosure_contains_its_number_and_its_text_does_too(number: Fraction) -> None:
    ball = Enclosure.of(number, 80)
    assert ball.contains(number)
    assert abs(Fraction(ball.mid) - number) <= Fraction(ball.radius)
    assert Fraction(ball.lower) <= number <= Fraction(ball.upper)
    assert Enclosure.from_json(ball.to_json()) == ball
    assert Enclosure.from_json(ball.to_json()).contains(number)


@given(rationals, rationals.filter(bool))
@settings(max_examples=30, derandomize=True, deadline=None)
def test_arithmetic_contains_the_exact_result(one: Fraction, other: Fraction) -> None:
    left, right = Enclosure.of(one), Enclosure.of(other)
    assert (left + right).contains(one + other)
    assert (left - other).contains(one - other)
    assert (one * right).contains(one * other)
    assert (left / right).contains(one / other)
    assert (1 - left).contains(1 - one)


def test_a_float_operand_is_refused() -> None:
    with pytest.raises(TypeError, match="not exact"):
        Enclosure.of(1) + 0.1


def test_neighbours_are_not_contained() -> None:
    third = Enclosure.of(sp.Rational(1, 3))
    assert not third.contains(1 / 3)
    assert not third.contains(Fraction(1, 3) + Fraction(1, 10**30))
    assert third.overlaps(Enclosure.of(sp.Rational(1, 3), 64))
    assert not third.overlaps(Enclosure.of(sp.Rational(1, 3) + sp.Rational(1, 10**30)))


def test_a_rational_constant_is_not_a_python_double() -> None:
    ball = evaluate(sp.Rational(1, 3) * x, {x: 3}, digits=60)
    assert ball.contains(1)
    assert ball.relative_radius < 1e-60


POINTS = [
    (sp.exp(-x) * sp.log(1 + x) + sp.sqrt(x), "0.7"),
    (sp.sin(x) + sp.cos(x) + sp.tan(x) + sp.cot(x) + sp.sec(x) + sp.csc(x), "0.6"),
    (sp.asin(x) + sp.acos(x / 2) + sp.atan(x), "0.4"),
    (sp.sinh(x) + sp.cosh(x) + sp.tanh(x), "1.1"),
    (sp.LambertW(-x) + sp.LambertW(-x, -1), "0.3"),
    (sp.gamma(x) + sp.loggamma(x) + sp.polygamma(0, x), "2.3"),
    (sp.lowergamma(sp.Rational(5, 2), x) + sp.uppergamma(2, x), "1.7"),
    (sp.erf(x) + sp.erfc(x) + sp.expint(1, x), "0.9"),
    (x ** sp.Rational(-2, 3) + x**sp.pi, "1.9"),
    (sp.Abs(-x) + sp.sign(-x) + sp.Max(x, 1) + sp.Min(x, 1), "0.35"),
    (sp.binomial(5, x) + sp.factorial(x), "2.5"),
]


@pytest.mark.parametrize(("expression", "point"), POINTS)
def test_every_function_agrees_with_mpmath(expression: sp.Expr, point: str) -> None:
    ball = evaluate(expression, {x: sp.Rational(point)}, digits=25)
    with mpmath.workdps(40):
        reference = sp.lambdify(x, expression, "mpmath")(mpmath.mpf(point))
        assert abs(mpmath.mpf(ball.mid) - reference) <= mpmath.mpf(ball.radius) + mpmath.mpf(10) ** -34
    assert ball.relative_radius < 1e-25


def test_a_ball_across_a_branch_cut_is_wide_or_refused() -> None:
    cut = acb(-4, arb(0, arb(1) / 1000))
    root = compile_ball(sp.sqrt(s), [s])(cut)
    assert root.contains(acb(0, 2))
    assert root.contains(acb(0, -2))
    power = compile_ball(s ** sp.Rational(1, 3), [s])(cut)
    assert power.contains((acb(-4).log() / 3).exp().mid())
    assert power.contains((acb(-4).log() / 3).exp().conjugate().mid())
    with pytest.raises(Unevaluable):
        evaluate(sp.sqrt(x), {x: Enclosure(arb(0, 1))})


def test_poles_free_symbols_and_unknown_nodes_are_refused() -> None:
    for expression in (1 / x, sp.zeta(x), x + s, sp.oo * (1 + x) ** 0):
        with pytest.raises(Unevaluable):
            evaluate(expression, {x: 0})
    with pytest.raises(Unevaluable, match="not a real"):
        evaluate(sp.sqrt(x), {x: -2})


def test_conditions_decide_exactly_or_give_the_union() -> None:
    step = sp.Piecewise((1, x < 1), (2, x <= 1), (3, True))
    assert [float(evaluate(step, {x: sp.Rational(n, 3)})) for n in (2, 3, 4)] == [1, 2, 3]
    around = evaluate(step, {x: Enclosure(arb(1, arb(1) / 8))})
    assert around.contains(1)
    assert around.contains(3)


def test_an_interval_parameter_gives_a_wide_ball_that_holds_the_whole_range() -> None:
    wide = evaluate(sp.exp(x), {x: Enclosure(arb(1, arb(1) / 4))})
    assert wide.overlaps(evaluate(sp.exp(sp.Rational(3, 4))))
    assert wide.overlaps(evaluate(sp.exp(sp.Rational(5, 4))))
    assert not wide.overlaps(evaluate(sp.exp(sp.Rational(13, 8))))


def test_complex_values_and_finite_sums() -> None:
    value = evaluate_complex(sp.exp(sp.I * sp.pi / 3))
    assert isinstance(value, ComplexEnclosure)
    assert value.re.contains(sp.Rational(1, 2))
    k = sp.Symbol("k", integer=True)
    assert evaluate(sp.Sum(x**k / sp.factorial(k), (k, 0, 40)), {x: sp.Rational(1, 2)}).overlaps(
        evaluate(sp.exp(sp.Rational(1, 2)))
    )
    with pytest.raises(Unevaluable):
        evaluate(sp.Sum(x**k, (k, 0, sp.oo)), {x: sp.Rational(1, 2)})


def test_the_working_precision_is_restored() -> None:
    before = Enclosure.of(sp.pi, 64)
    with precision(1000):
        pass
    assert Enclosure.of(sp.pi, 64) == before
