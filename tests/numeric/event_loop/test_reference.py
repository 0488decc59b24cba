"""The slow reference against hand-worked cases, and the fast loop against the reference, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from derive.draws import (
    DrawRecipe,
    michael_schucany_haas,
    phase_walk,
    standard_exponential,
    standard_gamma,
    standard_normal,
    standard_uniform,
    table,
)
from numeric.event_loop.compiled import EventLoop, System, event_loop, generator, loop_arguments
from numeric.event_loop.draw_printer import print_draw
from numeric.event_loop.features import LARGEST_SCAN, Features
from numeric.event_loop.reference import averages, reader, simulate_events
from numeric.event_loop.reference_run import Run
from numeric.event_loop.source import loop_source
from tests.budgets import examples

POSITIVE = st.fractions(min_value="1/8", max_value=8, max_denominator=64).map(
    lambda q: sp.Rational(q.numerator, q.denominator)
)


def _two_exponentials(mean: sp.Expr, other: sp.Expr) -> DrawRecipe:
    slow = sp.Piecewise(
        (mean * standard_exponential, standard_uniform < sp.Rational(1, 3)), (other * standard_exponential, True)
    )
    return DrawRecipe(slow)


RECIPES = {
    "constant": lambda a, b: DrawRecipe(a),
    "exponential": lambda a, b: DrawRecipe(a * standard_exponential),
    "erlang": lambda a, b: DrawRecipe(a * standard_gamma(sp.Integer(4))),
    "gamma": lambda a, b: DrawRecipe(standard_gamma(a) * b),
    "lognormal": lambda a, b: DrawRecipe(sp.exp(a / 8 + b / 8 * standard_normal)),
    "weibull": lambda a, b: DrawRecipe(a * (-sp.log(1 - standard_uniform)) ** sp.Rational(2, 3)),
    "pareto": lambda a, b: DrawRecipe(a / sp.sqrt(1 - standard_uniform)),
    "wald": lambda a, b: DrawRecipe(a * michael_schucany_haas(b)),
    "walk": lambda a, b: DrawRecipe(
        phase_walk(2, 0), (sp.Rational(1, 2), 1, a, b, 0, sp.Rational(1, 3), sp.Rational(1, 4), sp.Rational(1, 4))
    ),
    "hyperexponential": _two_exponentials,
    "measured": lambda a, b: DrawRecipe(table[sp.floor(3 * standard_uniform)], (a, b, a + b)),
}


def _system(name: str, workers: int, modes: int, start: str, a: sp.Expr, b: sp.Expr) -> System:
    step = 0.4 / workers
    noise = (1.0, 0.0, 0.5)[:modes]
    return System(workers, RECIPES[name](a, b), step, (1.0, 0.25, -0.1)[:modes], noise, start, (1.0, -2.0, 0.5)[:modes])


def _interpreted(system: System) -> EventLoop:
    """The same printed source without Numba: no compilation, so that many shapes of the loop can be tried."""
    draw = print_draw(system.draw)
    noisy = tuple(sigma > 0 for sigma in system.gradient_noise)
    source = loop_source(draw, Features(noisy, system.start, system.workers <= LARGEST_SCAN, "events"))
    names: dict[str, object] = {}
    exec(source.replace("from numba import njit", "njit = lambda **options: lambda function: function"), names)
    return EventLoop(names["run"], loop_arguments(system), len(noisy))


def _assert_equal(loop: EventLoop, system: System, seed: int, updates: int, burn_in: int) -> None:
    fast, replica = loop.events(generator(seed, 0), updates, burn_in)
    slow = simulate_events(system, generator(seed, 0), updates)
    assert fast.time.tolist() == [event.time for event in slow]
    assert fast.worker.tolist() == [event.worker for event in slow]
    assert fast.staleness.tolist() == [event.staleness for event in slow]
    assert fast.x.T.tolist() == [list(event.x) for event in slow]
    expected = averages(system, slow, burn_in)
    measured = updates - burn_in
    assert replica.event_sums[1] / measured == pytest.approx(expected.event, rel=1e-10)
    assert replica.time_sums[1] / replica.duration == pytest.approx(expected.time, rel=1e-10)
    assert {k: n for k, n in enumerate(replica.staleness_histogram.tolist()) if n} == expected.staleness_counts
    assert replica.age_origin + replica.age_sums[0] / measured == pytest.approx(expected.delay_mean, rel=1e-10)


@settings(max_examples=examples(3, 100), deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    name=st.sampled_from(sorted(RECIPES)),
    workers=st.integers(1, 64),
    a=POSITIVE,
    b=POSITIVE,
    seed=st.integers(0, 2**64),
    burn_in=st.integers(0, 50),
)
def test_the_event_loop_equals_the_reference_event_by_event_for_every_law(name, workers, a, b, seed, burn_in) -> None:
    system = _system(name, workers, 1, "stationary", a, b)
    _assert_equal(event_loop(system, "events"), system, seed, 300, burn_in)


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    name=st.sampled_from(sorted(RECIPES)),
    workers=st.integers(1, 80) | st.integers(63, 66),
    modes=st.integers(1, 3),
    start=st.sampled_from(["stationary", "together", "staggered"]),
    a=POSITIVE,
    seed=st.integers(0, 1000),
)
def test_its_source_does_so_for_every_start_number_of_modes_and_search(name, workers, modes, start, a, seed) -> None:
    # With b = 2a measured values tie often: the order of simultaneous arrivals is tested, too.
    system = _system(name, workers, modes, start, a, 2 * a)
    _assert_equal(_interpreted(system), system, seed, 200, 20)


def test_the_compiled_tree_with_three_modes_does_so() -> None:
    system = _system("measured", 80, 3, "together", sp.Integer(1), sp.Integer(2))
    _assert_equal(event_loop(system, "events"), system, 1, 3000, 1000)


def test_an_arithmetic_slip_of_one_unit_in_the_last_place_is_noticed() -> None:
    system = _system("exponential", 5, 1, "stationary", sp.Integer(2), sp.Integer(1))
    fast, _ = event_loop(system, "events").events(generator(3, 0), 100)
    slow = simulate_events(system, generator(3, 0), 100)
    slipped = [np.nextafter(slow[0].x[0], np.inf), *(event.x[0] for event in slow[1:])]
    assert fast.x[0].tolist() != slipped


def test_two_constant_workers_alternate_by_hand() -> None:
    system = System(2, DrawRecipe(sp.Integer(2)), 0.5, (1.0,), (0.0,), "staggered", (8.0,))
    events = simulate_events(system, generator(0, 0), 4)
    assert [event.time for event in events] == [1.0, 2.0, 3.0, 4.0]
    assert [event.worker for event in events] == [0, 1, 0, 1]
    assert [event.staleness for event in events] == [0, 1, 1, 1]
    assert [event.x[0] for event in events] == [4.0, 0.0, -2.0, -2.0]


@pytest.mark.parametrize("rule", ["asynchronous", "k-async", "k-batch-async"])
def test_a_worker_that_is_in_two_places_or_in_none_is_noticed(rule, monkeypatch) -> None:
    draw, batch = DrawRecipe(standard_exponential), None if rule == "asynchronous" else 2
    system = System(4, draw, 0.1, (1.0,), (1.0,), rule=rule, batch=batch)
    assert len(simulate_events(system, generator(1, 0), 9)) == 9
    for times in (0, 2):
        restart = Run.restart

        def slipped(run, worker, times=times, restart=restart) -> None:
            for _ in range(times):
                restart(run, worker)

        with monkeypatch.context() as patched:
            patched.setattr(Run, "restart", slipped)
            with pytest.raises(AssertionError):
                simulate_events(system, generator(1, 0), 9)


def test_of_simultaneous_arrivals_the_lower_index_comes_first() -> None:
    for workers in (5, 70):
        system = System(workers, DrawRecipe(sp.Integer(1)), 0.01, (1.0,), (1.0,), "together")
        fast, _ = _interpreted(system).events(generator(0, 0), 3 * workers)
        assert fast.worker.tolist() == 3 * list(range(workers))


def test_an_occurrence_of_a_standard_draw_is_one_independent_draw() -> None:
    draw = reader(standard_exponential**2)
    assert draw(generator(1, 0)) == generator(1, 0).standard_exponential() ** 2
    both = reader(sp.Add(standard_exponential, standard_exponential, evaluate=False))
    rng = generator(1, 0)
    assert both(generator(1, 0)) == rng.standard_exponential() + rng.standard_exponential()
