"""Claims about speed: further laws, the spread of a delay, a spectrum of curvatures, recursion and time."""

from __future__ import annotations

from derive.claims.record import Claim
from derive.derivations import clocks, momentum, spectra
from derive.derivations import speed_of_laws as speed

CLAIMS = (
    Claim(
        "delay.critical-damping.shifted-exponential",
        "For shifted exponential delays the damping at which the rightmost root is double is closed in d and theta_d.",
        "equality",
        "R3",
        speed.shifted_critical_damping,
        "critical_damping",
        "shifted_exponential",
    ),
    Claim(
        "delay.critical-damping.inverse-gaussian",
        "For inverse Gaussian delays the damping at which the rightmost root is double is closed in theta and xi.",
        "equality",
        "R3",
        speed.tilted_critical_damping,
        "critical_damping",
        "inverse_gaussian",
    ),
    Claim(
        "delay.stability-limit.inverse-gaussian",
        "Inverse Gaussian delays are stable iff a theta < (pi/2) v exp((xi/theta)(v - 1)), v^2 = 1 + (pi theta/2xi)^2.",
        "equality",
        "R3",
        speed.tilted_stability_limit,
        "stability_limit",
        "inverse_gaussian",
    ),
    Claim(
        "delay.crossing-shift.shifted-exponential",
        "Shifted exponential delays let roots first cross at i omega if d = (pi/2 - arctan omega theta_d)/omega.",
        "equality",
        "R3",
        speed.shifted_crossing,
        law="shifted_exponential",
    ),
    Claim(
        "delay.stability-limit.shifted-exponential",
        "Shifted exponential delays are stable iff a < omega sqrt(1 + omega^2 theta_d^2), omega that of the crossing.",
        "equality",
        "R3",
        speed.shifted_stability_limit,
        law="shifted_exponential",
    ),
    Claim(
        "delay.beyond-critical.hyperexponential",
        "For every mixture of exponentials the pair moves left beyond critical damping: the fastest damping is larger.",
        "asymptotic",
        "R3",
        speed.mixture_beyond_critical,
        law="hyperexponential",
    ),
    Claim(
        "delay.response-real-part.hyperexponential",
        "For every mixture of exponentials Re L(i omega) > 0, so that no damping makes the mean unstable.",
        "equality",
        "R3",
        speed.mixture_response,
        law="hyperexponential",
    ),
    Claim(
        "delay.damping-by-excess.any-law",
        "Of equal mean, the more spread delay (convex order) has no larger critical damping, and decays no slower.",
        "equality",
        "R3",
        speed.damping_by_excess,
        supports="B",
    ),
    Claim(
        "delay.least-decay-rate.any-law",
        "Up to its critical damping every law of mean theta decays at least as fast as the constant delay (claim B).",
        "bound",
        "R3",
        speed.least_decay,
        supports="B",
    ),
    Claim(
        "spectrum.excess-risk.exponential",
        "With exponential delays the modes' excess risks add up to d_m eta sigma^2 (1 + eta M hbar)/4, by the trace.",
        "equality",
        "R2",
        spectra.excess_risk,
        law="exponential",
    ),
    Claim(
        "recursion.in-poisson-time.random-staleness",
        "Updates at Poisson times carry H(z) into H(s) by z = 1 + s/Lambda, staleness into as many exponential waits.",
        "equality",
        "R3",
        clocks.drawn_in_time,
        scheme="random-staleness",
    ),
    Claim(
        "momentum.in-poisson-time.fixed-staleness",
        "With momentum the same z = 1 + s/Lambda carries the recursion into the delay equation with momentum.",
        "equality",
        "R3",
        clocks.velocity_in_time,
        law="fixed-staleness",
        scheme="momentum",
    ),
    Claim(
        "momentum.stability-limit.exponential",
        "With momentum and exponential delays the limit of eta h is (1 - beta)(1 + M (1 - beta))/(beta M - 1).",
        "equality",
        "R3",
        momentum.momentum_limit,
        law="exponential",
        scheme="momentum",
    ),
)
