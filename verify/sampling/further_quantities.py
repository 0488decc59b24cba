"""Stage: further quantities. Input: a study, its simulation, what else is wanted. Output: measured quantities as JSON.

Decay rates, first passages and the excess risk of a regression need runs of their own, which look at other times than
the stationary ones. Their times come from the simulation and from looks at short runs, never from the theory.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from derive.studies.models import refusal
from derive.studies.schema import StudyError
from derive.studies.study import Study
from numeric.event_loop.looks import Looks
from numeric.event_loop.objectives import Regression
from numeric.event_loop.system import System
from numeric.running.resuming import Running
from numeric.simulation.decay import SIGNAL, MeanPath, decay_rate, simulate_mean_path
from numeric.simulation.measured import Simulation, estimate
from numeric.simulation.passages import simulate_first_passage
from numeric.simulation.response import simulate_excess_risk
from verify.sampling.simulating import system_of

Entries = dict[str, list[dict[str, Any]]]
LOOK_REPLICAS = 64  # of a mean path that only shows how long it lasts
MOST_REPLICAS = 2**17  # of a mean path whose decay is fitted
GRID = 192  # times of a mean path
FADED, GROWN = 1e-6, 20.0  # of its start: a mean path that small or large need not be followed any longer
RISK_POINTS = 64  # times at which the loss of a regression is read
BEYOND_RUN = 2**60  # added to a seed: further runs share no random number with the stationary ones


@dataclass(frozen=True)
class Wanted:
    """What is measured beside the averages; nothing by default.

    ``lags`` in updates and ``delay_bin`` in seconds as in ``Looks``; ``levels`` > 0 of the excess risk, to which the
    first passage from ``run.initial`` is timed; how fast the mean decays from there; the excess risk of a regression.
    """

    lags: tuple[int, ...] = ()
    delay_bin: float | None = None
    levels: tuple[float, ...] = ()
    decay_rate: bool = False
    excess_risk: bool = False

    @property
    def looks(self) -> Looks:
        """What the stationary runs themselves can see."""
        return Looks(self.lags, self.delay_bin)


def further_quantities(study: Study, run: Simulation, wanted: Wanted, running: Running | None = None) -> Entries:
    """The entries of the JSON of ``simulate`` for what needs runs of its own (kind: estimates over replicas).

    Raises ``StudyError`` where nothing decays or no excess risk is to be had.
    """
    found: Entries = {}
    if wanted.decay_rate:
        found["decay_rate"] = _decay_rates(study, run, running)
    if wanted.levels:
        found |= _passages(study, wanted.levels, running)
    if wanted.excess_risk and not run.unstable and (risk := _excess_risk(study, run)):
        found["excess_risk"] = risk
    return found


def _seed(study: Study) -> int:
    return study.run.seed + BEYOND_RUN


def _decay_rates(study: Study, run: Simulation, running: Running | None) -> list[dict[str, Any]]:
    """The decay rate of the mean of every mode, in 1/s, with its error between batches of replicas."""
    system = system_of(study)
    if 0 in system.initial:
        raise refusal(study, "run.initial", 0, "nothing decays from the optimum", "other numbers than 0")
    rate = run.measured("arrival_rate").value.mean
    end = _end_of_decay(system, _seed(study), system.workers / rate, study.run.updates / rate, running)
    replicas = study.run.replicas * study.run.updates / (rate * end)  # about as much work as the stationary runs
    replicas = int(min(MOST_REPLICAS, max(LOOK_REPLICAS, replicas)))
    path = _mean_path(system, _seed(study) + 1, replicas, end, running)
    try:
        rates = [decay_rate(path, mode) for mode in range(system.modes)]
    except ValueError as problem:
        raise StudyError(study.path, "run.updates", study.run.updates, str(problem), "more of them") from None
    return [{"mode": mode, "rung": "R0", "value": one.to_json()} for mode, one in enumerate(rates)]


def _end_of_decay(system: System, seed: int, cycle: float, longest: float, running: Running | None) -> float:
    """A time in seconds at which the mean is lost in noise or has grown large: doubled from a few cycles on."""
    end = 4 * cycle
    while end < longest:
        path = _mean_path(system, seed, LOOK_REPLICAS, end, running)
        late, noise = (np.abs(one[:, -GRID // 4 :]) for one in (path.mean, path.standard_error))
        start = np.abs(path.mean[:, :1])
        if not ((late > SIGNAL * noise) & (late > start * FADED) & (late < start * GROWN)).any():
            break
        end *= 2
    return min(end, longest)


def _mean_path(system: System, seed: int, replicas: int, end: float, running: Running | None) -> MeanPath:
    times = np.linspace(0, end, GRID + 1)[1:]
    return simulate_mean_path(system, seed=seed, replicas=replicas, times=times, running=running)


def _passages(study: Study, levels: tuple[float, ...], running: Running | None) -> Entries:
    """The share of the runs that come down to each level of the excess risk, and the mean time where all of them do."""
    system, run = system_of(study), study.run
    try:
        first = simulate_first_passage(
            system, levels, seed=_seed(study), replicas=run.replicas, updates=run.updates, running=running
        )
    except ValueError as problem:
        raise StudyError("command line", "--levels", list(levels), *str(problem).split("; allowed: ")) from None
    shares, times = [], []
    for number, level in enumerate(levels):
        share = estimate(np.isfinite(first.times[:, number]).astype(float).tolist())
        shares.append({"rung": "R0", "level": level, "value": share.to_json()})
        if first.reached(number) == 1:
            times.append({"rung": "R0", "level": level, "value": first.time(number).to_json()})
    return {"first_passage_share": shares, "first_passage_time": times}


def _excess_risk(study: Study, run: Simulation) -> list[dict[str, Any]]:
    """The loss of a regression above its optimum's, over time after the burn-in; others have theirs already."""
    system = system_of(study)
    if not isinstance(system.objective, Regression):
        return []
    rate, begin, updates = run.measured("arrival_rate").value.mean, run.provenance["burn_in"], study.run.updates
    times = np.linspace(begin, begin + (updates - begin) / 4, RISK_POINTS) / rate
    if not math.isfinite(times[-1]):
        return []
    samples = simulate_excess_risk(system, seed=_seed(study), replicas=study.run.replicas, times=times)
    return [{"rung": "R0", "average": "time", "value": estimate(samples).to_json()}]
