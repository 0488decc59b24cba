"""Rules about one law: what is stated of it has mass one, and averages over atoms stay one sum."""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from derive import symbols as y
from derive.derivation import Equation, Step
from derive.laws import Exponential, Gamma
from derive.rules.laws import AverageOverAtoms, StateAtoms, StateDensity, density_of, transform_of
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
