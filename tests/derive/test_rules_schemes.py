"""Rules about schemes: what they make of cases worked by hand, and wrong outputs of several kinds found."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Derivation, Equation
from derive.derivations import (
    batches,
    filters,
    heterogeneous,
    momentum,
    run_time,
    synchronous,
    thinning,
    triggers,
    uplink,
)
from derive.rules.laws import cdf_of, transform_of
from verify.identities import check_step

S, lam, M, theta, size = y.staleness_threshold, y.other_rate, y.workers, y.mean_delay, y.batch


def moved(expression: sp.Expr, old: sp.Expr, new: sp.Expr) -> sp.Expr:
    """An expression with one part changed; the part must be there."""
    changed = expression.xreplace({old: new}) if expression.has(sp.Integral) else expression.subs(old, new)
    assert changed != expression, old
    return changed


# A derivation, the number of the step, and what a slip would make of the step's right side.
WRONG = [
    (filters.filtered_transform, 3, lambda e: e.replace(sp.Sum, lambda f, _: sp.Sum(f, (y.j, 1, sp.oo)))),
    (filters.filtered_transform, 3, lambda e: moved(e, y.s + lam, y.s)),
    (filters.filtered_transform, 3, lambda e: moved(e, -lam, lam)),
    (filters.threshold_transform, 4, lambda e: moved(e, S, S - 1)),
    (filters.threshold_transform, 4, lambda e: moved(e, S, S + 1)),
    (filters.gamma_threshold_transform, 5, lambda e: e.replace(sp.rf, lambda k, j: sp.rf(k + 1, j))),
    (filters.exponential_threshold_transform, 6, lambda e: moved(e, S + 1, S)),
    (filters.discount_transform, 4, lambda e: moved(e, 1 - y.staleness_discount, y.staleness_discount)),
    (filters.discount_transform, 4, lambda _: transform_of(y.s + lam * (1 - y.staleness_discount**2))),
    (filters.discount_noise, 7, lambda e: moved(e, y.staleness_discount**2, y.staleness_discount)),
    (filters.filtered_noise, 6, lambda e: e.replace(lambda n: isinstance(n, sp.Indexed), sp.sqrt)),
    (filters.filtered_characteristic, 6, lambda e: 2 * y.s - e),
    (filters.unique_fraction, 5, lambda e: moved(e, S + 1, S + 2)),
    (filters.unique_fraction, 9, lambda e: e + 1),
    (filters.rate_after_drops, 2, lambda e: e / y.applied_fraction),
    (thinning.dropout_staleness, 5, lambda e: moved(e, 1 - y.dropout, sp.Integer(1))),
    (thinning.dropout_delay, 1, lambda e: (1 - y.dropout) * e),
    (thinning.age_fraction, 2, lambda e: 1 - e),
    (thinning.abandon_rate, 1, lambda _: M * cdf_of(y.age_threshold) / theta),
    (triggers.trigger_gain, 1, lambda e: e.coeff(sp.erfc(sp.sqrt(2) * y.trigger / 2)) * e.args[0]),
    (triggers.trigger_noise, 1, lambda e: e - y.trigger),
    (triggers.trigger_gain_of_norm, 1, lambda e: moved(e, y.modes, y.modes + 1)),
    (triggers.sent_fraction, 1, lambda e: moved(e, y.modes, y.modes + 2)),
    (batches.batch_transform, 1, lambda e: e.replace(sp.Sum, lambda f, _: sp.Sum(f, (y.j, 1, size)))),
    (batches.batch_transform, 2, lambda e: e / transform_of(y.s)),
    (batches.batch_noise, 3, lambda e: e * size),
    (batches.batch_staleness, 3, lambda e: moved(e, M - 1, M - size)),
    (batches.batch_characteristic, 3, lambda e: moved(e, 1 / size, sp.Integer(1))),
    (synchronous.idle_staleness, 1, lambda _: M - 1),
    (synchronous.drawn_characteristic, 1, lambda e: moved(e, y.step, y.step / size)),
    (momentum.momentum_characteristic, 4, lambda e: moved(e, y.momentum, -y.momentum)),
    (momentum.momentum_variance, 7, lambda e: moved(e, y.arrival_rate**2 + y.frequency**2, y.arrival_rate**2)),
    (momentum.heavy_ball_polynomial, 1, lambda e: moved(e, y.momentum, -y.momentum)),
    (momentum.heavy_ball_polynomial, 2, lambda e: moved(e, y.staleness - 1, y.staleness)),
    (uplink.throughput, 1, lambda e: moved(e, sp.factorial(M - y.staleness), sp.Integer(1))),
    (uplink.throughput, 2, lambda e: moved(e, M, M - 1)),
    (uplink.uplink_transform, 2, lambda e: moved(e, M, M + 1)),
    (uplink.uplink_delay, 3, lambda e: moved(e, M, M - 1)),
    (heterogeneous.unlike_rate, 1, lambda _: M**2 / sp.Sum(sp.Function("theta_w")(y.j), (y.j, 1, M))),
    (heterogeneous.unlike_delay, 2, lambda _: sp.Sum(sp.Function("L_w")(y.j, y.s), (y.j, 1, M)) / M),
    (heterogeneous.unlike_staleness, 1, lambda e: e + y.arrival_rate),
    (run_time.weibull_time, 2, lambda e: e.replace(sp.Sum, lambda f, _: sp.Sum(f, (y.j, 1, size - 1)))),
    (run_time.weibull_time, 2, lambda e: e.subs(y.hazard_shape, 1 / y.hazard_shape)),
    (run_time.weibull_time, 2, lambda e: e / size),
    (run_time.first_finished_time, 1, lambda e: moved(e, size - 1, size)),
    (run_time.synchronous_time, 2, lambda e: e.replace(cdf_of, lambda at: cdf_of(at) ** 2)),
    (run_time.exponential_time, 2, lambda e: moved(e, size - 1, size)),
    (run_time.fresh_batch_time, 3, lambda e: e * M / size),
    (synchronous.fresh_decay, 5, lambda e: -e),
    (synchronous.fresh_variance, 9, lambda e: e * size),
]


@pytest.mark.parametrize(
    ("derivation", "number", "slip"), WRONG, ids=[f"{row[0].__name__}-{i}" for i, row in enumerate(WRONG)]
)
def test_a_slip_in_a_step_is_found(derivation: object, number: int, slip: object) -> None:
    derived: Derivation = derivation()  # type: ignore[operator]
    step = derived.steps[number - 1]
    assert check_step(step, domain=derived.domain).passed
    wrong = slip(step.output.right)  # type: ignore[operator]
    assert wrong != step.output.right
    assert not check_step(replace(step, output=Equation(step.output.left, wrong)), domain=derived.domain).passed


def test_dropped_gradients_make_the_others_slower() -> None:
    """The share solves an equation for itself because lambda has it as a factor."""
    assert filters.rate_after_drops().result.right == y.applied_fraction * (M - 1) / theta
    assert assumptions.THRESHOLD in filters.exponential_fraction().used


def test_a_threshold_of_no_staleness_keeps_what_no_update_fell_into() -> None:
    """S = 0: E e^{-(s + lambda) T}; a threshold beyond all bounds keeps everything."""
    kept = filters.exponential_threshold_transform().result.right
    assert sp.simplify(kept.subs(S, 0) - 1 / (1 + (y.s + lam) * theta)) == 0
    at = {lam: 3, theta: 1, y.s: 0}
    assert sp.limit(kept.subs(at), S, sp.oo) == 1


def test_a_batch_of_one_waits_for_nobody() -> None:
    assert batches.batch_transform().result.right.subs(size, 1).doit() == transform_of(y.s)
    assert batches.batch_noise().result.right.subs(size, 1) == (y.learning_rate * y.gradient_noise) ** 2 * M / theta


def test_without_momentum_the_velocity_is_forgotten() -> None:
    """beta = 0: H = (s + Lambda)(s + eta h Lambda L(s))."""
    found = momentum.momentum_characteristic().result.right.subs(y.momentum, 0)
    plain = y.s + y.learning_rate * y.curvature * y.arrival_rate * transform_of(y.s)
    assert sp.expand(found - (y.s + y.arrival_rate) * plain) == 0


def test_a_wide_uplink_is_no_uplink() -> None:
    """nu -> oo: M/theta_C gradients a second."""
    passed = uplink.throughput().result.right.subs(M, 3).doit()
    assert sp.limit(passed, y.capacity, sp.oo) == 3 / y.compute_time
