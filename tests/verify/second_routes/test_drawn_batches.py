"""K-async by name: both ends known, agreement, and wrong variances refused by the rule and by the workers."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.derivation import Equation
from derive.laws import Exponential
from derive.models.modes import OutsideDomainError
from derive.models.schemes import mode_model
from derive.schemes import KAsync
from derive.studies.study import load_study
from verify.identities import check_step
from verify.mutants.planted_claims import planted
from verify.predicting.predictions import ModePredictions
from verify.second_routes.drawn_batches import STEP, VARIANCE, idle_variance, named_draws

CLAIM = CLAIMS[VARIANCE]


def test_one_gradient_an_update_is_asynchronous_and_all_are_fresh() -> None:
    at = {y.workers: 4, y.step: STEP, y.learning_rate: 1, y.gradient_noise: 1, y.step_noise: 1}
    alone = CLAIMS["finite-workers.second-moment.exponential"].expression
    assert sp.cancel(CLAIM.expression.subs({**at, y.batch: 1}) - alone.subs(at)) == 0
    assert CLAIM.expression.subs({**at, y.batch: 4}) == 1 / (4 * STEP * (2 - STEP))
    assert idle_variance(3, 3, STEP) == 1 / (3 * STEP * (2 - STEP))


def test_workers_that_idle_by_name_agree_and_refute_a_wrong_variance() -> None:
    mode = ModePredictions(load_study("reports/studies/waiting.toml").cases[2].study, 0)
    assert [one.outcome for one in named_draws(mode, "")] == ["pass", "pass"]
    with planted(CLAIM, CLAIM.expression.subs(y.batch, y.batch + 1)):
        assert {one.outcome for one in named_draws(mode, "")} == {"refuted"}


@pytest.mark.parametrize(("old", "new"), [(y.batch, y.batch + 1), (y.step, 2 * y.step), (y.workers, y.workers + 1)])
def test_the_rule_finds_slips(old: sp.Expr, new: sp.Expr) -> None:
    (step,) = CLAIM.derived.steps
    assert check_step(step).passed
    wrong = Equation(step.output.left, step.output.right.subs(old, new))
    assert not check_step(replace(step, output=wrong)).passed


def test_beyond_the_limit_in_mean_square_there_is_no_variance() -> None:
    """Sixteen workers, four an update: the mean is stable far beyond, and the formula would go on below 0."""
    for rate, known in (("1/40", True), ("3", False)):
        model = mode_model(Exponential(1), KAsync(16, batch=4), learning_rate=rate, curvature=1)
        if known:
            assert model.claimed(VARIANCE) > 0
        else:
            with pytest.raises(OutsideDomainError):
                model.claimed(VARIANCE)
