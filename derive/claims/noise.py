"""Claims about stationary variance and covariance on rungs R2 and R1."""

from __future__ import annotations

from functools import partial

from derive.claims.record import Claim
from derive.derivations import noise

_FILTERS = ("staleness-threshold", "staleness-discount")
# What has s + a L(s) with white noise.
_DRIVEN = (*_FILTERS, "age-drop", "age-abandon", "dropout", "event-trigger", "shared-uplink", "k-batch-async")

CLAIMS = (
    Claim(
        "delay.stationary-variance.constant",
        "For a constant delay V = q (1 + sin a theta)/(2 a cos a theta), 0 < a theta < pi/2.",
        "asymptotic",
        "R2",
        noise.constant_variance,
        "stationary_variance",
        "constant",
        "time",
    ),
    Claim(
        "delay.stationary-covariance.constant",
        "For a constant delay the covariance over one delay is a combination of cos a t and sin a t.",
        "asymptotic",
        "R2",
        noise.constant_covariance,
        "",
        "constant",
    ),
    Claim(
        "delay.stationary-covariance.any-law",
        "The covariance at the lag t is (q/pi) int_0^oo cos(omega t)/|H(i omega)|^2 d omega, for every law.",
        "asymptotic",
        "R2",
        noise.any_law_covariance,
    ),
    Claim(
        "delay.stationary-covariance.exponential",
        "For exponential delays and a theta > 1/4 the covariance swings within e^(-t/(2 theta)), in closed form.",
        "asymptotic",
        "R2",
        noise.exponential_covariance,
        "",
        "exponential",
    ),
    Claim(
        "delay.stationary-variance.exponential",
        "For exponential delays V = q (1 + a theta)/(2 a).",
        "asymptotic",
        "R2",
        partial(noise.stages_variance, 1),
        "stationary_variance",
        "exponential",
        "time",
    ),
    Claim(
        "delay.stationary-variance.erlang-4",
        "For Erlang delays of four stages V is a rational function of a theta.",
        "asymptotic",
        "R2",
        partial(noise.stages_variance, 4),
        "stationary_variance",
        "erlang-4",
        "time",
    ),
    Claim(
        "delay.stationary-variance.any-law",
        "V = q I, with I the integral of 1/(2 pi |H(i omega)|^2) over all frequencies.",
        "asymptotic",
        "R2",
        noise.any_law_variance,
        "stationary_variance",
        "any",
        "time",
        also=_DRIVEN,
    ),
    Claim(
        "shots.stationary-variance.any-law",
        "With Poisson shots V = q I/(1 - eta^2 h^2 Lambda I).",
        "asymptotic",
        "R1",
        noise.shot_variance,
        "stationary_variance",
        "any",
        "time",
    ),
    Claim(
        "shots.mean-square-limit.any-law",
        "With Poisson shots the mode is stable in mean square iff eta^2 h^2 Lambda I < 1.",
        "equality",
        "R1",
        noise.mean_square_limit,
    ),
    Claim(
        "shots.mean-square-limit.constant",
        "With Poisson shots and a constant delay the limit is where eta h (1 + sin a theta)/(2 cos a theta) = 1.",
        "equality",
        "R1",
        noise.constant_mean_square_limit,
        "",
        "constant",
    ),
    Claim(
        "shots.mean-square-limit.exponential",
        "With Poisson shots and exponential delays the variance is finite iff eta h < (sqrt(1 + 8 M) - 1)/(2 M).",
        "equality",
        "R1",
        noise.exponential_mean_square_limit,
        "",
        "exponential",
    ),
)
