"""Stage: decay over replicas. Input: a system started away from the optimum. Output: its mean path and decay rate.

The rate is fitted to the mean of many replicas without any formula of the theory: by the two slowest
exponentials, which may be a real pair, a double or a complex pair,

    m(t) = e^{-alpha t} [A cosh(sqrt(q) t) + B sinh(sqrt(q) t)/sqrt(q)],    decay rate = alpha - sqrt(max(q, 0)).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from numeric.event_loop.compiled import System
from numeric.running.engines import Threads
from numeric.running.jobs import BATCHES, PathSums
from numeric.running.resuming import Labels, Running
from numeric.simulation.measured import estimate
from numeric.values import Estimate, ShownAsLatex, aligned, within_latex

Array = NDArray[np.float64]

SIGNAL = 8.0  # the fit ends where the mean path falls below this many of its standard errors
RESOLUTION = 1e-6  # relative size below which further exponentials are neglected
MISFIT = 2.0  # largest mean squared residual, in squared standard errors, of an accepted window
WORTH = 12.0  # a second exponential must reduce the sum of squared residuals of independent points by this much
FEWEST_POINTS = 12


@dataclass(frozen=True)
class MeanPath(ShownAsLatex):
    """E x(t) on a grid: ``times`` in seconds, ``mean[mode, k]``, and the means of batches ``[batch, mode, k]``."""

    times: Array
    mean: Array = field(repr=False)
    batches: Array = field(repr=False)

    @property
    def standard_error(self) -> Array:
        """The standard error of ``mean``, measured between the batches."""
        return np.asarray(self.batches.std(axis=0, ddof=1) / np.sqrt(len(self.batches)))

    def latex(self) -> str:
        """The mean of every mode at up to five of the times, the first and the last among them."""
        shown = np.unique(np.linspace(0, len(self.times) - 1, 5).astype(int))
        errors = self.standard_error
        return aligned(
            rf"\mathbb{{E}}\, x_{{{mode}}}({self.times[at]:.6g}) &= "
            + within_latex(f"{self.mean[mode, at]:.6g}", f"{errors[mode, at]:.1e}")
            for mode in range(len(self.mean))
            for at in shown
        )


def simulate_mean_path(
    system: System,
    *,
    seed: int,
    replicas: int,
    times: Sequence[float] | Array,
    batches: int = BATCHES,
    threads: int | None = None,
    running: Running | None = None,
    labels: Labels | None = None,
) -> MeanPath:
    """Average x(t) over ``replicas`` >= 2 runs from ``system.initial`` (kind: an estimate at every time).

    ``times``: ascending seconds >= 0; x(t) is taken just after an update at t. Replicas are grouped into up to
    ``batches`` >= 2; the result depends neither on ``threads`` nor on ``running``, where parts are run and kept (None:
    in threads of this process, nowhere). Errors: ``ValueError`` for replicas or times out of range, ``ArithmeticError``
    for a law that draws negative or infinite durations, ``StoreError`` and ``ConnectionError`` as in ``simulate_all``.

    Example: ``simulate_mean_path(System(1, DrawRecipe(sp.Integer(1)), 0.5, (1.0,), (0.0,), initial=(1.0,)), seed=1,
    replicas=2, times=[0.0]).mean[0, 0] == 1``.
    """
    grid = np.asarray(times, np.float64)
    ascending = len(grid) > 0 and grid[0] >= 0 and (np.diff(grid) > 0).all() and np.isfinite(grid).all()
    if replicas < 2 or batches < 2 or not ascending:
        counts = f"replicas = {replicas}, batches = {batches}, times = {times}"
        raise ValueError(f"{counts}; allowed: at least 2 of both, ascending times >= 0")
    job = PathSums(system, seed, replicas, tuple(grid.tolist()), batches)
    (parts,) = (running or Running(Threads(threads))).run([job], [labels or Labels()]).outcomes
    sums, sizes = np.array(parts), np.array([count for _, count in job.parts()])
    return MeanPath(grid, sums.sum(axis=0) / replicas, sums / sizes[:, None, None])


def decay_rate(path: MeanPath, mode: int | None = None) -> Estimate:
    """Fit the decay rate of a mean path, in 1/s, negative where it grows (kind: an estimate over batches).

    ``mode`` None: the smallest rate over the modes. The window ends where the path is lost in its noise and
    begins at the earliest point from which two exponentials fit; its value is the jackknife over the batches,
    which removes the bias of order 1/replicas. What remains is the bias of neglected faster exponentials, below
    the fit's resolution: the larger of the noise and a relative 1e-6. Errors: ``ValueError`` where fewer than
    12 points stand out of the noise.

    Example: ``abs(decay_rate(simulate_mean_path(System(1, DrawRecipe(standard_exponential), 0.2, (1.0,), (0.0,),
    initial=(1.0,)), seed=1, replicas=500, times=np.linspace(0, 20, 101))).mean - 0.2) < 0.05``.
    """
    if mode is None:
        return min((decay_rate(path, mode) for mode in range(len(path.mean))), key=lambda rate: rate.mean)
    return estimate(decay_samples(path, mode))


def decay_samples(path: MeanPath, mode: int) -> tuple[float, ...]:
    """The jackknife's pseudo-values, one per batch: their mean is the decay rate, their spread its error.

    Errors and window as in ``decay_rate``.
    """
    window = _Window(path, mode)
    count = len(path.batches)
    left_out = [window.rate((count * path.mean - batch) / (count - 1)) for batch in path.batches]
    whole = window.rate(path.mean)
    return tuple(float(count * whole - (count - 1) * rate) for rate in left_out)


class _Window:
    """Where the fit looks and with how many exponentials: chosen once, on the mean of all replicas."""

    def __init__(self, path: MeanPath, mode: int) -> None:
        self.mode, self.path = mode, path
        values, noise = path.mean[mode], path.standard_error[mode]
        envelope = np.maximum.accumulate(np.abs(values)[::-1])[::-1]
        self.error = np.hypot(noise, RESOLUTION * envelope)
        loud = np.flatnonzero(np.abs(values) > SIGNAL * self.error)
        self.end = int(loud[-1]) + 1 if len(loud) else 0
        if self.end < FEWEST_POINTS:
            raise ValueError(
                f"{self.end} points of mode {mode} stand out of the noise; at least {FEWEST_POINTS} are needed: "
                "take more replicas, earlier or denser times, or a larger initial parameter"
            )
        for tenth in range(8):
            self.begin = min(self.end * tenth // 10, self.end - FEWEST_POINTS)
            worth = WORTH * _memory(path.batches[:, mode, self.begin : self.end])
            misfit, self.exponent = _best_fit(*self._data(values), worth)
            if misfit <= MISFIT * (self.end - self.begin):
                break

    def _data(self, values: Array) -> tuple[Array, Array, Array]:
        part = slice(self.begin, self.end)
        return self.path.times[part] - self.path.times[self.begin], values[part], self.error[part]

    def rate(self, mean: Array) -> float:
        """The decay rate of another mean path, refitted in this window with this number of exponentials."""
        _, exponent = _fit(*self._data(mean[self.mode]), self.exponent)
        return _slowest(exponent)


def _slowest(exponent: tuple[float, ...]) -> float:
    return exponent[0] - max(exponent[1], 0.0) ** 0.5 if len(exponent) == 2 else exponent[0]


def _memory(batches: Array) -> float:
    """How many points in a row are worth one independent point: 1 + 2 sum of the noise's correlations along the path.

    They are summed up to the first that is not positive, in the mean over the batches.
    """
    noise = batches - batches.mean(axis=0)
    size = noise.std(axis=0)
    noise = np.divide(noise, size, out=np.zeros_like(noise), where=size > 0)
    memory = 1.0
    for lag in range(1, noise.shape[1]):
        correlation = float((noise[:, lag:] * noise[:, :-lag]).mean())
        if correlation <= 0:
            break
        memory += 2 * correlation
    return memory


def _best_fit(times: Array, values: Array, error: Array, worth: float) -> tuple[float, tuple[float, ...]]:
    """One exponential unless two are better by ``worth``: an unneeded one would be fitted to noise."""
    alpha = _first_guess(times, values)
    crossings = np.count_nonzero(np.diff(np.signbit(values)))
    frequency = np.pi * crossings / times[-1]
    single = _fit(times, values, error, (alpha,))
    guesses = [(alpha, -(frequency**2)), (alpha, -((np.pi / times[-1]) ** 2)), (2 * alpha, alpha**2 / 2)]
    double = min((_fit(times, values, error, guess) for guess in guesses), key=lambda fit: fit[0])
    return double if double[0] < single[0] - worth else single


def _first_guess(times: Array, values: Array) -> float:
    envelope = np.maximum.accumulate(np.abs(values)[::-1])[::-1]
    if envelope[0] == envelope[len(envelope) // 2]:  # it grows
        envelope = np.maximum.accumulate(np.abs(values))
    return -float(np.polyfit(times, np.log(envelope), 1)[0])


def _fit(times: Array, values: Array, error: Array, guess: tuple[float, ...]) -> tuple[float, tuple[float, ...]]:
    """Least squares in the exponents; amplitudes are linear and solved for at every step."""
    scale = 1 / times[-1]
    unit = np.array([scale, scale**2][: len(guess)])

    def residual(scaled: Array) -> Array:
        basis = _exponentials(times, *(scaled * unit)) / error[:, None]
        amplitudes = np.linalg.lstsq(basis, values / error, rcond=None)[0]
        return np.asarray(basis @ amplitudes - values / error)

    found = least_squares(residual, np.array(guess) / unit, method="lm", xtol=1e-12, ftol=1e-12)
    return 2 * float(found.cost), tuple(float(exponent) for exponent in found.x * unit)


def _exponentials(times: Array, alpha: float, q: float | None = None) -> Array:
    """The columns e^{-alpha t} cosh(sqrt(q) t) and e^{-alpha t} sinh(sqrt(q) t)/sqrt(q), or only e^{-alpha t}."""
    # Clipped: a trial step far off must not overflow.
    decay: Callable[[float], Array] = lambda rate: np.exp(np.clip(-rate * times, -600, 600))  # noqa: E731
    if q is None:
        return decay(alpha)[:, None]
    root = abs(q) ** 0.5
    if q > 0 and root * times[-1] > 1e-6:
        slow, fast = decay(alpha - root), decay(alpha + root)
        return np.column_stack([(slow + fast) / 2, (slow - fast) / (2 * root)])
    sinc = np.sinc(root * times / np.pi) if q < 0 else np.ones_like(times)
    cosine = np.cos(root * times) if q < 0 else np.ones_like(times)
    return decay(alpha)[:, None] * np.column_stack([cosine, times * sinc])
