"""Metamorphic relations of the simulators: what a change of units, names or notation may and may not change.

Exact relations are held bit for bit on a shared random stream. Statistical ones compare two independent runs of 64
replicas at |z| < 4.5: false-alarm rate below 4e-5 each (Student's t). Each relation has a control that must not hold.
Longer than 250 lines: one relation after the other of one simulator, on the same systems.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import sympy as sp

from derive import symbols as y
from derive.draws import DrawRecipe, standard_exponential
from derive.law import Law
from derive.laws import Constant, Empirical, Exponential, Gamma
from numeric.event_loop import reference
from numeric.event_loop.compiled import System, event_loop, generator
from numeric.simulation.tasks import Measured, Simulation, simulate
from numeric.values import Estimate

LIMIT = 4.5
POWERS_OF_SECONDS = {"delay_mean": 1, "time_per_update": 1, "delay_variance": 2, "arrival_rate": -1}
LAWS = (Constant("3/4"), Exponential("3/4"), Gamma(4, 1), Gamma("5/2", 1), Empirical(["1/2", 1, "9/4"]))


def system(law: Law, workers: int = 4, **changed: Any) -> System:
    settings = {"learning_rate": 0.1, "curvature": (1.0,), "gradient_noise": (1.0,), **changed}
    return System(workers, law.draw, **settings)


def run(one: System, seed: int = 1, replicas: int = 4, updates: int = 3000, burn_in: int = 100) -> Simulation:
    return simulate(one, seed=seed, replicas=replicas, updates=updates, burn_in=burn_in)


def in_unit(entry: Measured, unit: float) -> tuple[float, ...]:
    factor = unit ** POWERS_OF_SECONDS.get(entry.quantity, 0)
    return tuple(sample * factor for sample in entry.samples)


def samples(found: Simulation, prefix: str = "") -> dict[tuple[Any, ...], tuple[float, ...]]:
    return {
        (entry.quantity, entry.mode, entry.average): entry.samples
        for entry in found.quantities
        if entry.quantity.startswith(prefix) and entry.quantity != "excess_risk"  # of all modes, in its own unit
    }


def far(one: Estimate, other: Estimate, factor: float = 1.0) -> float:
    """How many standard errors lie between two independent estimates, the second in units of ``factor``."""
    error = math.hypot(one.standard_error, factor * other.standard_error)
    return abs(one.mean - factor * other.mean) / error if error else math.inf * (one.mean != factor * other.mean)


def same_law(one: Simulation, other: Simulation, limit: float = LIMIT) -> bool:
    """Whether every quantity of two independent simulations agrees, but for the mean staleness, which ends pin."""
    pairs = zip(one.quantities, other.quantities, strict=True)
    spread = [far(a.value, b.value) for a, b in pairs if a.quantity not in ("staleness_mean", "applied_fraction")]
    return max(spread) < limit


# Units of time


@pytest.mark.parametrize(
    ("law", "start"), [*((law, "stationary") for law in LAWS), (LAWS[0], "together"), (LAWS[1], "staggered")], ids=str
)
def test_a_unit_of_time_that_is_a_power_of_two_changes_no_bit(law: Law, start: str) -> None:
    unit = 2.0**-7
    slow = system(law, start=start)
    scaled = DrawRecipe(law.draw.expression, tuple(sp.Rational(unit) * value for value in law.draw.table))
    if not scaled.table:
        scaled = DrawRecipe(sp.Rational(unit) * law.draw.expression)
    one, other = run(slow), run(replace(slow, draw=scaled))
    assert other.staleness_histogram == one.staleness_histogram
    for before, after in zip(one.quantities, other.quantities, strict=True):
        assert after.samples == in_unit(before, unit), before.quantity
    unscaled = [entry.quantity for entry, now in zip(one.quantities, other.quantities, strict=True) if
                entry.samples != now.samples]  # fmt: skip
    assert {"arrival_rate", "time_per_update", "delay_mean"} <= set(unscaled) <= set(POWERS_OF_SECONDS)


@pytest.mark.parametrize("law", [Exponential("3/4"), Gamma("5/2", 1)], ids=lambda law: law.name)
def test_any_other_unit_of_time_changes_roundings_only(law: Law) -> None:
    """The order of arrivals, and with it every bit of x, is the same on one stream; durations differ by roundings."""
    unit = 3.7
    slow = system(law)
    one, other = run(slow), run(replace(slow, draw=DrawRecipe(sp.Rational(unit) * law.draw.expression)))
    for before, after in zip(one.quantities, other.quantities, strict=True):
        if before.average == "event" or before.quantity.startswith("staleness"):
            assert after.samples == before.samples
        assert after.samples == pytest.approx(in_unit(before, unit), rel=1e-9)
    assert other.measured("delay_mean").samples != pytest.approx(one.measured("delay_mean").samples, rel=0.1)


def test_any_unit_of_time_gives_the_same_statistics_on_independent_streams() -> None:
    unit = sp.Rational(37, 10)
    law = Gamma(4, 1)
    one = run(system(law), 1, 64, 20_000, 2000)
    other = run(system(Gamma(4, unit)), 2, 64, 20_000, 2000)
    for before, after in zip(one.quantities, other.quantities, strict=True):
        if before.quantity in ("staleness_mean", "applied_fraction"):
            continue
        factor = float(unit) ** POWERS_OF_SECONDS.get(before.quantity, 0)
        assert far(after.value, before.value, factor) < LIMIT, before.quantity
        assert factor == 1 or far(after.value, before.value) > LIMIT, before.quantity
    # Seconds changed in the durations and forgotten in the rates:
    assert far(other.measured("arrival_rate").value, one.measured("arrival_rate").value) > 10 * LIMIT


# Units of the objective and of the parameter


@pytest.mark.slow
def test_a_unit_of_the_objective_that_is_a_power_of_two_changes_no_bit() -> None:
    law, unit = Gamma("5/2", 1), 2.0**5
    plain = system(law, curvature=(1.0, 0.3), gradient_noise=(1.0, 0.5), initial=(1.0, -2.0))
    moved = replace(
        plain,
        learning_rate=plain.learning_rate / unit,
        curvature=tuple(unit * h for h in plain.curvature),
        gradient_noise=tuple(unit * sigma for sigma in plain.gradient_noise),
    )
    assert samples(run(moved)) == samples(run(plain))
    risks = [run(one).measured("excess_risk", None, "time").samples for one in (moved, plain)]
    assert risks[0] == tuple(unit * risk for risk in risks[1])
    for part in ("learning_rate", "curvature", "gradient_noise"):  # one of the three left behind
        assert samples(run(replace(moved, **{part: getattr(plain, part)})), "stationary") != samples(
            run(plain), "stationary"
        )


@pytest.mark.parametrize("power", [-9, 4])
def test_noise_and_start_times_a_power_of_two_multiply_second_moments_by_its_square(power: int) -> None:
    scale = 2.0**power
    plain = system(Exponential(1), gradient_noise=(0.7,), initial=(1.5,))
    loud = replace(plain, gradient_noise=(0.7 * scale,), initial=(1.5 * scale,))
    one, other = run(plain), run(loud)
    for average in ("event", "time"):
        for name, factor in (("stationary_variance", scale**2), ("stationary_mean", scale)):
            before, after = (found.measured(name, 0, average).samples for found in (one, other))  # type: ignore[arg-type]
            assert after == tuple(factor * sample for sample in before)
            assert after != tuple(scale * factor * sample for sample in before)
    for prefix in ("arrival", "time_per", "staleness", "delay"):
        assert samples(other, prefix) == samples(one, prefix)
    from_the_start = run(loud, burn_in=0)
    assert samples(from_the_start) != samples(run(replace(loud, initial=(1.5,)), burn_in=0))  # noise alone rescaled


# Names of workers, number of modes


def _relabelled(
    order: list[int], first: Callable[..., list[Any]] = reference._first_cycles
) -> Callable[..., list[Any]]:
    """First cycles handed to other workers: worker k gets that of worker ``order[k]``."""

    def arrivals(*arguments: Any) -> list[Any]:
        given = first(*arguments)
        return [given[k] for k in order]

    return arrivals


@pytest.mark.parametrize("law", [Exponential(1), Gamma("5/2", 1)], ids=lambda law: law.name)
def test_other_names_for_the_workers_change_nothing_but_the_names(law: Law, monkeypatch: pytest.MonkeyPatch) -> None:
    one, order = system(law, 5), [3, 0, 4, 1, 2]
    plain = reference.simulate_events(one, generator(7, 0), 400)
    monkeypatch.setattr(reference, "_first_cycles", _relabelled(order))
    renamed = reference.simulate_events(one, generator(7, 0), 400)
    assert [replace(event, worker=order[event.worker]) for event in renamed] == plain
    assert renamed != plain
    monkeypatch.setattr(reference, "_first_cycles", _relabelled([3, 0, 4, 1, 1]))  # no permutation
    doubled = reference.simulate_events(one, generator(7, 0), 400)
    assert [event.x for event in doubled] != [event.x for event in plain]


def test_the_workers_share_the_updates_alike() -> None:
    workers, updates = 4, 4000
    loop = event_loop(system(Gamma(4, 1), workers), "events")
    counts = [
        np.bincount(loop.events(generator(3, k), updates)[0].worker, minlength=workers) / updates for k in range(64)
    ]
    for worker, shares in enumerate(np.transpose(counts)):
        error = shares.std(ddof=1) / 8
        assert abs(shares.mean() - 1 / workers) < LIMIT * error, worker
        assert abs(shares.mean() - 1.02 / workers) > LIMIT * error, worker


@pytest.mark.slow
def test_two_equal_modes_have_the_same_statistics_and_without_noise_the_same_path() -> None:
    twins = system(Gamma(2, 1), curvature=(1.0, 1.0, 0.7), gradient_noise=(1.0, 1.0, 1.0))
    found = run(twins, 5, 64, 20_000, 2000)
    for average in ("event", "time"):
        one, twin, other = (found.measured("stationary_variance", mode, average) for mode in range(3))  # type: ignore[arg-type]
        assert far(one.value, twin.value) < LIMIT
        assert one.samples != twin.samples  # each mode has noise of its own
        assert far(one.value, other.value) > LIMIT
    quiet = run(replace(twins, gradient_noise=(0.0, 0.0, 0.0), initial=(1.0, 1.0, 1.0)))
    for name in ("stationary_variance", "stationary_mean"):
        one, twin, other = (quiet.measured(name, mode, "event").samples for mode in range(3))
        assert one == twin
        assert one != other


@pytest.mark.slow
def test_other_modes_do_not_change_a_mode() -> None:
    """Bit for bit without noise of the others, whose draws would shift the stream; statistically with it."""
    alone = system(Exponential(1))
    beside = replace(alone, curvature=(1.0, 0.2, 3.0), gradient_noise=(1.0, 0.0, 0.0), initial=(0.0, 1.0, -1.0))
    one, other = run(alone), run(beside)
    lonely = samples(one)
    assert {key: value for key, value in samples(other).items() if key in lonely} == lonely
    noisy = run(replace(beside, gradient_noise=(1.0, 1.0, 1.0)), 9, 64, 20_000, 2000)
    far_run = run(alone, 10, 64, 20_000, 2000)
    for average in ("event", "time"):
        mine = noisy.measured("stationary_variance", 0, average).value  # type: ignore[arg-type]
        assert far(mine, far_run.measured("stationary_variance", 0, average).value) < LIMIT  # type: ignore[arg-type]
        assert far(mine, noisy.measured("stationary_variance", 1, average).value) > LIMIT  # type: ignore[arg-type]


# One law written in two ways


def test_a_gamma_of_shape_1_is_simulated_like_the_exponential_bit_for_bit() -> None:
    one = run(system(Exponential("3/2")))
    assert samples(run(system(Gamma(1, "3/2")))) == samples(one)
    assert samples(run(system(Gamma(2, "3/2")))) != samples(one)


TWINS: dict[str, tuple[Law, Law, Law]] = {  # a law, the same law drawn otherwise, another law of the same mean
    "exponential density": (Law.from_density(sp.exp(-y.u), y.u), Exponential(1), Gamma("6/5", 1)),
    "exponential transform": (Law.from_laplace_transform(1 / (1 + y.s), y.s), Exponential(1), Gamma("6/5", 1)),
    "permuted values": (Empirical([2, "1/2", "1/2"]), Empirical(["1/2", 2, "1/2"]), Empirical(["1/2", "3/2", 1])),
    "one value": (Empirical([1]), Gamma(10**12, 1), Gamma(100, 1)),
}


@pytest.mark.parametrize(("one", "twin", "stranger"), TWINS.values(), ids=list(TWINS))
def test_a_law_drawn_in_two_ways_has_the_same_statistics(one: Law, twin: Law, stranger: Law) -> None:
    found = run(system(one), 1, 64, 20_000, 2000)
    if one.variance != 0:
        assert same_law(found, run(system(twin), 2, 64, 20_000, 2000))
    else:  # both all but constant: the delay has no spread to compare errors with
        other = run(system(twin), 2, 64, 20_000, 2000)
        for average in ("event", "time"):
            values = [each.measured("stationary_variance", 0, average).value for each in (found, other)]  # type: ignore[arg-type]
            assert far(*values) < LIMIT
    assert not same_law(found, run(system(stranger), 2, 64, 20_000, 2000))


def test_one_measured_value_is_the_constant_bit_for_bit_where_no_noise_shares_the_stream() -> None:
    """From "together"; a stationary start mixes uniforms of its own with the table's."""
    settings = {"gradient_noise": (0.0,), "initial": (1.0,), "start": "together"}
    constant, measured = system(Constant("1/3"), **settings), system(Empirical(["1/3"]), **settings)
    assert samples(run(measured)) == samples(run(constant))
    assert samples(run(system(Empirical(["1/3", "1/4"]), **settings))) != samples(run(constant))
    # The table costs a uniform draw per cycle: with noise only the law is the same.
    noisy = [replace(one, gradient_noise=(1.0,)) for one in (constant, measured)]
    assert samples(run(noisy[0]), "delay") == samples(run(noisy[1]), "delay")
    assert samples(run(noisy[0]), "stationary") != samples(run(noisy[1]), "stationary")


def test_a_table_with_every_row_twice_in_place_draws_the_same_rows() -> None:
    values = ["1/2", "5/3", "1/7"]
    once = run(system(Empirical(values)))
    assert samples(run(system(Empirical([value for value in values for _ in range(2)])))) == samples(once)
    assert samples(run(system(Empirical(values * 2)))) != samples(once)  # the same law, other rows


def test_a_user_law_that_states_the_built_in_draw_is_the_built_in_law() -> None:
    recipe = DrawRecipe(sp.Rational(3, 2) * standard_exponential)
    stated = Law.from_density(sp.Rational(2, 3) * sp.exp(-2 * y.u / 3), y.u, recipe)
    one = run(system(Exponential("3/2")))
    assert samples(run(system(stated))) == samples(one)
    assert samples(run(system(replace(stated, recipe=DrawRecipe(standard_exponential))))) != samples(one)
