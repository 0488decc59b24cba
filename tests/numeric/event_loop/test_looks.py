"""What is measured beside the averages: equal to the reference bit for bit, absent where it is not asked for."""

from __future__ import annotations

import pytest
import sympy as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from derive.draws import DrawRecipe, standard_exponential
from numeric.event_loop.compiled import Looks, System, event_loop, generator, interpreted, printed_loop
from numeric.event_loop.objectives import DenseQuadratic, Table
from numeric.event_loop.reference import looked, simulate_events
from tests.numeric.event_loop.test_scheme import systems

EXPONENTIAL = DrawRecipe(standard_exponential)
PLAIN = System(6, EXPONENTIAL, 0.05, (1.0, 0.5), (1.0, 0.0), initial=(1.0, -2.0))
LOOKS = Looks(lags=(0, 1, 7), delay_bin=0.25, bins=10)
DENSE = System(
    *(3, EXPONENTIAL, 0.05, (), ()),
    initial=(1.0, -1.0),
    momentum=0.5,
    objective=DenseQuadratic(Table.of([[1, 0.5], [0.5, 1]]), Table.of([[1], [2]])),
)
SCHEMED = System(6, EXPONENTIAL, 0.05, (1.0, 0.5), (1.0, 0.0), rule="k-async", batch=2, dropout=0.2)


def assert_equal(replica, system: System, looks: Looks, seed: int, updates: int, burn_in: int) -> None:
    products, counts = looked(system, simulate_events(system, generator(seed, 0), updates), burn_in, looks)
    if looks.lags:
        assert replica.products.tolist() == products
    if looks.delay_bin is not None:
        assert replica.delay_counts.tolist() == counts
        assert sum(counts) == replica.applied


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    system=systems() | st.sampled_from([PLAIN, DENSE]),
    lags=st.lists(st.integers(0, 40), max_size=3).map(tuple),
    delay_bin=st.sampled_from([None, 0.1, 2.0]),
    seed=st.integers(0, 1000),
    burn_in=st.integers(0, 60),
)
def test_every_system_is_looked_at_as_by_the_reference(system, lags, delay_bin, seed, burn_in) -> None:
    looks = Looks(lags, delay_bin, bins=12)
    run = interpreted(printed_loop(system, "averages", looks), system, looks)
    assert_equal(run.replica(generator(seed, 0), 150, burn_in), system, looks, seed, 150, burn_in)


@pytest.mark.parametrize("system", [PLAIN, SCHEMED], ids=["plain", "schemed"])
def test_the_compiled_loop_does_so(system) -> None:
    replica = event_loop(system, looks=LOOKS).replica(generator(3, 0), 3000, 500)
    assert_equal(replica, system, LOOKS, 3, 3000, 500)
    plain = event_loop(system).replica(generator(3, 0), 3000, 500)
    assert replica.event_sums.tolist() == plain.event_sums.tolist()  # looking changes nothing


def test_a_loop_has_no_trace_of_what_is_not_asked_for() -> None:
    for system in (PLAIN, SCHEMED):
        source = printed_loop(system, "averages")
        assert source == printed_loop(system, "averages", Looks())
        assert not {"recent0", "products", "delay_counts"} & set(source.replace("[", " ").split())
        assert "delay_counts" not in printed_loop(system, "averages", Looks(lags=(1,)))


def test_an_infinite_delay_counts_as_long_and_is_refused() -> None:
    never = System(2, DrawRecipe(standard_exponential * sp.Float("1e300") ** 2), 0.1, (1.0,), (1.0,), "together")
    with pytest.raises(OverflowError, match="infinite or NaN"):
        event_loop(never, looks=Looks(delay_bin=1.0)).replica(generator(1, 0), 100, 0)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [({"lags": (-1,)}, "integers from 0"), ({"delay_bin": 0.0}, "positive seconds"), ({"bins": 0}, "at least 1")],
)
def test_looks_that_cannot_be_are_refused(wrong, words) -> None:
    with pytest.raises(ValueError, match=words):
        Looks(**wrong)
