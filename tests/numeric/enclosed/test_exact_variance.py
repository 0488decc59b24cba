"""E x^2 of few workers against the same workers by name, in doubles: what each gradient makes of all that is read.

A worker's gradient is a matrix A on (x, velocity, what each worker reads). Who comes next is drawn alike, so that the
second moments S solve S = mean of A S A' + noise: no formula, no frequency, no class of staleness.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pytest
import sympy as sp
from numpy.typing import NDArray

from derive.draws import DrawRecipe, standard_exponential
from derive.integer_laws import Geometric, UniformInteger
from derive.laws import Constant, Exponential, Gamma, Uniform
from derive.models.modes import ModeModel
from derive.models.schemes import mode_model
from derive.scheme import Scheme
from derive.schemes import Asynchronous, KAsync, KBatchAsync, KSync
from numeric.enclosed.circle import drawn_staleness_variance
from numeric.enclosed.exact_variance import exact_variance
from numeric.enclosed.stationary import stationary_variance
from numeric.event_loop.system import System
from numeric.simulation.tasks import simulate

Floats = NDArray[np.float64]
STEP = 0.1


def model(law: object, scheme: Scheme, rate: str = "1/10", momentum: str | int = 0) -> ModeModel:
    return mode_model(law, scheme, learning_rate=rate, curvature=1, momentum=momentum)  # type: ignore[arg-type]


def gradient(workers: int, readers: Sequence[int], beta: float = 0.0) -> tuple[Floats, Floats]:
    """Matrix and noise of an update by the mean gradient of ``readers``, who then read the parameter anew."""
    size = 2 + workers
    kept = np.eye(size)
    kept[1, 1], kept[0, 1] = beta, beta
    noise = np.zeros(size)
    noise[:2] = STEP / np.sqrt(len(readers))
    for reader in readers:
        kept[:2, 2 + reader] -= STEP / len(readers)
    for reader in readers:
        kept[2 + reader], noise[2 + reader] = kept[0], noise[0]
    return kept, noise


def second_moments(drawn: Sequence[tuple[Floats, Floats]], chances: Sequence[float] = ()) -> Floats:
    """S of a state that one of ``drawn`` moves, alike unless ``chances`` says otherwise."""
    weights = chances or [1 / len(drawn)] * len(drawn)
    size = len(drawn[0][1])
    carried = sum(weight * np.kron(kept, kept) for weight, (kept, _) in zip(weights, drawn, strict=True))
    added = sum(weight * np.kron(noise, noise) for weight, (_, noise) in zip(weights, drawn, strict=True))
    solved: Floats = np.linalg.lstsq(np.eye(size * size) - carried, added, rcond=None)[0].reshape(size, size)
    return solved


def assert_is(found: ModeModel, rung: str, value: float) -> None:
    enclosed = stationary_variance(found, rung)  # type: ignore[arg-type]
    assert float(enclosed) == pytest.approx(value, rel=1e-11)
    assert float(enclosed.radius) < 1e-10 * value


@pytest.mark.parametrize("workers", [1, 2, 4])
@pytest.mark.parametrize("beta", [0, "1/2"])
def test_exponential_workers_are_those_by_name(workers: int, beta: str | int) -> None:
    moves = [gradient(workers, [i], float(sp.Rational(beta))) for i in range(workers)]
    assert_is(model(Exponential(3), Asynchronous(workers), momentum=beta), "R0", second_moments(moves)[0, 0])


def test_losses_are_read_again_and_leave_the_parameter() -> None:
    moves = [gradient(3, [i]) for i in range(3)]
    for i in range(3):
        again = np.eye(5)
        again[2 + i] = again[0]
        moves.append((again, np.zeros(5)))
    value = second_moments(moves, [0.75 / 3] * 3 + [0.25 / 3] * 3)[0, 0]
    assert_is(model(Exponential(1), Asynchronous(3, dropout="1/4")), "R0", value)


@pytest.mark.parametrize("batch", [1, 2, 4])
def test_workers_that_wait_draw_who_is_in_time(batch: int) -> None:
    """K-async: any K of four are the first; what they did does not say when, so both averages are one number."""
    value = second_moments([gradient(4, each) for each in combinations(range(4), batch)])[0, 0]
    found = model(Exponential(1), KAsync(4, batch=batch))
    assert_is(found, "Rd", value)
    assert_is(found, "R0", value)


@pytest.mark.slow
def test_time_and_updates_weigh_waiting_workers_alike() -> None:
    """|z| < 4.5 for both averages of a simulation, and a number 4 % off beyond that."""
    exact = float(exact_variance(model(Exponential(1), KAsync(4, batch=2), "1/2"), "R0"))
    system = System(4, DrawRecipe(standard_exponential), 0.5, (1.0,), (1.0,), rule="k-async", batch=2)
    run = simulate(system, seed=8, replicas=32, updates=20_000)
    for average in ("time", "event"):
        seen = run.measured("stationary_variance", 0, average).value
        assert abs(seen.mean - exact) < 4.5 * seen.standard_error
        assert abs(seen.mean - 1.04 * exact) > 4.5 * seen.standard_error


@pytest.mark.parametrize("workers", [1, 3, 8])
@pytest.mark.parametrize("beta", ["0", "2/5"])
def test_staggered_constant_cycles_add_up_their_own_echo(workers: int, beta: str) -> None:
    """V is the sum of the squared responses to the noise of one update."""
    kept, velocity, path = float(sp.Rational(beta)), STEP, [0.0] * (workers - 1) + [STEP]
    for _ in range(4000):
        velocity = kept * velocity - STEP * path[-workers]
        path.append(path[-1] + velocity)
    found = model(Constant(2), Asynchronous(workers), momentum=sp.Rational(beta))  # type: ignore[arg-type]
    if beta != "0" and workers == 1:
        with pytest.raises(ValueError, match="K >= 1"):
            stationary_variance(found, "R0")
        return
    for rung in ("R0", "Rd"):
        assert_is(found, rung, float(np.square(path).sum()))


def test_stages_thresholds_and_fresh_gradients() -> None:
    """Of the second routes of the claims: four workers of two stages, step 1/5, and the threshold 1."""
    assert float(exact_variance(model(Gamma(2, 3), Asynchronous(4), "1/5"), "R0")) * 25 == pytest.approx(4.761723)
    late = model(Exponential(1), Asynchronous(4, staleness_threshold=1), "1/5")
    assert float(stationary_variance(late, "R0")) * 25 == pytest.approx(3.0003337781, abs=1e-9)
    for found in (_fresh(), model(Uniform(0, 1), KSync(4, batch=1))):
        for rung in ("R0", "Rd"):
            assert stationary_variance(found, rung).contains(sp.Rational(1, 19))  # type: ignore[arg-type]


def _fresh() -> ModeModel:
    return model(Gamma(3, 1), Asynchronous(4, staleness_threshold=0))


@pytest.mark.parametrize(
    ("found", "rung", "why"),
    [
        (model(Uniform(0, 1), Asynchronous(4)), "R0", "without stages"),
        (model(Exponential(1), Asynchronous(4)), "Rd", "depends on those before"),
        (model(Exponential(1), Asynchronous(4, age_threshold=2)), "R0", "worker's age"),
        (model(Exponential(1), Asynchronous(4, event_trigger=1)), "R0", "its size"),
        (model(Exponential(1), Asynchronous(4, event_trigger=1)), "R1", "its size"),
        (model(Exponential(1), KBatchAsync(4, batch=2)), "R0", "no claim closes"),
        (model(Exponential(1), KBatchAsync(4, batch=2)), "R1", "wait for each other"),
        (model(Exponential(1), KAsync(4, batch=2)), "R1", "no delay equation"),
        (model(Exponential(1), Asynchronous(4), "2"), "R0", "not so here"),
        (model(Gamma(2, 1), Asynchronous(4), "2"), "R0", "mean square"),
        (model(Constant(1), Asynchronous(4), "2"), "Rd", "not so here"),
        (model(Constant(1), Asynchronous(4), "2", "1/2"), "Rd", "not proven stable"),
        (model(Exponential(1), Asynchronous(4), "1/2", "1/5"), "R1", "not proven stable in mean square"),
        (model(Gamma(4, 1), Asynchronous(16)), "R0", "too many"),
        (model(Exponential(1), Asynchronous(40, staleness_threshold=2)), "R0", "too many"),
    ],
)
def test_what_does_not_close_is_refused_with_the_reason(found: ModeModel, rung: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        stationary_variance(found, rung)  # type: ignore[arg-type]


def test_a_staleness_drawn_anew_is_the_mean_of_its_moves() -> None:
    """x and its last four values by name; Geometric(3) against the claim's rational function."""
    moves = []
    for staleness in range(5):
        kept, noise = np.eye(5, k=-1), np.zeros(5)
        kept[0, 0], noise[0] = 1.0, 1.0
        kept[0, staleness] -= STEP
        moves.append((kept, noise))
    found = drawn_staleness_variance("1/10", UniformInteger(0, 4))
    assert float(found) == pytest.approx(second_moments(moves)[0, 0], rel=1e-12)
    step, spread = sp.Rational(1, 10), 24
    closed = (7 + step * spread) / (step * (14 - step - step**2 * spread))
    assert drawn_staleness_variance("1/10", Geometric(3)).contains(closed)
    with pytest.raises(ValueError, match="mean is not proven"):
        drawn_staleness_variance(3, UniformInteger(0, 0))
    with pytest.raises(ValueError, match="mean square"):
        drawn_staleness_variance(1, Geometric(3))
