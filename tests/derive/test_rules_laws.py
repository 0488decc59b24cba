"""Rules about one law: what is stated of it has mass one, and averages over atoms stay one sum."""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from derive import symbols as y
from derive.derivation import Equation, Step
from derive.laws import Exponential, Gamma, InverseGaussian, ShiftedExponential, Uniform
from derive.rules.calculus import Integrate
from derive.rules.laws import AverageOverAtoms, StateAtoms, StateDensity, cdf_of, density_of, transform_of
from derive.rules.phases import FirstJump, InvertRational, Mix
from derive.rules.tilting import Tilt, TwoNormalTails
from verify.identities import check_step


def stated(density: sp.Expr) -> Step:
    rule = StateDensity(density)
    return Step(1, rule, (), rule.apply())


def test_a_density_of_mass_one_is_stated() -> None:
    for law in (Exponential, Gamma):
        made = stated(law.symbolic_density)
        assert made.output == Equation(density_of(y.u), law.symbolic_density)
        assert check_step(made).passed


def test_a_density_of_another_mass_is_found() -> None:
    assert not check_step(stated(2 * Exponential.symbolic_density)).passed
    assert not check_step(stated(sp.exp(-2 * y.u))).passed
    assert not check_step(stated(y.u * Exponential.symbolic_density)).passed, "mass theta"


def test_a_density_whose_mean_is_not_its_theta_is_found() -> None:
    assert not check_step(stated(2 * sp.exp(-2 * y.u / y.mean_delay) / y.mean_delay)).passed, "mean theta/2"
    assert not check_step(stated(Gamma.symbolic_density.subs(y.mean_delay, 2 * y.mean_delay))).passed
    assert check_step(stated(2 * sp.exp(-2 * y.u))).passed, "no theta in it, no mean declared"


def test_a_density_on_an_interval_has_mass_one_there() -> None:
    for law in (ShiftedExponential, Uniform):
        right = StateDensity(law.symbolic_density, *law.support)
        assert check_step(Step(1, right, (), right.apply())).passed
        for support in ((0, law.support[1]), (law.support[0], law.support[0] + 1)):
            wrong = StateDensity(law.symbolic_density, *map(sp.sympify, support))
            assert not check_step(Step(1, wrong, (), wrong.apply())).passed


def test_a_partial_average_is_no_transform_of_its_law() -> None:
    """Over the support the name stands for all of the law; over a part of it, or of another law, it does not."""
    given = Equation(density_of(y.u), Uniform.symbolic_density)
    weight = sp.exp(-y.s * y.u)
    whole = Integrate(transform_of(y.s), weight, y.u, *Uniform.support, Uniform.support)
    assert check_step(Step(1, whole, (given,), whole.apply(given)), domain=Uniform.domain).passed
    partial = Integrate(transform_of(y.s), weight, y.u, y.shortest, y.t, Uniform.support)
    assert not check_step(Step(1, partial, (given,), partial.apply(given)), domain=Uniform.domain).passed


def test_atoms_of_another_mass_are_found() -> None:
    rule = StateAtoms()
    made = Step(1, rule, (), rule.apply())
    assert check_step(made).passed
    for wrong in (1 / (y.atom_count - 1), 1 / y.atom_count**2, sp.Integer(1)):
        assert not check_step(replace(made, output=Equation(made.output.left, wrong))).passed


def test_an_average_over_atoms_is_one_sum_of_their_weights() -> None:
    given = StateAtoms().apply()
    rule = AverageOverAtoms(transform_of(y.s), sp.exp(-y.s * y.u))
    made = Step(1, rule, (given,), rule.apply(given))
    assert made.output.right.count(sp.Sum) == 1
    assert check_step(made).passed
    explicit = made.output.right.subs(y.atom_count, 2).doit()
    assert sp.simplify(explicit - (sp.exp(-y.s * y.atoms[0]) + sp.exp(-y.s * y.atoms[1])) / 2) == 0
    one_short = made.output.right.replace(y.atom_count - 1, y.atom_count - 2)
    assert one_short != made.output.right
    assert not check_step(replace(made, output=Equation(made.output.left, one_short))).passed


def single(left: sp.Expr, right: sp.Expr) -> tuple[Equation, Equation]:
    """The density of one exponential, and what was derived of it."""
    return Equation(density_of(y.u), Exponential.symbolic_density), Equation(left, right)


def test_parts_are_averaged_by_their_weights() -> None:
    rule = Mix((sp.Rational(1, 3), sp.Rational(2, 3)), y.mean_delay, (sp.Integer(1), sp.Integer(4)))
    transform = single(transform_of(y.s), 1 / (1 + y.s * y.mean_delay))
    made = Step(1, rule, transform, rule.apply(*transform))
    assert sp.simplify(made.output.right - 1 / (3 * (1 + y.s)) - 2 / (3 * (1 + 4 * y.s))) == 0
    assert check_step(made).passed
    for wrong in (1 / (1 + 3 * y.s), 2 / (3 * (1 + y.s)) + 1 / (3 * (1 + 4 * y.s)), made.output.right + 1):
        assert not check_step(replace(made, output=Equation(transform_of(y.s), wrong))).passed
    cdf = single(cdf_of(y.t), 1 - sp.exp(-y.t / y.mean_delay))
    made = Step(1, rule, cdf, rule.apply(*cdf))
    assert check_step(made).passed
    assert not check_step(replace(made, output=Equation(cdf_of(y.t), made.output.right - 1))).passed


def test_the_first_jump_gives_a_fraction_that_the_powers_of_the_generator_confirm() -> None:
    """Two stages of rate 2, the second reached with probability 1/2: L = 2/(s + 2) (1/2 + 1/(s + 2))."""
    rule = FirstJump((sp.Integer(1), sp.Integer(0)), sp.ImmutableMatrix([[-2, 1], [0, -2]]))
    made = Step(1, rule, (), rule.apply())
    right = 2 / (y.s + 2) * (sp.Rational(1, 2) + 1 / (y.s + 2))
    assert sp.simplify(made.output.right - right) == 0
    assert check_step(made).passed
    for wrong in (2 / (y.s + 2), 4 / (y.s + 2) ** 2, right + 1, right * 2 / (y.s + 2), right.subs(y.s, -y.s)):
        assert not check_step(replace(made, output=Equation(transform_of(y.s), wrong))).passed


def test_partial_fractions_give_the_distribution_function() -> None:
    transform = Equation(transform_of(y.s), 4 / (y.s + 2) ** 2)
    made = Step(1, InvertRational(), (transform,), InvertRational().apply(transform))
    assert sp.simplify(made.output.right - (1 - (1 + 2 * y.t) * sp.exp(-2 * y.t))) == 0
    assert check_step(made).passed
    for wrong in (1 - sp.exp(-2 * y.t), 1 - (1 - 2 * y.t) * sp.exp(-2 * y.t), -made.output.right):
        assert not check_step(replace(made, output=Equation(cdf_of(y.t), wrong))).passed


def test_a_tilted_density_gives_the_transform() -> None:
    density = Equation(density_of(y.u), InverseGaussian.symbolic_density)
    made = Step(1, Tilt(y.mean_delay), (density,), Tilt(y.mean_delay).apply(density))
    assert check_step(made).passed
    right = made.output.right
    for wrong in (right**2, 1 / right, right.subs(y.s, 2 * y.s), 2 - right, sp.Integer(1)):
        assert not check_step(replace(made, output=Equation(transform_of(y.s), wrong))).passed


def test_two_normal_tails_give_the_distribution_function() -> None:
    density = Equation(density_of(y.u), InverseGaussian.symbolic_density)
    made = Step(1, TwoNormalTails(), (density,), TwoNormalTails().apply(density))
    assert check_step(made).passed
    right = made.output.right
    for wrong in (right + 1, 1 - right, right.subs(y.level_shape, 2 * y.level_shape)):
        assert not check_step(replace(made, output=Equation(cdf_of(y.t), wrong))).passed
