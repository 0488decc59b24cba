"""Models on the recursion: the synchronous family for any law, K-async for exponential cycles."""

from __future__ import annotations

import pytest
import sympy as sp

from derive import symbols as y
from derive.laws import Exponential, Gamma
from derive.models.modes import NoLinearModelError, OutsideDomainError
from derive.models.recursion import RecursionModel
from derive.models.schemes import mode_model
from derive.scheme import Scheme
from derive.schemes import KAsync, KBatchSync, KSync, Synchronous
from numeric.roots.characteristic import spectrum

STEP = {"learning_rate": "1/10", "curvature": 2}


@pytest.mark.parametrize("scheme", [Synchronous(4), KSync(4, batch=2), KBatchSync(4, batch=3)], ids=str)
def test_fresh_gradients_shrink_the_mean_by_one_factor(scheme: Scheme) -> None:
    model = mode_model(Gamma(2, 1), scheme, **STEP)
    assert isinstance(model, RecursionModel)
    radius = spectrum(model.characteristic_equation).spectral_radius
    assert radius is not None
    assert float(radius) == pytest.approx(0.8)
    count = getattr(scheme, "batch", 4)
    with pytest.raises(OutsideDomainError, match="time per update"):
        model.claimed("synchronous.decay-rate.any-law")
    assert model.claimed("synchronous.stationary-variance.any-law") == sp.Rational(1, 36) / count


def test_idlers_need_exponential_cycles() -> None:
    model = mode_model(Exponential(3), KAsync(4, batch=2), **STEP)
    assert model.values[y.update_time] == sp.Rational(7, 4)
    assert spectrum(model.characteristic_equation).certified
    with pytest.raises(NoLinearModelError, match="how long they have run"):
        mode_model(Gamma(2, 1), KAsync(4, batch=2), **STEP)
