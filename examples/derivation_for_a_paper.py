"""A closed form with its steps and conditions, ready for an appendix: ``python examples/derivation_for_a_paper.py``.

The limit of stability for a constant delay is derived, every step is checked by a second route, and printed as LaTeX.
"""

from __future__ import annotations

from derive import CLAIMS
from derive.formulas.latex import latex_equation
from verify import check_derivation

claim = CLAIMS["delay.stability-limit.constant"]
print(f"% {claim.statement}")
for condition in claim.conditions:
    print(f"%   if {condition}")

checks = check_derivation(claim.derived)
for step, check in zip(claim.derived.steps, checks, strict=True):
    print(f"{latex_equation(step.output.left, step.output.right)}  % {step.number}. {step.rule.label}: {check.detail}")

assert all(check.passed for check in checks)
