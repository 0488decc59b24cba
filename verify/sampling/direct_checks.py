"""Stage: statistical checks of a case. Input: predictions of a mode. Output: checks against plain samplers.

The event loop shows the whole system; these show one part each: cycles drawn on their own, Poisson arrivals counted
over a cycle, x moved by noise alone, and the shot model. Planning draws no sample.
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import partial

import numpy as np
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.models.linear import OutsideDomainError
from numeric.enclosure import evaluate
from numeric.event_loop.compiled import System
from numeric.simulation.shots import cycles, noise_increments, poisson_counts, shot_second_moments
from verify.predicting.claimed_numbers import Predicted, claim_of_law, with_integrals
from verify.predicting.predictions import ModePredictions, Prediction, mean_square_margin
from verify.sampling.moment_checks import has_moment
from verify.sampling.planned import PlannedCheck
from verify.sampling.simulating import mode_system
from verify.second_routes.laws import factorial_moment, joint_transform, staleness_probability

CYCLES = 24_000  # a replica; a study of few updates asks for as little
FEWEST_CYCLES = 4_000
WINDOWS = 8_000
WINDOW = 0.125  # of a mean cycle
SHOT_REPLICAS, SHOTS, SHOT_BURN_IN = 384, 8_000, 40  # burn-in in mean cycles
SLOW_STEP, MOST_SHOT_REPLICAS = Fraction(1, 64), 16 * SHOT_REPLICAS
"""Learning rate times curvature below which a replica sees so few independent values that more replicas are taken."""
LARGEST_MARGIN = 0.3  # of the mean-square limit, near which x^2 has no variance to measure by
MOST_SHOTS_PER_CYCLE = 64


def law_checks(mode: ModePredictions) -> list[PlannedCheck]:
    """Transform at s theta = 1 and distribution function at theta, for any law that claims them."""
    law, seed, found = mode.model.law, mode.study.run.seed, []
    at = {claim_of_law("transform", law.name): (y.s, 1 / law.mean), claim_of_law("cdf", law.name): (y.t, law.mean)}
    for claim, (variable, value) in at.items():
        if claim not in CLAIMS or not mode.model.is_about(CLAIMS[claim]) or mode.mode != 0:
            continue
        of_cycle = "E exp(-T/theta)" if variable == y.s else "P(T <= theta)"
        claimed = mode.model.claimed(claim).subs({variable: value, y.atom_count: _count(mode)}, simultaneous=True)
        system, count = mode_system(mode.study, 0), cycle_count(mode)
        sampler = partial(_law_samples, system, float(law.mean), seed, count, variable == y.s)
        try:
            number = with_integrals(claimed, law.arrays)
        except ValueError:
            continue  # an integral over kinks, which no quadrature encloses
        found.append(_planned(mode, claim, number, f"{of_cycle} of a drawn cycle", sampler))
    return found


def staleness_checks(mode: ModePredictions) -> list[PlannedCheck]:
    """Poisson arrivals of the other workers counted over drawn cycles: variance, one probability, joint transform."""
    workers = int(mode.model.scheme.workers)
    if mode.mode != 0 or workers < 2:
        return []
    z, s = sp.Rational(workers - 1, workers), 1 / mode.model.law.mean
    rate = float(mode.model.scheme.workers - 1) / float(mode.model.law.mean)
    sampler = partial(_counted, mode_system(mode.study, 0), rate, mode.study.run.seed, cycle_count(mode))
    found, claim = [], "staleness.variance.poisson"
    if has_moment(mode.model.law, 4):  # else the sample variance has none itself
        words, counted = "variance of Poisson arrivals in a drawn cycle", partial(sampler, "variance", 0.0, 0.0)
        found.append(_planned(mode, claim, mode.number(CLAIMS[claim]), words, counted))
    third = evaluate(factorial_moment(mode, 3), arrays=mode.model.law.arrays)
    words = "E[K (K - 1)(K - 2)] of Poisson arrivals in a drawn cycle"
    found.append(_planned(mode, "staleness.factorial-moment.poisson", third, words,
                          partial(sampler, "factorial", 3.0, 0.0)))  # fmt: skip
    try:
        # The likelier of two: what is seen more often is measured better.
        count = max((0, workers - 1), key=lambda j: float(staleness_probability(mode, j)))
        chance = staleness_probability(mode, count)
        joint = evaluate(joint_transform(mode, z, s), arrays=mode.model.law.arrays)
    except (ArithmeticError, NotImplementedError, ValueError):
        return found  # a law whose transform has no closed derivative
    words = f"P(K = {count}) of Poisson arrivals in a drawn cycle"
    found.append(_planned(mode, "staleness.probability.poisson", chance, words,
                          partial(sampler, "probability", float(count), 0.0)))  # fmt: skip
    words = "E z^K exp(-s T) of Poisson arrivals in a drawn cycle, z = 1 - 1/M, s theta = 1"
    found.append(_planned(mode, "staleness.joint-transform.poisson", joint, words,
                          partial(sampler, "transform", float(z), float(s))))  # fmt: skip
    return found


def noise_checks(mode: ModePredictions) -> list[PlannedCheck]:
    """The noise intensity as the mean squared increment of x per second, where no curvature moves x."""
    claim = "noise.intensity.asynchronous"
    predicted = mode.find("noise_intensity", "R1")
    if predicted is None or not mode.model.values[y.gradient_noise] > 0:
        return []
    window = WINDOW * float(mode.model.law.mean)
    sampler = partial(noise_increments, mode_system(mode.study, mode.mode), mode.study.run.seed, window, WINDOWS)
    return [_planned(mode, claim, predicted.value, "mean squared increment of x per second at curvature 0", sampler)]


def shot_checks(mode: ModePredictions) -> list[PlannedCheck]:
    """The variance of the shot model, simulated as it is defined, well below its mean-square limit."""
    predicted, workers = mode.find("stationary_variance", "R1"), int(mode.model.scheme.workers)
    if predicted is None or not mode.mean_is_stable or workers > MOST_SHOTS_PER_CYCLE:
        return []
    try:
        margin = mean_square_margin(mode)
    except OutsideDomainError:
        return []
    if not margin.upper < LARGEST_MARGIN or float(mode.model.values[y.gradient_noise]) == 0:
        return []
    system = mode_system(mode.study, mode.mode)
    sampler = partial(
        shot_second_moments,
        system,
        workers / float(mode.model.law.mean),
        seed=mode.study.run.seed,
        replicas=shot_replicas(system.learning_rate * system.curvature[0]),
        shots=SHOTS,
        burn_in=min(SHOT_BURN_IN * workers, SHOTS // 2),
    )
    return [_planned(mode, predicted.claim, predicted.value, "variance of the shot model, simulated (R1)", sampler)]


def shot_replicas(step: float) -> int:
    """How many replicas of the shot model a step needs: a path forgets in 1/step shots.

    Example: ``(shot_replicas(0.1), shot_replicas(1 / 128)) == (384, 768)``.
    """
    return min(MOST_SHOT_REPLICAS, math.ceil(SHOT_REPLICAS * max(1, float(SLOW_STEP) / step)))


def _planned(mode: ModePredictions, claim: str, value: Predicted, words: str, sampler: object) -> PlannedCheck:
    prediction = Prediction(claim, "sampled", CLAIMS[claim].rung, "", value)
    return PlannedCheck(prediction, mode.mode, sampler=sampler, words=words)  # type: ignore[arg-type]


def _count(mode: ModePredictions) -> sp.Integer:
    """How many values a measured law has; no other law asks."""
    return sp.Integer(len(getattr(mode.model.law, "values", ())))


def cycle_count(mode: ModePredictions) -> int:
    """How many cycles each replica draws: a share of the updates that the study asks for, as far as it helps."""
    return max(FEWEST_CYCLES, min(CYCLES, mode.study.run.updates // 4))


def _law_samples(system: System, mean: float, seed: int, count: int, transform: bool) -> tuple[float, ...]:
    drawn = cycles(system.draw, seed, count)
    # A cycle that is the mean itself may be drawn one rounding beyond it.
    values = np.exp(-drawn / mean) if transform else (drawn <= mean * (1 + 1e-12)).astype(float)
    return tuple(values.mean(axis=1).tolist())


def _counted(
    system: System, rate: float, seed: int, count: int, what: str, first: float, second: float
) -> tuple[float, ...]:
    seen = poisson_counts(system.draw, rate, seed, count)
    if what == "variance":
        return tuple(seen.counts.var(axis=1, ddof=1).tolist())
    if what == "factorial":
        falling = np.prod([seen.counts - below for below in range(int(first))], axis=0, dtype=float)
        return tuple(falling.mean(axis=1).tolist())
    if what == "probability":
        return tuple((seen.counts == first).mean(axis=1).tolist())
    return tuple((first**seen.counts * np.exp(-second * seen.cycles)).mean(axis=1).tolist())
