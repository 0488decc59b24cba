"""Stage: closed forms of an equation. Input: a study with [equation]. Output: its closed forms, its roots in balls.

    s + a L(s) = 0         roots of constant and exponential delays, the Erlang polynomial, limits of a
    z^K (z - 1) + x = 0    limits of the step, the double root

The equation is given, so what its own derivation assumes of workers and gradients is no condition here.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS, Claim
from derive.formulas.plain import plain
from derive.models.linear import families_of
from derive.studies.records import DelayEquation, Study
from derive.studies.schema import StudyError
from numeric.enclosure import ComplexEnclosure, evaluate, evaluate_complex
from numeric.values import Exact
from verify.forms.closed_forms import closed_form, told_form
from verify.identities import check_derivation
from verify.report import Formula
from verify.verdict import Value

GIVEN = "delay.characteristic-function.any-law"
_LIMITS = ("stability_limit", "critical_damping")
_BRANCHES = {"delay.roots.constant": (0, -1), "delay.roots.exponential": (0, 1)}


def derive_equation(study: Study) -> dict[str, Any]:
    """The JSON of ``derive`` for a study of an equation; an entry about roots has them with their branch, enclosed.

    Raises ``StudyError`` where the equation has no closed form.
    """
    results: dict[str, list[dict[str, Any]]] = {}
    for formula in equation_formulas(study):
        entry = told_form(formula)
        if roots := closed_roots(study, formula.claim):
            entry["roots"] = [{"branch": branch, **_root_json(root)} for branch, root in roots.items()]
        results.setdefault(CLAIMS[formula.claim].quantity or formula.claim, []).append(entry)
    return {"results": results, "derivation": [step for claim in equation_claims(study) for step in _steps(claim)]}


def _root_json(root: ComplexEnclosure) -> dict[str, str]:
    return {"re": root.re.mid, "im": root.im.mid, "radius": max(root.re.radius, root.im.radius, key=float)}


def equation_formulas(study: Study) -> tuple[Formula, ...]:
    """Every closed form about the study's equation, its limits with their numbers."""
    return tuple(closed_form(claim, _number(study, claim), _conditions(claim)) for claim in equation_claims(study))


def equation_claims(study: Study) -> tuple[Claim, ...]:
    """The claims that speak of the study's equation alone; ``StudyError`` where there is none."""
    equation = study.equation
    if isinstance(equation, DelayEquation):
        if equation.friction is not None:
            raise _refusal(study, "equation.friction", equation.friction, "friction")
        families = families_of(equation.delay)
        found = [claim for claim in CLAIMS.values() if claim.id.startswith("delay.") and claim.law in families]
        return tuple(claim for claim in found if claim.id == GIVEN or _is_closed(claim))
    assert equation is not None
    if not isinstance(equation.staleness, int | sp.Integer):
        raise _refusal(study, "equation.staleness", equation.staleness.name, "a staleness that is drawn")
    if equation.momentum != 0:
        return (CLAIMS["momentum.polynomial.fixed-staleness"],) if equation.staleness >= 1 else _none(study)
    found = [claim for claim in CLAIMS.values() if claim.law == "fixed-staleness"]
    return tuple(claim for claim in found if claim.quantity != "stationary_variance")


def _is_closed(claim: Claim) -> bool:
    return claim.id.startswith("delay.roots.") or claim.quantity in _LIMITS


def _none(study: Study) -> tuple[Claim, ...]:
    equation = study.equation
    raise _refusal(study, "equation.momentum", getattr(equation, "momentum", None), "momentum and no staleness")


def _refusal(study: Study, key: str, value: Any, what: str) -> StudyError:
    return StudyError(study.path, key, value, f"no closed form with {what}", "staleproof roots, or leave it out")


def numbers_of(study: Study) -> dict[sp.Symbol, sp.Expr]:
    """The symbols of the equation's claims with the study's numbers."""
    equation = study.equation
    if not isinstance(equation, DelayEquation):
        assert equation is not None
        known = {y.step: equation.step, y.momentum: equation.momentum}
        fixed = isinstance(equation.staleness, int | sp.Integer)
        return {**known, y.staleness: sp.Integer(equation.staleness)} if fixed else known
    known = {y.damping: equation.damping, y.mean_delay: equation.delay.mean, **(equation.delay.values_in_claims or {})}
    return {**known, y.shape: sp.Integer(1)} if equation.delay.name == "exponential" else known


def closed_roots(study: Study, claim_id: str) -> dict[int, ComplexEnclosure]:
    """The roots that a closed form names, by branch: the rightmost pair, or both. Empty outside its range a > 0."""
    numbers = numbers_of(study)
    if claim_id not in _BRANCHES or not numbers[y.damping] > 0:
        return {}
    expression = CLAIMS[claim_id].expression.subs(numbers)
    return {branch: evaluate_complex(expression.subs(y.branch, branch)) for branch in _BRANCHES[claim_id]}


def _number(study: Study, claim: Claim) -> Value | None:
    """A limit's number; None where the claim does not hold for these numbers or is no number."""
    numbers = numbers_of(study)
    if claim.quantity not in _LIMITS or claim.derived.domain.subs(numbers) != sp.true:
        return None
    value = sp.simplify(claim.expression.subs(numbers))
    if value.free_symbols:
        return None
    return Exact(value) if value.is_Rational else evaluate(value)


def _conditions(claim: Claim) -> tuple[str, ...]:
    """The claim's conditions without those that only lead to the equation, which is given here."""
    given = CLAIMS[GIVEN].derived.used
    named = tuple(sorted(item.statement for item in claim.derived.used - given))
    return named if claim.derived.domain == sp.true else (*named, plain(claim.derived.domain))


def _steps(claim: Claim) -> list[dict[str, Any]]:
    """The steps from the equation on."""
    earlier = {step.output for step in CLAIMS[GIVEN].derived.steps[:-1]}
    derivation = claim.derived
    return [
        {
            "derivation": derivation.title,
            "step": step.number,
            "assumes": [need.id for need in step.rule.requires],
            "rule": step.rule.label,
            "equation": step.output.latex(),
            "checked_by": check.checked_by if check.passed else None,
        }
        for step, check in zip(derivation.steps, check_derivation(derivation), strict=True)
        if step.output not in earlier
    ]
