"""Closed forms of bare equations: their roots are the certified ones, and nothing is asked of workers."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp

from derive.claims import CLAIMS
from derive.studies.study import Study, StudyError, study_from_table
from numeric.roots.characteristic import spectrum
from numeric.values import Exact
from verify.forms.equation_forms import closed_roots, derive_equation, equation_claims, equation_formulas
from verify.predicting.spectra import characteristic_equations


def study(**equation: Any) -> Study:
    return study_from_table({"equation": equation}).cases[0].study


def fixed(staleness: int) -> dict[str, Any]:
    return {"law": "constant", "value": staleness}


def constant(damping: Any) -> Study:
    return study(damping=damping, delay={"law": "constant", "value": 2})


@pytest.mark.parametrize("damping", ["1/10", "1/2", "3/2"])
@pytest.mark.parametrize("law", [{"law": "constant", "value": 2}, {"law": "exponential", "mean": 2}])
def test_closed_roots_are_the_certified_ones(damping: str, law: dict[str, Any]) -> None:
    one = study(damping=damping, delay=law)
    found = closed_roots(one, f"delay.roots.{law['law']}")
    (equation,) = characteristic_equations(one)
    certified = complex(spectrum(equation).roots[0])
    closest = min(abs(complex(root) - certified) for root in found.values())
    assert len(found) == 2
    assert closest < 1e-12
    for root in found.values():
        s = complex(root)
        assert abs(complex(equation.function.subs(equation.variable, s).evalf())) < 1e-12


def test_limits_have_their_numbers_and_conditions_speak_of_the_delay_alone() -> None:
    told = {formula.claim: formula for formula in equation_formulas(constant("1/2"))}
    limit = told["delay.stability-limit.constant"]
    assert limit.value is not None
    assert float(limit.value) == pytest.approx(float(sp.pi / 4))
    assert limit.conditions == ("every delay equals its mean",)
    assert told["delay.characteristic-function.any-law"].conditions == ()


def test_an_erlang_delay_has_its_polynomial_and_limits() -> None:
    erlang = study(damping=1, delay={"law": "gamma", "shape": 4, "mean": 1})
    told = {formula.claim: formula.value for formula in equation_formulas(erlang)}
    assert {"delay.roots.erlang", "delay.stability-limit.gamma", "delay.critical-damping.gamma"} <= set(told)
    assert told["delay.critical-damping.gamma"] == Exact(sp.Rational(4, 5) ** 5)


def test_a_negative_damping_has_no_closed_roots() -> None:
    assert closed_roots(constant(-1), "delay.roots.constant") == {}


def test_the_recursion_has_its_limits() -> None:
    entries = derive_equation(study(step="1/10", staleness=fixed(1)))["results"]
    (limit,) = entries["stability_limit"]
    assert limit["value"]["value"] == "1"
    (momentum,) = equation_claims(study(step="1/10", staleness=fixed(2), momentum="1/2"))
    assert momentum.id == "momentum.polynomial.fixed-staleness"


def test_steps_start_at_the_equation() -> None:
    steps = [step for step in derive_equation(constant("1/2"))["derivation"] if "roots" in step["derivation"]]
    assert [step["equation"] for step in steps][:2] == ["H(s) = s + a L(s)", r"H(s) = s + a e^{-s \theta}"]
    assert all(step["checked_by"] for step in steps)


@pytest.mark.parametrize(
    ("equation", "key"),
    [
        ({"damping": 1, "friction": 1, "delay": {"law": "constant", "value": 1}}, "equation.friction = 1"),
        ({"step": "1/10", "staleness": {"law": "poisson", "mean": 2}}, "equation.staleness = 'poisson'"),
        ({"step": "1/10", "staleness": fixed(0), "momentum": "1/2"}, "equation.momentum = 1/2"),
    ],
)
def test_an_equation_without_closed_form_is_refused_by_key(equation: dict[str, Any], key: str) -> None:
    with pytest.raises(StudyError, match="no closed form with") as refused:
        derive_equation(study(**equation))
    assert key in str(refused.value)


def test_a_law_without_closed_roots_still_has_its_equation() -> None:
    measured = study(damping=1, delay={"law": "empirical", "values": [1, 2, 3]})
    assert [claim.id for claim in equation_claims(measured)] == ["delay.characteristic-function.any-law"]
    assert CLAIMS["delay.characteristic-function.any-law"].derived.result.latex() == "H(s) = s + a L(s)"
