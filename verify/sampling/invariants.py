"""Stage: invariants. Input: a study that no model covers. Output: what must hold of its simulation all the same.

Counting and Little's law need neither a model nor a law: of what the server keeps, every update takes as many gradients
as it gathers; a worker holds one gradient at a time; workers that never wait return as many gradients as their mean
cycles say. Where something may be lost an equation becomes a bound. What is not known of a rule is not claimed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.rules.heterogeneous import worker_mean
from derive.rules.laws import cdf_of
from derive.studies.records import Study
from numeric.enclosure import evaluate
from numeric.simulation.tasks import Simulation
from numeric.values import Exact
from verify.predicting.claimed_numbers import Predicted
from verify.sampling.planned import ROUNDING, widened
from verify.sampling.study_facts import HOLD_ONE, KNOWN, LEAVE_CYCLES, NEVER_WAIT, ROUNDS, Facts
from verify.statistics.gates import judge_bound, judge_equal
from verify.verdict import Verdict

Relation = Literal["equal", "at least", "at most"]
Samples = tuple[float, ...]


@dataclass(frozen=True)
class Invariant:
    """What must hold of a simulation without any model: ``observe`` (one value a replica) against ``value``.

    ``exact``: it holds in every replica but for what the edges of the window cut off, ``resolution``, relative.
    """

    claim: str
    statement: str
    relation: Relation
    value: Predicted
    observe: Callable[[Simulation], Samples]
    resolution: float = ROUNDING
    exact: bool = False

    def judge(self, case: str, run: Simulation, level: float) -> Verdict:
        """Hold a simulation against it at the false-alarm rate ``level`` (kind: a statistical verdict)."""
        labels, samples = (self.claim, case, self.statement), self.observe(run)
        predicted = widened(self.value, self.resolution)
        if self.relation == "equal":
            verdict = judge_equal(*labels, predicted, samples, level, deterministic=self.exact)
        else:
            verdict = judge_bound(*labels, predicted, samples, level, direction=self.relation)
        return replace(verdict, predicted=self.value)


def invariants_of(study: Study) -> tuple[Invariant, ...]:
    """Everything that must hold of a study of workers without a model; no sample is drawn."""
    facts = Facts(study)
    found = [*_counts(facts), *_losses(facts), *_young(facts)]
    if facts.rule in KNOWN:
        found += _staleness(facts)
    if facts.rule in KNOWN and facts.varies_finitely:
        found += [*_held(facts), *_rates(facts)]
    return tuple(found)


def _measured(run: Simulation, quantity: str) -> Samples:
    return run.measured(quantity).samples


def _counts(facts: Facts) -> Iterator[Invariant]:
    """Kept gradients per second are those of the updates made."""
    gathered = int(facts.gathered)

    def surplus(run: Simulation) -> Samples:
        names = ("applied_fraction", "arrival_rate", "time_per_update")
        columns = zip(*(_measured(run, name) for name in names), strict=True)
        return tuple(kept - gathered / (rate * time) for kept, rate, time in columns)

    words = f"of the gradients that arrive, those kept less {gathered} for every update made"
    claim = "invariant.gradients-per-update"
    yield Invariant(claim, words, "equal", Exact(sp.S.Zero), surplus, facts.edge, exact=True)


def _staleness(facts: Facts) -> Iterator[Invariant]:
    """Every update falls into the cycles of those who hold a gradient that is not part of it."""
    others = facts.count - (facts.gathered if facts.rule == "k-async" else 1)
    most = sp.S.Zero if facts.rule in ROUNDS else sp.Rational(others, facts.gathered)
    counted = facts.rule in NEVER_WAIT | {"k-async"}
    sure = facts.rule in ROUNDS or (counted and facts.keeps_all)
    unlike = facts.rule == "asynchronous" and sure
    claim = "staleness.mean.unlike-workers" if unlike else "invariant.staleness-mean"
    words = "the mean staleness of the applied gradients" + ("" if sure else ", some of which are lost")
    yield Invariant(
        claim,
        words,
        "equal" if sure else "at most",
        Exact(most),
        lambda run: _measured(run, "staleness_mean"),
        facts.edge,
        exact=facts.rule in ROUNDS,
    )


def _held(facts: Facts) -> Iterator[Invariant]:
    """Little's law: gradients applied per second times their mean delay are those held at a time."""

    def held(run: Simulation) -> Samples:
        columns = (_measured(run, name) for name in ("applied_fraction", "arrival_rate", "delay_mean"))
        return tuple(kept * rate * delay for kept, rate, delay in zip(*columns, strict=True))

    words = "Little's law: gradients applied per second, times their mean delay, are those held"
    claim, edge = "invariant.gradients-held", facts.edge
    if facts.rule in ROUNDS:  # an update's gradients are as old as its round
        yield Invariant(claim, words, "equal", Exact(facts.gathered), held, edge, exact=True)
        return
    waiting = 0 if facts.rule in HOLD_ONE else facts.gathered - 1
    if facts.keeps_all and not waiting and facts.rule in HOLD_ONE | NEVER_WAIT:
        yield Invariant(claim, words, "equal", Exact(facts.count), held, edge)
        return
    if facts.keeps_all and facts.rule in NEVER_WAIT:
        yield Invariant(claim, f"{words}: every worker's", "at least", Exact(facts.count), held, edge)
    most = Exact(facts.count + waiting)
    yield Invariant(claim, f"{words}, one a worker and a batch that waits at most", "at most", most, held, edge)


def _rates(facts: Facts) -> Iterator[Invariant]:
    """Workers that never wait return gradients at the rates of their mean cycles, whatever becomes of these."""
    rate = _rate(facts)
    if facts.rule in NEVER_WAIT and facts.active <= LEAVE_CYCLES:
        words = "gradients reach the server at the sum of the workers' rates"
        claim = "arrivals.rate.unlike-workers"
        yield Invariant(claim, words, "equal", rate, lambda run: _measured(run, "arrival_rate"), facts.rate_edge)
    if facts.rule == "synchronous":
        longest = _number(sp.Max(*facts.means), facts)
        words = "a round takes at least the longest mean cycle"
        claim = "invariant.longest-cycle"
        yield Invariant(
            claim, words, "at least", longest, lambda run: _measured(run, "time_per_update"), facts.rate_edge
        )


def _rate(facts: Facts) -> Predicted:
    """The claim of unlike workers with one for each class, whose n workers are as fast as one n times as fast."""
    each = [mean / one.count for mean, one in zip(facts.means, facts.workers.classes, strict=True)]
    claimed = CLAIMS["arrivals.rate.unlike-workers"].expression.subs(y.workers, len(each)).doit()
    return _number(claimed.replace(worker_mean, lambda j: each[int(j) - 1]), facts)


def _number(value: sp.Expr, facts: Facts) -> Predicted:
    arrays = {name: data for law in facts.legs for name, data in law.arrays.items()}
    return Exact(value) if value.is_Rational else evaluate(value, arrays=arrays)


def _young(facts: Facts) -> Iterator[Invariant]:
    """The share of the gradients that are young enough, where every worker's cycle has the one law known."""
    scheme, (law, *others) = facts.study.scheme, facts.legs
    assert scheme is not None
    if facts.rule not in NEVER_WAIT or facts.active != {"age_threshold"} or others:
        return
    share = CLAIMS["age-threshold.applied-fraction.age-drop"].expression.replace(cdf_of, law.cdf)
    share = share.subs(y.age_threshold, scheme.age_threshold).doit()
    words, claim = "the share of the gradients that are young enough", "age-threshold.applied-fraction.age-drop"
    yield Invariant(claim, words, "equal", _number(share, facts), lambda run: _measured(run, "applied_fraction"))


def _losses(facts: Facts) -> Iterator[Invariant]:
    """Shares and ages that a modifier bounds by its own definition."""
    scheme = facts.study.scheme
    assert scheme is not None
    if "dropout" in facts.active:
        # Decided by one coin for each gradient sent, before its age and staleness are looked at.
        lost, words = Exact(scheme.dropout), "the share of the gradients sent that are lost on the way"
        yield Invariant("invariant.dropout", words, "equal", lost, lambda run: run.lost_shares, facts.edge)
    if "age_threshold" in facts.active and facts.rule == "asynchronous":
        assert scheme.age_threshold is not None
        oldest, words = Exact(scheme.age_threshold), "no gradient older than the threshold is applied"
        yield Invariant("invariant.age", words, "at most", oldest, lambda run: _measured(run, "delay_mean"))
    if "staleness_threshold" in facts.active:
        assert scheme.staleness_threshold is not None
        most, words = Exact(scheme.staleness_threshold), "no gradient staler than the threshold is applied"
        yield Invariant("invariant.staleness", words, "at most", most, lambda run: _measured(run, "staleness_mean"))
