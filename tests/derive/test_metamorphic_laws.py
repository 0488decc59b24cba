"""Metamorphic relations of laws and equations: the same law written in two ways is the same law.

Each relation stands beside a control that must not hold: another law, or half of a change of units. Longer than 250
lines: one relation after the other of the same laws.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import mpmath
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from derive import symbols as y
from derive.characteristic import delay_equation, update_equation
from derive.draws import chosen, phase_walk, table
from derive.law import Law
from derive.laws import (
    LAWS,
    Constant,
    Empirical,
    Exponential,
    Gamma,
    Hyperexponential,
    IndependentSum,
    InverseGaussian,
    LogNormal,
    Mixture,
    OrderStatistic,
    Pareto,
    PhaseType,
    ShiftedExponential,
    Truncated,
    Uniform,
    Weibull,
)
from derive.models.linear import linear_model
from derive.schemes import Asynchronous
from derive.studies.study import study_from_table
from tests.budgets import examples
from tests.units_of_time import DURATIONS, in_unit

EXAMPLES: dict[str, Law] = {
    "constant": Constant("3/2"),
    "exponential": Exponential("2/3"),
    "gamma": Gamma("5/2", "4/3"),
    "empirical": Empirical([1, "5/2", "1/3"]),
    "mixture": Mixture([("1/4", Constant("1/2")), ("3/4", Gamma("5/2", 1))]),
    "sum": IndependentSum([Constant("1/2"), Exponential("2/3"), Empirical([1, "5/2"])]),
    "truncated": Truncated(Exponential("2/3"), "3/2"),
    "order_statistic": OrderStatistic(Gamma(2, "4/3"), 2, 3),
    "shifted_exponential": ShiftedExponential("1/2", "2/3"),
    "uniform": Uniform("1/2", "3/2"),
    "inverse_gaussian": InverseGaussian("3/2", 2),
    "pareto": Pareto("9/2", "2/3"),
    "weibull": Weibull("3/2", "2/3"),
    "lognormal": LogNormal("1/3", "1/2"),
    "hyperexponential": Hyperexponential(["1/4", "3/4"], ["2/3", 2]),
    "phase_type": PhaseType(["1/4", "3/4"], [[-2, 1], ["1/2", -3]]),
}
fractions = st.fractions(Fraction(1, 8), 8, max_denominator=8)
SCALE = sp.Dummy("c", positive=True)


def written_out(expression: sp.Expr, law: Law) -> sp.Expr:
    """An expression with the data array of a measured law put in."""
    values = {base[i]: value for base, data in law.arrays.items() for i, value in enumerate(data)}
    return expression.doit().subs(values) if values else expression


def same(one: sp.Expr, other: sp.Expr) -> bool:
    """Whether two expressions in s, u, t and the scale agree to 30 digits wherever they are looked at."""
    places = [{y.s: 2 + sp.I, SCALE: sp.Rational(3, 7)}, {y.s: sp.Rational(1, 5), SCALE: sp.Rational(9, 4)}]
    return all(close(one, other, {**place, y.u: sp.Rational(2, 3), y.t: sp.Rational(5, 3)}) for place in places)


def close(one: sp.Expr, other: sp.Expr, values: Mapping[Any, Any]) -> bool:
    """Whether two expressions agree to 30 digits at a point."""
    left, right = (mpmath.mpmathify(sp.N(side.subs(values), 50)) for side in (one, other))
    with mpmath.workdps(50):
        return abs(left - right) <= mpmath.mpf(10) ** -30 * (1 + abs(left))


def transforms_agree(one: Law, other: Law, stretch: Any = 1) -> bool:
    """Whether the transform of ``one`` at s is that of ``other`` at ``stretch`` s, at three points."""
    left = written_out(one.laplace_transform(y.s), one)
    right = written_out(other.laplace_transform(stretch * y.s), other)
    return all(close(left, right, {y.s: point}) for point in (sp.Rational(1, 3), 2 + sp.I, sp.Rational(7, 5) * sp.I))


# Units of time


def test_every_registered_law_says_which_parameters_are_durations() -> None:
    assert set(DURATIONS) == set(EXAMPLES) == set(LAWS)


@pytest.mark.parametrize("law", EXAMPLES.values(), ids=lambda law: law.name)
@settings(max_examples=examples(2, 20))
@given(factor=fractions.filter(lambda c: c != 1))
def test_a_law_in_another_unit_of_time_is_the_law_of_the_stretched_duration(law: Law, factor: Fraction) -> None:
    c = sp.Rational(factor.numerator, factor.denominator)
    other = in_unit(law, c)
    assert transforms_agree(other, law, c)
    assert not transforms_agree(other, law)
    assert [sp.simplify(other.moment(n) - c**n * law.moment(n)) for n in range(4)] == [0] * 4
    assert other.moment(2) != c * law.moment(2)
    assert other.squared_coefficient_of_variation == law.squared_coefficient_of_variation
    if law.abscissa_of_convergence.is_finite:
        assert other.abscissa_of_convergence == law.abscissa_of_convergence / c
    for u in (sp.Rational(1, 2), sp.Rational(3, 2), sp.Integer(4)):
        assert close(other.cdf(c * u), law.cdf(u), {})


@pytest.mark.parametrize("law", EXAMPLES.values(), ids=lambda law: law.name)
def test_the_draw_in_another_unit_is_the_draw_times_the_unit(law: Law) -> None:
    c = sp.Rational(5, 3)
    one, other = law.draw, in_unit(law, c).draw
    if law.name == "sum":
        # a table entry is drawn in the unit of its table; every other part of a sum is drawn times the unit
        plain = [part for part in one.expression.args if not part.has(table)]
        assert [part for part in other.expression.args if not part.has(table)] == [c * part for part in plain] != plain
    elif law.name == "mixture":
        assert other.expression == chosen("1/4", c / 2, c * one.expression.args[2]) != one.expression
    elif law.name in ("truncated", "order_statistic"):
        drawn, *numbers = one.expression.args
        bound = [c * number if law.name == "truncated" else number for number in numbers]
        assert other.expression == one.expression.func(c * drawn, *bound) != one.expression
    elif one.expression.has(phase_walk):
        phases = int(one.expression.args[0])
        times = slice(phases, 2 * phases)  # between the probabilities of where it begins and where it goes
        assert other.table[times] == tuple(c * value for value in one.table[times]) != one.table[times]
        assert other.table[:phases] + other.table[2 * phases :] == one.table[:phases] + one.table[2 * phases :]
    elif one.table:
        assert other.expression == one.expression
        assert other.table == tuple(c * value for value in one.table)
        assert other.table != one.table
    else:
        assert sp.simplify(other.expression - c * one.expression) == 0
        assert sp.simplify(other.expression - one.expression) != 0


@pytest.mark.parametrize("law", [Constant(2), Exponential(2), Gamma(4, 1), Gamma("1/2", 3)], ids=str)
def test_the_equation_in_another_unit_of_time_is_the_equation_divided_by_it(law: Law) -> None:
    """H(s/c; a/c, c tau) = H(s; a, tau)/c, with friction H/c^2; a damping left as it was breaks it."""
    a, b = sp.Rational(3, 7), sp.Rational(5, 4)
    other, point = in_unit(law, SCALE), {y.s: y.s / SCALE}
    plain, with_friction = delay_equation(a, law), delay_equation(a, law, b)
    assert same(delay_equation(a / SCALE, other).function.subs(point), plain.function / SCALE)
    assert not same(delay_equation(a, other).function.subs(point), plain.function / SCALE)
    rubbed = delay_equation(a / SCALE**2, other, b / SCALE)
    assert same(rubbed.function.subs(point), with_friction.function / SCALE**2)
    assert same(rubbed.modulus_bound.subs(point), with_friction.modulus_bound / SCALE)
    assert not same(delay_equation(a / SCALE, other, b / SCALE).function.subs(point), with_friction.function / SCALE**2)


# Units of the objective and of the parameter


@settings(max_examples=20)
@given(factor=fractions, law=st.sampled_from(list(EXAMPLES.values())), workers=st.integers(1, 99))
def test_only_the_products_of_learning_rate_with_curvature_and_noise_matter(
    factor: Fraction, law: Law, workers: int
) -> None:
    def model(rate: Fraction, curvature: Fraction, noise: Fraction) -> Any:
        settings = {"learning_rate": rate, "curvature": curvature, "gradient_noise": noise}
        return linear_model(law, Asynchronous(workers), **settings)  # type: ignore[arg-type]

    eta, h, sigma = Fraction(1, 20), Fraction(3, 2), Fraction(2, 3)
    one, other = model(eta, h, sigma), model(eta / factor, h * factor, sigma * factor)
    louder, half_done = model(eta, h, sigma * factor), model(eta, h * factor, sigma * factor)
    assert other.damping_coefficient == one.damping_coefficient
    assert other.noise_intensity == one.noise_intensity
    assert other.characteristic_equation == one.characteristic_equation
    assert louder.noise_intensity == one.noise_intensity * sp.Rational(factor) ** 2
    assert louder.damping_coefficient == one.damping_coefficient
    assert (half_done.damping_coefficient == one.damping_coefficient) == (factor == 1)


# One law written in two ways


PAIRS: dict[str, tuple[Law, Law, Law]] = {  # a law, the same law, another law of the same mean
    "minimum of exponentials": (OrderStatistic(Exponential(3), 1, 3), Exponential(1), Constant(1)),
    "median of measurements": (
        OrderStatistic(Empirical([1, 2]), 2, 3),
        Mixture([("1/2", Constant(1)), ("1/2", Constant(2))]),
        Exponential("3/2"),
    ),
    "truncated atoms": (Truncated(Empirical([1, 2, 3]), "5/2"), Empirical([2, 1]), Exponential("3/2")),
    "gamma of shape 1": (Gamma(1, "3/2"), Exponential("3/2"), Gamma("9/8", "3/2")),
    "exponential density": (Law.from_density(3 * sp.exp(-3 * y.u), y.u), Exponential("1/3"), Constant("1/3")),
    "exponential transform": (Law.from_laplace_transform(3 / (3 + y.s), y.s), Exponential("1/3"), Constant("1/3")),
    "Erlang density": (Law.from_density(4 * y.u * sp.exp(-2 * y.u), y.u), Gamma(2, 1), Exponential(1)),
    "Erlang transform": (Law.from_laplace_transform(16 / (4 + y.s) ** 2, y.s), Gamma(2, "1/2"), Exponential("1/2")),
    "one measured value": (Empirical(["3/4"]), Constant("3/4"), Empirical(["1/2", 1])),
}


@pytest.mark.parametrize(("one", "twin", "stranger"), PAIRS.values(), ids=list(PAIRS))
def test_a_law_written_in_two_ways_has_one_transform_and_one_cdf_and_the_same_moments(
    one: Law, twin: Law, stranger: Law
) -> None:
    assert transforms_agree(one, twin)
    assert not transforms_agree(one, stranger)
    assert [sp.simplify(one.moment(n) - twin.moment(n)) for n in range(6)] == [0] * 6
    assert sp.simplify(one.moment(1) - stranger.moment(1)) == 0
    assert sp.simplify(one.moment(2) - stranger.moment(2)) != 0
    assert one.abscissa_of_convergence == twin.abscissa_of_convergence
    points = (sp.Rational(1, 4), sp.Rational(3, 4), sp.Integer(2))
    assert all(close(one.cdf(u), twin.cdf(u), {}) for u in points)
    assert not all(close(one.cdf(u), stranger.cdf(u), {}) for u in points)


def test_a_gamma_of_shape_1_is_the_exponential_by_algebra_too() -> None:
    gamma, exponential = Gamma(1, SCALE), Exponential(SCALE)
    assert same(gamma.laplace_transform(y.s), exponential.laplace_transform(y.s))
    assert same(gamma.density(y.u), exponential.density(y.u))
    assert same(gamma.cdf(y.u), exponential.cdf(y.u))
    assert not same(Gamma(2, SCALE).laplace_transform(y.s), exponential.laplace_transform(y.s))


@pytest.mark.parametrize("point", [0.5, -1.5, 1 + 2j], ids=str)
def test_gamma_tends_to_the_constant_with_the_reciprocal_of_its_shape(point: complex) -> None:
    """k (L_k e^{s theta} - 1) tends to (s theta)^2/2: order 1 exactly, not more; what remains is of order 1/k, too."""
    with mpmath.workdps(60):
        s, limit, gaps = mpmath.mpmathify(point), (2 * mpmath.mpmathify(point)) ** 2 / 2, []
        for shape in (10**4, 10**8):
            # Numbers are put in by mpmath: SymPy would multiply a rational out to its 10^8th power.
            transforms = [
                sp.lambdify(y.s, law.laplace_transform(y.s), "mpmath")(s) for law in (Gamma(shape, 2), Constant(2))
            ]
            gaps.append(abs(shape * (transforms[0] / transforms[1] - 1) - limit))
        assert gaps[0] < 1e-2 * abs(limit) * 10
        assert float(gaps[1]) == pytest.approx(float(gaps[0]) * 1e-4, rel=1e-2)
        assert abs(limit) > 0.1


values = st.lists(fractions, min_size=1, max_size=6)


@settings(max_examples=50)
@given(measured=values, data=st.data())
def test_measured_values_in_another_order_or_each_twice_are_the_same_law(
    measured: list[Fraction], data: st.DataObject
) -> None:
    law = Empirical(measured)
    for same_law in (Empirical(data.draw(st.permutations(measured))), Empirical(measured * 2)):
        assert [same_law.moment(n) for n in range(5)] == [law.moment(n) for n in range(5)]
        assert [same_law.cdf(u) for u in law.values] == [law.cdf(u) for u in law.values]
        assert same_law.squared_coefficient_of_variation == law.squared_coefficient_of_variation
    weighted = Empirical([*measured, min(measured)])
    assert (weighted.mean == law.mean) == (min(measured) == max(measured))


@pytest.mark.parametrize("other", [Empirical([3, 1, 2]), Empirical([1, 2, 3, 3, 2, 1])], ids=["permuted", "twice"])
def test_the_transform_forgets_the_order_and_the_count_of_the_values(other: Empirical) -> None:
    assert transforms_agree(other, Empirical([1, 2, 3]))
    assert not transforms_agree(other, Empirical([1, 2, 3, 3]))


# Equations


@pytest.mark.parametrize("law", EXAMPLES.values(), ids=lambda law: law.name)
def test_an_equation_given_directly_is_that_of_the_workers(law: Law) -> None:
    model = linear_model(law, Asynchronous(16), learning_rate="1/20", curvature="3/2")
    given_directly = delay_equation(sp.Rational(16 * 3, 40) / law.mean, law)
    assert given_directly == model.characteristic_equation
    assert (
        given_directly
        != linear_model(law, Asynchronous(17), learning_rate="1/20", curvature="3/2").characteristic_equation
    )


@pytest.mark.parametrize("law", EXAMPLES.values(), ids=lambda law: law.name)
def test_large_friction_divides_out_to_the_first_order_equation(law: Law) -> None:
    """(s^2 + b s + a b L)/b = s + a L + s^2/b: the gap is s^2/b, no less."""
    a, b = sp.Rational(3, 7), SCALE
    gap = sp.expand(delay_equation(a * b, law, b).function / b - delay_equation(a, law).function)
    assert gap == y.s**2 / b
    assert sp.limit(gap, b, sp.oo) == 0
    unscaled = sp.expand(delay_equation(a, law, b).function / b - delay_equation(a, law).function)
    # SymPy takes no limit around a hypergeometric function, not even of a number: a name stands in for it.
    at_one = unscaled.subs(y.s, 1).doit().replace(sp.hyper, lambda *_: sp.Dummy(positive=True))
    assert sp.limit(at_one, b, sp.oo) != 0


@settings(max_examples=50)
@given(step=fractions, staleness=st.integers(0, 9))
def test_no_momentum_is_momentum_0(step: Fraction, staleness: int) -> None:
    plain = update_equation(step, staleness)
    assert update_equation(step, staleness, 0) == plain
    assert update_equation(step, staleness, "1/1000") != plain
    limit = update_equation(step, staleness, SCALE).function.subs(SCALE, 0)
    # With momentum the polynomial has been cleared of one power of z more where the staleness is 0.
    assert sp.expand(limit - plain.function * (y.z if staleness == 0 else 1)) == 0


@pytest.mark.parametrize("zero", [0, 0.0, "0", "0/7", "0x0p0"], ids=repr)
def test_a_study_with_momentum_0_is_the_study_without_it(zero: Any) -> None:
    law = {"law": "exponential", "mean": 1}
    system = {"workers": {"count": 4, "compute": law}, "objective": {"curvature": [1]}}
    equation = {"step": "1/5", "staleness": {"law": "constant", "value": 3}}

    def study(table: dict[str, Any]) -> Any:
        return study_from_table(table).cases[0].study

    assert study({**system, "optimizer": {"learning_rate": "1/5", "momentum": zero}}) == study(
        {**system, "optimizer": {"learning_rate": "1/5"}}
    )
    assert study({"equation": {**equation, "momentum": zero}}) == study({"equation": equation})
    assert study({"equation": {**equation, "momentum": "1/9"}}) != study({"equation": equation})
