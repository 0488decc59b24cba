"""Spectra of studies: each kind of study meets its own equation."""

from __future__ import annotations

import sympy as sp

from derive import symbols as y
from derive.characteristic import delay_equation, update_equation
from derive.laws import Constant, Exponential
from derive.studies.study import Study, study_from_table
from verify.predicting.spectra import characteristic_equations, study_spectra


def study(**table: object) -> Study:
    return study_from_table(table).cases[0].study


def test_a_system_has_one_equation_a_mode_with_the_gain_of_all_workers() -> None:
    system = study(
        workers={"count": 8, "compute": {"law": "exponential", "mean": 2}},
        optimizer={"learning_rate": "1/10"},
        objective={"curvature": [1, "-1/2"]},
    )
    # a = eta h M / E[T]: 1/10 * 8/2 = 2/5 for the first mode
    expected = [delay_equation("2/5", Exponential(2)), delay_equation("-1/5", Exponential(2))]
    assert [one.function for one in characteristic_equations(system)] == [one.function for one in expected]


def test_an_equation_in_time_may_have_friction() -> None:
    table = {"damping": "1/2", "friction": 3, "delay": {"law": "constant", "value": 1}}
    (equation,) = characteristic_equations(study(equation=table))
    assert equation.function == delay_equation("1/2", Constant(1), 3).function


def test_an_equation_in_updates_reaches_the_recursion() -> None:
    table = {"step": "1/4", "staleness": {"law": "constant", "value": 1}}
    (equation,) = characteristic_equations(study(equation=table))
    assert equation == update_equation("1/4", 1)
    # z^2 - z + 1/4 = (z - 1/2)^2
    assert sp.factor(equation.function) == (2 * y.z - 1) ** 2 / 4
    found = study_spectra(study(equation=table), digits=30)
    assert found["certified"] is True
    assert [(float(root["re"]), root["multiplicity"]) for root in found["roots"]] == [(0.5, 2)]
