"""What a claim holds for: modifiers it names, and no other."""

from __future__ import annotations

import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.laws import Exponential
from derive.models.modes import with_numbers
from derive.models.schemes import mode_model
from derive.schemes import Asynchronous


def test_a_claim_about_momentum_is_not_told_without_it() -> None:
    given = {"learning_rate": "1/50", "curvature": 1}
    lossy = Asynchronous(8, dropout="1/4")
    claim = CLAIMS["momentum.characteristic-function.any-law"]
    assert "dropout" in claim.also
    assert not mode_model(Exponential(1), lossy, **given).is_about(claim)  # type: ignore[arg-type]
    assert mode_model(Exponential(1), lossy, momentum="1/2", **given).is_about(claim)  # type: ignore[arg-type]


def test_numbers_are_put_in_all_at_once_and_not_for_bound_symbols() -> None:
    values = {y.damping: y.mean_delay, y.mean_delay: y.damping, y.t: sp.Integer(3), y.workers: sp.Integer(7)}
    expression = y.damping / y.mean_delay + sp.Integral(sp.exp(-y.t), (y.t, 0, 1))
    assert with_numbers(expression, values) == y.mean_delay / y.damping + sp.Integral(sp.exp(-y.t), (y.t, 0, 1))
    for claim in list(CLAIMS.values())[::16]:
        assert with_numbers(claim.expression, values) == claim.expression.subs(values, simultaneous=True), claim.id
