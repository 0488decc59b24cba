"""Stage: findings about a regression. Input: its predictions and a simulation. Output: sentences.

What the model is made of comes first; then by how much the linear theory is off, where it was trusted and where not.
"""

from __future__ import annotations

from collections.abc import Iterator

from numeric.simulation.tasks import Simulation
from numeric.values import Estimate
from verify.predicting.linearised import regression_of
from verify.predicting.regression_case import RegressionCase
from verify.sampling.planned import PlannedCheck
from verify.telling.numbers import plain

Checks = tuple[PlannedCheck, ...]


def regression_findings(
    label: str, case: RegressionCase, checks: Checks, run: Simulation, excess_risk: Estimate | None
) -> tuple[str, ...]:
    """What a reader should know of a regression and take home (``label`` names the case)."""
    start = f"{label[:1].upper()}{label[1:].replace('_', ' ')}: " if label else ""
    sentences = [_model(case)]
    if run.unstable or excess_risk is None:
        sentences.append("the simulation diverged; nothing stationary was measured.")
    else:
        sentences += [*_risk(case, checks, excess_risk), *_variances(case, checks, run)]
    return tuple(f"{start}{one[:1] if start else one[:1].upper()}{one[1:]}" for one in sentences)


def _model(case: RegressionCase) -> str:
    assert case.study.objective is not None
    data = case.study.objective.data
    assert data is not None
    problem, found = regression_of(case.study)
    rows = problem.design.values.shape[0]
    return (
        f"{data.model} regression on {data.dataset} ({rows} rows, {problem.modes} parameters) with ridge {data.ridge} "
        f"and batches of {data.batch_size}. The condition number is {found.condition_number:.4g}. Curvatures are the "
        "Hessian's eigenvalues at the optimum, found by a trust region and Newton's method "
        f"(a gradient of {found.gradient:.0e} is left); the noise is the covariance of one row's gradient "
        "there, divided by the batch."
    )


def _risk(case: RegressionCase, checks: Checks, seen: Estimate) -> Iterator[str]:
    if case.excess_risk is None:
        yield f"the mean loss above the optimum's is {plain(seen)} simulated; the linear theory has no such mean."
        return
    predicted = float(case.excess_risk.mid)
    judged = [check.tolerance for check in checks if check.prediction.quantity == "excess_risk"]
    trust = (
        f"{100 * judged[0]:.2g} % were declared beforehand"
        if judged
        else "no verdict, for the linear theory is reckoned not to hold"
    )
    yield (
        f"the mean loss above the optimum's is {plain(seen)} simulated and {predicted:.4g} by the linear theory, the "
        f"sum of h V/2: {_percent(seen.mean, predicted)} off; {trust}."
    )


def _variances(case: RegressionCase, checks: Checks, run: Simulation) -> Iterator[str]:
    judged = {check.mode for check in checks if check.prediction.quantity == "stationary_variance"}
    rows = []
    for mode in case.modes:
        if (value := case.variance(mode)) is not None:
            predicted = float(value)
            seen = run.measured("stationary_variance", mode.mode, "time").value
            rows.append((seen.mean / predicted, mode.mode, seen.standard_error / predicted))
    if not rows:
        return
    ratio, worst, error = max(rows, key=lambda row: abs(row[0] - 1))
    causes = case.errors[worst].words
    yield (
        f"the variances of {len(judged)} of {len(rows)} modes are judged, within what noise, curvature and drift say; "
        f"the one farthest off, of mode {worst}, is {ratio:.3g} +- {error:.1g} times the predicted one, where {causes}."
    )


def _percent(seen: float, predicted: float) -> str:
    return f"{100 * (seen / predicted - 1):+.3g} %"
