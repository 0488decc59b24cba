"""The source paper's claims: each is told as seen or not by what was simulated, and turns when the numbers do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from derive.studies.study import study_from_table
from numeric.values import Estimate, Exact
from verify.drawing.observed import Observed
from verify.paper_findings import damping_of, paper_claims
from verify.predicting.predictions import ModePredictions
from verify.report import Curve, Figure
from verify.verdict import Verdict

TABLE: dict[str, Any] = {
    "workers": {"count": 8, "compute": {"law": "gamma", "shape": 4, "mean": 1}},
    "optimizer": {"learning_rate": "1/20"},
    "objective": {"curvature": [1]},
}


def told(letter: str, cases: tuple[Observed, ...], training: Figure | None = None) -> str:
    (claim,) = paper_claims((letter,), cases, (), training)
    assert claim.letter == letter
    return claim.found


def swept(case, sweep: Mapping[str, Any], rates: tuple[float, ...], error: float = 0.01) -> tuple[Observed, ...]:
    """Cases of a sweep with made-up decay rates; the simulation is that of another study."""
    (section,) = sweep
    inner = {} if isinstance(sweep[section], list) else TABLE[section]
    kept = {key: value for key, value in inner.items() if key not in sweep[section]}
    base = {name: body for name, body in TABLE.items() if name != section} | ({section: kept} if kept else {})
    cases = study_from_table(base | {"sweep": sweep}).cases
    run = case("gamma").run
    found = zip(cases, rates, strict=True)
    return tuple(
        Observed(one.label, ModePredictions(one.study, 0), run, Estimate(rate, error, 8)) for one, rate in found
    )


def test_more_workers_are_seen_to_slow_down_only_where_they_do(case) -> None:
    counts = {"workers": {"count": [4, 8, 16]}}
    found = told("A", swept(case, counts, (0.2, 0.5, 0.3)))
    assert found.startswith("Seen here")
    assert "the mean of 8 workers decays at 0.500 ± 0.010 per second, that of 16 at 0.300 ± 0.010" in found
    assert told("A", swept(case, counts, (0.2, 0.5, 0.49))).startswith("Not seen here")


def test_a_small_staleness_is_weighed_against_fresh_gradients(case) -> None:
    rates = {"optimizer": {"learning_rate": ["1/80", "1/20"]}}
    both = swept(case, rates, (0.125, 0.6), error=0.004)
    assert [damping_of(one) for one in both] == pytest.approx([0.1, 0.4])
    assert "in 2 of 2 cases" in told("B", both)
    assert "in 1 of 2 cases" in told("B", swept(case, rates, (0.125, 0.2), error=0.004))
    assert told("B", swept(case, rates, (0.05, 0.2), error=0.004)).startswith("Not seen here: in 0 of 2")
    assert "in 1 of 1 cases" in told("B", swept(case, rates, (0.125, 0.6), error=0.006))  # the other is too blurred


def test_divergence_is_seen_where_it_is_predicted_and_happens(case) -> None:
    assert told("C", (case("gamma"),)) == "Not seen here: no case diverges."
    found = told("C", (case("gamma"), replace(case("gamma", "2"), label="learning_rate = 2")))
    assert found.startswith(
        "Seen here: the mean diverges, as predicted, with learning rate = 2, and settles with gamma"
    )


def test_cycles_with_a_memory_are_held_against_the_predictions(case) -> None:
    found = told("D", (case("exponential"), case("gamma")))
    assert found.startswith("Seen here: in 1 cases")
    # gamma 4, M = 8: exactly 15.1008, as Poisson 19.25
    (off,) = [part for part in found.split(" off") if "their staleness variance is +" in part]
    assert float(off.rpartition("+")[2].split()[0]) == pytest.approx(100 * (19.25 / 15.1008 - 1), abs=8)


def test_damping_and_delay_are_told_part_by_part(case) -> None:
    found = told("E", swept(case, {"workers": {"count": [8, 16]}}, (0.4, 0.8)))
    assert "the damping coefficient is, the delay and the staleness have means of 0.4 per second, " in found
    assert "the number of workers (count = 16) makes them 0.8 per second, " in found


def test_the_roots_are_seen_to_decide_unless_a_simulation_does_otherwise(case) -> None:
    stable, unstable = case("gamma"), case("gamma", "2")
    assert "Seen here: in 2 of 2 cases" in told("F", (stable, unstable))
    assert told("F", (stable, replace(unstable, run=stable.run))).startswith("Not seen here: in 1 of 2 cases")


def test_a_schedule_names_the_fastest_and_the_slowest(case) -> None:
    schemes = {"scheme": [{"staleness_threshold": 4}, {"dropout": "1/4"}]}
    found = told("G", swept(case, schemes, (0.2, 0.5)))
    assert (
        "the mean is fastest with dropout = 1/4 (0.500 ± 0.010 per second), slowest with staleness threshold" in found
    )
    assert told("G", swept(case, schemes, (0.2, 0.21))).startswith("Not seen here")


@pytest.mark.parametrize(("late", "starts"), [(40.0, "Seen here"), (10.5, "Not seen here")])
def test_staleness_is_weighed_against_noise(case, late: float, starts: str) -> None:
    slow = {"count": 8, "compute": {"law": "constant", "value": 1}}
    slower = {"count": 16, "compute": {"law": "constant", "value": 2}}
    cases = []
    for workers, label in ((slow, "constant"), (slower, "constant")):
        for noise in (1, 2):
            study = study_from_table(
                TABLE | {"workers": workers, "objective": {"curvature": [1], "gradient_noise": noise}}
            )
            run = case(label).run
            if workers is slower:
                quantities = tuple(
                    replace(one, value=Estimate(15.0, 0.0, 4)) if one.quantity == "staleness_mean" else one
                    for one in run.quantities
                )
                run = replace(run, quantities=quantities)
            name = f"M{workers['count']} s{noise}"
            cases.append(Observed(name, ModePredictions(study.cases[0].study, 0), run, None))
    times = {"M8 s1": 10.0, "M8 s2": 11.0, "M16 s1": late, "M16 s2": 1.1 * late}
    curves = tuple(Curve(f"{name}, rung R1", (0.0,), (1.0,)) for name in times)
    marks = tuple((name, time, 1.0) for name, time in times.items())
    figure = Figure("excess-risk", "", "", "", "", "", curves, markers=marks)
    found = told("I", tuple(cases), figure)
    assert found.startswith(starts)
    assert "one percent of gradient noise by +0.14 %" in found


def test_the_checks_of_results_that_make_a_claim_quantitative_are_counted() -> None:
    value = Exact(1)
    passed = Verdict(
        "delay.decay-rate.any-law",
        "",
        "",
        "equal",
        value,
        value,
        "symbolic identity",
        "pass",
        None,
        "failed as it must",
    )
    failed = replace(passed, outcome="refuted")
    other = replace(passed, claim="delay.stability-limit.constant")
    (claim,) = paper_claims(("B",), (), (passed, failed, other), None)
    assert (claim.checks, claim.passed, claim.found) == (2, 1, "")
