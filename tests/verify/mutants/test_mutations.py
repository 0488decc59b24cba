"""What a slip of the pen makes of an expression."""

from __future__ import annotations

import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from verify.mutants.mutations import KINDS, mutations

a, k, tau, theta = y.damping, y.shape, y.delay, y.mean_delay
transform = sp.Function("L")


def made(expression: sp.Expr, kind: str) -> set[sp.Expr]:
    return {one.expression for one in mutations(expression) if one.kind == kind}


@pytest.mark.parametrize(
    ("kind", "expression", "wrong"),
    [
        ("sign", a + tau**2, {a - tau**2, tau**2 - a, -a - tau**2}),
        ("sign", sp.sin(a), {-sp.sin(a)}),
        ("factor 1.01", a + k, {1.01 * a + k, a + 1.01 * k, 1.01 * (a + k)}),
        ("off by one", a**3, {a**4, a**2}),
        ("off by one", y.workers - 3, {y.workers - 2, y.workers - 4}),
        ("off by one", sp.Sum(y.atoms[y.j], (y.j, 0, 4)), {sp.Sum(y.atoms[y.j], (y.j, 0, 5))}),
        ("off by one", sp.Derivative(transform(y.s), (y.s, 2)), {sp.Derivative(transform(y.s), (y.s, 3))}),
        ("moment order", y.delay_moment[2] * a, {y.delay_moment[3] * a, y.delay_moment[1] * a}),
        ("dropped term", a + k + 1, {a + k, a + 1, k + 1}),
        ("dropped factor", a * k * theta, {a * k, a * theta, k * theta}),
        ("wrong branch", sp.LambertW(a, y.branch), {sp.LambertW(a, y.branch + 1), sp.LambertW(a, y.branch - 1)}),
        ("wrong branch", 1 + sp.sqrt(a), {1 - sp.sqrt(a)}),
        (
            "wrong branch",
            sp.Piecewise((a, k < 1), (tau, True)),
            {sp.Piecewise((tau, k < 1), (a, True)), sp.Piecewise((a, k >= 1), (tau, True))},
        ),
        ("off by one", sp.Piecewise((a, k < 1), (tau, True)), {sp.Piecewise((a, k < 2), (tau, True))}),
        ("dropped term", sp.Piecewise((a, k < 1), (tau, True)), {tau}),
        ("wrong branch", sp.Max(a, k), {sp.Min(a, k)}),
        (
            "off by one",
            sp.Integral(tau**2, (tau, 0, 3)),
            {sp.Integral(tau**2, (tau, 1, 3)), sp.Integral(tau**2, (tau, 0, 2))},
        ),
        ("off by one", a + sp.Rational(3, 2), {a + 2, a + 1}),
        ("swapped", sp.betainc_regularized(a, k, 0, tau), {sp.betainc_regularized(a, k, tau, 0)}),
        ("swapped", theta / tau, {tau / theta}),
        ("swapped", sp.lowergamma(k, a), {sp.lowergamma(a, k)}),
        ("swapped", k**a, {a**k}),
    ],
)
def test_each_kind_makes_what_it_says(kind: str, expression: sp.Expr, wrong: set[sp.Expr]) -> None:
    found = made(expression, kind)
    assert all(any(other in (one, sp.nsimplify(one)) for other in found) for one in wrong), found


def test_the_parameter_lists_of_a_hypergeometric_function_are_swapped_with_each_other_alone() -> None:
    right = sp.hyper((k,), (2, theta), a)
    swapped = {one.expression for one in mutations(right) if one.what.startswith("arguments")}
    assert swapped == {sp.hyper((2, theta), (k,), a)}
    assert sp.hyper((k + 1,), (2, theta), a) in made(right, "off by one")


def test_symbols_of_different_units_are_not_swapped() -> None:
    assert made(a / theta, "swapped") == set()


def test_bound_variables_stay_as_they_are() -> None:
    total = sp.Sum(y.atoms[y.j], (y.j, 0, y.atom_count - 1))
    assert all(one.expression.has(y.j) for one in mutations(total) if one.expression.has(sp.Sum))


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=lambda claim: claim.id)
def test_no_mutation_is_the_expression_itself_or_made_twice(claim: object) -> None:
    right = claim.expression  # type: ignore[attr-defined]
    found = [one.expression for one in mutations(right)]
    assert right not in found
    assert len(found) == len(set(found)) > 0


def test_the_claims_offer_every_kind() -> None:
    kinds = {one.kind for claim in list(CLAIMS.values())[::5] for one in mutations(claim.expression)}
    assert kinds == set(KINDS)


def test_the_parameters_of_a_hypergeometric_function_stay_lists() -> None:
    x = sp.Symbol("x")
    kinds = {one.kind for one in mutations(sp.hyper((1,), (2,), x))}
    assert {"off by one", "sign", "swapped"} <= kinds
