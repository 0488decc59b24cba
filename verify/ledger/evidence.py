"""Stage: evidence as data. Input: the claims. Output: one row per claim and kind of evidence, with what provides it.

A row names the function whose verdicts, or planned checks, speak of the claim; tests run every row and plant wrong
factors into the claims to see its verdict change. A report runs exactly the checks that stand here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, get_args

from derive.claims import CLAIMS, Claim
from derive.laws import LAWS
from verify.identities import identity_verdict
from verify.ledger import policy_evidence, scheme_evidence, speed_evidence, transient_evidence
from verify.predicting.claimed_numbers import claim_of_law
from verify.predicting.predictions import ModePredictions
from verify.sampling import direct_checks, divergence, scheme_checks, sdde_checks, window_checks
from verify.sampling import moment_checks as sampling_checks
from verify.sampling.planned import PlannedCheck
from verify.second_routes import filters as filter_proofs
from verify.second_routes import ladder as ladder_proofs
from verify.second_routes import laws as law_proofs
from verify.second_routes import recursion as recursion_proofs
from verify.second_routes import roots as root_proofs
from verify.second_routes import variances as variance_proofs
from verify.verdict import Evidence, Verdict

KINDS: tuple[Evidence, ...] = get_args(Evidence)
WANTED = 2
"""How many kinds of evidence every claim must have."""

PROVEN: tuple[Evidence, ...] = ("certified agreement", "exact finite M")
"""The kinds that prove without the derivation and without samples."""

Proof = Callable[[ModePredictions, str], Iterator[Verdict]]


@dataclass(frozen=True)
class Leg:
    """One kind of evidence for one claim, and the function that provides it."""

    claim: str
    kind: Evidence
    check: Callable[..., Any]


def _rows(kind: Evidence, check: Callable[..., Any], *claims: str) -> tuple[Leg, ...]:
    return tuple(Leg(claim, kind, check) for claim in claims)


def _of_laws(kind: Evidence, check: Callable[..., Any], subject: str, names: Iterable[str]) -> tuple[Leg, ...]:
    """Rows of a generic check for every law of ``names`` that has a claim of the subject."""
    return tuple(Leg(claim, kind, check) for name in names if (claim := claim_of_law(subject, name)) in CLAIMS)


_CERTIFIED: Evidence = "certified agreement"
_FINITE: Evidence = "exact finite M"
_SAMPLED: Evidence = "Monte Carlo"
_DENSITIES = tuple(name for name, law in LAWS.items() if law_proofs.states_density(law))
_NAMES = tuple(LAWS)
_SUBJECTS = (scheme_evidence, transient_evidence, speed_evidence, policy_evidence)

LEGS: tuple[Leg, ...] = (
    *_rows("symbolic identity", identity_verdict, *CLAIMS),
    *_rows(_CERTIFIED, root_proofs.root_agreement, "delay.roots.constant", "delay.roots.exponential"),
    *_rows(_CERTIFIED, root_proofs.stage_agreement, "delay.roots.erlang"),
    *_rows(
        _CERTIFIED,
        root_proofs.threshold_agreement,
        "delay.stability-limit.constant",
        "delay.stability-limit.gamma",
        "delay.stability-limit.uniform",
        "delay.critical-damping.constant",
        "delay.critical-damping.gamma",
    ),
    *_rows(_CERTIFIED, root_proofs.decay_bound, "delay.decay-rate.any-law"),
    *_rows(_CERTIFIED, root_proofs.worker_counts, "workers.fastest-count.constant", "workers.fastest-count.gamma"),
    *_rows(
        _CERTIFIED,
        variance_proofs.variance_agreement,
        "delay.stationary-variance.constant",
        "delay.stationary-variance.exponential",
        "delay.stationary-variance.erlang-4",
        "delay.stationary-variance.any-law",
    ),
    *_rows(_CERTIFIED, variance_proofs.covariance_agreement, "delay.stationary-covariance.constant"),
    *_rows(
        _CERTIFIED,
        variance_proofs.shot_agreement,
        "shots.stationary-variance.any-law",
        "shots.mean-square-limit.any-law",
    ),
    *_rows(
        _CERTIFIED,
        recursion_proofs.recursion_agreement,
        "recursion.fastest-step.fixed-staleness",
        "recursion.double-root.fixed-staleness",
        "recursion.stability-limit.fixed-staleness",
    ),
    *_rows(
        _CERTIFIED,
        law_proofs.poisson_agreement,
        "staleness.variance.poisson",
        "staleness.probability.poisson",
        "staleness.factorial-moment.poisson",
        "staleness.joint-transform.poisson",
    ),
    *_rows(_CERTIFIED, law_proofs.overlap_agreement, "staleness.overlap-term.gamma"),
    *_rows(
        _CERTIFIED,
        filter_proofs.filter_agreement,
        "filter.transform.any-law",
        "filter.noise-intensity.any-law",
        "filter.characteristic-function.any-law",
    ),
    *_rows(
        _CERTIFIED,
        filter_proofs.threshold_agreement,
        "threshold.transform.any-law",
        "threshold.transform.exponential",
        "threshold.transform.gamma",
        "threshold.applied-fraction.any-law",
        "threshold.balance-slope.any-law",
        "threshold.applied-fraction.exponential",
    ),
    *_rows(
        _CERTIFIED,
        filter_proofs.discount_agreement,
        "discount.transform.any-law",
        "discount.mean-weight.any-law",
        "discount.noise-intensity.any-law",
    ),
    *_rows(
        _CERTIFIED,
        filter_proofs.age_agreement,
        "age-threshold.applied-fraction.age-drop",
        "age-threshold.arrival-rate.age-drop",
        "age-threshold.transform.age-drop",
        "age-threshold.arrival-rate.age-abandon",
        *(
            f"age-threshold.{quantity}.age-{action}"
            for quantity in ("delay", "staleness-mean", "damping-coefficient", "noise-intensity")
            for action in ("drop", "abandon")
        ),
    ),
    *_rows(
        _CERTIFIED,
        filter_proofs.dropout_agreement,
        "dropout.arrival-rate.any-law",
        "dropout.staleness-mean.any-law",
        "dropout.damping-coefficient.any-law",
        "dropout.noise-intensity.any-law",
        "dropout.delay.any-law",
    ),
    *_of_laws(_CERTIFIED, law_proofs.transform_agreement, "transform", _DENSITIES),
    *_of_laws(_CERTIFIED, law_proofs.cdf_agreement, "cdf", _DENSITIES),
    *_of_laws(_CERTIFIED, law_proofs.moment_agreement, "second-moment", _DENSITIES),
    *(leg for module in _SUBJECTS for kind, check, claims in module.ROWS for leg in _rows(kind, check, *claims)),
    *_rows(_FINITE, recursion_proofs.recursion_variance, "recursion.stationary-variance.fixed-staleness"),
    *_rows(
        _FINITE,
        ladder_proofs.ladder_orders,
        "finite-workers.gap-to-sdde.exponential",
        "finite-workers.gap-to-shots.exponential",
        "delay.stationary-variance.constant",
        "delay.stationary-variance.exponential",
    ),
    *_rows(
        _SAMPLED,
        sampling_checks.arrival_checks,
        "delay.law.any-law",
        "arrivals.rate.any-law",
        "staleness.mean.any-law",
        "staleness.variance.any-law",
    ),
    *_of_laws(_SAMPLED, sampling_checks.arrival_checks, "second-moment", _NAMES),
    *(Leg(claim, _SAMPLED, check) for check, claims in scheme_checks.ROWS for claim in claims),
    *_rows(_SAMPLED, sampling_checks.slope_checks, "damping.coefficient.asynchronous"),
    *_rows(
        _SAMPLED,
        sampling_checks.variance_checks,
        "delay.stationary-variance.constant",
        "delay.stationary-variance.exponential",
        "delay.stationary-variance.erlang-4",
        "delay.stationary-variance.any-law",
        "recursion.stationary-variance.fixed-staleness",
        "finite-workers.second-moment.exponential",
        "finite-workers.second-moment.erlang",
        "finite-workers.second-moment-at-updates.erlang",
    ),
    *_rows(
        _SAMPLED,
        sampling_checks.rate_checks,
        "delay.characteristic-function.any-law",
        "recursion.characteristic-function.fixed-staleness",
        "finite-workers.mean.exponential",
    ),
    *_rows(_SAMPLED, divergence.diverges_where_predicted, "recursion.stability-limit.fixed-staleness"),
    *_of_laws(_SAMPLED, direct_checks.law_checks, "transform", _NAMES),
    *_of_laws(_SAMPLED, direct_checks.law_checks, "cdf", _NAMES),
    *_rows(
        _SAMPLED,
        direct_checks.staleness_checks,
        "staleness.variance.poisson",
        "staleness.probability.poisson",
        "staleness.factorial-moment.poisson",
        "staleness.joint-transform.poisson",
    ),
    *_rows(
        _SAMPLED,
        window_checks.window_checks,
        "arrivals.interval.any-law",
        "arrivals.dispersion.any-law",
        "arrivals.count-probability.erlang",
    ),
    *_rows(_SAMPLED, sdde_checks.sdde_checks, *sdde_checks.CLAIMED),
    *_rows(_SAMPLED, direct_checks.noise_checks, "noise.intensity.asynchronous"),
    *_rows(_SAMPLED, direct_checks.shot_checks, "shots.stationary-variance.any-law"),
)


def legs_of(claim_id: str) -> tuple[Leg, ...]:
    """The rows of one claim, in the order of the kinds."""
    return tuple(leg for kind in KINDS for leg in LEGS if (leg.claim, leg.kind) == (claim_id, kind))


def speaks(check: Callable[..., Any], mode: ModePredictions) -> bool:
    """Whether one of the claims that a check provides evidence for is about this law and scheme."""
    return any(mode.model.is_about(CLAIMS[leg.claim]) for leg in LEGS if leg.check is check)


def proof_checks(about: Callable[[Claim], bool] = lambda claim: True) -> tuple[Proof, ...]:
    """Every check that proves without the derivation, each once, in the order of the rows, of the claims ``about``."""
    return tuple(dict.fromkeys(leg.check for leg in LEGS if leg.kind in PROVEN and about(CLAIMS[leg.claim])))


def planners() -> tuple[Callable[[ModePredictions], list[PlannedCheck]], ...]:
    """Every function that plans statistical checks of a mode; divergence around a limit is no mode's own check."""
    checks = (leg.check for leg in LEGS if leg.kind == _SAMPLED)
    return tuple(dict.fromkeys(check for check in checks if check is not divergence.diverges_where_predicted))


def one_legged() -> tuple[str, ...]:
    """Claims with fewer than ``WANTED`` kinds of evidence."""
    return tuple(claim for claim in CLAIMS if len({leg.kind for leg in legs_of(claim)}) < WANTED)
