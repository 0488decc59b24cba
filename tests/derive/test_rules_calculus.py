"""Rules of calculus on small cases worked by hand; what each refuses, and wrong outputs that its check must find."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from derive import symbols as y
from derive.derivation import Equation, Rule, Step
from derive.rules.calculus import DifferentiateAt, Equate, Insert, Integrate, Rewrite, Solve, Specialise
from verify.identities import check_step

ZERO = sp.Integer(0)
NAME = sp.Function("f")(y.u)


def step(rule: Rule, *inputs: Equation) -> Step:
    return Step(1, rule, inputs, rule.apply(*inputs))


def refuses(made: Step, wrong: sp.Expr) -> bool:
    """Whether the check of a right step refuses it with ``wrong`` as its right side, and passes it as it is."""
    assert check_step(made).passed, check_step(made).detail
    return not check_step(replace(made, output=Equation(made.output.left, wrong))).passed


def test_an_exponential_density_integrates_to_its_transform() -> None:
    density = Equation(NAME, y.worker_rate * sp.exp(-y.worker_rate * y.u))
    made = step(Integrate(sp.Function("L")(y.s), sp.exp(-y.s * y.u), y.u, ZERO, sp.oo), density)
    assert sp.simplify(made.output.right - y.worker_rate / (y.worker_rate + y.s)) == 0
    assert refuses(made, 1 / (y.worker_rate + y.s))
    assert refuses(made, y.worker_rate / (y.worker_rate - y.s))


def test_a_finite_upper_end_is_put_in() -> None:
    made = step(Integrate(sp.Function("F")(y.t), sp.Integer(1), y.u, ZERO, y.t), Equation(NAME, 2 * sp.exp(-2 * y.u)))
    assert sp.simplify(made.output.right - (1 - sp.exp(-2 * y.t))) == 0
    assert refuses(made, 1 - sp.exp(-y.t))
    assert refuses(made, -sp.exp(-2 * y.t))


@pytest.mark.parametrize("density", [sp.Rational(1, 2), 2 * y.u, 6 * y.u * (1 - y.u), 3 * y.u**2 / y.mean_delay**3])
def test_a_polynomial_density_checks(density: sp.Expr) -> None:
    made = step(Integrate(sp.Function("F")(y.t), sp.Integer(1), y.u, ZERO, y.t), Equation(NAME, density))
    assert refuses(made, made.output.right * y.t)
    assert refuses(made, density.subs(y.u, y.t))


@pytest.mark.parametrize(
    "density",
    [
        sp.Piecewise((1, y.u < 1), (0, True)),
        sp.Piecewise((2 * y.u, y.u < 1), (0, True)),
        sp.Piecewise((0, y.u < 1), (sp.Rational(1, 2), y.u < 3), (0, True)),
    ],
)
def test_a_density_of_bounded_support_checks_piece_by_piece(density: sp.Expr) -> None:
    transform = step(Integrate(sp.Function("L")(y.s), sp.exp(-y.s * y.u), y.u, ZERO, sp.oo), Equation(NAME, density))
    assert refuses(transform, transform.output.right.subs(y.s, 2 * y.s))
    distribution = step(Integrate(sp.Function("F")(y.t), sp.Integer(1), y.u, ZERO, y.t), Equation(NAME, density))
    assert refuses(distribution, distribution.output.right / 2)


def test_an_integral_without_a_closed_form_is_refused() -> None:
    rule = Integrate(sp.Function("F")(y.t), sp.Integer(1), y.u, ZERO, y.t)
    with pytest.raises(ValueError, match="no closed form"):
        rule.apply(Equation(NAME, sp.sin(sp.exp(y.u) + y.u**3)))


def test_derivatives_at_zero_are_moments_with_their_sign() -> None:
    transform = Equation(sp.Function("L")(y.s), 1 / (1 + y.s * y.mean_delay))
    for order, moment in ((1, y.mean_delay), (2, 2 * y.mean_delay**2), (3, 6 * y.mean_delay**3)):
        rule = DifferentiateAt(y.delay_moment[order], y.s, ZERO, order, sp.Integer((-1) ** order))
        made = step(rule, transform)
        assert made.output.right == moment
        assert refuses(made, -moment)
        assert refuses(made, moment / order**2 if order > 1 else 2 * moment)


def test_rewriting_keeps_the_value() -> None:
    made = step(Rewrite(sp.factor), Equation(y.damping, y.shape**2 + 2 * y.shape + 1))
    assert made.output.right == (y.shape + 1) ** 2
    assert refuses(made, (y.shape - 1) ** 2)
    worse = step(Rewrite(lambda expression: expression.subs(y.shape, 1)), Equation(y.damping, y.shape**2))
    assert not check_step(worse).passed


def test_a_linear_equation_is_solved() -> None:
    made = step(Solve(y.damping), Equation(y.damping * y.mean_delay, sp.exp(-1) + y.damping))
    assert sp.simplify(made.output.right - sp.exp(-1) / (y.mean_delay - 1)) == 0
    assert refuses(made, sp.exp(-1) / (y.mean_delay + 1))


def test_two_solutions_are_refused_until_one_is_chosen() -> None:
    squared = Equation(y.s**2, sp.Integer(4))
    with pytest.raises(ValueError, match="2 solutions"):
        Solve(y.s).apply(squared)
    assert Solve(y.s, choose=lambda root: root.is_positive).apply(squared).right == 2
    with pytest.raises(ValueError, match="0 solutions"):
        Solve(y.s, choose=lambda root: root > 5).apply(squared)


def test_insertions_are_made_at_once() -> None:
    """a -> h and h -> a exchange the two: one after the other they would not."""
    first = Equation(y.variance, y.damping / y.curvature)
    made = step(Insert(), first, Equation(y.damping, y.curvature), Equation(y.curvature, y.damping))
    assert made.output.right == y.curvature / y.damping
    assert refuses(made, sp.Integer(1))


def test_special_values_carry_integrals_and_sums_out() -> None:
    general = Equation(y.mean_staleness, sp.Sum(y.j, (y.j, 0, y.workers)))
    made = step(Specialise(y.mean_staleness, ((y.workers, sp.Integer(4)),)), general)
    assert made.output == Equation(y.mean_staleness, sp.Integer(10))
    assert refuses(made, sp.Integer(11))


def test_two_right_sides_are_set_equal() -> None:
    made = step(Equate(), Equation(y.damping, sp.Integer(2)), Equation(y.damping, y.curvature))
    assert made.output == Equation(sp.Integer(2), y.curvature)
    assert refuses(made, y.curvature + 1)
    turned = replace(made, output=Equation(y.curvature, y.curvature))
    assert not check_step(turned).passed, "the left side is held to account, too"
