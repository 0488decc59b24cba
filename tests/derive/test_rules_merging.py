"""Rules about merged arrivals: known intervals and counts, wrong ones found; samples of plain renewals beside them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import sympy as sp

from derive import symbols as y
from derive.derivation import Derivation, Equation, Step
from derive.derivations import heterogeneous, merging
from derive.rules.laws import cdf_of
from derive.rules.merging import dispersion, exact_renewal_integrals
from derive.rules.staleness import renewal_integral
from verify.identities import check_step

WRONG: dict[str, tuple[Derivation, tuple[sp.Expr, ...]]] = {
    "interval": (
        merging.interval_between_arrivals(),
        (
            merging.interval_between_arrivals().result.right.subs(y.workers, y.workers + 1),
            merging.interval_between_arrivals().steps[0].output.right ** y.workers,
        ),
    ),
    "dispersion": (
        merging.index_of_dispersion(),
        (y.workers * merging.index_of_dispersion().result.right, 1 + renewal_integral(y.t) / y.t - y.t / y.mean_delay),
    ),
    "long": (merging.long_window(), (sp.sqrt(y.cycle_variation), sp.Integer(1), 1 / (2 - y.cycle_variation))),
    "short": (merging.short_window(), (y.cycle_variation, sp.Integer(0))),
    "bound": (
        merging.distance_bound(),
        (
            merging.distance_bound().result.right.subs(y.workers, 1),
            (1 - sp.exp(-y.workers * y.t / y.mean_delay)) * y.t / y.mean_delay,
            1 - merging.index_of_dispersion().result.right,
        ),
    ),
    "many": (
        merging.distance_of_many(),
        (
            merging.distance_of_many().result.right.subs(sp.Rational(1, 4), sp.Integer(1)),
            merging.distance_of_many().result.right.replace(sp.floor, sp.ceiling),
            merging.distance_of_many().steps[-2].output.right,
        ),
    ),
    "unlike interval": (
        heterogeneous.unlike_interval(),
        (
            heterogeneous.unlike_interval().result.right.subs(y.workers, y.workers - 1),
            heterogeneous.unlike_interval().result.right / y.workers,
        ),
    ),
    "unlike dispersion": (
        heterogeneous.unlike_dispersion(),
        (
            sp.Sum(sp.Function("I_w")(y.j, y.t), (y.j, 1, y.workers)) / y.workers,
            heterogeneous.unlike_dispersion().result.right * y.mean_delay,
        ),
    ),
    "count": (
        merging.stage_count(),
        (
            merging.stage_count().result.right.subs(y.j, y.j + 1),
            merging.stage_count().result.right.xreplace({sp.Abs(y.stage_offset): sp.Integer(0)}),
            # terms of negative weight, which show from the second arrival on only
            merging.stage_count().result.right.xreplace({1 - y.stages: -1 - y.stages}),
            merging.stage_count().result.right.xreplace({1 - y.stages: 1 - 2 * y.stages}),
        ),
    ),
}


@pytest.mark.parametrize(("derived", "wrong"), WRONG.values(), ids=list(WRONG))
def test_each_step_checks_and_wrong_outputs_are_found(derived: Derivation, wrong: tuple[sp.Expr, ...]) -> None:
    for step in derived.steps:
        assert check_step(step).passed, check_step(step).detail
    last: Step = derived.steps[-1]
    for right in wrong:
        assert not check_step(replace(last, output=Equation(last.output.left, right))).passed, right


def dispersion_in(window: sp.Expr, variation: sp.Expr) -> sp.Expr:
    """I_N at a window for one of the laws of mean 1 whose renewals are known."""
    integral = exact_renewal_integrals()[variation]
    at_time = integral.subs(dict.fromkeys(integral.free_symbols - {y.mean_delay}, window))
    general = merging.index_of_dispersion().result.right
    return general.subs({renewal_integral(y.t): at_time, y.t: window}).subs(y.mean_delay, 1)


def test_exponential_cycles_give_poisson_intervals_and_dispersion_one() -> None:
    positive = sp.Dummy("t", positive=True)
    interval = merging.interval_between_arrivals().result.right.subs(y.t, positive)
    exponential = interval.replace(cdf_of, lambda at: 1 - sp.exp(-at / y.mean_delay)).doit()
    assert sp.simplify(exponential / sp.exp(-y.workers * positive / y.mean_delay)) == 1
    assert dispersion_in(sp.Rational(7, 3), sp.Integer(1)) == 1
    assert merging.long_window().result == Equation(dispersion(sp.oo), y.cycle_variation)


def merged(workers: int, windows: int, window: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Counts in windows of stationary Erlang-2 workers of mean 1, and the intervals between their arrivals."""
    rng = np.random.default_rng(seed)
    times = np.sort(rng.gamma(2, 0.5, (workers, int(windows * window * 1.3) + 60)).cumsum(axis=1).ravel())
    times = times[times > 20] - 20
    edges = np.arange(windows + 1) * window
    return np.histogram(times, edges)[0], np.diff(times[times < edges[-1]])


def test_simulated_erlang_workers_have_the_derived_intervals_and_counts() -> None:
    """Two workers, 60 000 windows of half a cycle; the same gate refuses Poisson arrivals of that rate."""
    counts, intervals = merged(2, 60_000, 0.5, 3)
    stage_tail = sp.exp(-2 * y.u) * (1 + 2 * y.u)
    interval = merging.interval_between_arrivals().result.right.subs({y.workers: 2, y.mean_delay: 1})
    predicted = float(interval.replace(cdf_of, lambda at: 1 - stage_tail.subs(y.u, at)).subs(y.t, sp.S.Half).doit())
    error = 5 / np.sqrt(len(intervals))
    assert abs(np.mean(intervals > 0.5) - predicted) < error < abs(np.mean(intervals > 0.5) - np.exp(-1))
    one = merging.stage_count().result.right.subs({y.stages: 2, y.mean_delay: 1, y.t: sp.S.Half})
    single = [float(one.subs(y.j, n).doit()) for n in range(30)]
    both = np.convolve(single, single)
    for count in range(4):
        error = 5 / np.sqrt(len(counts))
        assert abs(np.mean(counts == count) - both[count]) < error
    assert abs(np.mean(counts == 0) - np.exp(-1)) > error
    index = counts.var() / counts.mean()
    assert abs(index - float(dispersion_in(sp.S.Half, sp.S.Half))) < 0.02 < abs(index - 1)
