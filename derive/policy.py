"""Stage: policies. Input: nothing. Output: the classical policies for stale gradients, each with its source and claims.

A policy is a rule that people use, in the words of a study: a scheme or a learning rate. What it does to the linear
model is said by the claims that it names; where none of them is its own, the scheme's claims are what is known of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from derive.exact import Number, exact


@dataclass(frozen=True)
class Policy:
    """One classical policy: how it is written in a study, who states it, and which claims say what it does.

    ``study`` names the keys of a study that make it; ``near`` and ``far`` say where it is near the best decay rate of
    the linear model and where it is not, by the claims that it names.

    Example: ``POLICIES["k-async"].source == "Dutta2018"``.
    """

    name: str
    rule: str
    study: str
    source: str
    claims: tuple[str, ...]
    near: str
    far: str


_DIVIDED = ("policy.damping-coefficient.asynchronous", "policy.share-of-best.constant")

_ALL = (
    Policy(
        "learning-rate-over-staleness",
        "the learning rate divided by the mean staleness and one",
        "learning_rate = eta/workers",
        "Gupta2016",
        _DIVIDED,
        "eta h near 1/e: constant cycles then reach nearly 1/theta, the best decay rate",
        "small eta h: the decay rate is about eta h of the best one, and more workers never raise it",
    ),
    Policy(
        "weight-over-staleness",
        "every gradient weighed by 1/(1 + its own staleness)",
        "no key: scheme.staleness_discount weighs by powers of delta instead",
        "Zhang2016",
        ("policy.mean-weight.exponential", "policy.mean-weight.constant", "filter.damping-coefficient.any-law"),
        "spread staleness: fresh gradients keep the damping growing as ln M with exponential cycles",
        "constant cycles: the damping stays below eta h M/((M - 1) theta), as if the learning rate were divided",
    ),
    Policy(
        "drop-beyond-a-staleness",
        "gradients of staleness R = max(1, ceil(sigma^2/eps)) or more ignored",
        "scheme.staleness_threshold = R - 1",
        "Maranjyan2025",
        ("threshold.applied-fraction.any-law", "threshold.transform.any-law"),
        "exponential cycles and R above M: little is dropped, and the longest delays with it",
        "constant cycles with M > R: R of the M workers are applied, always the same, the work of the others is lost",
    ),
    Policy(
        "batch-of-fresh-gradients",
        "max(1, ceil(sigma^2/eps)) gradients of the present parameter make one update, stale ones are ignored",
        'scheme.rule = "k-batch-sync"',
        "Tyurin2023",
        ("synchronous.decay-rate.any-law", "k-batch-sync.least-time-per-update.new-longer-than-used"),
        "eta h up to 1: a round leaves 1 - eta h of the mean, with no delay to make it unstable",
        "small eta h: an update waits for a whole batch whose noise need not be averaged out",
    ),
    Policy(
        "batch-of-stale-gradients",
        "n_B gradients of any age make one update by their mean",
        'scheme.rule = "k-batch-async"',
        "Dutta2018",
        ("batch.damping-coefficient.k-batch-async", "batch.staleness-mean.k-batch-async"),
        "eta h M above critical: a batch divides the damping by n_B where it was too large",
        "eta h M below critical: the damping is n_B times smaller than it could be",
    ),
    Policy(
        "k-async",
        "the first n_B workers to finish make one update, and wait for it",
        'scheme.rule = "k-async"',
        "Dutta2018",
        ("k-async.staleness-mean.any-law", "k-async.least-time-per-update.any-law"),
        "cycles of like length: with all workers in an update the mean staleness M/n_B - 1 vanishes",
        "heavy tails and n_B near M: finished workers idle for the slowest ones",
    ),
)

POLICIES: dict[str, Policy] = {policy.name: policy for policy in _ALL}


def enough_gradients(noise_variance: Number, target: Number) -> int:
    """R = max(1, ceil(sigma^2/eps)), after which the mean of R gradients has at most the target for its noise.

    ``noise_variance`` sigma^2 >= 0 and ``target`` eps > 0 of the squared norm of the gradient, both in gradient^2. It
    is the batch of fresh gradients, and the staleness from which on gradients are dropped. Kind of result: exact.
    Raises ``ValueError`` for numbers outside these ranges.

    Example: ``enough_gradients("1/2", "3/20") == 4``.
    """
    variance, wanted = exact(noise_variance), exact(target)
    if variance.is_nonnegative is not True or variance.is_finite is not True:
        raise ValueError(f"noise_variance = {noise_variance}: allowed: a finite number >= 0")
    if wanted.is_positive is not True or wanted.is_finite is not True:
        raise ValueError(f"target = {target}: allowed: a finite number > 0")
    return max(1, int(sp.ceiling(variance / wanted)))
