"""Classical policies: wrong outputs of their steps are found."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from derive import symbols as y
from derive.derivation import Derivation, Equation
from derive.derivations import classical_policies
from verify.identities import check_step

LOAD = y.other_rate * y.mean_delay


@pytest.mark.parametrize(
    ("derivation", "label", "wrong"),
    [
        (classical_policies.exponential_mean_weight(), "integrate the gen", 1 / (1 + LOAD)),
        (classical_policies.constant_mean_weight(), "integrate the gen", sp.log(1 + LOAD) / LOAD),
        (classical_policies.divided_damping(), "divide the learning", y.learning_rate * y.curvature * y.workers),
        (classical_policies.divided_share(), "divide by the decay", y.learning_rate * y.curvature),
    ],
)
def test_a_wrong_step_is_found(derivation: Derivation, label: str, wrong: sp.Expr) -> None:
    step = next(one for one in derivation.steps if one.rule.label.startswith(label))
    assert not check_step(replace(step, output=Equation(step.output.left, wrong)), domain=derivation.domain).passed
