"""Measured quantities against exact results, the burn-in, threads, instability and the JSON.

Statistical checks compare replica means with exact values at |z| < 4.5: false-alarm rate below 4e-5 each for
64 replicas (Student's t). Each has a control: a nearby wrong value that the same data must refuse.
"""

from __future__ import annotations

import json

import numba
import numpy as np
import pytest
import sympy as sp

from derive.draws import DrawRecipe, standard_exponential, standard_gamma, standard_uniform
from numeric.event_loop.compiled import System, event_loop, generator
from numeric.simulation.pilot import pilot_burn_in
from numeric.simulation.tasks import Simulation, estimate, simulate
from numeric.values import Estimate
from tests.budgets import some

LIMIT = 4.5
EXPONENTIAL = DrawRecipe(standard_exponential)


def _z(value: Estimate, exact: float) -> float:
    return abs(value.mean - exact) / value.standard_error


@pytest.fixture(scope="module")
def four_exponential_workers() -> Simulation:
    return simulate(System(4, EXPONENTIAL, 0.3, (1.0,), (1.0,)), seed=11, replicas=64, updates=150_000)


def test_the_second_moment_of_exponential_cycles_is_exact_at_finite_workers(four_exponential_workers) -> None:
    M, e, s2 = 4, 0.3, 0.3**2
    exact = s2 * (1 + M * e) / (e * (2 + e - M * e**2))  # exact, exponential cycles
    diffusion_limit = s2 * M * (1 + M * e) / (2 * M * e)  # the SDDE's value: 3 % lower
    for average in ("event", "time"):
        value = four_exponential_workers.measured("stationary_variance", 0, average).value
        assert _z(value, exact) < LIMIT
        assert _z(value, diffusion_limit) > 2 * LIMIT
        assert _z(four_exponential_workers.measured("stationary_mean", 0, average).value, 0) < LIMIT


def test_arrivals_and_delays_of_exponential_cycles(four_exponential_workers) -> None:
    exact = {
        "arrival_rate": 4,
        "time_per_update": 1 / 4,
        "delay_mean": 1,
        "delay_variance": 1,
        "staleness_variance": 12,
    }
    for quantity, value in exact.items():
        measured = four_exponential_workers.measured(quantity).value
        assert _z(measured, value) < LIMIT, quantity
        assert _z(measured, 1.02 * value) > LIMIT, quantity
    assert four_exponential_workers.measured("applied_fraction").samples == (1.0,) * 64
    # Pinned by the bookkeeping of versions: the mean over n updates misses M - 1 by the ends alone.
    assert four_exponential_workers.measured("staleness_mean").value.mean == pytest.approx(3, abs=1e-4)


def test_the_staleness_of_exponential_cycles_is_geometric() -> None:
    loop = event_loop(System(4, EXPONENTIAL, 0.3, (1.0,), (0.0,)))
    fractions = []
    for k in range(64):
        counts = loop.replica(generator(5, k), 40_000, 400).staleness_histogram
        fractions.append(counts[:8] / counts.sum())
    for staleness, samples in enumerate(np.transpose(fractions)):
        assert _z(estimate(samples), 1 / 4 * (3 / 4) ** staleness) < LIMIT
        assert _z(estimate(samples), 1 / 4.2 * (3.2 / 4.2) ** staleness) > LIMIT or staleness in (2, 3, 4)


def test_constant_cycles_have_staleness_one_less_than_the_workers_and_no_spread() -> None:
    for start in ("staggered", "stationary", "together"):
        system = System(7, DrawRecipe(sp.Rational(1, 3)), 0.01, (1.0,), (1.0,), start)
        result = simulate(system, seed=2, replicas=3, updates=5000, burn_in=500)
        assert set(np.flatnonzero(result.staleness_histogram)) == {6}
        assert result.measured("staleness_variance").samples == (0.0,) * 3
        assert result.measured("delay_variance").samples == (0.0,) * 3
        assert result.measured("delay_mean").value.mean == 1 / 3


def test_time_and_event_averages_differ_as_they_must_for_erlang_cycles() -> None:
    system = System(4, DrawRecipe(standard_gamma(sp.Integer(2))), 0.2, (1.0,), (5.0,))
    result = simulate(system, seed=3, replicas=64, updates=300_000)
    time, event = (result.measured("stationary_variance", 0, average).value for average in ("time", "event"))
    assert _z(time, 4.761723) < LIMIT  # exact at M = 4
    assert _z(event, 4.725569) < LIMIT
    assert _z(time, 4.725569) > LIMIT
    assert _z(event, 4.761723) > LIMIT


def test_results_are_bitwise_equal_for_any_number_of_threads() -> None:
    system = System(16, DrawRecipe(1 + standard_uniform), 0.02, (1.0, 0.5), (1.0, 0.0), initial=(1.0, 1.0))
    one, two, five = (simulate(system, seed=4, replicas=7, updates=3000, burn_in=100, threads=n) for n in (1, 2, 5))
    assert one == two == five
    assert one != simulate(system, seed=5, replicas=7, updates=3000, burn_in=100, threads=2)


def test_the_pilot_burn_in_forgets_a_distant_start() -> None:
    system = System(4, EXPONENTIAL, 0.02, (1.0,), (1.0,), "together", (50.0,))
    exact = 0.02**2 * 1.08 / (0.02 * (2.02 - 4 * 0.02**2))
    kept = simulate(system, seed=6, replicas=64, updates=20_000).measured("stationary_variance", 0, "event").value
    naive = simulate(system, seed=6, replicas=64, updates=20_000, burn_in=0)
    assert _z(kept, exact) < LIMIT
    assert _z(naive.measured("stationary_variance", 0, "event").value, exact) > 10 * LIMIT


def test_the_pilot_burn_in_grows_with_memory_and_never_passes_half() -> None:
    def chosen(step: float, updates: int = 10**6) -> int:
        return pilot_burn_in(System(8, DrawRecipe(sp.Integer(1)), step, (1.0,), (1.0,)), 1, updates)

    fast, slow, ringing = chosen(0.05), chosen(0.002), chosen(0.19)  # limit 2 sin(pi/30) = .2091
    assert 160 <= fast < slow < 500_000
    assert fast < ringing < 500_000
    assert chosen(0.002, 100) == 50
    assert chosen(0.3) == 500_000


def test_instability_is_a_result_and_the_arrivals_are_measured_all_the_same() -> None:
    result = simulate(System(8, EXPONENTIAL, 5.0, (1.0,), (1.0,)), seed=7, replicas=8, updates=20_000)
    assert result.unstable
    assert len(result.diverged_at) == 8
    assert all(time > 0 for time in result.diverged_at)
    assert _z(result.measured("arrival_rate").value, 8) < LIMIT
    with pytest.raises(KeyError, match="stationary_variance"):
        result.measured("stationary_variance", 0, "event")
    assert not simulate(System(8, EXPONENTIAL, 0.05, (1.0,), (1.0,)), seed=7, replicas=2, updates=2000).unstable


def test_a_run_that_is_still_growing_at_its_end_is_unstable() -> None:
    system = System(1, DrawRecipe(sp.Integer(1)), 10.0, (1.0,), (1.0,), initial=(1.0,))
    result = simulate(system, seed=1, replicas=2, updates=150, burn_in=0)  # 9^150 = 1e143: below 1e150
    assert result.unstable
    json.dumps(result.to_json(), allow_nan=False)


def test_the_json_has_the_canonical_names_and_labels(four_exponential_workers) -> None:
    document = json.loads(json.dumps(four_exponential_workers.to_json(), allow_nan=False))
    assert set(document["quantities"]) == {
        *("arrival_rate", "time_per_update", "applied_fraction", "staleness_mean", "staleness_variance"),
        *("delay_mean", "delay_variance", "stationary_variance", "stationary_mean", "excess_risk"),
    }
    entry = document["quantities"]["stationary_variance"][0]
    assert (entry["mode"], entry["rung"], entry["average"]) == (0, "R0", "event")
    assert entry["value"]["kind"] == "estimate"
    assert entry["value"]["replicas"] == 64
    provenance = document["provenance"]
    assert (provenance["seed"], provenance["replicas"], provenance["updates"]) == (11, 64, 150_000)
    assert "threads" not in provenance
    assert sum(document["staleness_histogram"]) == 64 * (150_000 - provenance["burn_in"])
    assert document["unstable"] is False


def test_progress_counts_the_replicas() -> None:
    seen: list[tuple[int, int]] = []
    system = System(4, EXPONENTIAL, 0.3, (1.0,), (1.0,))
    simulate(system, seed=1, replicas=5, updates=200_000, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(k, 5) for k in range(1, 6)]
    seen.clear()
    simulate(system, seed=1, replicas=5, updates=100, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(5, 5)]  # one part


@pytest.mark.parametrize(
    "changes", [{"seed": -1}, {"replicas": 1}, {"updates": 0}, {"burn_in": 100}, {"burn_in": -1}], ids=str
)
def test_impossible_work_is_refused(changes: dict[str, int]) -> None:
    work = {"seed": 1, "replicas": 4, "updates": 100} | changes
    with pytest.raises(ValueError, match="allowed"):
        simulate(System(4, EXPONENTIAL, 0.3, (1.0,), (1.0,)), **work)


TINY = sp.Rational(1, 10**300)


@pytest.mark.parametrize("start", some(["stationary", "together", "staggered"], 3))
def test_a_clock_that_stands_still_is_refused_and_ends(start: str) -> None:
    system = System(4, DrawRecipe(standard_gamma(TINY) / TINY), 0.1, (1.0,), (1.0,), start)
    for burn_in in (None, 10):
        with pytest.raises(OverflowError, match="simultaneous"):
            simulate(system, seed=1, replicas=2, updates=500, burn_in=burn_in)
    with pytest.raises(OverflowError, match="only zeros"):
        event_loop(system, "path").path(generator(1, 0), np.array([1.0]))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("mean", some(["1e-320", "1e-300", "1e-160", "1e160", "1e300", "1e308"], 3))
def test_delays_whose_squares_are_no_doubles_are_refused_without_a_warning(mean: str) -> None:
    for draw in (sp.Rational(mean), sp.Rational(mean) * standard_exponential):
        with pytest.raises(OverflowError, match=r"delays of|infinite"):
            simulate(System(4, DrawRecipe(draw), 0.1, (1.0,), (1.0,)), seed=1, replicas=2, updates=500)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("power", [-300, 300])
def test_the_unit_of_time_changes_nothing(power: int) -> None:
    unit = 2.0**power
    runs = [
        simulate(
            System(4, DrawRecipe(sp.Rational(scale) * standard_exponential), 0.1, (1.0,), (1.0,)),
            seed=1,
            replicas=4,
            updates=2000,
        )
        for scale in (1.0, unit)
    ]
    powers = {"delay_mean": 1, "time_per_update": 1, "delay_variance": 2, "arrival_rate": -1}
    for one, other in zip(runs[0].quantities, runs[1].quantities, strict=True):
        factor = unit ** powers.get(one.quantity, 0)
        assert other.samples == tuple(sample * factor for sample in one.samples), one.quantity
        assert other.value.standard_error == pytest.approx(one.value.standard_error * factor, rel=1e-12)


def test_the_error_of_extreme_samples_neither_overflows_nor_vanishes() -> None:
    plain = estimate([1.0, 2.0, 4.0])
    for power in (-1000, 1000):
        moved = estimate([2.0**power, 2.0 ** (power + 1), 2.0 ** (power + 2)])
        assert (moved.mean, moved.standard_error) == (plain.mean * 2.0**power, plain.standard_error * 2.0**power)
    assert estimate([0.0, 0.0]).standard_error == 0.0


def test_a_gradient_of_ones_own_takes_the_place_of_the_objective() -> None:
    def gradient(x, rng):
        return x + rng.standard_normal()

    system = System(4, DrawRecipe(standard_exponential), 0.05, (1.0,), (1.0,), initial=(3.0,))
    wanted = {"seed": 1, "replicas": 2, "updates": 3000, "burn_in": 500}
    slow = simulate(system, gradient=gradient, **wanted)
    fast = simulate(system, gradient=numba.njit(gradient), **wanted)
    assert fast == slow
    quadratic = simulate(system, **wanted)  # which draws the same normals, in the same order, and has an excess risk
    assert fast.quantities == tuple(one for one in quadratic.quantities if one.quantity != "excess_risk")
    assert slow != simulate(system, gradient=lambda x, rng: 2 * x + rng.standard_normal(), **wanted)


@pytest.mark.filterwarnings("error")
def test_where_an_objective_diverges_its_arrivals_are_measured_all_the_same() -> None:
    system = System(4, DrawRecipe(standard_exponential), 0.1, (1.0,), (1.0,), initial=(3.0,))
    run = simulate(system, gradient=lambda x, rng: -9.0 * x**3, seed=1, replicas=2, updates=4000, burn_in=500)
    assert run.unstable
    assert abs(run.measured("arrival_rate").value.mean - 4) < 0.5
