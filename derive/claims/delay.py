"""Claims about the delay equation: roots, stability, speed."""

from __future__ import annotations

from derive import characteristic_derivations as linear
from derive import speed
from derive.claims.record import Claim

CLAIMS = (
    Claim(
        "delay.characteristic-function.any-law",
        "The mean of a mode obeys H(s) = s + a L(s) = 0, L the transform of the delay.",
        "equality",
        "R3",
        linear.characteristic_function,
        supports="F",
    ),
    Claim(
        "delay.roots.constant",
        "For a constant delay the roots are W_l(-a theta)/theta, one for each branch l.",
        "equality",
        "R3",
        linear.lambert_roots,
        law="constant",
    ),
    Claim(
        "delay.roots.exponential",
        "For exponential delays the roots are (-1 +- sqrt(1 - 4 a theta))/(2 theta).",
        "equality",
        "R3",
        linear.quadratic_roots,
        law="exponential",
    ),
    Claim(
        "delay.roots.erlang",
        "For n exponential stages the roots solve (n/theta)(u - 1) u^n + a = 0 with u = 1 + s theta/n.",
        "equality",
        "R3",
        linear.erlang_polynomial,
        law="erlang",
    ),
    Claim(
        "delay.stability-limit.constant",
        "A constant delay is stable iff a theta < pi/2; a larger staleness diverges (claim C).",
        "equality",
        "R3",
        speed.constant_stability_limit,
        "stability_limit",
        "constant",
        supports="C",
    ),
    Claim(
        "delay.stability-limit.gamma",
        "Gamma delays of shape k > 1 are stable iff a theta < k sin(pi/2k)/cos^(k+1)(pi/2k).",
        "equality",
        "R3",
        speed.gamma_stability_limit,
        "stability_limit",
        "gamma",
    ),
    Claim(
        "delay.critical-damping.constant",
        "For a constant delay the rightmost root is double at a theta = 1/e.",
        "equality",
        "R3",
        speed.constant_critical_damping,
        "critical_damping",
        "constant",
    ),
    Claim(
        "delay.critical-damping.gamma",
        "For gamma delays of shape k the rightmost root is double at a theta = (k/(k+1))^(k+1).",
        "equality",
        "R3",
        speed.gamma_critical_damping,
        "critical_damping",
        "gamma",
    ),
    Claim(
        "delay.decay-rate.any-law",
        "Up to critical damping the decay rate is at least a: a small staleness does not slow the mean (claim B).",
        "bound",
        "R3",
        speed.decay_at_least_damping,
        supports="B",
    ),
    Claim(
        "workers.fastest-count.constant",
        "With constant cycles more than 1/(e eta h) workers slow the mean down (claim A).",
        "equality",
        "R3",
        speed.constant_fastest_workers,
        "fastest_workers",
        "constant",
        supports="A",
    ),
    Claim(
        "workers.fastest-count.gamma",
        "With gamma cycles critical damping is reached at (k/(k+1))^(k+1)/(eta h) workers (claim A).",
        "equality",
        "R3",
        speed.gamma_fastest_workers,
        "fastest_workers",
        "gamma",
        supports="A",
    ),
)
