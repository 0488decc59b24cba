"""The stationary start: in which cycle a worker is met, and what is left of it, against renewal theory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import sympy as sp
from numpy.typing import NDArray

from derive.draws import DrawRecipe, chosen, standard_exponential, standard_gamma, standard_uniform
from numeric.event_loop import compiled as event_loop
from numeric.event_loop.compiled import System, WorkerClass, generator
from numeric.event_loop.features import START_DRAWS

Array = NDArray[np.float64]

WORKERS = 200_000
LIMIT = 4.5  # standard errors
EXPONENTIAL = DrawRecipe(standard_exponential)
ATOMS = DrawRecipe(chosen(sp.Rational(3, 4), sp.Integer(1), sp.Integer(3)))  # a lattice: 1 or 3
SLOW = DrawRecipe(chosen(sp.Rational(4, 5), standard_exponential / 2, 3 * standard_exponential))
# law: recipe, E T^2/E T, E T^3/E T, (t, share of the workers that arrive before t)
LAWS: dict[str, tuple[DrawRecipe, float, float, tuple[tuple[float, float], ...]]] = {
    "exponential": (EXPONENTIAL, 2.0, 6.0, ((0.05, -np.expm1(-0.05)), (1.0, -np.expm1(-1.0)))),
    "gamma, shape 2": (
        DrawRecipe(standard_gamma(sp.Integer(2))),
        3.0,
        12.0,
        tuple((t, 1 - np.exp(-t) * (1 + t / 2)) for t in (0.1, 2.0)),
    ),
    "uniform": (DrawRecipe(2 * standard_uniform), 4 / 3, 2.0, tuple((t, t - t * t / 4) for t in (0.1, 1.0))),
    "constant": (DrawRecipe(sp.Integer(2)), 2.0, 4.0, ((0.1, 0.05), (1.0, 0.5))),
    "atoms": (ATOMS, 2.0, 5.0, ((0.1, 0.1 / 1.5), (1.0, 2 / 3), (2.0, 2.5 / 3))),
    "mixture": (SLOW, 4.0, 33.0, ((0.1, 0.4 * -np.expm1(-0.2) + 0.6 * -np.expm1(-0.1 / 3)),)),
}


def first_cycles(workers: int, draw: DrawRecipe, seed: int, **changes: Any) -> tuple[Array, Array]:
    """What is left of the first cycles of many workers, and their lengths, as the compiled loop draws them."""
    system = System(workers, draw, 0.1, (1.0,), (0.0,), **changes)
    limit = () if system.age_threshold is None else (system.age_threshold,)
    parameters, table = event_loop.loop_arguments(system)[-2:]
    numbers = parameters[: len(parameters) - len(system.scheme_numbers)]
    loop = event_loop.compiled_source(event_loop.printed_loop(system, "path")).run
    drawn = loop.py_func.__globals__["first_cycles"]  # compiled alone: the loop itself is not needed
    return drawn(generator(seed, 0), workers, *limit, table, *numbers)


def deviations(rest: Array, cycle: Array, square: float, cube: float, shares: Any) -> Iterator[float]:
    """Standard errors between what was drawn and the stationary law: length, rest, early arrivals, place within."""
    yield _deviation(cycle, square)
    yield _deviation(cycle**2, cube)
    yield _deviation(rest, square / 2)
    yield _deviation(rest / cycle, 0.5)
    yield from (_deviation((rest < t).astype(float), share) for t, share in shares)


def _deviation(samples: Array, mean: float) -> float:
    error = samples.std(ddof=1) / len(samples) ** 0.5
    return abs(samples.mean() - mean) / error if error > 0 else 1e9 * abs(samples.mean() - mean)


@pytest.mark.parametrize("name", LAWS)
def test_workers_are_met_in_cycles_by_their_lengths_and_anywhere_within(name: str, fresh_seed: int) -> None:
    draw, *law = LAWS[name]
    assert max(deviations(*first_cycles(WORKERS, draw, fresh_seed), *law)) < LIMIT


def test_a_uniform_point_among_few_cycles_is_noticed(fresh_seed: int) -> None:
    """What is one over the number of cycles too often in the first: the biased start that this one replaced."""
    _, *law = LAWS["exponential"]
    rng = np.random.default_rng(fresh_seed)
    lengths = rng.standard_exponential((WORKERS, START_DRAWS))
    ends = lengths.cumsum(axis=1)
    point = rng.random(WORKERS) * ends[:, -1]
    met = (ends <= point[:, None]).sum(axis=1)
    rest, cycle = (array[np.arange(WORKERS), met] for array in (ends - point[:, None], lengths))
    assert max(deviations(rest, cycle, *law)) > LIMIT


def test_workers_of_several_classes_are_met_in_cycles_of_their_own_laws(fresh_seed: int) -> None:
    half = WORKERS // 2
    classes = (WorkerClass(half, EXPONENTIAL), WorkerClass(half, ATOMS, uplink=DrawRecipe(sp.Integer(1))))
    rest, cycle = first_cycles(WORKERS, EXPONENTIAL, fresh_seed, classes=classes)
    _, *law = LAWS["exponential"]
    # 2 or 4, of mean 5/2
    other = (7 / 2.5, 22 / 2.5, ((0.1, 0.04), (2.0, 0.8)))
    assert max(deviations(rest[:half], cycle[:half], *law)) < LIMIT
    assert max(deviations(rest[half:], cycle[half:], *other)) < LIMIT
    assert max(deviations(rest[half:], cycle[half:], *law)) > LIMIT


def test_a_worker_that_will_abandon_its_cycle_is_met_before_it_does(fresh_seed: int) -> None:
    rest, cycle = first_cycles(WORKERS, EXPONENTIAL, fresh_seed, age_threshold=1.0, age_action="abandon")
    busy = -np.expm1(-1.0)  # the mean time until a cycle ends or is abandoned
    assert _deviation((cycle > 1).astype(float), np.exp(-1.0) / busy) < LIMIT
    assert _deviation((rest < 0.1).astype(float), -np.expm1(-0.1) / busy) < LIMIT
    assert rest.max() < 1
    assert _deviation((cycle > 1).astype(float), np.exp(-1.0)) > LIMIT  # workers that begin together


def early_excess(quantile: Callable[[Array], Array], draws: int, size: int = 20_000) -> float:
    """By how much the first arrivals come too often, relative, exactly for a law of ``size`` equally likely values.

    A chain that passes from y to a draw z with probability min(1, z/y); arrivals begin at the rate E 1/length.
    """
    values = quantile((np.arange(size) + 0.5) / size)
    share = np.full(size, 1 / size)
    stays = np.arange(1, size + 1) / size - values.cumsum() / size / values
    for _ in range(draws - 1):
        later = np.append((share / values)[:0:-1].cumsum()[::-1], 0.0)
        share = (share.cumsum() + values * later) / size + share * stays
    return float((share / values).sum() * values.mean() - 1)


def test_what_remains_of_the_bias_vanishes_with_the_number_of_draws() -> None:
    exponential: Callable[[Array], Array] = lambda u: -np.log1p(-u)  # noqa: E731
    stretched: Callable[[Array], Array] = lambda u: np.log1p(-u) ** 2  # noqa: E731  (Weibull 1/2: c2 = 5)
    assert 0 < early_excess(exponential, START_DRAWS) < 1e-5  # among 64 cycles it was 1/64
    assert 0 < early_excess(stretched, START_DRAWS) < 1e-2  # it was 5/64
    assert early_excess(exponential, 8) > 1e-2
