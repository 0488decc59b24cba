"""Stage: measuring. Input: replicas of one system. Output: the measured quantities with their errors.

Samples are one value a replica: independent, whatever the correlations inside a replica.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numba
import numpy as np

from numeric.event_loop.compiled import Replica
from numeric.values import Estimate, ShownAsLatex, worded

Average = Literal["event", "time"]

SHORTEST, LONGEST = 1e-100, 1e100  # mean delays in seconds: a replica's sums of squares are ordinary doubles
LARGEST_SUM = 1e140  # of x^2 over a replica: the variance between replicas is still a finite double


@dataclass(frozen=True)
class Measured(ShownAsLatex):
    """One measured quantity under its canonical name; ``samples`` holds one value per replica.

    ``stationary_variance`` is the second moment about the optimum 0, E x^2, of ``mode``; ``stationary_mean`` is
    E x. ``average`` "event" takes x just after each update, "time" weights it by the length of the interval. ``lag`` is
    that of a ``stationary_covariance``: in updates of an event average, in seconds of a time average.
    """

    quantity: str
    value: Estimate
    samples: tuple[float, ...] = field(repr=False)
    mode: int | None = None
    average: Average | None = None
    rung: str = "R0"
    lag: float | None = None

    @property
    def words(self) -> str:
        """What was measured, as "stationary_variance, mode 0, event average"."""
        mode = "" if self.mode is None else f", mode {self.mode}"
        lag = "" if self.lag is None else f", lag {self.lag:g}"
        return self.quantity + mode + lag + (f", {self.average} average" if self.average else "")

    def latex(self) -> str:
        """What was measured, and its estimate."""
        return worded([(self.words, self.value.latex())])

    def to_json(self) -> dict[str, Any]:
        """The object of the JSON of ``simulate``: rung and value, mode and average where they apply."""
        labels = {"mode": self.mode, "rung": self.rung, "average": self.average, "lag": self.lag}
        return {key: label for key, label in labels.items() if label is not None} | {"value": self.value.to_json()}


@dataclass(frozen=True)
class Binned:
    """How many of all values lie in [k width, (k + 1) width), ``width`` in seconds; the last count is of all beyond."""

    width: float
    counts: tuple[int, ...] = field(repr=False)


@dataclass(frozen=True)
class Simulation(ShownAsLatex):
    """What a simulation measured; of an unstable one the quantities that do not depend on x.

    ``staleness_histogram[k]`` counts the applied gradients of staleness k over all replicas, ``delay_histogram`` their
    delays where that was asked for. ``diverged_at``: the
    times in seconds at which replicas passed |x| = 1e150, or ended with E x^2 beyond all bounds. ``lost_shares``: of
    the gradients sent in a replica the share that was lost on the way, whatever became of the others.
    ``updates_per_second`` is the speed of this run and no part of the result.
    """

    quantities: tuple[Measured, ...]
    staleness_histogram: tuple[int, ...] = field(repr=False)
    diverged_at: tuple[float, ...]
    updates_per_second: float = field(compare=False)
    provenance: dict[str, Any]
    delay_histogram: Binned | None = None
    lost_shares: tuple[float, ...] = field(default=(), repr=False)

    @property
    def unstable(self) -> bool:
        """True where at least one replica diverged."""
        return bool(self.diverged_at)

    def measured(
        self, quantity: str, mode: int | None = None, average: Average | None = None, lag: float | None = None
    ) -> Measured:
        """The one measurement of that name, mode, average and lag; ``KeyError`` where there is none."""
        for entry in self.quantities:
            if (entry.quantity, entry.mode, entry.average, entry.lag) == (quantity, mode, average, lag):
                return entry
        raise KeyError(f"{quantity}, mode {mode}, average {average}, lag {lag} was not measured")

    def latex(self) -> str:
        """Every quantity with its estimate; of an unstable system how many replicas diverged, too."""
        diverged = [("diverged replicas", str(len(self.diverged_at)))] if self.unstable else []
        return worded([*((one.words, one.value.latex()) for one in self.quantities), *diverged])

    def to_json(self) -> dict[str, Any]:
        """The JSON object of ``simulate``."""
        quantities: dict[str, list[dict[str, Any]]] = {}
        for entry in self.quantities:
            quantities.setdefault(entry.quantity, []).append(entry.to_json())
        return {
            "quantities": quantities,
            "staleness_histogram": list(self.staleness_histogram),
            "unstable": self.unstable,
            "diverged_at": list(self.diverged_at),
            "updates_per_second": self.updates_per_second,
            "provenance": self.provenance,
        } | ({} if self.delay_histogram is None else {"delay_histogram": asdict(self.delay_histogram)})


def provenance(seed: int, replicas: int, amount: dict[str, float]) -> dict[str, Any]:
    """What a run was made of: streams, amount of work, versions.

    Example: ``provenance(1, 2, {"updates": 3})["updates"] == 3``.
    """
    versions = {"bit_generator": "SFC64", "numba": numba.__version__, "numpy": np.__version__}
    return {"seed": seed, "replicas": replicas, **amount, **versions}


def quantities_of(runs: list[Replica], *, diverged: bool = False) -> tuple[Measured, ...]:
    """The quantities that at least 2 replicas measured; of ``diverged`` ones those of the arrivals alone.

    Raises ``OverflowError`` for a clock that stands still and for delays outside 1e-100 to 1e100 s.
    """
    return _arrival_quantities(runs) + (() if diverged else _moments(runs))


def divergence(run: Replica) -> float | None:
    """When the replica diverged, in seconds; one that is still growing at its end counts, too."""
    grown = not (np.abs(run.event_sums).max() < LARGEST_SUM and np.abs(run.time_sums).max() < LARGEST_SUM)
    return run.duration if run.diverged_at is None and grown else run.diverged_at


def estimate(samples: Sequence[float]) -> Estimate:
    """The mean of one value per replica with its standard error, s.d./sqrt(replicas)."""
    values = np.asarray(samples, np.float64)
    # A power of two changes no digit, and keeps squares of extreme numbers within the range of doubles.
    exponent = int(np.frexp(np.abs(values).max())[1])
    scaled = np.ldexp(values, -exponent)
    mean, error = float(scaled.mean()), float(scaled.std(ddof=1) / np.sqrt(len(values)))
    return Estimate(math.ldexp(mean, exponent), math.ldexp(error, exponent), len(values))


def difference(one: Measured, other: Measured) -> Estimate:
    """The mean of ``one`` minus that of ``other``, replica by replica (kind: an estimate).

    Two simulations of the same seed have common random numbers: replica k of both has the same stream, and what both
    make of the same chance cancels. Errors: ``ValueError`` for unequal numbers of replicas.

    Example: ``difference(measured("delay_mean", [1.0, 3.0]), measured("delay_mean", [0.5, 2.5])).standard_error == 0``.
    """
    if len(one.samples) != len(other.samples):
        raise ValueError(f"{len(one.samples)} and {len(other.samples)} replicas; allowed: as many of both")
    return estimate(np.subtract(one.samples, other.samples).tolist())


def measured(quantity: str, samples: list[float], mode: int | None = None, average: Average | None = None) -> Measured:
    """The estimate of a quantity from one value a replica.

    Example: ``measured("delay_mean", [1.0, 3.0]).value.mean == 2``.
    """
    samples = [float(sample) for sample in samples]
    return Measured(quantity, estimate(samples), tuple(samples), mode, average)


def _arrival_quantities(runs: list[Replica]) -> tuple[Measured, ...]:
    """What depends on the arrivals alone.

    Staleness and delay are those of the gradients applied, each when it is applied. Where every gradient is, the mean
    staleness of n updates is fixed by which versions are outstanding at both ends, up to O(1/n), so
    its standard error falls like 1/n; variances are E[y^2] - E[y]^2 per replica, biased by O(1/n).
    """
    _check_clock(runs)
    staleness = [_staleness_moments(run) for run in runs]
    ages = [(run.age_sums[0] / run.applied, run.age_sums[1] / run.applied) for run in runs]
    return (
        measured("arrival_rate", [run.updates / run.duration for run in runs]),
        measured("time_per_update", [run.duration / run.made for run in runs]),
        measured("applied_fraction", [(run.updates - run.rejected.total) / run.updates for run in runs]),
        measured("staleness_mean", [mean for mean, _ in staleness]),
        measured("staleness_variance", [variance for _, variance in staleness]),
        measured("delay_mean", [run.age_origin + first for run, (first, _) in zip(runs, ages, strict=True)]),
        measured("delay_variance", [max(second - first**2, 0.0) for first, second in ages]),
    )


def _check_clock(runs: list[Replica]) -> None:
    """Refuse a clock that stands still, and delays whose squares are no doubles: they would read as 0 or infinity."""
    if not all(run.duration > 0 for run in runs):
        raise OverflowError(
            "all measured arrivals are simultaneous: more updates than workers are needed, and a law of a cycle "
            "that does not draw almost only zeros"
        )
    if not all(run.made for run in runs):
        raise OverflowError("no gradient is applied in a whole replica: longer runs or another scheme are needed")
    for run in runs:
        delay = run.age_origin + run.age_sums[0] / run.applied
        if not SHORTEST < delay < LONGEST:
            raise OverflowError(f"delays of {delay:.3g} s where {SHORTEST:g} to {LONGEST:g} s can be measured")


def _staleness_moments(run: Replica) -> tuple[float, float]:
    counts = run.staleness_histogram
    staleness = np.arange(len(counts))
    mean = int(counts @ staleness) / run.applied
    return mean, float(counts @ (staleness - mean) ** 2) / run.applied


def _moments(runs: list[Replica]) -> tuple[Measured, ...]:
    entries = []
    for power, name in ((2, "stationary_variance"), (1, "stationary_mean")):
        for mode in range(runs[0].event_sums.shape[1]):
            events = [run.event_sums[power - 1, mode] / run.made for run in runs]
            times = [run.time_sums[power - 1, mode] / run.duration for run in runs]
            entries += [measured(name, events, mode, "event"), measured(name, times, mode, "time")]
    return tuple(entries)
