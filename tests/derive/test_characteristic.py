"""Characteristic equations: the function, its bound, and what is put into them."""

from __future__ import annotations

import cmath
import itertools
import math

import mpmath
import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from derive import symbols as y
from derive.characteristic import (
    CharacteristicEquation,
    delay_equation,
    divided_by_velocity,
    momentum_equation,
    update_equation,
)
from derive.laws import Constant, Empirical, Exponential, Gamma

steps = st.fractions(min_value="1/50", max_value=3)
momenta = st.fractions(min_value=0, max_value="99/100")


def test_the_delay_equation_is_s_plus_damping_times_transform() -> None:
    equation = delay_equation("1/2", Exponential(2))
    assert equation.function == y.s + sp.Rational(1, 2) / (1 + 2 * y.s)
    assert (equation.variable, equation.plane) == (y.s, "continuous")
    assert equation.abscissa_of_convergence == sp.Rational(-1, 2)
    assert delay_equation(1, Constant(1)).abscissa_of_convergence == -sp.oo


def test_friction_makes_it_of_second_order() -> None:
    equation = delay_equation(3, Constant(2), friction="1/4")
    assert equation.function == y.s**2 + y.s / 4 + 3 * sp.exp(-2 * y.s)
    assert delay_equation(3, Constant(2), friction=0).function == y.s**2 + 3 * sp.exp(-2 * y.s)


def test_a_decimal_damping_is_the_double_it_denotes() -> None:
    assert delay_equation(0.1, Constant(1)).function.subs(y.s, 0) == sp.Rational(*(0.1).as_integer_ratio())
    assert delay_equation("0.1", Constant(1)).function.subs(y.s, 0) == sp.Rational(1, 10)


def test_the_data_of_a_measured_law_come_along() -> None:
    law = Empirical([1, 2])
    assert delay_equation(1, law).arrays == law.arrays == {y.atoms: (1, 2)}
    assert delay_equation(1, law).at({y.damping: sp.Integer(1)}).arrays == law.arrays


@given(
    branch=st.integers(-3, 3),
    load=st.floats(0.05, 20),
    line=st.floats(-3, 0.5),
    sign=st.sampled_from([1, -1]),
)
def test_no_root_right_of_a_line_is_larger_than_the_bound(branch: int, load: float, line: float, sign: int) -> None:
    """Roots of s + a e^-s are W_m(-a)."""
    damping = sp.Rational(sign * load)
    root = complex(mpmath.lambertw(-sign * load, branch))
    bound = delay_equation(damping, Constant(1)).modulus_bound.subs(y.s, min(sp.Rational(line), sp.Integer(0)))
    if root.real >= line:
        assert abs(root) <= float(bound) * (1 + 1e-12)


@pytest.mark.parametrize(("damping", "friction"), list(itertools.product([0.3, 2, -1.5], [0, 0.5, 4, -1])))
def test_the_bound_holds_with_friction(damping: float, friction: float) -> None:
    """s^2 + b s + a/(1 + s) = 0 is a cubic: all its roots are known."""
    bound = delay_equation(damping, Exponential(1), friction).modulus_bound
    for root in np.roots([1, 1 + friction, friction, damping]):
        line = min(root.real, 0.0)
        if line > -1:  # right of the abscissa of convergence, where the transform is finite
            assert abs(root) <= float(bound.subs(y.s, sp.Rational(line))) * (1 + 1e-9)


def test_numbers_are_put_in_everywhere() -> None:
    symbolic = delay_equation(y.damping, Gamma(y.shape, y.mean_delay))
    numbers = {y.damping: sp.Rational(1, 2), y.shape: sp.Integer(4), y.mean_delay: sp.Integer(3)}
    put, direct = symbolic.at(numbers), delay_equation("1/2", Gamma(4, 3))
    assert sp.simplify(put.function - direct.function) == 0
    assert put.modulus_bound.subs(y.s, -1) == direct.modulus_bound.subs(y.s, -1)
    assert put.abscissa_of_convergence == direct.abscissa_of_convergence
    assert (put.variable, put.plane) == (direct.variable, direct.plane)
    assert symbolic.function.free_symbols == {y.s, y.damping, y.shape, y.mean_delay}


@given(staleness=st.integers(0, 8), step=steps, momentum=momenta, angle=st.floats(0.1, 3))
def test_the_polynomial_is_the_recursion_cleared_of_powers(
    staleness: int, step: float, momentum: float, angle: float
) -> None:
    """(z - 1)(z - b)/z + x z^-K = 0, times the least power of z that leaves a polynomial."""
    equation = update_equation(step, staleness, momentum)
    point = cmath.rect(1.3, angle)
    value = complex(equation.function.subs(y.z, sp.sympify(point)).evalf())
    recursion = (point - 1) * (point - momentum) / point + float(step) * point**-staleness
    power = max(staleness, 1) if momentum else staleness
    assert value == pytest.approx(recursion * point**power, rel=1e-9)


@given(staleness=st.integers(0, 8), step=steps, momentum=momenta)
def test_every_root_of_the_recursion_obeys_its_bound(staleness: int, step: float, momentum: float) -> None:
    equation = update_equation(step, staleness, momentum)
    coefficients = [complex(each) for each in sp.Poly(equation.function, y.z).all_coeffs()]
    assert coefficients[0] == 1
    assert max(map(abs, np.roots(coefficients))) <= float(equation.modulus_bound) + 1e-9
    assert (equation.plane, equation.abscissa_of_convergence) == ("update-indexed", 0)


def test_momentum_zero_is_no_momentum() -> None:
    for staleness in range(4):
        assert update_equation("1/3", staleness, 0).function == update_equation("1/3", staleness).function


def test_equations_are_frozen_values() -> None:
    equation = delay_equation(1, Constant(1))
    assert equation == delay_equation(1, Constant(1))
    assert isinstance(equation, CharacteristicEquation)
    with pytest.raises(AttributeError):
        equation.function = y.s  # type: ignore[misc]


@pytest.mark.parametrize("wrong", [math.nan, math.inf, "fast", True])
def test_a_damping_that_is_no_number_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match="is not a"):
        delay_equation(wrong, Constant(1))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="is not a"):
        update_equation(wrong, 1)  # type: ignore[arg-type]


@pytest.mark.parametrize("staleness", [-1, True, 1.0, "1", None, sp.Rational(1, 2), sp.Integer(-2)])
def test_a_staleness_that_is_no_count_is_refused(staleness: object) -> None:
    with pytest.raises(ValueError, match="staleness"):
        update_equation(1, staleness)  # type: ignore[arg-type]


@pytest.mark.parametrize("rate", [sp.Integer(2), 4 * sp.exp(sp.Rational(385, 256)) / 3, sp.gamma(sp.Rational(5, 3))])
def test_an_equation_with_momentum_over_its_velocity_is_that_quotient_for_every_rate(rate: sp.Expr) -> None:
    """A mean cycle that is a power of e, as a lognormal law's, divides as a fraction does."""
    feedback = sp.exp(-y.s)
    whole = y.s * (y.s + rate / 4) + rate / 600 * (y.s + rate) * feedback
    equation = momentum_equation(whole, feedback, delay_equation(1, Constant(1)))
    found = divided_by_velocity(equation, rate, feedback).function.subs(y.s, sp.Rational(1, 7))
    expected = (whole / (y.s + rate)).subs(y.s, sp.Rational(1, 7))
    assert abs(sp.N(found - expected, 30)) < 1e-25
    assert abs(sp.N(found, 30)) > 1e-2
