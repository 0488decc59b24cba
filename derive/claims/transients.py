"""Claims about the mean path from a constant history: its transform, its residues, late times, the training time."""

from __future__ import annotations

from derive.claims.record import Claim
from derive.derivations import transients

_DELAYED = (  # whatever is applied, its delay has a law: the same rule, with the transform of what is applied
    *("staleness-threshold", "staleness-discount", "age-drop", "age-abandon", "dropout"),
    *("event-trigger", "shared-uplink", "k-batch-async"),
)

CLAIMS = (
    Claim(
        "transients.transform.any-law",
        "From a constant history the mean path has the transform (x0/s)(1 - a/(s + a L(s))).",
        "equality",
        "R3",
        transients.mean_transform,
        also=_DELAYED,
    ),
    Claim(
        "transients.residue.any-law",
        "A simple root s adds c e^(s t) to the mean path, c = -x0 a/(s H'(s)).",
        "equality",
        "R3",
        transients.mean_residue,
        also=_DELAYED,
    ),
    Claim(
        "transients.transform.momentum",
        "With momentum the mean path has the transform (x0/s)(1 - eta h Lambda (s + Lambda)/H(s)).",
        "equality",
        "R3",
        transients.velocity_transform,
        scheme="momentum",
        also=("dropout",),
    ),
    Claim(
        "transients.residue.momentum",
        "With momentum a simple root s adds c e^(s t) to the mean path, c = -x0 eta h Lambda (s + Lambda)/(s H'(s)).",
        "equality",
        "R3",
        transients.velocity_residue,
        scheme="momentum",
        also=("dropout",),
    ),
    Claim(
        "transients.residue.constant",
        "For a constant delay a root s adds c e^(s t) to the mean path, c = -x0 a/(s (1 + s theta)).",
        "equality",
        "R3",
        transients.constant_residue,
        "",
        "constant",
    ),
    Claim(
        "transients.residue.gamma",
        "For gamma delays of shape k a root s adds c e^(s t) to the mean path, c rational in s theta and k.",
        "equality",
        "R3",
        transients.gamma_residue,
        "",
        "gamma",
    ),
    Claim(
        "transients.mean-path.constant",
        "For a constant delay the mean path is a polynomial on every interval of one delay, by the method of steps.",
        "equality",
        "R3",
        transients.constant_mean_path,
        "",
        "constant",
    ),
    Claim(
        "transients.mean-path.exponential",
        "For exponential delays below critical damping the mean path is two exponentials about the rate 1/(2 theta).",
        "equality",
        "R3",
        transients.exponential_mean_path,
        "",
        "exponential",
    ),
    Claim(
        "transients.oscillating-path.exponential",
        "For exponential delays beyond critical damping the mean path oscillates and decays at the rate 1/(2 theta).",
        "equality",
        "R3",
        transients.exponential_oscillation,
        "",
        "exponential",
    ),
    Claim(
        "transients.late-mean.pareto",
        "For Pareto delays the mean path falls no faster than the delay's tail, m(t) ~ -x0 P(tau > t).",
        "asymptotic",
        "R3",
        transients.late_mean,
        "",
        "pareto",
    ),
    Claim(
        "transients.training-time.any-law",
        "With a real and simple rightmost root -r the mean path stays below x_eps from ln(|c|/x_eps)/r on.",
        "asymptotic",
        "R3",
        transients.training_time,
        also=_DELAYED,
    ),
    Claim(
        "shots.second-moment.any-law",
        "With Poisson shots the second moment in time obeys a Volterra equation in the squared fundamental solution.",
        "equality",
        "R1",
        transients.shot_second_moment,
    ),
    Claim(
        "shots.excess-risk.any-law",
        "With Poisson shots the excess risk of a mode tends to h V/2, below which no level is reached.",
        "equality",
        "R1",
        transients.stationary_excess_risk,
        "excess_risk",
    ),
    Claim(
        "finite-workers.second-moment-in-time.exponential",
        "With exponential cycles the transform of E x^2 in time is a fraction of degree five, exactly.",
        "equality",
        "R0",
        transients.exponential_second_moment_in_time,
        "",
        "exponential",
    ),
)
