"""Stage: updates in time. Input: H(z) of the recursion. Output: H(s) of the same updates at Poisson times."""

from __future__ import annotations

from functools import cache

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Derivation
from derive.derivations.drawn_noise import drawn_characteristic
from derive.derivations.momentum import heavy_ball_polynomial, momentum_characteristic
from derive.rules.clocks import PoissonClock, PoissonClockOfVelocity

Given = frozenset[Assumption]


@cache
def drawn_in_time(given: Given = assumptions.ALL) -> Derivation:
    """H(s) = s + epsilon Lambda P(Lambda/(Lambda + s)), P(z) = E z^K: Lambda times H(z) at z = 1 + s/Lambda."""
    return drawn_characteristic(given).then(PoissonClock()).concluded("recursion in Poisson time")


@cache
def velocity_in_time(given: Given = assumptions.ALL) -> Derivation:
    """H(s) = s (s + Lambda (1 - beta)) + epsilon Lambda (s + Lambda) (Lambda/(Lambda + s))^K, K >= 1."""
    updates = heavy_ball_polynomial(given)
    both = updates.join(momentum_characteristic(given))
    timed = both.then(PoissonClockOfVelocity(), len(updates.steps), len(both.steps))
    return timed.concluded("recursion with momentum in Poisson time", (y.staleness >= 1) & (y.momentum < 1))
