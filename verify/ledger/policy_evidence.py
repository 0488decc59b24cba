"""Stage: evidence as data. Input: second routes of policies. Output: rows of evidence: kind, check, claims."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from verify.predicting.predictions import ModePredictions
from verify.second_routes import classical_policies, elasticities, overtaking, transmissions, worker_counts
from verify.verdict import Evidence, Verdict

Row = tuple[Evidence, Callable[[ModePredictions, str], Iterator[Verdict]], tuple[str, ...]]

_CERTIFIED: Evidence = "certified agreement"
_FINITE: Evidence = "exact finite M"

ROWS: tuple[Row, ...] = (
    (
        _CERTIFIED,
        classical_policies.weight_agreement,
        ("policy.mean-weight.exponential", "policy.mean-weight.constant"),
    ),
    (
        _CERTIFIED,
        classical_policies.divided_agreement,
        ("policy.damping-coefficient.asynchronous", "policy.share-of-best.constant"),
    ),
    (
        _CERTIFIED,
        worker_counts.fastest_counts,
        ("workers.fastest-count.any-law", "workers.greatest-fastest-count.any-law"),
    ),
    (
        _CERTIFIED,
        worker_counts.greatest_speeds,
        (
            "delay.greatest-critical-decay.any-law",
            "delay.greatest-speedup.any-law",
            "uplink.greatest-decay-rate.shared-uplink",
        ),
    ),
    (
        _CERTIFIED,
        worker_counts.two_curvatures,
        (
            "workers.overtaking-count.constant",
            "workers.overtaking-decay-rate.constant",
            "workers.saturated-decay-rate.exponential",
        ),
    ),
    (
        _CERTIFIED,
        overtaking.gamma_curvatures,
        (overtaking.RATIO, overtaking.RATE, overtaking.COUNT),
    ),
    (
        _CERTIFIED,
        worker_counts.stable_counts,
        (
            "workers.safe-count.any-law",
            "staleness.safe-mean.any-law",
            "workers.stable-count.any-law",
            "workers.stable-count.constant",
            "workers.stable-count.gamma",
        ),
    ),
    (
        _CERTIFIED,
        elasticities.root_elasticities,
        (
            "delay.root-elasticity.any-law",
            "delay.decay-elasticity.constant",
            "delay.decay-elasticity.gamma",
        ),
    ),
    (
        _CERTIFIED,
        elasticities.variance_elasticities,
        ("delay.variance-elasticity.constant", "delay.variance-elasticity.exponential"),
    ),
    (
        _CERTIFIED,
        elasticities.time_elasticities,
        ("transients.noise-elasticity.any-law", "transients.delays-over-noise.constant"),
    ),
    (
        _CERTIFIED,
        transmissions.transmission_agreement,
        (
            "trigger.gain-per-transmission.event-trigger",
            "trigger.least-gain-per-transmission.event-trigger",
        ),
    ),
    (
        _FINITE,
        worker_counts.saturation,
        ("uplink.saturation-count.shared-uplink", "uplink.saturation-count.event-trigger"),
    ),
)
