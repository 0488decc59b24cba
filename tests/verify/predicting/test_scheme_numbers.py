"""Numbers of schemes against known values, each with a nearby wrong one."""

from __future__ import annotations

import pytest

from derive.claims import CLAIMS
from derive.laws import Exponential, Gamma
from derive.models.schemes import mode_model
from derive.schemes import Asynchronous, KBatchAsync
from verify.predicting.scheme_numbers import applied_share, counted, delays


@pytest.mark.parametrize(("last", "share"), [(10, 0.4984), (25, 0.6934), (31, 0.7432)])
def test_the_applied_share_of_a_threshold_solves_its_equation(last: int, share: float) -> None:
    model = mode_model(Exponential(1), Asynchronous(32, staleness_threshold=last), learning_rate="1/50", curvature=1)
    found = float(applied_share(model, "threshold.applied-fraction.exponential").n())
    assert found == pytest.approx(share, abs=5e-5)
    assert found != pytest.approx(1 - (31 / 32) ** (last + 1), abs=0.02)  # as if dropped gradients made updates


def test_delays_through_a_shared_uplink_are_known() -> None:
    model = mode_model(Gamma(4, 1), Asynchronous(8, uplink_capacity=4), learning_rate="1/50", curvature=1)
    told = {name: (claim, float(value)) for claim, name, value in delays(model)}
    assert told["delay_mean"][1] == pytest.approx(2.06275, abs=5e-6)
    assert told["delay_variance"][1] == pytest.approx(0.69900, abs=5e-6)
    assert CLAIMS[told["delay_mean"][0]].scheme == "shared-uplink"


def test_in_a_batch_a_gradient_waits() -> None:
    model = mode_model(Gamma(4, 1), KBatchAsync(8, batch=3), learning_rate="1/50", curvature=1)
    told = {name: float(value) for _, name, value in delays(model)}
    assert told["delay_mean"] == pytest.approx(1 + 1 / 8)
    assert not list(counted(model))


def test_dropout_makes_updates_rarer() -> None:
    model = mode_model(Gamma(4, 2), Asynchronous(8, dropout="1/4"), learning_rate="1/50", curvature=1)
    told = {name: float(value) for _, name, value in counted(model)}
    assert told == {"time_per_update": pytest.approx(1 / 3), "applied_fraction": 0.75}
