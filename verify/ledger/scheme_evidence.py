"""Stage: evidence as data. Input: second routes of schemes. Output: rows of evidence: kind, check, claims."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from verify.predicting.predictions import ModePredictions
from verify.second_routes import arrivals as arrival_proofs
from verify.second_routes import composed as composed_proofs
from verify.second_routes import cycle_counts, drawn_batches, filter_chains, staged_means, weighted_shots
from verify.second_routes import drawn_staleness as drawn_proofs
from verify.second_routes import finite_workers as worker_proofs
from verify.second_routes import heavy_ball as heavy_ball_proofs
from verify.second_routes import limits as limit_proofs
from verify.second_routes import merging as merging_proofs
from verify.second_routes import momentum as momentum_proofs
from verify.second_routes import recursion as recursion_proofs
from verify.second_routes import run_time as run_time_proofs
from verify.second_routes import schemes as scheme_proofs
from verify.second_routes import speed as speed_proofs
from verify.second_routes import staged as staged_proofs
from verify.second_routes import stale_workers as stale_proofs
from verify.second_routes import time_bounds as time_bound_proofs
from verify.second_routes import triggers as trigger_proofs
from verify.second_routes import zero_threshold as zero_threshold_proofs
from verify.verdict import Evidence, Verdict

Row = tuple[Evidence, Callable[[ModePredictions, str], Iterator[Verdict]], tuple[str, ...]]

_CERTIFIED: Evidence = "certified agreement"
_FINITE: Evidence = "exact finite M"

ROWS: tuple[Row, ...] = (
    (
        _CERTIFIED,
        trigger_proofs.trigger_agreement,
        (
            "trigger.gain.event-trigger",
            "trigger.noise-gain.event-trigger",
        ),
    ),
    (
        _CERTIFIED,
        trigger_proofs.norm_agreement,
        (
            "trigger.gain-of-norm.event-trigger",
            "trigger.applied-fraction.event-trigger",
            "trigger.other-rate.event-trigger",
            "trigger.damping-coefficient.event-trigger",
            "trigger.noise-intensity.event-trigger",
        ),
    ),
    (
        _CERTIFIED,
        scheme_proofs.batch_transform,
        (
            "batch.transform.k-batch-async",
            "batch.characteristic-function.k-batch-async",
        ),
    ),
    (
        _CERTIFIED,
        momentum_proofs.momentum_function,
        (
            "momentum.characteristic-function.any-law",
            "momentum.polynomial.fixed-staleness",
        ),
    ),
    (
        _CERTIFIED,
        run_time_proofs.order_agreement,
        (
            "run-time.time-per-update.k-sync",
            "run-time.time-per-update.synchronous",
            "k-sync.time-per-update.exponential",
            "synchronous.time-per-update.exponential",
        ),
    ),
    (
        _CERTIFIED,
        run_time_proofs.fresh_agreement,
        (
            "synchronous.stability-limit.any-law",
            "synchronous.stationary-variance.any-law",
            "synchronous.decay-rate.any-law",
        ),
    ),
    (
        _FINITE,
        filter_chains.threshold_chains,
        (
            "threshold.other-rate.any-law",
            "threshold.noise-intensity.any-law",
        ),
    ),
    (
        _FINITE,
        filter_chains.weight_chains,
        (
            "filter.damping-coefficient.any-law",
            "filter.noise-intensity.any-law",
        ),
    ),
    (_FINITE, cycle_counts.stalenesses_of_stages, (cycle_counts.JOINT,)),
    (_FINITE, zero_threshold_proofs.fresh_chains, (zero_threshold_proofs.SHARE,)),
    (_FINITE, zero_threshold_proofs.fresh_limit, (zero_threshold_proofs.GAP,)),
    (_FINITE, staged_proofs.staged_agreement, (staged_proofs.OVER_TIME, staged_proofs.AT_UPDATES)),
    (_FINITE, staged_proofs.staged_series, tuple(staged_proofs.GAPS.values())),
    (_FINITE, momentum_proofs.momentum_variance, ("momentum.stationary-variance.any-law",)),
    (
        _FINITE,
        scheme_proofs.batch_chains,
        (
            "batch.damping-coefficient.k-batch-async",
            "batch.noise-intensity.k-batch-async",
            "batch.staleness-mean.k-batch-async",
        ),
    ),
    (
        _FINITE,
        scheme_proofs.uplink_chains,
        (
            "uplink.arrival-rate.shared-uplink",
            "uplink.transform.shared-uplink",
            "uplink.delay-mean.shared-uplink",
            "uplink.staleness-mean.shared-uplink",
            "uplink.damping-coefficient.shared-uplink",
            "uplink.noise-intensity.shared-uplink",
        ),
    ),
    (
        _FINITE,
        run_time_proofs.update_chains,
        (
            "run-time.time-per-update.k-batch-async",
            "k-batch-sync.time-per-update.exponential",
            "k-async.time-per-update.exponential",
            "k-async.staleness-mean.any-law",
            "k-async.characteristic-function.exponential",
        ),
    ),
    (
        _CERTIFIED,
        composed_proofs.composed_agreement,
        (
            "law.transform.sum",
            "law.second-moment.sum",
            "law.transform.mixture",
            "law.cdf.mixture",
            "law.second-moment.mixture",
            "law.transform.truncated",
            "law.cdf.truncated",
            "law.cdf.order-statistic",
        ),
    ),
    (
        _CERTIFIED,
        recursion_proofs.poisson_agreement,
        (recursion_proofs.POISSON_FUNCTION, recursion_proofs.POISSON_ANGLE, recursion_proofs.POISSON_LIMIT),
    ),
    (_FINITE, time_bound_proofs.idle_bounds, (time_bound_proofs.AGED, time_bound_proofs.LEAST)),
    (_FINITE, time_bound_proofs.spread_bounds, (time_bound_proofs.SPREAD,)),
    (_FINITE, time_bound_proofs.round_bounds, (time_bound_proofs.ROUND, time_bound_proofs.RESTS)),
    (
        _CERTIFIED,
        run_time_proofs.ranked_agreement,
        (
            "k-sync.time-per-update.shifted-exponential",
            "k-sync.time-per-update.uniform",
            "k-sync.time-per-update.pareto",
        ),
    ),
    (_CERTIFIED, run_time_proofs.weibull_agreement, ("k-sync.time-per-update.weibull",)),
    (_CERTIFIED, merging_proofs.interval_agreement, ("arrivals.interval.any-law",)),
    (
        _CERTIFIED,
        merging_proofs.count_agreement,
        (
            "arrivals.count-probability.erlang",
            "arrivals.dispersion.any-law",
        ),
    ),
    (
        _CERTIFIED,
        merging_proofs.window_agreement,
        (
            "arrivals.dispersion-in-long-windows.any-law",
            "arrivals.dispersion-in-short-windows.any-law",
        ),
    ),
    (_CERTIFIED, arrival_proofs.distance_bounds, (arrival_proofs.BOUND,)),
    (_CERTIFIED, arrival_proofs.distances_of_many, (arrival_proofs.MANY,)),
    (_FINITE, arrival_proofs.unlike_intervals, (arrival_proofs.INTERVAL,)),
    (_CERTIFIED, arrival_proofs.unlike_dispersion, (arrival_proofs.DISPERSION,)),
    (
        _FINITE,
        merging_proofs.unlike_chains,
        (
            "arrivals.rate.unlike-workers",
            "delay.law.unlike-workers",
            "staleness.mean.unlike-workers",
        ),
    ),
    (
        _CERTIFIED,
        drawn_proofs.drawn_agreement,
        (drawn_proofs.RESPONSE, drawn_proofs.READ, drawn_proofs.VARIANCE, drawn_proofs.LIMIT),
    ),
    (
        _CERTIFIED,
        drawn_proofs.geometric_agreement,
        (drawn_proofs.GEOMETRIC_VARIANCE, drawn_proofs.GEOMETRIC_LIMIT, drawn_proofs.GEOMETRIC_STEP),
    ),
    (_CERTIFIED, limit_proofs.shot_limits, (limit_proofs.CONSTANT, limit_proofs.EXPONENTIAL)),
    (_FINITE, limit_proofs.worker_limit, (limit_proofs.WORKERS,)),
    (_CERTIFIED, limit_proofs.covariances, (limit_proofs.COVARIANCE, limit_proofs.STAGE)),
    (_CERTIFIED, heavy_ball_proofs.heavy_ball_agreement, (heavy_ball_proofs.SHARE, heavy_ball_proofs.LIMIT)),
    (_FINITE, heavy_ball_proofs.heavy_ball_agreement, (heavy_ball_proofs.VARIANCE,)),
    (_CERTIFIED, speed_proofs.safe_bound, (speed_proofs.SAFE,)),
    (_CERTIFIED, speed_proofs.expansion_agreement, (speed_proofs.EXPANSION,)),
    (_CERTIFIED, speed_proofs.beyond_agreement, (speed_proofs.BEYOND, speed_proofs.BEYOND_GAMMA)),
    (
        _FINITE,
        recursion_proofs.workers_agreement,
        (recursion_proofs.WORKERS_LIMIT, recursion_proofs.WORKERS_CRITICAL),
    ),
    (
        _FINITE,
        worker_proofs.named_workers,
        tuple(
            f"finite-workers.{quantity}-with-{update}.exponential"
            for quantity in ("mean", "second-moment")
            for update in ("momentum", "dropout")
        ),
    ),
    (_FINITE, worker_proofs.decay_gap, (worker_proofs.GAP,)),
    (_FINITE, staged_means.decay_series, (staged_means.GAP,)),
    (_FINITE, drawn_batches.named_draws, (drawn_batches.VARIANCE,)),
    (_FINITE, drawn_batches.named_limit, (drawn_batches.LIMIT,)),
    (_CERTIFIED, weighted_shots.weighted_agreement, weighted_shots.WEIGHED),
    (_CERTIFIED, weighted_shots.velocity_agreement, weighted_shots.MOVED),
    (_FINITE, stale_proofs.stale_agreement, (stale_proofs.VARIANCE, stale_proofs.SHARE)),
)
