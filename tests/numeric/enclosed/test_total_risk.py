"""The risk of several modes together, against each mode's own, samples of nothing: sums and sups by another route."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from derive.law import Law
from derive.laws import Constant, Gamma
from derive.models.linear import LinearModel
from derive.schemes import Asynchronous
from numeric.enclosed.level_crossing import training_time
from numeric.enclosed.second_moment import excess_risk
from numeric.enclosed.total_risk import risk_from, time_below

STARTS = (sp.Integer(1), sp.Integer(2))


def modes(law: Law, eta: str, noise: str = "1/10") -> tuple[LinearModel, ...]:
    numbers = (sp.Rational(eta), sp.Rational(noise))
    return tuple(LinearModel(law, Asynchronous(8), numbers[0], sp.Rational(h), numbers[1]) for h in ("1/2", "1"))


def test_one_mode_alone_has_its_own_training_time() -> None:
    model = modes(Constant(1), "1/20")[0]
    alone, together = training_time(model, "1/50", start=1).time, time_below((model,), "1/50", (1,))
    assert alone is not None
    assert together is not None
    assert abs(float(alone) - float(together)) <= float(alone.radius) + float(together.radius)


@pytest.mark.parametrize("law", [Constant(1), Gamma(2, 1)])
def test_the_sum_passes_the_level_where_the_modes_together_do(law: Law) -> None:
    both, level = modes(law, "1/20"), sp.Rational(1, 20)
    found = time_below(both, level, STARTS)
    assert found is not None
    before, after = (
        sum(float(excess_risk(one, [time], start=start)[0]) for one, start in zip(both, STARTS, strict=True))
        for time in (sp.Rational(str(round(float(found) * factor, 6))) for factor in (0.98, 1.02))
    )
    assert before > level > after
    apart = [training_time(one, level, start=start).time for one, start in zip(both, STARTS, strict=True)]
    assert all(float(one) < float(found) for one in apart if one is not None)


def test_the_largest_risk_from_a_time_on_is_the_level_whose_training_time_that_is() -> None:
    both = modes(Constant(1), "1/20")
    time = time_below(both, "1/20", STARTS)
    assert time is not None
    risk = risk_from(both, sp.Rational(str(round(float(time), 9))), STARTS)
    assert risk is not None
    assert abs(float(risk) - 0.05) < 0.05 * 0.01


def test_an_oscillating_risk_counts_the_swing_that_is_to_come() -> None:
    model = LinearModel(Constant(1), Asynchronous(8), sp.Rational(9, 64), sp.Integer(1), sp.Integer(0))  # a theta 9/8
    times = [sp.Rational(k, 10) for k in range(31)]
    risks = [float(one) for one in excess_risk(model, times, start=1)]
    low = int(np.argmin(risks[:20]))
    found = risk_from((model,), times[low], (1,))
    assert found is not None
    assert risks[low] < max(risks[low:]) / 2  # it swings back
    assert float(found) == pytest.approx(max(risks[low:]), rel=0.02)


def test_what_never_gets_there_is_none() -> None:
    assert time_below(modes(Constant(1), "1/2"), 1, STARTS) is None  # a theta = 4 is unstable
    assert risk_from(modes(Constant(1), "1/2"), 1, STARTS) is None
    assert time_below(modes(Constant(1), "1/20", "3"), "1/100", STARTS) is None  # below the noise floor
