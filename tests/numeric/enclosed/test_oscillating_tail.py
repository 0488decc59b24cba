"""The tail of a transform of few exponentials: against the finite integral between two frequencies, and its limits."""

import sympy as sp
from scipy import integrate

from derive.characteristic import delay_equation
from derive.laws import Constant, Empirical, Exponential, IndependentSum, Uniform
from numeric.enclosed.oscillating_tail import oscillating_tail, terms_on_axis
from numeric.enclosure import Enclosure, arb, precision
from numeric.roots.function import Analytic, analytic

UNIFORM = delay_equation(1, Uniform("1/2", 1))


def tail(whole: Analytic, edge: int, wanted: str = "1e-18") -> Enclosure:
    terms = terms_on_axis(whole)
    assert terms is not None
    return Enclosure(oscillating_tail(terms, arb(1), arb(edge), arb(wanted)))


def test_two_tails_differ_by_the_integral_between_them() -> None:
    whole = analytic(UNIFORM)
    with precision(200):
        between = tail(whole, 4).ball - tail(whole, 9).ball

    def density(w: float) -> float:
        feedback = complex(UNIFORM.function.subs(UNIFORM.variable, 1j * w).evalf()) - 1j * w
        return 1 / abs(1j * w + feedback) ** 2

    expected, _ = integrate.quad(density, 4, 9, epsabs=1e-12)
    assert abs(float(between.mid()) - expected) < 1e-11
    assert abs(expected - (1 / 4 - 1 / 9)) > 1e-4  # what the bare 1/W would say


def test_the_tail_of_fewer_orders_contains_that_of_more() -> None:
    whole = analytic(UNIFORM)
    with precision(200):
        rough, fine = tail(whole, 4, "1e-6"), tail(whole, 4, "1e-20")
    assert rough.ball.contains(fine.ball)
    assert 1e-12 < rough.ball.rad() < 1e-6
    assert fine.ball.rad() < 1e-20


def test_which_transforms_are_sums_of_exponentials() -> None:
    assert len(terms_on_axis(analytic(delay_equation(1, Constant(1)))) or {}) == 1
    assert len(terms_on_axis(analytic(UNIFORM)) or {}) == 2
    assert terms_on_axis(analytic(delay_equation(1, IndependentSum((Constant(1), Constant(2)))))) is not None
    for law in (Exponential(1), Empirical([1, 2, 3]), Constant(sp.sqrt(2))):
        assert terms_on_axis(analytic(delay_equation(1, law))) is None
