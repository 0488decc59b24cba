"""Stage: a spectrum of curvatures. Input: V of one mode. Output: the excess risk of all modes."""

from __future__ import annotations

from functools import cache

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Derivation, Rule
from derive.derivations.characteristic import damping_coefficient, noise_intensity
from derive.derivations.noise import constant_variance, stages_variance
from derive.rules.spectra import AverageOverCurvatures, SumOverModes

Given = frozenset[Assumption]


@cache
def excess_risk(given: Given = assumptions.ALL) -> Derivation:
    """R = d_m eta sigma^2 (1 + eta M hbar)/4 for exponential delays, hbar the mean curvature (rung R2)."""
    return _over_modes(stages_variance(1, given), SumOverModes(), given).concluded(
        "excess risk of a spectrum, exponential delays"
    )


@cache
def uniform_excess_risk(given: Given = assumptions.ALL) -> Derivation:
    """R = d_m sigma^2 ln((1 - sin eta M h_min)/(1 - sin eta M h_max))/(4 M (h_max - h_min)), constant delay."""
    total = _over_modes(constant_variance(given), AverageOverCurvatures(), given)
    range_ = y.least_curvature < y.greatest_curvature
    stable = y.learning_rate * y.workers * y.greatest_curvature < sp.pi / 2
    return total.concluded("excess risk of evenly spread curvatures, constant delay", sp.And(range_, stable))


def _over_modes(variance: Derivation, rule: Rule, given: Given) -> Derivation:
    """The rule applied to V of one mode, a and q."""
    damped = variance.join(damping_coefficient(given))
    driven = damped.join(noise_intensity(given))
    return driven.then(rule, len(variance.steps), len(damped.steps), len(driven.steps))
