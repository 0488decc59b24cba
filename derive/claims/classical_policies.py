"""Claims about classical policies: what weights and learning rates over the staleness leave of damping and speed."""

from __future__ import annotations

from derive.claims.record import Claim
from derive.derivations import classical_policies as classical

CLAIMS = (
    Claim(
        "policy.mean-weight.exponential",
        "Weights 1/(1 + K) average ln(1 + lambda theta)/(lambda theta) over exponential cycles: ln M/(M - 1).",
        "equality",
        "R1",
        classical.exponential_mean_weight,
        law="exponential",
        scheme="filter",
        supports="G",
    ),
    Claim(
        "policy.mean-weight.constant",
        "Weights 1/(1 + K) average (1 - e^(-lambda theta))/(lambda theta) over constant cycles, seen as Poisson.",
        "equality",
        "R1",
        classical.constant_mean_weight,
        law="constant",
        scheme="filter",
    ),
    Claim(
        "policy.damping-coefficient.asynchronous",
        "A learning rate over the mean staleness and one damps by eta h/theta, for any number of workers (claim A).",
        "equality",
        "R1",
        classical.divided_damping,
        supports="A",
    ),
    Claim(
        "policy.share-of-best.constant",
        "With constant cycles that learning rate reaches -W_0(-eta h) of the best decay rate, for eta h up to 1/e.",
        "equality",
        "R3",
        classical.divided_share,
        law="constant",
        supports="G",
    ),
)
