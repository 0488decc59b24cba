"""Stage: the SDDE. Input: damping, noise intensity, a delay, a step. Output: measured averages of its paths (rung R2).

    dx = -a E_tau[x(t - tau)] dt + sqrt(q) dW

by the Euler-Maruyama recursion, which is simulated as it stands: its own exact statistics differ from those of the
SDDE by a bias of the order of the step. It knows no formula of the theory. Each replica has its own random stream.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, cast

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from derive.draws import DrawRecipe
from numeric.event_loop.compiled import compiled_source, generator
from numeric.event_loop.draw_printer import print_draw
from numeric.running.engines import Threads
from numeric.running.jobs import Part, equal_parts
from numeric.running.resuming import Running
from numeric.simulation.measured import Measured, Simulation, estimate, provenance
from numeric.simulation.sdde_source import TOGETHER, Kind, sdde_source

Array = NDArray[np.float64]
PART_STEPS = 2**21  # path-steps of one part, about 10 ms
LONGEST_MEMORY = 2**24  # steps that a delay or a lag may reach back
STREAMS = 6 << 20  # the SDDE's streams begin here: no other sampler has them


@dataclass(frozen=True)
class SDDE:
    """The recursion x_{n+1} = x_n - a step x(t_n - tau) + sqrt(q step) N(0, 1) (rung R2).

    ``damping_coefficient`` a in 1/s, finite; ``noise_intensity`` q >= 0 per second; ``step`` > 0 seconds. ``delay``: a
    whole number of steps; or weights of the lags 0, 1, ... in steps, over which x is averaged (a distributed delay); or
    a recipe in seconds, drawn for every step anew and rounded to whole steps (a delay per arrival). x is ``initial``
    up to time 0. Errors: ``ValueError``.

    Example: ``SDDE(1.0, 1.0, 0.01, delay=100).kind == "constant"``.
    """

    damping_coefficient: float
    noise_intensity: float
    step: float
    delay: int | tuple[float, ...] | DrawRecipe
    initial: float = 0.0

    def __post_init__(self) -> None:
        numbers = (self.damping_coefficient, self.noise_intensity, self.step, self.initial)
        if not all(map(math.isfinite, numbers)) or self.noise_intensity < 0 or self.step <= 0:
            raise ValueError(f"{numbers}; allowed: finite numbers, noise_intensity >= 0, step > 0")
        if self.kind == "averaged" and not (self.weights and abs(math.fsum(self.weights) - 1) < 1e-9):
            raise ValueError(f"delay = {self.delay}; allowed: weights that sum to 1")
        if not 0 <= self.memory <= LONGEST_MEMORY:
            raise ValueError(f"delay of {self.memory} steps; allowed: 0 to {LONGEST_MEMORY}")

    @property
    def kind(self) -> Kind:
        """How the delayed value is read: at one lag, averaged over lags, or at a lag drawn for every step."""
        return "constant" if isinstance(self.delay, int) else "averaged" if isinstance(self.delay, tuple) else "drawn"

    @property
    def weights(self) -> tuple[float, ...]:
        """The weights of the lags 0, 1, ...; none unless x is averaged."""
        return self.delay if isinstance(self.delay, tuple) else ()

    @property
    def memory(self) -> int:
        """How many steps the recursion is known to reach back."""
        return self.delay if isinstance(self.delay, int) else max(len(self.weights) - 1, 0)

    def path(self, increments: Array, rng: np.random.Generator | None = None) -> Array:
        """x at 0, step, 2 step, ... driven by given ``increments`` of W, each of variance ``step``.

        Sums of the increments of a finer recursion are common Brownian paths. ``rng`` draws the delays where they are
        drawn. Raises ``OverflowError`` for a delay that is negative, infinite or NaN.

        Example: ``SDDE(1.0, 1.0, 0.5, delay=0, initial=1.0).path(np.zeros(2)).tolist() == [1.0, 0.5, 0.25]``.
        """
        run = compiled_source(self.source(lagged=False)).path
        values, sane = run(rng or generator(0, 0), *self.arguments(path=True), np.asarray(increments, np.float64))
        _check(sane)
        return cast("Array", values)

    def source(self, *, lagged: bool) -> str:
        """The text of its loop; equations that differ only in their numbers share it."""
        return sdde_source(self.kind, self._draw, noisy=self.noise_intensity > 0, lagged=lagged)

    def arguments(self, *, path: bool = False, longest_lag: int = 0) -> tuple[Any, ...]:
        """The numbers in the order in which every loop takes them."""
        weights = np.array([*self.weights, *(0.0,) * TOGETHER], np.float64)
        kick = math.sqrt(self.noise_intensity * (1.0 if path else self.step))
        memory = max(self.memory, longest_lag)
        delay = self.delay if isinstance(self.delay, int) else 0
        numbers = (self.damping_coefficient * self.step, kick, float(self.initial), delay, weights, 1 / self.step)
        return (*numbers, *(np.array(one, np.float64) for one in (self._draw.parameters, self._draw.table)), memory)

    @property
    def _draw(self) -> Any:
        return print_draw(self.delay if isinstance(self.delay, DrawRecipe) else DrawRecipe(sp.Integer(0)))


@dataclass(frozen=True)
class SDDERun:
    """What one replica did in ``steps`` steps after its burn-in: sums of x, x^2 and of x_n x_{n-lag} for every lag.

    ``diverged_at`` is the time in seconds at which |x| passed 1e150, None if it never did.
    """

    steps: int
    sums: tuple[float, float]
    products: tuple[float, ...]
    diverged_at: float | None


@dataclass(frozen=True)
class SDDERuns:
    """A job: ``replicas`` paths of ``steps`` steps, the first ``burn_in`` unmeasured; an outcome is a list of runs."""

    equation: SDDE
    seed: int
    replicas: int
    steps: int
    burn_in: int
    lags: tuple[int, ...] = ()
    kind: str = field(default="sdde", init=False)

    def parts(self) -> tuple[Part, ...]:
        """As many replicas as come to about 2^21 steps, at least one."""
        return equal_parts(self.replicas, max(1, PART_STEPS // self.steps))

    def runner(self) -> Callable[[Part], list[SDDERun]]:
        """Compile the loop; a part gives its replicas in order."""
        loop = compiled_source(self.equation.source(lagged=bool(self.lags))).run
        arguments = self.equation.arguments(longest_lag=max(self.lags, default=0))
        lags = np.array(self.lags, np.int64)
        loop(generator(0, 0), *arguments, 0, 0, lags)  # compiled now: threads would wait for each other

        def one(replica: int) -> SDDERun:
            rng = generator(self.seed, STREAMS + replica)
            totals, products, done, diverged, sane = loop(rng, *arguments, self.steps, self.burn_in, lags)
            _check(sane)
            when = done * self.equation.step if diverged else None
            return SDDERun(max(done - self.burn_in, 0), tuple(totals.tolist()), tuple(products.tolist()), when)

        return lambda part: [one(replica) for replica in range(part[0], part[0] + part[1])]

    def identity(self) -> tuple[Any, ...]:
        """The printed loop with its numbers, the streams, the amount of work."""
        numbers = self.equation.arguments(longest_lag=max(self.lags, default=0))
        return (self.equation.source(lagged=bool(self.lags)), *numbers, self.seed, self.steps, self.burn_in, self.lags)

    def text(self, outcome: list[SDDERun]) -> str:
        """One JSON list."""
        return json.dumps([[run.steps, run.sums, run.products, run.diverged_at] for run in outcome])

    def read(self, text: str) -> list[SDDERun]:
        """The runs that ``text`` says."""
        return [SDDERun(steps, tuple(sums), tuple(of), when) for steps, sums, of, when in json.loads(text)]


def simulate_sdde(
    equation: SDDE,
    *,
    seed: int,
    replicas: int,
    steps: int,
    burn_in: int,
    lags: tuple[int, ...] = (),
    running: Running | None = None,
) -> Simulation:
    """Simulate the Euler-Maruyama recursion of an SDDE and measure its stationary averages (kind: estimates, rung R2).

    ``seed`` >= 0; ``replicas`` >= 2 paths of ``steps`` steps, of which the first ``burn_in`` are not measured; ``lags``
    in steps, at which the covariance E x(t) x(t + lag) is wanted; ``running``: where replicas run and are kept. All
    averages are over time. A path beyond 1e150 stops: divergence is a result. Errors: ``ValueError`` for counts out of
    range, ``RecipeError`` for a delay that cannot be drawn, ``OverflowError`` for one that is negative or infinite.

    Example: ``abs(simulate_sdde(SDDE(1.0, 1.0, 0.1, delay=0), seed=1, replicas=8, steps=10**5, burn_in=100).measured(
    "stationary_variance", 0, "time").value.mean - 0.1 / (1 - 0.9**2)) < 0.02``.
    """
    if seed < 0 or replicas < 2 or not 0 <= burn_in < steps or not all(0 <= lag <= LONGEST_MEMORY for lag in lags):
        counts = f"seed = {seed}, replicas = {replicas}, steps = {steps}, burn_in = {burn_in}, lags = {lags}"
        raise ValueError(f"{counts}; allowed: seed >= 0, replicas >= 2, 0 <= burn_in < steps, lags >= 0")
    job = SDDERuns(equation, seed, replicas, steps, burn_in, lags)
    ran = (running or Running(Threads())).run([job])
    runs = list(chain.from_iterable(ran.outcomes[0]))
    fresh = sum(run.steps + burn_in for part in ran.fresh[0] for run in part)
    diverged = tuple(run.diverged_at for run in runs if run.diverged_at is not None)
    quantities = () if diverged else tuple(_quantities(job, runs))
    made = provenance(seed, replicas, {"steps": steps, "burn_in": burn_in, "step": equation.step})
    return Simulation(quantities, (), diverged, fresh / ran.seconds if fresh else 0.0, made)


def _quantities(job: SDDERuns, runs: list[SDDERun]) -> list[Measured]:
    samples: dict[tuple[str, float | None], list[float]] = {
        ("stationary_variance", None): [run.sums[1] / run.steps for run in runs],
        ("stationary_mean", None): [run.sums[0] / run.steps for run in runs],
    }
    for k, lag in enumerate(job.lags):
        samples["stationary_covariance", lag * job.equation.step] = [run.products[k] / run.steps for run in runs]
    return [
        Measured(name, estimate(values), tuple(values), 0, "time", "R2", lag) for (name, lag), values in samples.items()
    ]


def _check(sane: bool) -> None:
    if not sane:
        raise OverflowError("the law drew a negative, infinite or NaN delay")
