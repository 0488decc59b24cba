"""Invariants hold of studies without a model, with or without losses; slips of the loop that break one are refuted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import sympy as sp

from derive import scheme_composition
from derive.laws import Constant, Empirical, Exponential, Gamma, Pareto
from derive.schemes import SCHEMES, Asynchronous, KAsync, KBatchAsync, KSync, Synchronous
from derive.studies.study import Objective, Optimizer, Run, Study, WorkerClass, Workers
from numeric.values import Exact
from tests.verify.interpreted import interpreted_loops
from verify.mutants.scheme_slips import SCHEME_SLIPS
from verify.sampling.invariants import Invariant, invariants_of
from verify.sampling.simulating import simulate_study
from verify.sampling.study_facts import KNOWN, Facts, most_alike
from verify.statistics.gates import ErrorBudget
from verify.verdict import Verdict

SLIPS = {slip.what: slip for slip in SCHEME_SLIPS}
UNLIKE = Workers((WorkerClass(2, Gamma(2, 1), downlink=Constant("1/4")), WorkerClass(4, Exponential(2))))

FAR_APART = Workers((WorkerClass(4, Exponential(1)), WorkerClass(4, Constant(8))))


def study(workers: Workers = UNLIKE, rule: str = "asynchronous", **changed: Any) -> Study:
    scheme = SCHEMES[rule](workers=sp.Integer(workers.count), **changed)
    return Study(
        "unlike", "", workers, scheme, Optimizer(sp.Rational(1, 20)), Objective((sp.S.One,), (sp.S.One,)),
        Run(replicas=24, updates=1500, burn_in=200), None,
    )  # fmt: skip


def verdicts(one: Study, slip: str = "") -> dict[str, Verdict]:
    level = ErrorBudget(checks=20).level()
    with interpreted_loops(SLIPS[slip] if slip else None):
        run = simulate_study(one)
    return {found.claim: found for found in (invariant.judge("", run, level) for invariant in invariants_of(one))}


def test_the_edge_of_a_replayed_rate_grows_with_how_alike_neighbours_of_the_trace_are() -> None:
    assert most_alike([1, 3, 1, 3]) == most_alike([2, 2]) == 1.0
    values = [1, 2, 3, 4, 5, 7, 5, 4, 3, 2, 1, 0]
    sums = [np.var([sum((2 * values)[k : k + m]) for k in range(12)]) / m for m in range(1, 13)]
    assert most_alike(values) == pytest.approx(max(sums) / sums[0])
    assert most_alike(values) > 1.5
    trace = Empirical(values)
    edges = [Facts(study(Workers((WorkerClass(4, trace, replay=replay),)))).rate_edge for replay in (True, False)]
    assert edges[0] == pytest.approx(most_alike(values) * edges[1])


def by_claim(one: Study) -> dict[str, Invariant]:
    return {invariant.claim: invariant for invariant in invariants_of(one)}


@pytest.mark.parametrize(
    "one",
    [
        study(),
        study(age_threshold=2, dropout="1/4"),
        study(age_threshold=2, age_action="abandon", event_trigger=1),
        study(staleness_threshold=4, staleness_discount="9/10"),
        study(rule="k-async", batch=2),
        study(rule="k-async", batch=2, dropout="1/4"),
        study(rule="k-batch-async", batch=3),
        study(rule="k-sync", batch=3),
        study(rule="k-batch-sync", batch=3, dropout="1/4"),
        study(rule="synchronous"),
        study(uplink_capacity=2, workers=Workers.alike(6, Gamma(2, 1)), dropout="1/4"),
    ],
    ids=lambda one: " ".join((one.scheme.rule, *one.scheme.active)),
)
def test_no_invariant_is_refuted_where_the_loop_is_right(one: Study) -> None:
    found = verdicts(one)
    assert {verdict.outcome for verdict in found.values()} <= {"pass", "inconclusive"}
    assert found["invariant.gradients-per-update"].outcome == "pass"
    assert len(found) >= 3


@pytest.mark.parametrize(
    ("slip", "claim", "one"),
    [
        ("a batch is one gradient larger", "invariant.gradients-per-update", study(rule="k-batch-async", batch=3)),
        ("gradients kept and lost exchanged", "invariant.dropout", study(dropout="1/4", rule="k-batch-sync", batch=3)),
        ("gradients kept and lost exchanged", "invariant.dropout", study(age_threshold=2, dropout="1/4")),
        ("gradients kept and lost exchanged", "invariant.dropout", study(event_trigger=1, dropout="3/8")),
        ("delay averaged over the workers, not over the gradients", "invariant.gradients-held", study()),
        ("workers weighted alike instead of by their rates", "arrivals.rate.unlike-workers", study(FAR_APART)),
    ],
)
def test_a_slip_of_the_loop_is_refuted_by_the_invariant_it_breaks(slip: str, claim: str, one: Study) -> None:
    assert verdicts(one, slip)[claim].outcome == "refuted"
    assert verdicts(one)[claim].outcome in ("pass", "inconclusive")


def test_the_rate_of_unlike_workers_is_the_claims() -> None:
    """2/(1 + 1/4) + 4/2 gradients per second."""
    rate = by_claim(study(age_threshold=1))["arrivals.rate.unlike-workers"]
    assert (rate.relation, rate.value) == ("equal", Exact(sp.Rational(18, 5)))
    assert "arrivals.rate.unlike-workers" not in by_claim(study(age_threshold=1, age_action="abandon"))
    assert "arrivals.rate.unlike-workers" not in by_claim(study(rule="k-async", batch=2))


def test_an_equation_becomes_a_bound_where_gradients_are_lost() -> None:
    kept, lost = by_claim(study(staleness_discount="1/2")), by_claim(study(dropout="1/2"))
    assert kept["staleness.mean.unlike-workers"].relation == "equal"
    assert kept["staleness.mean.unlike-workers"].value == Exact(sp.Integer(5))
    assert lost["invariant.staleness-mean"].relation == "at most"
    assert (kept["invariant.gradients-held"].relation, lost["invariant.gradients-held"].relation) == (
        "equal",
        "at most",
    )


def test_the_share_of_young_gradients_is_known_where_workers_are_alike() -> None:
    alike = Workers.alike(4, Exponential(1))
    (share,) = (one for one in invariants_of(study(alike, age_threshold=1)) if "applied-fraction" in one.claim)
    assert abs(float(share.value) - 0.6321205588285577) < 1e-12
    assert not any("applied-fraction" in one.claim for one in invariants_of(study(age_threshold=1)))


def test_nothing_is_said_of_means_without_a_standard_error() -> None:
    heavy = Workers.alike(4, Pareto(shape="3/2", scale=1))
    assert not {"invariant.gradients-held", "arrivals.rate.unlike-workers"} & set(by_claim(study(heavy)))


def test_nothing_is_taken_for_granted_of_a_rule_that_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(SCHEMES) == KNOWN
    monkeypatch.setitem(scheme_composition.REFUSED, "fake", {})  # type: ignore[arg-type]
    fake = type("Fake", (Asynchronous,), {"rule": "fake"})
    unknown = replace(study(), scheme=fake(workers=sp.Integer(6)))
    assert set(by_claim(unknown)) == {"invariant.gradients-per-update"}


@pytest.mark.parametrize("scheme", [KAsync, KBatchAsync, KSync, Synchronous])
def test_a_lone_worker_is_held_to_the_same_laws(scheme: type) -> None:
    batch = {} if scheme is Synchronous else {"batch": 1}
    found = verdicts(study(Workers.alike(1, Exponential(1)), scheme.rule, **batch))  # type: ignore[attr-defined]
    assert {verdict.outcome for verdict in found.values()} <= {"pass", "inconclusive"}
