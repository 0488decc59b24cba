"""The SDDE's loop against a recursion that can be read, its own exact statistics, and the order of its errors."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import sympy as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from derive.draws import DrawRecipe, standard_exponential
from derive.laws import Exponential
from numeric.enclosed.delay_grid import delay_weights
from numeric.event_loop.compiled import generator
from numeric.event_loop.reference_draws import recipe_reader
from numeric.running.engines import Threads
from numeric.running.resuming import Running
from numeric.simulation.sdde import SDDE, STREAMS, SDDERuns, simulate_sdde

EXPONENTIAL = DrawRecipe(standard_exponential)
EQUATIONS = {
    "constant": SDDE(1.0, 2.0, 0.125, 8),
    "averaged": SDDE(1.0, 2.0, 0.125, delay_weights(Exponential(1), 0.125)),
    "drawn": SDDE(1.0, 2.0, 0.125, EXPONENTIAL),
}


def _reference(equation: SDDE, rng: np.random.Generator, steps: int) -> list[float]:
    """x_0, x_1, ... as the equation says; a mean over lags is summed from the longest on."""
    a, step = equation.damping_coefficient, equation.step
    kick = math.sqrt(equation.noise_intensity * step)
    path = [equation.initial]
    for n in range(steps):
        earlier = lambda lag, n=n: path[n - lag] if lag <= n else equation.initial  # noqa: E731
        if isinstance(equation.delay, tuple):
            delayed = 0.0
            for lag in reversed(range(len(equation.delay))):
                delayed += equation.delay[lag] * earlier(lag)
        elif isinstance(equation.delay, DrawRecipe):
            delayed = earlier(int(recipe_reader(equation.delay)(rng) * (1 / step) + 0.5))
        else:
            delayed = earlier(equation.delay)
        noise = kick * rng.standard_normal() if equation.noise_intensity > 0 else 0.0
        path.append(path[n] - a * step * delayed + noise)
    return path


def _interpreted(equation: SDDE, lags: tuple[int, ...]):
    names: dict[str, object] = {}
    source = equation.source(lagged=bool(lags))
    exec(source.replace("from numba import njit", "njit = lambda **options: lambda function: function"), names)
    return names


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    delay=st.integers(0, 200)
    | st.lists(st.integers(1, 9), min_size=1, max_size=150).map(lambda w: tuple(one / sum(w) for one in w))
    | st.sampled_from([EXPONENTIAL, DrawRecipe(sp.Rational(1, 3) * standard_exponential)]),
    damping=st.floats(-0.5, 2),
    intensity=st.sampled_from([0.0, 1.0, 2.5]),
    step=st.sampled_from([0.0625, 0.1, 1.0]),
    initial=st.floats(-2, 2),
    steps=st.integers(1, 250),
    lags=st.sampled_from([(), (0, 3, 170)]),
)
def test_the_loop_equals_the_recursion_step_by_step(delay, damping, intensity, step, initial, steps, lags) -> None:
    equation = SDDE(damping, intensity, step, delay, initial)
    slow = _reference(equation, generator(5, 0), steps)
    numbers = equation.arguments(longest_lag=max(lags, default=0))
    run = _interpreted(equation, lags)["run"]
    totals, products, done, diverged, sane = run(generator(5, 0), *numbers, steps, steps - 1, np.array(lags, np.int64))
    assert (done, diverged, sane) == (steps, False, True)
    assert totals.tolist() == [slow[steps - 1], slow[steps - 1] ** 2]
    at = [slow[steps - 1 - lag] if lag < steps else initial for lag in lags]
    assert products.tolist() == [slow[steps - 1] * one for one in at]


@pytest.mark.parametrize("kind", EQUATIONS)
def test_the_compiled_loop_and_its_path_do_so(kind) -> None:
    equation, steps, burn_in = EQUATIONS[kind], 9000, 100
    slow = np.array(_reference(equation, generator(3, STREAMS + 1), steps))
    (run,) = SDDERuns(equation, 3, 2, steps, burn_in, (2, 9)).runner()((1, 1))
    assert run.sums == pytest.approx([slow[burn_in:-1].sum(), (slow[burn_in:-1] ** 2).sum()], rel=1e-11)
    at = [(slow[burn_in:-1] * slow[burn_in - lag : -1 - lag]).sum() for lag in (2, 9)]
    assert run.products == pytest.approx(at, rel=1e-11)
    still = replace(equation, noise_intensity=0.0, initial=1.0)
    path = still.path(np.zeros(300), generator(4, 0))
    assert path.tolist() == _reference(still, generator(4, 0), 300)


def _differences(equation: SDDE, finer: SDDE, paths: int) -> np.ndarray:
    """x of both at time 1.5, driven by common Brownian paths: what halving the step changes."""
    count, found = round(1.5 / finer.step), []
    for k in range(paths):
        increments = generator(7, k).normal(0, math.sqrt(finer.step), count)
        sums = increments.reshape(-1, 2).sum(axis=1)
        found.append(equation.path(sums, generator(8, k))[-1] - finer.path(increments, generator(9, k))[-1])
    return np.array(found)


def _exact_difference(equation: SDDE, finer: SDDE) -> float:
    """The root mean square of the same, from what one increment does to either path: no sampling."""
    count, total = round(1.5 / finer.step), 0.0
    for k in range(count):
        impulse = np.zeros(count)
        impulse[k] = 1.0
        coarse = equation.path(impulse.reshape(-1, 2).sum(axis=1))[-1]
        total += (coarse - finer.path(impulse)[-1]) ** 2 * finer.step
    return math.sqrt(total)


def test_paths_converge_with_strong_order_one_where_the_delay_is_not_drawn() -> None:
    """Noise that is added, not multiplied, is integrated exactly; what is left is the drift's error, of order step."""
    for kind in ("constant", "averaged"):
        by_steps = {}
        for steps in (16, 32, 64):
            delay = steps if kind == "constant" else delay_weights(Exponential(1), 1 / steps, 1e-6)
            by_steps[steps] = SDDE(1.0, 1.0, 1 / steps, delay)
        errors = [_exact_difference(by_steps[steps], by_steps[2 * steps]) for steps in (16, 32)]
        assert 1.85 < errors[0] / errors[1] < 2.15  # 1.41 of order one half
        drawn = _differences(by_steps[32], by_steps[64], 400)
        assert math.sqrt((drawn**2).mean()) == pytest.approx(errors[1], rel=0.15)  # four standard errors


def test_paths_converge_with_strong_order_one_half_where_every_arrival_draws_its_delay() -> None:
    """Each step reads x at one drawn time instead of its mean: errors of order step that do not know each other."""
    errors = []
    for steps in (16, 64):
        mean = SDDE(1.0, 1.0, 1 / steps, delay_weights(Exponential(1), 1 / steps, 1e-6))
        drawn = SDDE(1.0, 1.0, 1 / steps, EXPONENTIAL)
        found = []
        for k in range(600):
            increments = generator(7, k).normal(0, math.sqrt(mean.step), round(1.5 * steps))
            found.append(drawn.path(increments, generator(8, k))[-1] - mean.path(increments)[-1])
        errors.append(math.sqrt(np.mean(np.square(found))))
    assert 1.6 < errors[0] / errors[1] < 2.5  # 2 of order one half, 4 of order one


def test_results_do_not_depend_on_threads_and_follow_the_seed() -> None:
    def run(threads: int, seed: int = 1):
        wanted = {"seed": seed, "replicas": 4, "steps": 3_000_000 // 4, "burn_in": 10, "lags": (5,)}
        return simulate_sdde(EQUATIONS["constant"], **wanted, running=Running(Threads(threads)))

    assert run(1) == run(2)
    assert run(1).quantities != run(1, 2).quantities


def test_a_path_beyond_its_limit_stops_and_says_when() -> None:
    """a theta = 2 > pi/2; the root right of the axis is that of s + 2 exp(-s)."""
    unstable = SDDE(2.0, 1.0, 1 / 64, 64)
    run = simulate_sdde(unstable, seed=1, replicas=4, steps=10**6, burn_in=10)
    growth = complex(sp.LambertW(-2).evalf()).real
    assert run.unstable
    assert not run.quantities
    assert min(run.diverged_at) == pytest.approx(150 * math.log(10) / growth, rel=0.15)


def test_outcomes_survive_as_text() -> None:
    job = SDDERuns(EQUATIONS["averaged"], 1, 2, 500, 10, (1,))
    outcome = job.runner()((0, 2))
    assert job.read(job.text(outcome)) == outcome


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"damping_coefficient": math.nan}, "finite"),
        ({"noise_intensity": -1.0}, "noise_intensity >= 0"),
        ({"step": 0.0}, "step > 0"),
        ({"delay": -1}, "0 to"),
        ({"delay": (0.5, 0.4)}, "sum to 1"),
        ({"delay": ()}, "sum to 1"),
    ],
)
def test_an_impossible_equation_is_refused(wrong, words) -> None:
    with pytest.raises(ValueError, match=words):
        replace(EQUATIONS["constant"], **wrong)


def test_counts_out_of_range_and_negative_delays_are_refused() -> None:
    with pytest.raises(ValueError, match="replicas = 1"):
        simulate_sdde(EQUATIONS["constant"], seed=1, replicas=1, steps=10, burn_in=0)
    negative = SDDE(1.0, 1.0, 0.1, DrawRecipe(-standard_exponential))
    with pytest.raises(OverflowError, match="negative"):
        simulate_sdde(negative, seed=1, replicas=2, steps=10, burn_in=0)
