"""Stage: proofs about shots (R1). Input: predictions of a mode. Output: verdicts on weights, triggers and momentum.

With delays of exponential stages the second moments of parameter, velocity and what is read obey linear equations: one
shot maps them all at once, a matrix times them times its transpose. They are solved in rationals, without a noise gain.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sympy as sp

from derive import symbols as y
from derive.characteristic import delay_equation
from derive.claims import CLAIMS
from derive.laws import Gamma
from derive.models.schemes import mode_model
from derive.schemes import Asynchronous
from numeric.enclosed.law_quadrature import integral_over_density
from numeric.enclosed.quadrature import noise_gain
from numeric.enclosed.stationary import gain_weights
from numeric.enclosure import Enclosure, evaluate
from numeric.values import Exact
from verify.agreement import judge_agreement
from verify.predicting.mean_square import CORRELATION, TRIGGER, VELOCITY, WEIGHTED
from verify.predicting.predictions import ModePredictions
from verify.verdict import Verdict

VARIANCE, VELOCITY_VARIANCE = "weighted-shots.stationary-variance.any-law", "momentum.shot-variance.any-law"
WEIGHED, MOVED = (VARIANCE, WEIGHTED, TRIGGER), (CORRELATION, VELOCITY_VARIANCE, VELOCITY)
STAGES = (1, 2)  # of a delay
WEIGHT, SQUARE = sp.Rational(3, 4), sp.Rational(5, 8)  # of a weight that is 1 or 1/2, with equal chances
KEPT = sp.Rational(1, 2)  # of the velocity
WORKERS, STEP = 4, sp.Rational(1, 10)
FAR, KAPPA = 12, 2  # a mean gradient and a trigger, in standard deviations of a gradient's noise


@dataclass(frozen=True)
class Shots:
    """Poisson shots of one mode: delays of a mean (s) in stages, a step eta h, the means of W and W^2, momentum."""

    mean: sp.Expr
    stages: int
    weight: sp.Expr = sp.S.One
    square: sp.Expr = sp.S.One
    momentum: sp.Expr = sp.S.Zero

    @property
    def rate(self) -> sp.Expr:
        """Shots per second."""
        return WORKERS / self.mean

    def moments(self, *, shot: bool = True) -> tuple[sp.Expr, sp.Expr]:
        """V for eta sigma = 1, and the correlation of the velocity over a shot; without ``shot`` V of the drift alone.

        Example: ``Shots(sp.Integer(1), 1).moments(shot=False)[0] == 7``.
        """
        size = 2 + self.stages
        names = {(i, k): sp.Dummy(f"P_{i}{k}") for i in range(size) for k in range(i, size)}
        now = sp.Matrix(size, size, lambda i, k: names[min(i, k), max(i, k)])
        flow = sp.zeros(size)
        for stage in range(2, size):
            flow[stage, stage] = -self.stages / self.mean
            flow[stage, stage - 1 if stage > 2 else 0] = self.stages / self.mean
        kept = sp.eye(size)  # what a shot makes of (x, v, ..), the gradient aside
        kept[0, 1], kept[1, 1] = self.momentum, self.momentum
        hit = sp.Matrix([1, 1, *[0] * self.stages])
        read = now[:, size - 1]  # E of the parameter read times each
        pulled = STEP * self.weight * kept * read * hit.T
        drive = self.square * (STEP**2 * now[0, 0] * int(shot) + 1)
        change = kept * now * kept.T - pulled - pulled.T + drive * hit * hit.T - now
        balance = self.rate * change + flow * now + now * flow.T
        found = sp.solve([balance[i, k] for i, k in names], list(names.values()), dict=True)[0]
        met = self.momentum * now[1, 1] - STEP * self.weight * now[1, size - 1]
        return found[names[0, 0]], sp.cancel((met / now[1, 1]).subs(found))


def weighted_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Weights of 1 and 1/2 by chance: variance and margin against all second moments; margins with a trigger."""
    if mode.mode != 0:
        return
    for stages in STAGES:
        plain = Shots(mode.model.law.mean, stages)
        one = Shots(plain.mean, stages, WEIGHT, SQUARE)
        values = {y.curvature: STEP, y.gradient_noise: sp.S.One, y.learning_rate: sp.S.One}
        exact, smooth = one.moments()[0], one.moments(shot=False)[0]
        at = values | {y.noise_intensity: SQUARE * one.rate}
        gain = _gain(WEIGHT * STEP * one.rate, one)
        words = f"weights 1 and 1/2, delays of {stages} stage(s): "
        found = evaluate(CLAIMS[VARIANCE].expression.subs(at), {y.second_moment_gain: gain})
        yield judge_agreement(VARIANCE, case, f"{words}variance, all second moments", found, Exact(exact))
        margin = evaluate(CLAIMS[WEIGHTED].expression.subs(at), {y.second_moment_gain: gain})
        words += "margin, one minus smooth over shot variance"
        yield judge_agreement(WEIGHTED, case, words, margin, Exact(1 - smooth / exact))
        at = values | {y.arrival_rate: plain.rate}
        gain = _gain(STEP * plain.rate, plain)
        margin = evaluate(CLAIMS[TRIGGER].expression.subs(at), {y.second_moment_gain: gain})
        far = sent_far_out() * (1 - plain.moments(shot=False)[0] / plain.moments()[0])
        words = f"trigger {KAPPA} seen at a gradient of {FAR} deviations, delays of {stages} stage(s): margin"
        yield judge_agreement(TRIGGER, case, words, margin, far, 1e-6)


def velocity_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Momentum 1/2: correlation of the velocity, variance and margin against all second moments."""
    if mode.mode != 0:
        return
    for stages in STAGES:
        shots = Shots(mode.model.law.mean, stages, momentum=KEPT)
        variance, correlation = shots.moments()
        scheme = Asynchronous(WORKERS)
        law = Gamma(stages, shots.mean)
        model = mode_model(law, scheme, learning_rate=1, curvature=STEP, gradient_noise=1, momentum=KEPT)
        gains = {name: noise_gain(model.noise_equation, 9, weight) for name, weight in gain_weights(shots.rate).items()}
        words = f"momentum 1/2, delays of {stages} stage(s), all second moments: "
        rho = evaluate(model.claimed(CORRELATION), {one: gains[one] for one in (y.fast_gain, y.band_gain)})
        yield judge_agreement(CORRELATION, case, f"{words}velocity over an update", rho, Exact(correlation))
        known = {y.second_moment_gain: gains[y.second_moment_gain], y.fast_gain: gains[y.fast_gain]}
        known[y.velocity_correlation] = Enclosure.of(correlation)
        found = evaluate(model.claimed(VELOCITY_VARIANCE), known)
        yield judge_agreement(VELOCITY_VARIANCE, case, f"{words}variance", found, Exact(variance))
        # V = D/(1 - h^2 D) with D = eta^2 sigma^2 Lambda J: the margin is h^2 V/(1 + h^2 V).
        margin = STEP**2 * variance / (1 + STEP**2 * variance)
        found = evaluate(model.claimed(VELOCITY), known)
        yield judge_agreement(VELOCITY, case, f"{words}margin, from the exact variance", found, Exact(margin))


def sent_far_out() -> Enclosure:
    """The share of the squared gradient that a trigger of 2 sends where the mean gradient is 12 deviations large.

    Example: ``abs(float(sent_far_out()) - 1) < 1e-9``.
    """
    density = sp.exp(-((y.u - FAR) ** 2) / 2) / sp.sqrt(2 * sp.pi) + sp.exp(-((y.u + FAR) ** 2) / 2) / sp.sqrt(
        2 * sp.pi
    )
    least = sp.Rational(1, 10**20)
    held = integral_over_density(density, y.u**2, y.u, (least, sp.Integer(KAPPA)))
    return 1 - held / (1 + FAR**2)


def _gain(damping: sp.Expr, shots: Shots) -> Enclosure:
    return noise_gain(delay_equation(damping, Gamma(shots.stages, shots.mean)), 9)
