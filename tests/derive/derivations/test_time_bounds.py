"""Bounds on the time of an update: by hand, attained where they should be, kept by order statistics of every law."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.derivation import Derivation, Equation
from derive.derivations import run_time, time_bounds
from derive.laws import Exponential, Gamma, Hyperexponential, OrderStatistic, ShiftedExponential, Uniform
from derive.models.linear import families_of, linear_model
from derive.rules.time_bounds import dealt_out, still_waiting
from derive.schemes import Asynchronous
from verify.identities import check_step

LAWS = [
    Exponential(2),
    Gamma(3, 1),
    ShiftedExponential(1, 1),
    Uniform("1/2", 3),
    Hyperexponential(["1/4", "3/4"], [4, 1]),
]


def spread_bound(mean: sp.Expr, variation: sp.Expr, workers: int, batch: int) -> sp.Expr:
    put = {y.mean_delay: mean, y.cycle_variation: variation, y.workers: workers, y.batch: batch}
    return CLAIMS["k-sync.time-per-update-bound.any-law"].expression.subs(put, simultaneous=True)


@pytest.mark.parametrize("law", LAWS, ids=str)
def test_no_order_statistic_exceeds_the_spread_bound(law: object) -> None:
    for workers, batch in ((2, 2), (4, 1), (4, 3), (5, 5)):
        found = OrderStatistic(law, batch, workers).mean  # type: ignore[arg-type]
        bound = spread_bound(law.mean, law.squared_coefficient_of_variation, workers, batch)  # type: ignore[attr-defined]
        assert found <= bound
        assert batch == 1 or not found <= bound / 3


def test_cycles_dealt_out_attain_it() -> None:
    for workers, batch in ((2, 2), (5, 3), (7, 7)):
        assert sp.simplify(spread_bound(*dealt_out(workers, batch), workers, batch) - 1) == 0


def test_two_aged_workers_by_hand() -> None:
    """P(none done) = q1 q2; P(fewer than two done) = q1 + q2 - q1 q2."""
    one, two = sp.symbols("q1 q2")
    assert still_waiting((one, two), 1) == one * two
    assert sp.expand(still_waiting((one, two), 2) - (one + two - one * two)) == 0
    assert still_waiting((one, two), 0) == 0


@pytest.mark.parametrize(
    ("derived", "wrong"),
    [
        (time_bounds.idle_bound(), [lambda right: 2 * right, lambda right: right.subs(y.batch, y.batch + 1)]),
        (time_bounds.idle_least(), [lambda right: right / y.workers, lambda right: right + y.mean_delay]),
        (
            time_bounds.spread_bound(),
            [
                lambda right: right.subs(y.batch, y.batch + 1),
                lambda right: right.subs(y.workers, y.workers + 1),
                lambda right: y.mean_delay + (right - y.mean_delay) ** 2 / y.mean_delay,
            ],
        ),
        (time_bounds.fresh_batch_least(), [lambda right: right + y.mean_delay / y.workers, lambda right: right / 2]),
        (
            run_time.pareto_time(),
            [lambda right: right.subs(y.batch, y.batch - 1), lambda right: right.subs(y.scale, 1)],
        ),
        (
            run_time.uniform_time(),
            [lambda right: right.subs(y.batch, y.workers), lambda right: right.subs(y.shortest, 0)],
        ),
        (run_time.shifted_time(), [lambda right: right - y.shift, lambda right: right.subs(y.batch, y.batch + 1)]),
        (time_bounds.fresh_batch_bound(), [lambda right: right + y.mean_delay / y.workers, lambda right: -right]),
    ],
)
def test_wrong_bounds_are_refused(derived: Derivation, wrong: list) -> None:  # type: ignore[type-arg]
    step = derived.steps[-1]
    assert check_step(step, domain=derived.domain).passed
    for change in wrong:
        planted = replace(step, output=Equation(step.output.left, change(step.output.right)))
        assert not check_step(planted, domain=derived.domain).passed


@pytest.mark.parametrize(("law", "speaks"), [(LAWS[0], True), (LAWS[1], True), (LAWS[4], False)])
def test_the_bound_speaks_of_cycles_that_are_new_longer_than_used(law: Exponential, speaks: bool) -> None:
    assert linear_model(law, Asynchronous(4), learning_rate="1/20", curvature=1).law is law
    assert ("new-longer-than-used" in families_of(law)) == speaks
