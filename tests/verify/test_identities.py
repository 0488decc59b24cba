"""Steps are checked by algebra or in balls; wrong ones are refused, however small the error."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar

import pytest
import sympy as sp

from derive import symbols as y
from derive.derivation import Derivation, Equation, Rule, Step
from numeric.values import Exact
from verify.identities import check_derivation, check_residual, check_step, identity_verdict

a, k, n, s, t, tau, u = y.damping, y.shape, y.stages, y.s, y.t, y.delay, y.u
law = sp.Function("L")
path = sp.Function("m")
W = sp.LambertW


@dataclass(frozen=True)
class State(Rule):
    """State ``value``; the second route is ``other``, which must equal it."""

    value: sp.Expr
    other: sp.Expr
    label: ClassVar[str] = "state"

    def apply(self, *inputs: Equation) -> Equation:
        return Equation(y.decay, self.value)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        yield output.right - self.other


@dataclass(frozen=True)
class Differentiate(Rule):
    """Differentiate the right side; the second route integrates back."""

    variable: sp.Symbol
    label: ClassVar[str] = "differentiate"

    def apply(self, *inputs: Equation) -> Equation:
        return Equation(sp.Derivative(inputs[0].left, self.variable), sp.diff(inputs[0].right, self.variable))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        yield sp.expand(sp.integrate(output.right, self.variable) - inputs[0].right).as_independent(
            self.variable, as_Add=True
        )[1]


class Assert(Rule):
    """States without a second route."""

    label: ClassVar[str] = "assert"

    def apply(self, *inputs: Equation) -> Equation:
        return Equation(y.decay, sp.pi)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        return ()


def step(value: sp.Expr, other: sp.Expr) -> Step:
    return Step(1, State(value, other), (), Equation(y.decay, value))


root = W(-a * tau, y.branch) / tau
RIGHT = {
    "already zero": (a, a, sp.true),
    "polynomial": ((a + tau) ** 3, sp.expand((a + tau) ** 3), sp.true),
    "fraction": (1 / a - 1 / (a + tau), tau / (a * (a + tau)), sp.true),
    "trigonometric": (sp.sin(2 * a), 2 * sp.sin(a) * sp.cos(a), sp.true),
    "tangent": ((1 + sp.sin(a * tau)) / (2 * a * sp.cos(a * tau)), sp.tan(sp.pi / 4 + a * tau / 2) / (2 * a),
                sp.And(a * tau > 0, a * tau < sp.pi / 2)),
    "Lambert roots on every branch": (root, -a * sp.exp(-root * tau), sp.true),
    "incomplete gamma": (sp.uppergamma(k + 1, u), k * sp.uppergamma(k, u) + u**k * sp.exp(-u), u > 0),
    "gamma duplication": (sp.gamma(2 * k), 2 ** (2 * k - 1) * sp.gamma(k) * sp.gamma(k + sp.Rational(1, 2))
                          / sp.sqrt(sp.pi), sp.true),
    "complex transform": ((k / (k + s * tau)) ** k, sp.exp(-k * sp.log(1 + s * tau / k)), sp.true),
    "integer sum": (sp.Sum(y.j, (y.j, 1, n)), n * (n + 1) / 2, sp.true),
    "integral": (sp.Integral(sp.exp(-a * u), (u, 0, sp.oo)), 1 / a, sp.true),
    "unknown law": (sp.diff(s + a * law(s), s), 1 + a * sp.Derivative(law(s), s), sp.true),
    "unknown law of equal arguments": (law(s + a * (1 - y.z)), law(s + a - a * y.z), sp.true),
    "measured array": (sp.Sum(sp.exp(-s * y.atoms[y.j]), (y.j, 0, y.atom_count - 1)) * a,
                       sp.Sum(a * sp.exp(-y.atoms[y.j] * s), (y.j, 0, y.atom_count - 1)), sp.true),
    "equation as domain": (sp.sin(a * tau), sp.Integer(1), sp.Eq(a * tau, sp.pi / 2)),
    "piecewise": (sp.Piecewise((a, a > tau), (tau, True)), sp.Max(a, tau), sp.true),
    "constant": (W(1) * sp.exp(W(1)), sp.cos(sp.pi / 7) - sp.cos(2 * sp.pi / 7) + sp.cos(3 * sp.pi / 7)
                 + sp.Rational(1, 2), sp.true),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_right_steps_pass(name: str) -> None:
    value, other, domain = RIGHT[name]
    check = check_step(step(value, other), domain=domain)
    assert check.passed, check.detail


@pytest.mark.parametrize("name", [name for name in RIGHT if name != "already zero"])
def test_steps_wrong_by_one_in_1e30_are_refused(name: str) -> None:
    value, other, domain = RIGHT[name]
    check = check_step(step(value, other * (1 + sp.Rational(1, 10**30))), domain=domain)
    assert (check.passed, check.checked_by) == (False, "enclosure")
    assert "excludes zero" in check.detail


def test_the_means_are_named() -> None:
    assert check_step(step(*RIGHT["fraction"][:2])).checked_by == "symbolic"
    gamma = check_step(step(*RIGHT["gamma duplication"][:2]))
    assert gamma.checked_by in ("symbolic", "enclosure")
    assert check_residual(sp.gamma(k) - sp.gamma(k)) == ("symbolic", "")
    hard = sp.atan(a) + sp.atan(1 / a) - sp.pi / 2  # true for a > 0 only
    assert check_residual(sp.sin(hard))[1] == ""


def test_what_holds_for_positive_numbers_only_fails_for_real_ones() -> None:
    real = sp.Dummy("x", real=True)
    assert check_residual(sp.sqrt(a**2) - a)[1] == ""
    assert "excludes zero" in check_residual(sp.sqrt(real**2) - real)[1]


def test_the_domain_decides() -> None:
    residual = sp.asin(sp.sin(a)) - a
    assert check_residual(residual, a < sp.pi / 2) == ("enclosure", "")
    assert "excludes zero" in check_residual(residual)[1]


def test_a_domain_without_points_proves_nothing() -> None:
    residual = sp.gamma(k + 1) - sp.cos(a) / sp.cos(tau)
    assert "no point of" in check_residual(residual, sp.And(a + tau < 1, a > 2))[1]
    assert "no single solution" in check_residual(residual, sp.Eq((a - 1) * (a - 2), 0))[1]


def test_a_rule_without_a_second_route_fails() -> None:
    check = check_step(Step(1, Assert(), (), Equation(y.decay, sp.pi)))
    assert not check.passed
    assert "no second route" in check.detail


def test_what_nothing_carries_out_is_not_proven() -> None:
    hidden = sp.Integral(sp.gamma(u + 1), (u, 0, a))
    check = check_step(step(hidden, a * sp.sin(hidden)))
    assert not check.passed


def test_an_infinite_residual_fails() -> None:
    assert check_residual(sp.zoo * a)[1].startswith("the residual is not finite")


def test_the_same_seed_gives_the_same_answer() -> None:
    wrong = step(sp.gamma(k), sp.gamma(k) * sp.Rational(98, 97))
    assert check_step(wrong, seed=3) == check_step(wrong, seed=3)
    assert check_step(wrong, seed=3).detail != check_step(wrong, seed=4).detail


def derivation() -> Derivation:
    start = Derivation("a chain", frozenset())
    square = start.then(State((a + tau) ** 2, a**2 + 2 * a * tau + tau**2))
    return square.then(Differentiate(a)).then(State(root, -a * sp.exp(-root * tau)))


def test_a_derivation_passes_with_every_perturbed_step_refused() -> None:
    verdict = identity_verdict("a.b", "", "a chain", derivation())
    assert verdict.outcome == "pass"
    assert verdict.evidence == "symbolic identity"
    assert verdict.negative_control == "failed as it must: all 3 perturbed steps were refused"
    assert verdict.predicted == verdict.observed == Exact(sp.Integer(3))


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_perturbed_step_is_refuted_and_named(number: int) -> None:
    right = derivation()
    steps = tuple(item.perturbed() if item.number == number else item for item in right.steps)
    verdict = identity_verdict("a.b", "", "a chain", replace(right, steps=steps))
    assert verdict.outcome == "refuted"
    assert f"step {number}: " in verdict.note
    assert verdict.observed == Exact(sp.Integer(2))


def test_a_check_that_lets_everything_through_is_unproven() -> None:
    @dataclass(frozen=True)
    class Lenient(State):
        def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
            yield sp.Integer(0)

    lenient = Derivation("lenient", frozenset()).then(Lenient(a, a))
    verdict = identity_verdict("a.b", "", "", lenient)
    assert verdict.outcome == "unproven"
    assert "NOT REFUSED" in verdict.negative_control


def test_an_empty_derivation_proves_nothing() -> None:
    assert identity_verdict("a.b", "", "", Derivation("nothing", frozenset())).outcome == "unproven"


def test_every_step_is_checked_in_order() -> None:
    assert [check.number for check in check_derivation(derivation())] == [1, 2, 3]
