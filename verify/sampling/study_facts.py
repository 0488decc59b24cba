"""Stage: facts of a study. Input: a study of workers. Output: what counting needs to know of its rule and cycles.

What is said of a rule here is its definition: who waits, who holds a gradient, what loses one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import sympy as sp

from derive.law import Law
from derive.laws import Empirical
from derive.studies.records import Study, WorkerClass, Workers
from verify.sampling.moment_checks import has_moment
from verify.sampling.planned import ROUNDING

NEVER_WAIT = frozenset({"asynchronous", "k-batch-async"})
ROUNDS = frozenset({"synchronous", "k-sync", "k-batch-sync"})
KNOWN = NEVER_WAIT | ROUNDS | {"k-async"}  # of another rule nothing is claimed that takes a worker's day for granted
HOLD_ONE = frozenset({"asynchronous", "k-async"})  # a worker computes, or its gradient waits: never both
KEEP_ALL = frozenset({"staleness_discount", "uplink_capacity"})  # modifiers that lose no gradient
LEAVE_CYCLES = frozenset({"staleness_threshold", "staleness_discount", "age_threshold", "dropout", "event_trigger"})


@dataclass(frozen=True)
class Facts:
    """What the invariants need of a study: counts and words, and whether its cycles have a variance."""

    study: Study

    @property
    def rule(self) -> str:
        """The rule's name."""
        assert self.study.scheme is not None
        return self.study.scheme.rule

    @property
    def active(self) -> frozenset[str]:
        """The modifiers in force."""
        assert self.study.scheme is not None
        return frozenset(self.study.scheme.active)

    @property
    def workers(self) -> Workers:
        """The workers, class by class."""
        assert self.study.workers is not None
        return self.study.workers

    @property
    def count(self) -> sp.Integer:
        """M, how many workers there are."""
        return sp.Integer(self.workers.count)

    @property
    def gathered(self) -> sp.Integer:
        """How many gradients make an update."""
        return self.count if self.rule == "synchronous" else sp.Integer(getattr(self.study.scheme, "batch", 1))

    @property
    def keeps_all(self) -> bool:
        """Whether every gradient is applied in the end."""
        return self.active <= KEEP_ALL

    @property
    def edge(self) -> float:
        """Relative size of what the window's edges cut off: at least half of the arrivals are measured."""
        return ROUNDING + 2 * float(self.count + self.gathered) / self.study.run.updates

    @property
    def rate_edge(self) -> float:
        """The same of rates, which cycles like the last one move as well: as many as all autocorrelations sum to."""
        correlation = self.workers.correlation
        alike = 1.0 if correlation is None else float((1 + correlation.cycles) / (1 - correlation.cycles))
        replayed = [
            one.compute.values for one in self.workers.classes if one.replay and isinstance(one.compute, Empirical)
        ]
        return max(alike, *map(most_alike, replayed), 1.0) * self.edge

    @property
    def legs(self) -> tuple[Law, ...]:
        """The law of every part of every worker's cycle."""
        return tuple(dict.fromkeys(law for one in self.workers.classes for law in _parts(one)))

    @property
    def means(self) -> tuple[sp.Expr, ...]:
        """The mean cycle of each class, links included, in seconds."""
        return tuple(sum((law.mean for law in _parts(one)), start=sp.S.Zero) for one in self.workers.classes)

    @property
    def varies_finitely(self) -> bool:
        """Whether means over cycles have a standard error."""
        return all(has_moment(law, 2) for law in self.legs)


def most_alike(values: Sequence[sp.Rational]) -> float:
    """How many times the variance of as many independent ones a sum of neighbours of a cyclic trace has at most.

    max_m V(m)/(m V(1)), V(m) the variance of the sum of m neighbours; of a long autocorrelation the same tends to the
    sum of the autocorrelations over all lags.
    """
    centred = np.array(values, float) - float(np.mean(np.array(values, float)))
    if not centred.any():
        return 1.0
    covariances = np.fft.irfft(np.abs(np.fft.rfft(centred)) ** 2, len(centred))
    sums = np.cumsum(2 * np.cumsum(covariances) - covariances[0])
    return max(1.0, float((sums / np.arange(1, len(sums) + 1) / covariances[0]).max()))


def _parts(one: WorkerClass) -> tuple[Law, ...]:
    return tuple(law for law in (one.compute, one.uplink, one.downlink) if law is not None)
