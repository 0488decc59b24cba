"""What a claim holds for: modifiers it names, and no other."""

from __future__ import annotations

from derive.claims import CLAIMS
from derive.laws import Exponential
from derive.models.schemes import mode_model
from derive.schemes import Asynchronous


def test_a_claim_about_momentum_is_not_told_without_it() -> None:
    given = {"learning_rate": "1/50", "curvature": 1}
    lossy = Asynchronous(8, dropout="1/4")
    claim = CLAIMS["momentum.characteristic-function.any-law"]
    assert "dropout" in claim.also
    assert not mode_model(Exponential(1), lossy, **given).is_about(claim)  # type: ignore[arg-type]
    assert mode_model(Exponential(1), lossy, momentum="1/2", **given).is_about(claim)  # type: ignore[arg-type]
