"""Stage: event triggers. Input: a trigger in units of the noise. Output: its factor on damping and noise, its share.

Without any gradient but noise a trigger sends a share of the gradients; near the optimum it multiplies the mean
gradient by a factor G, and the noise intensity by the same G.
"""

from __future__ import annotations

from functools import cache

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Derivation
from derive.derivations.characteristic import damping_coefficient, noise_intensity
from derive.rules.arrivals import RenewalRate
from derive.rules.thinning import Thin
from derive.rules.triggers import Multiply, SentFraction, TriggeredNoise, TriggerGain, TriggerGainOfNorm

Given = frozenset[Assumption]


@cache
def trigger_gain(given: Given = assumptions.ALL) -> Derivation:
    """G = P(|Z| >= kappa) + 2 kappa phi(kappa): the factor on the mean gradient (one mode)."""
    return Derivation("factor of an event trigger on the damping", given).then(TriggerGain())


@cache
def trigger_noise(given: Given = assumptions.ALL) -> Derivation:
    """The factor on the noise intensity is the same G."""
    return Derivation("factor of an event trigger on the noise", given).then(TriggeredNoise())


@cache
def trigger_gain_of_norm(given: Given = assumptions.ALL) -> Derivation:
    """G_d = Gamma(d/2 + 1, kappa^2/2)/Gamma(d/2 + 1): d modes whose joint norm triggers."""
    return Derivation("factor of an event trigger on several modes", given).then(TriggerGainOfNorm())


@cache
def sent_fraction(given: Given = assumptions.ALL) -> Derivation:
    """p = Gamma(d/2, kappa^2/2)/Gamma(d/2): the share of gradients that are sent, at the optimum."""
    return Derivation("share of gradients that a trigger sends", given).then(SentFraction())


@cache
def trigger_rate(given: Given = assumptions.ALL) -> Derivation:
    """lambda = p (M - 1)/theta: a suppressed gradient makes no update."""
    needs = (assumptions.TRIGGER, assumptions.EXCHANGEABLE)
    started = Derivation("rate of the other workers' sent gradients", given).then(RenewalRate())
    return started.then(Thin(y.other_rate, y.workers - 1, y.applied_fraction, needs))


@cache
def trigger_damping(given: Given = assumptions.ALL) -> Derivation:
    """a = eta h G M/theta."""
    plain = damping_coefficient(given)
    both = plain.join(trigger_gain_of_norm(given))
    found = both.then(Multiply(y.damping), len(plain.steps), len(both.steps))
    return found.concluded("damping coefficient with an event trigger")


@cache
def trigger_intensity(given: Given = assumptions.ALL) -> Derivation:
    """q = eta^2 sigma^2 G M/theta (one mode)."""
    plain = noise_intensity(given)
    both = plain.join(trigger_gain_of_norm(given))
    found = both.then(Multiply(y.noise_intensity), len(plain.steps), len(both.steps))
    return found.concluded("noise intensity with an event trigger")
