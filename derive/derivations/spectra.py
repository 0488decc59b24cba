"""Stage: a spectrum of curvatures. Input: V of one mode. Output: the excess risk of all modes."""

from __future__ import annotations

from functools import cache

from derive import assumptions
from derive.derivation import Assumption, Derivation
from derive.derivations.characteristic import damping_coefficient, noise_intensity
from derive.derivations.noise import stages_variance
from derive.rules.spectra import SumOverModes

Given = frozenset[Assumption]


@cache
def excess_risk(given: Given = assumptions.ALL) -> Derivation:
    """R = d_m eta sigma^2 (1 + eta M hbar)/4 for exponential delays, hbar the mean curvature (rung R2)."""
    variance = stages_variance(1, given)
    damped = variance.join(damping_coefficient(given))
    driven = damped.join(noise_intensity(given))
    total = driven.then(SumOverModes(), len(variance.steps), len(damped.steps), len(driven.steps))
    return total.concluded("excess risk of a spectrum, exponential delays")
