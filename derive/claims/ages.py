"""Claims about age thresholds: gradients that are dropped when they arrive too old, or abandoned at that age."""

from __future__ import annotations

from functools import partial

from derive.claims.record import Claim
from derive.derivations import ages, thinning

CLAIMS = (
    Claim(
        "age-threshold.transform.age-drop",
        "Dropping what is older than A_T applies the transform truncated there, unnormalised.",
        "equality",
        "R0",
        thinning.age_transform,
        scheme="age-drop",
    ),
    Claim(
        "age-threshold.applied-fraction.age-drop",
        "Dropping what is older than A_T applies the share F(A_T) of the gradients.",
        "equality",
        "R0",
        thinning.age_fraction,
        "applied_fraction",
        scheme="age-drop",
    ),
    Claim(
        "age-threshold.arrival-rate.age-drop",
        "Dropping what is older than A_T leaves F(A_T) M/theta updates per second.",
        "equality",
        "R0",
        thinning.age_rate,
        scheme="age-drop",
    ),
    Claim(
        "age-threshold.arrival-rate.age-abandon",
        "Giving up at the age A_T makes M F(A_T)/E[min(T, A_T)] updates per second.",
        "equality",
        "R0",
        thinning.abandon_rate,
        scheme="age-abandon",
    ),
    Claim(
        "age-threshold.delay.age-drop",
        "Dropping what is older than A_T applies gradients whose delay is a cycle, given that it is at most A_T.",
        "equality",
        "R0",
        partial(ages.aged_delay, "drop"),
        scheme="age-drop",
    ),
    Claim(
        "age-threshold.staleness-mean.age-drop",
        "Dropping what is older than A_T leaves the mean staleness at the others' rate times the mean applied delay.",
        "equality",
        "R0",
        partial(ages.aged_staleness, "drop"),
        "staleness_mean",
        scheme="age-drop",
    ),
    Claim(
        "age-threshold.damping-coefficient.age-drop",
        "Dropping what is older than A_T makes the damping coefficient a = eta h F(A_T) M/theta.",
        "equality",
        "R1",
        partial(ages.aged_damping, "drop"),
        "damping_coefficient",
        scheme="age-drop",
    ),
    Claim(
        "age-threshold.noise-intensity.age-drop",
        "Dropping what is older than A_T makes the noise intensity q = eta^2 sigma^2 F(A_T) M/theta.",
        "equality",
        "R1",
        partial(ages.aged_noise, "drop"),
        "noise_intensity",
        scheme="age-drop",
    ),
    Claim(
        "age-threshold.delay.age-abandon",
        "Giving up at the age A_T applies gradients whose delay is a cycle, given that it is at most A_T.",
        "equality",
        "R0",
        partial(ages.aged_delay, "abandon"),
        scheme="age-abandon",
    ),
    Claim(
        "age-threshold.staleness-mean.age-abandon",
        "Giving up at the age A_T leaves the mean staleness at the others' rate times the mean applied delay.",
        "equality",
        "R0",
        partial(ages.aged_staleness, "abandon"),
        "staleness_mean",
        scheme="age-abandon",
    ),
    Claim(
        "age-threshold.damping-coefficient.age-abandon",
        "Giving up at the age A_T makes the damping coefficient a = eta h M F(A_T)/E[min(T, A_T)].",
        "equality",
        "R1",
        partial(ages.aged_damping, "abandon"),
        "damping_coefficient",
        scheme="age-abandon",
    ),
    Claim(
        "age-threshold.noise-intensity.age-abandon",
        "Giving up at the age A_T makes the noise intensity q = eta^2 sigma^2 M F(A_T)/E[min(T, A_T)].",
        "equality",
        "R1",
        partial(ages.aged_noise, "abandon"),
        "noise_intensity",
        scheme="age-abandon",
    ),
)
