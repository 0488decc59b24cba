"""Densities that are sums of c u^p exp(-r u): every operation against SymPy's own integrals and products."""

from __future__ import annotations

import pytest
import sympy as sp

from derive import symbols as y
from derive.laws.exponential_terms import (
    bounded_times,
    cdf_of_terms,
    convolved,
    minus,
    moment_of_terms,
    raised,
    survival_terms,
    times,
    transform_of_terms,
    unit_transform,
)

x = sp.Rational
u = sp.Dummy("u", positive=True)
ONE = {(x(2), sp.Integer(0)): x(1), (x(3, 2), sp.Integer(2)): x(5, 4)}
OTHER = {(x(2), sp.Integer(1)): x(-3), (x(1, 3), sp.Integer(0)): x(2, 7)}


def written(terms: dict) -> sp.Expr:
    """The function at u."""
    return sp.Add(*(c * u**p * sp.exp(-r * u) for (r, p), c in terms.items()))


def vanishes(expression: sp.Expr) -> bool:
    return sp.simplify(sp.expand(expression)) == 0


def test_products_differences_and_powers_are_those_of_the_functions() -> None:
    assert vanishes(written(times(ONE, OTHER)) - written(ONE) * written(OTHER))
    assert vanishes(written(minus(ONE, OTHER)) - written(ONE) + written(OTHER))
    assert vanishes(written(raised(ONE, 3, 100)) - written(ONE) ** 3)
    assert raised(ONE, 0, 0) == {(0, 0): 1}
    assert minus(ONE, ONE) == {}
    assert not vanishes(written(times(ONE, OTHER)) - written(ONE) * written(ONE))


def test_a_product_of_too_many_terms_is_refused_before_it_is_made() -> None:
    assert bounded_times(ONE, OTHER, 4) == times(ONE, OTHER)
    with pytest.raises(OverflowError, match="4 products"):
        bounded_times(ONE, OTHER, 3)
    with pytest.raises(OverflowError):
        raised(ONE, 40, 30)


def test_survival_and_distribution_are_the_integrals_beyond_and_before() -> None:
    v = sp.Dummy("v", positive=True)
    inside = written(ONE).subs(u, v)
    assert vanishes(written(survival_terms(ONE)) - sp.integrate(inside, (v, u, sp.oo)))
    assert vanishes(cdf_of_terms(ONE, u) - sp.integrate(inside, (v, 0, u)))
    assert not vanishes(written(survival_terms(OTHER)) - sp.integrate(inside, (v, u, sp.oo)))


@pytest.mark.parametrize("end", [sp.oo, sp.Integer(2)])
@pytest.mark.parametrize("at", [sp.Integer(0), x(1, 2), sp.Integer(3)])
def test_transform_and_moments_are_integrals_up_to_the_end(at: sp.Expr, end: sp.Expr) -> None:
    for terms in (ONE, OTHER):
        direct = sp.integrate(written(terms) * sp.exp(-at * u), (u, 0, end))
        assert abs(sp.N(transform_of_terms(terms, at, end) - direct, 30)) < 1e-25
        power = sp.integrate(written(terms) * u**3, (u, 0, end))
        assert abs(sp.N(moment_of_terms(terms, 3, end) - power, 30)) < 1e-25


def test_the_transform_up_to_an_end_has_no_pole_to_cancel() -> None:
    for rate in (x(2), x(3, 2)):
        value = transform_of_terms(ONE, -rate, sp.Integer(2))
        direct = sp.integrate(sp.expand(written(ONE) * sp.exp(rate * u)), (u, 0, 2))
        assert abs(sp.N(value - direct, 30)) < 1e-25
    assert unit_transform(x(5, 2), sp.Integer(0)) == x(2, 5)


def test_a_convolution_has_the_product_of_the_transforms() -> None:
    for one, other in ((ONE, OTHER), (ONE, ONE), (OTHER, OTHER)):
        product = transform_of_terms(one, y.s) * transform_of_terms(other, y.s)
        assert sp.cancel(sp.together(transform_of_terms(convolved(one, other), y.s) - product)) == 0


def test_half_powers_are_transformed_too() -> None:
    half = {(x(2), x(1, 2)): x(1)}
    direct = sp.Integral(sp.sqrt(u) * sp.exp(-3 * u), (u, 0, 2))
    assert abs(sp.N(transform_of_terms(half, sp.Integer(1), sp.Integer(2)), 20) - direct.evalf(20)) < 1e-15
