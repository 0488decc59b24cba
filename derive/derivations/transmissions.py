"""Stage: event triggers against bandwidth. Input: a trigger, an uplink. Output: what a transmission is worth."""

from __future__ import annotations

from functools import cache

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Derivation
from derive.derivations.bandwidth import saturation_count
from derive.derivations.triggers import sent_fraction, trigger_gain_of_norm
from derive.rules.calculus import Rewrite, Specialise
from derive.rules.transmissions import CyclesUntilSent, GainPerTransmission, LeastGainPerTransmission

Given = frozenset[Assumption]


def _gain_and_share(given: Given) -> tuple[Derivation, int, int]:
    gain = trigger_gain_of_norm(given)
    both = gain.join(sent_fraction(given))
    return both, len(gain.steps), len(both.steps)


@cache
def gain_per_transmission(given: Given = assumptions.ALL) -> Derivation:
    """g = G/p = 2 Gamma(d/2 + 1, kappa^2/2)/(d Gamma(d/2, kappa^2/2)): damping per gradient that is sent."""
    both, gain, share = _gain_and_share(given)
    return both.then(GainPerTransmission(), gain, share).concluded("damping per transmission of an event trigger")


@cache
def least_gain_per_transmission(given: Given = assumptions.ALL) -> Derivation:
    """g >= 1 + kappa^2, one mode."""
    both, gain, share = _gain_and_share(given)
    one = ((y.modes, sp.Integer(1)),)
    first = both.then(Specialise(y.trigger_gain, one), gain).then(Rewrite(sp.expand_func))
    second = first.then(Specialise(y.applied_fraction, one), share).then(Rewrite(sp.expand_func))
    bound = second.then(LeastGainPerTransmission(), len(first.steps), len(second.steps))
    return bound.concluded("least damping per transmission, one mode", y.trigger > 0)


@cache
def triggered_saturation(given: Given = assumptions.ALL) -> Derivation:
    """M = 1 + nu theta_C/p: so many workers fill an uplink when each sends the share p of its gradients."""
    return saturation_count(given).then(CyclesUntilSent()).concluded("worker count that saturates, with a trigger")
