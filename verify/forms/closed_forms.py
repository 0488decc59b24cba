"""Stage: closed forms. Input: a claim and its number. Output: the record that is printed, and its JSON."""

from __future__ import annotations

from typing import Any

import sympy as sp

from derive.claims import CLAIMS, Claim
from derive.formulas.latex import latex_equation
from derive.formulas.mathml import mathml_equation
from derive.formulas.plain import plain_equation
from verify.report import Formula
from verify.verdict import Value

_DIGIT_NAMES = ("Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
_DIGITS = {str(digit): name for digit, name in enumerate(_DIGIT_NAMES)}


def macro_name(claim_id: str) -> str:
    """A LaTeX macro's name, letters only: ``delay.roots.erlang-4`` becomes ``DelayRootsErlangFour``."""
    words = claim_id.replace(".", "-").split("-")
    return "".join("".join(_DIGITS.get(letter, letter) for letter in word.capitalize()) for word in words)


def closed_form(claim: Claim, value: Value | None, conditions: tuple[str, ...] | None = None) -> Formula:
    """The claim as it is printed; ``conditions`` in the place of the claim's own where fewer are needed."""
    result = claim.derived.result
    return Formula(
        f"{claim.quantity}, rung {claim.rung}" if claim.quantity else claim.derived.title,
        macro_name(claim.id),
        result.left,
        result.right,
        claim.conditions if conditions is None else conditions,
        claim.id,
        claim.source,
        value,
        claim.derived.title,
        claim.relation,
        claim.hash,
    )


def told_form(formula: Formula, mode: int = 0) -> dict[str, Any]:
    """The object of ``derive --json``: the formula in every alphabet, its value and its conditions."""
    return {
        "mode": mode,
        "rung": CLAIMS[formula.claim].rung,
        "expression": f"{formula.left} = {formula.right}",
        "latex": latex_equation(formula.left, formula.right),
        "text": plain_equation(formula.left, formula.right),
        "mathml": mathml_equation(formula.left, formula.right),
        "srepr": sp.srepr(sp.Tuple(formula.left, formula.right)),
        "value": None if formula.value is None else formula.value.to_json(),
        "conditions": list(formula.conditions),
        "claim": formula.claim,
        "hash": formula.hash,
    }
