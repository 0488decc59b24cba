"""A step is held to the name of its result, as to its value."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.derivation import Derivation, Equation, Rule, Step
from derive.laws.derived import moment
from derive.rules.calculus import DifferentiateAt, Integrate, Rewrite, Specialise
from derive.rules.laws import AverageOverAtoms, cdf_of, transform_of
from derive.rules.names import misnamed_average, name_at, of_unit_exponential
from verify.identities import check_step

ZERO = sp.Integer(0)
covariance = sp.Function("C")
STEPS = {
    (type(step.rule), step.output): (claim.derived.domain, step)
    for claim in CLAIMS.values()
    for step in claim.derived.steps
}


def called(step: Step, left: sp.Expr) -> Step:
    return replace(step, output=replace(step.output, left=left))


@pytest.mark.parametrize(
    ("domain", "step"), STEPS.values(), ids=lambda part: type(getattr(part, "rule", None)).__name__
)
def test_a_result_under_a_wrong_name_is_refused(domain: sp.Basic, step: Step) -> None:
    left = step.output.left
    assert step.misnamed() == ()
    wrong = type(left)(list(reversed(list(left)))) if isinstance(left, sp.MatrixBase) else 2 * left + 1
    assert called(step, wrong).misnamed() != ()
    assert not check_step(called(step, wrong), 0, domain).passed


def apply(rule: Rule, left: sp.Expr, right: sp.Expr) -> Step:
    given = Equation(left, right)
    return Step(1, rule, (given,), rule.apply(given))


def test_another_form_keeps_its_name() -> None:
    step = apply(Rewrite(sp.expand), y.variance, y.damping * (y.damping + 1))
    assert check_step(step).passed
    assert not check_step(called(step, y.noise_intensity)).passed


@pytest.mark.parametrize(
    ("left", "at", "told", "right"),
    [
        (covariance(y.t), ZERO, y.variance, True),
        (covariance(y.t), ZERO, y.noise_intensity, True),  # a name without a definition is what it is said to be
        (covariance(y.t), y.mean_delay, y.variance, False),
        (covariance(y.t), ZERO, y.damping, False),
        (transform_of(y.s), ZERO, y.damping, False),
        (covariance(y.t), ZERO, ZERO, True),  # set to zero, to be solved next
        (y.variance, ZERO, ZERO, False),
        (y.variance, ZERO, y.variance, True),
        (y.variance, ZERO, y.noise_intensity, False),  # a plain name stays what it was
    ],
)
def test_a_special_value_is_called_what_its_name_means(left: sp.Expr, at: sp.Expr, told: sp.Expr, right: bool) -> None:
    values = tuple((name, at) for name in (y.t, y.s))
    assert (name_at(left, values, told) == told) == right
    step = apply(Specialise(told, values), left, y.damping * sp.exp(y.t))
    assert check_step(step).passed == right


EXPONENTIAL = sp.exp(-y.u / y.mean_delay) / y.mean_delay
LAPLACE = sp.exp(-y.s * y.u)


@pytest.mark.parametrize(
    ("told", "weight", "upper", "right"),
    [
        (transform_of(y.s), LAPLACE, sp.oo, True),
        (transform_of(2 * y.s), LAPLACE, sp.oo, False),
        (cdf_of(y.t), sp.Integer(1), y.t, True),
        (cdf_of(y.t), sp.Integer(1), sp.oo, False),
        (y.mean_delay, y.u, sp.oo, True),
        (y.mean_delay, y.u**2, sp.oo, False),
        (y.delay_moment[2], y.u**2, sp.oo, True),
        (y.delay_moment[3], y.u**2, sp.oo, False),
    ],
)
def test_an_average_over_a_law_is_called_by_its_weight(
    told: sp.Expr, weight: sp.Expr, upper: sp.Expr, right: bool
) -> None:
    assert all(sp.simplify(rest) == 0 for rest in misnamed_average(told, weight, ZERO, upper)) == right
    integrate = Integrate(told, weight, y.u, ZERO, upper)
    assert check_step(apply(integrate, sp.Function("f")(y.u), EXPONENTIAL)).passed == right
    if upper == sp.oo:
        atoms = Equation(sp.Function("p")(y.atoms[y.j]), 1 / y.atom_count)
        average = AverageOverAtoms(told, weight)
        assert check_step(Step(1, average, (atoms,), average.apply(atoms))).passed == right


def test_a_moment_is_called_by_its_order() -> None:
    transform = CLAIMS["law.transform.gamma"].derived
    assert all(check_step(step).passed for step in moment(transform, 3).steps)
    wrong = Derivation("", transform.assumptions, transform.steps).then(
        DifferentiateAt(y.delay_moment[2], y.s, ZERO, 3, sp.Integer(-1))
    )
    assert not check_step(wrong.steps[-1]).passed


def test_names_that_are_no_averages_have_no_value() -> None:
    assert of_unit_exponential(y.variance) is None
    assert of_unit_exponential(covariance(0)) is None
    assert of_unit_exponential(y.atoms[0]) is None
    assert list(misnamed_average(y.variance, y.u, ZERO, sp.oo)) == []
