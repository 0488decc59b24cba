"""Claims about shots of any weight, with a trigger or with momentum: variance and limit in mean square on R1."""

from __future__ import annotations

from derive.claims.record import Claim
from derive.derivations import weighted_shots

_WEIGHED = ("staleness-threshold", "staleness-discount", "dropout", "age-drop", "age-abandon", "shared-uplink")

CLAIMS = (
    Claim(
        "weighted-shots.stationary-variance.any-law",
        "Whatever the weights of Poisson shots, V = q I/(1 - h^2 q I/sigma^2).",
        "asymptotic",
        "R1",
        weighted_shots.weighted_variance,
        scheme="filter",
        also=_WEIGHED,
    ),
    Claim(
        "weighted-shots.mean-square-limit.any-law",
        "Whatever the weights of Poisson shots, the mode is stable in mean square iff h^2 q I/sigma^2 < 1.",
        "equality",
        "R1",
        weighted_shots.weighted_limit,
        scheme="filter",
        also=_WEIGHED,
    ),
    Claim(
        "trigger.mean-square-limit.event-trigger",
        "With an event trigger E x^2 stays bounded iff it does without: far from the optimum every gradient is sent.",
        "equality",
        "R1",
        weighted_shots.trigger_limit,
        scheme="event-trigger",
    ),
    Claim(
        "momentum.velocity-correlation.any-law",
        "With momentum an update leaves of the velocity the correlation rho_v, known from the noise gains.",
        "equality",
        "R1",
        weighted_shots.velocity_correlation,
        scheme="momentum",
        also=("dropout",),
    ),
    Claim(
        "momentum.shot-variance.any-law",
        "With momentum and Poisson shots V = eta^2 sigma^2 Lambda J/(1 - eta^2 h^2 Lambda J), J of three noise gains.",
        "asymptotic",
        "R1",
        weighted_shots.velocity_variance,
        scheme="momentum",
        also=("dropout",),
    ),
    Claim(
        "momentum.mean-square-limit.any-law",
        "With momentum and Poisson shots the mode is stable in mean square iff eta^2 h^2 Lambda J < 1, |rho_v| < 1.",
        "equality",
        "R1",
        weighted_shots.velocity_limit,
        scheme="momentum",
        also=("dropout",),
    ),
    Claim(
        "k-async.mean-square-limit.exponential",
        "With exponential cycles K-async is stable in mean square iff a quadratic in eta h is below 1, exactly.",
        "equality",
        "Rd",
        weighted_shots.idle_limit,
        law="exponential",
        scheme="k-async",
    ),
)
