"""Proven charts: what a cell says holds at exact points of it, whatever the law; planted errors are found."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from fractions import Fraction

import pytest
import sympy as sp

from derive import laws
from derive.characteristic import CharacteristicEquation, delay_equation, update_equation
from derive.integer_laws import Geometric
from numeric.charts.cells import Axis
from numeric.charts.records import StabilityChart
from numeric.charts.stability import stability_chart
from numeric.charts.subdivision import ChartBudget
from numeric.roots.characteristic import spectrum

X, Y = (sp.Dummy(name, positive=True) for name in "xy")
A, TAU = Axis(X, "1/20", 3, "damping"), Axis(Y, "1/20", 3, "delay")
ROUGH = ChartBudget(evaluations=60_000, undecided=Fraction(1, 10))


def misjudged(chart: StabilityChart, equation: CharacteristicEquation, points: int, seed: int = 5) -> list[object]:
    """Exact points of proven cells (corners among them) at which a certified count disagrees."""
    draw, wrong = random.Random(seed), []
    proven = [(status, cell) for status in ("stable", "unstable") for cell in chart.mean.cells[status]]
    for number in range(points):
        status, cell = draw.choice(proven)
        shares = [
            draw.choice(ends)
            if number % 3 == 0
            else ends[0] + (ends[1] - ends[0]) * Fraction(draw.randrange(1, 97), 97)
            for ends in cell.ends
        ]
        x, y = (sp.Rational(str(axis.at(one))) for axis, one in zip((chart.x, chart.y), shares, strict=True))
        found = spectrum(equation.at({chart.x.symbol: x, chart.y.symbol: y}))
        if (found.unstable_count or 0) > 0 and status == "stable":
            wrong.append((x, y, found.unstable_count))
        if found.unstable_count == 0 and status == "unstable":
            wrong.append((x, y, 0))
    return wrong


LAWS = {
    "constant": laws.Constant(Y),
    "exponential": laws.Exponential(Y),
    "gamma": laws.Gamma(sp.Rational(5, 2), Y),
    "uniform": laws.Uniform(0, 2 * Y),
    "shifted exponential": laws.ShiftedExponential(Y / 2, Y / 2),
    "inverse Gaussian": laws.InverseGaussian(Y, 4),
    "hyperexponential": laws.Hyperexponential(("1/3", "2/3"), (Y / 2, 5 * Y / 4)),
    "phase type": laws.PhaseType([1, 0], [[-2 / Y, 2 / Y], [0, -2 / Y]]),
}


@pytest.mark.parametrize("name", LAWS)
def test_every_proven_cell_agrees_with_certified_counts(name: str) -> None:
    equation = delay_equation(X, LAWS[name])
    chart = stability_chart(equation, A, TAU, budget=ROUGH)
    assert chart.undecided_share < Fraction(1, 2)
    assert misjudged(chart, equation, 12) == []


def test_the_constant_delay_is_decided_to_one_part_in_fifty() -> None:
    chart = stability_chart(delay_equation(X, LAWS["constant"]), A, TAU, budget=ChartBudget(10**6, Fraction(1, 50)))
    assert chart.undecided_share <= Fraction(1, 50)
    assert chart.mean.evaluations < 60_000
    stable = float(chart.mean.share("stable")) * float(chart.area)
    truth = float(sp.integrate(sp.pi / 2 / Y, (Y, sp.pi / 6, 3)) - 0.05 * (3 - sp.pi / 6)) + 2.95 * (sp.pi / 6 - 0.05)
    assert stable <= truth <= stable + float(chart.undecided_share) * float(chart.area)


def test_a_wrong_bound_on_the_roots_is_found() -> None:
    equation = delay_equation(X, LAWS["constant"])
    planted = replace(equation, modulus_bound=equation.modulus_bound * sp.Rational(19, 20))  # roots cross just beyond
    chart = stability_chart(planted, A, TAU, budget=ROUGH)
    assert misjudged(chart, equation, 60) != []


def test_more_evaluations_leave_less_undecided_and_the_same_budget_gives_the_same_chart() -> None:
    equation = delay_equation(X, LAWS["constant"])
    charts = [stability_chart(equation, A, TAU, budget=ChartBudget(n, Fraction(0))) for n in (8000, 8000, 16_000)]
    assert charts[0].to_json() == charts[1].to_json()
    assert charts[2].undecided_share < charts[0].undecided_share
    assert charts[0].mean.ended == "evaluations spent"
    json.dumps(charts[0].to_json())


def test_seconds_end_the_work_and_their_evaluations_give_the_same_chart() -> None:
    equation = delay_equation(X, LAWS["constant"])
    timed = stability_chart(equation, A, TAU, budget=ChartBudget(10**9, Fraction(0), 0.05))
    again = stability_chart(equation, A, TAU, budget=ChartBudget(timed.mean.evaluations, Fraction(0)))
    assert timed.mean.ended == "seconds spent"
    assert timed.mean.cells == again.mean.cells


def test_negative_damping_is_unstable_and_zero_delay_is_stable() -> None:
    signed = sp.Dummy("a", real=True)
    delay = sp.Dummy("tau", nonnegative=True)
    axes = Axis(signed, -1, 1), Axis(delay, 0, 1)
    chart = stability_chart(delay_equation(signed, laws.Constant(delay)), *axes, budget=ROUGH)
    assert chart.status_at("-1/2", "1/2") == "unstable"
    assert chart.status_at("1/2", 0) == "stable"
    assert chart.status_at(0, "1/2") == "undecided", "a root lies at 0"


def test_friction_and_momentum_have_charts() -> None:
    equation = delay_equation(X, laws.Constant(1), Y)
    chart = stability_chart(equation, A, Axis(Y, "1/10", 3), budget=ROUGH)
    assert misjudged(chart, equation, 12) == []
    heavy = update_equation(X, 2, Y)
    chart = stability_chart(heavy, Axis(X, "1/100", 1), Axis(Y, "1/100", "9/10"), budget=ROUGH)
    assert misjudged(chart, heavy, 12) == []
    assert chart.status_at("0.25", "0.5") == "stable", "the limit is .280776"
    assert chart.status_at("0.4", "0.5") == "unstable"


def test_the_unit_circle_is_the_edge_of_a_recursion() -> None:
    equation = update_equation(X, Geometric(Y))
    chart = stability_chart(equation, Axis(X, "1/10", 8), Axis(Y, "1/10", 2), budget=ROUGH)
    assert misjudged(chart, equation, 10) == []
    assert chart.status_at(5, 1) == "stable"
    assert chart.status_at(7, 1) == "unstable", "the limit is 2 (2 K + 1) = 6"


def test_of_several_modes_all_must_be_stable() -> None:
    modes = [delay_equation(factor * X, laws.Constant(Y)) for factor in (1, 2)]
    chart = stability_chart(modes, Axis(X, "1/10", 2), Axis(Y, "1/10", 2), budget=ROUGH)
    assert chart.status_at("1", "1") == "unstable"
    assert chart.status_at("1/2", "1") == "stable"


def test_further_free_parameters_are_refused() -> None:
    with pytest.raises(ValueError, match="further free parameters"):
        stability_chart(delay_equation(X, laws.Constant(sp.Dummy("z", positive=True))), A, TAU)
