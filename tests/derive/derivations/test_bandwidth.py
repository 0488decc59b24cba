"""Limited bandwidth: mean values worker by worker, and wrong outputs found."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.derivation import Equation
from derive.derivations import bandwidth
from derive.rules.filters import written_out
from verify.identities import check_step
from verify.second_routes.worker_counts import CAPACITY, COMPUTE, uplink_delays

NUMBERS = {y.capacity: CAPACITY, y.compute_time: COMPUTE}


def test_mean_values_agree_with_the_queue_in_product_form() -> None:
    stated = CLAIMS["uplink.delay-mean.shared-uplink"].expression.subs(NUMBERS)
    for workers, delay in enumerate(uplink_delays(6), start=1):
        assert written_out(stated.subs(y.workers, workers)) == delay


def test_the_arrival_rate_bends_at_the_saturating_count() -> None:
    """Far below it every worker adds its own rate, far beyond it hardly any."""
    knee = CLAIMS["uplink.saturation-count.shared-uplink"].expression.subs(NUMBERS)
    assert knee == 5
    rates = [workers / delay for workers, delay in enumerate(uplink_delays(20), start=1)]
    gains = [after - before for before, after in pairwise(rates)]
    assert gains[0] > sp.Rational(7, 10) * rates[0]
    assert gains[2 * knee] < rates[0] / 50
    assert all(rate < min(CAPACITY, workers * rates[0]) for workers, rate in enumerate(rates[1:], start=2))


@pytest.mark.parametrize(
    ("label", "wrong"),
    [
        ("let the uplink", y.capacity / (1 + y.compute_time)),
        ("let both", 1 + y.capacity * y.compute_time / 2),
        ("let both", y.capacity * y.compute_time),
    ],
)
def test_a_wrong_step_is_found(label: str, wrong: sp.Expr) -> None:
    derivation = bandwidth.saturation_count()
    step = next(one for one in derivation.steps if one.rule.label.startswith(label))
    assert check_step(step).passed
    assert not check_step(replace(step, output=Equation(step.output.left, wrong))).passed
