"""A notebook typesets every result."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy as sp

import derive
import numeric
import verify
from derive import symbols as y
from derive.claims import CLAIMS
from derive.formulas.shown import ShownAsLatex, digits_latex, text_latex, within_latex
from derive.integer_laws import IntegerLaw
from derive.scheme import Scheme
from derive.studies.records import StudyFile
from numeric.balls.claims import BallFunction
from numeric.charts.cells import Axis, Cell
from numeric.charts.records import Layer, StabilityChart
from numeric.charts.subdivision import ChartBudget
from numeric.enclosed.level_crossing import TrainingTime
from numeric.enclosure import ComplexEnclosure, Enclosure
from numeric.event_loop.looks import Looks
from numeric.event_loop.objectives import Regression
from numeric.event_loop.reference_run import Event
from numeric.kernels.compiling import Kernel
from numeric.policies.records import FastestSetting
from numeric.simulation.decay import MeanPath
from numeric.simulation.measured import Measured, Simulation
from numeric.simulation.passages import FirstPassage
from verify.implementations.record import ImplementationCheck, SimulatorCheck
from verify.predicting.prediction import Prediction
from verify.report import Case, Formula, Report

RATE = CLAIMS["arrivals.rate.any-law"]
MODEL = derive.linear_model(derive.Gamma(shape=4, mean=1), derive.Asynchronous(16), learning_rate="1/20", curvature=1)
SPECTRUM = numeric.spectrum(MODEL.characteristic_equation)
DROPOUT = derive.scheme_model(
    derive.Exponential(1), derive.Asynchronous(4, dropout="1/2"), learning_rate="1/2", curvature=1
)
ESTIMATE = numeric.Estimate(1.25, 0.031, 8)
MEASURED = Measured("stationary_variance", ESTIMATE, (1.2, 1.3), 0, "event")
VERDICT = verify.Verdict(
    *("staleness.mean.any-law", "M = 8", "", "equal", numeric.Exact(sp.Integer(7)), ESTIMATE),
    *("exact finite M", "refuted", None, ""),
)  # fmt: skip
FORMULA = Formula(
    *("arrival_rate", "ArrivalRate", RATE.derived.result.left, RATE.expression),
    *((), RATE.id, "", None),
)  # fmt: skip
CASE = Case("", "", (FORMULA,), (("decay_rate", "R3", Enclosure.of(sp.Rational(1, 4))),))
FOUND = {"target": "one:two", "claim": RATE.id, "statement": "", "expression": "", "provenance": ()}
CHECKED = ImplementationCheck(
    **FOUND, outcome="refuted", reason="37 ulps", limit=8, points=9, searched=(), typical=None, most=None,
    worst=None, shrunk=None, simplest=None, behaviour=(), derivatives=(),
)  # fmt: skip
REPORT = Report("", "", "", {}, (CASE,), (VERDICT,), (), (), (), 1e-3)
PATH = MeanPath(np.arange(9.0), np.ones((1, 9)), np.array([[[0.9] * 9], [[1.1] * 9]]))
PASSED = FirstPassage((0.5, 0.1), "distance", np.array([[1.0, 2.0], [3.0, np.inf], [1.0, 2.0], [3.0, np.inf]]))
AXES = (Axis(y.damping, "1/10", 1), Axis(y.step, "1/10", 1))
QUARTERS = {"stable": (Cell(0, 1, 0, 1),), "unstable": (Cell(1, 1),), "undecided": (), "outside": ()}
CHART = StabilityChart(*AXES, Layer(QUARTERS, 9, "nothing left"), ())
STUDIES = Path(__file__).parents[3] / "reports" / "studies"
PREDICTED = verify.predict(derive.load_study(STUDIES / "momentum.toml").cases[0].study, 0)
RESULTS: list[tuple[Any, str]] = [
    (RATE.derived.result, r"\Lambda = \frac{M}{\theta}"),
    (RATE.derived, r"&& \text{(2) superpose the workers}"),
    (CLAIMS["delay.stationary-variance.constant"], r"\qquad \text{for } a \theta < \frac{\pi}{2}"),
    (RATE, r"\Lambda = \frac{M}{\theta}"),
    (MODEL, "s + a L(s) = 0"),
    (MODEL.characteristic_equation, "= 0"),
    (derive.Exponential(1), r"L(s) = \frac{1}{s + 1}"),
    (derive.Geometric(2), r"\mathbb{E}\, z^{-K} = "),
    (numeric.Exact(sp.Rational(1, 3)), r"\frac{1}{3}"),
    (numeric.Estimate(1.25, 0.031, 8), r"1.25 \pm 0.031"),
    (Enclosure.of(sp.Rational(1, 4)), "0.25"),
    (ComplexEnclosure(Enclosure.of(sp.Integer(1)), Enclosure.of(sp.Integer(2))), r"(1) + \mathrm{i} (2)"),
    (SPECTRUM, r"\begin{aligned} s_{0} &="),
    (SPECTRUM.roots[0], r"\pm"),
    (numeric.kernel_of(RATE), r"\frac{M}{\theta}"),
    (numeric.ball_of(RATE), r"\frac{M}{\theta}"),
    (DROPOUT, "= 0"),
    (MEASURED, r"\text{stationary variance, mode 0, event average} &= 1.25 \pm 0.031"),
    (Simulation((MEASURED,), (), (), 1.0, {}), r"event average} &= 1.25 \pm 0.031 \end"),
    (Simulation((MEASURED,), (), (3.5, 4.5), 1.0, {}), r"\text{diverged replicas} &= 2"),
    (PATH, r"\mathbb{E}\, x_{0}(8) &= 1 \pm 0.1"),
    (VERDICT, r"\text{refuted: staleness.mean.any-law: M = 8}\quad 1.25 \pm 0.031 = 7"),
    (FORMULA, r"\Lambda = \frac{M}{\theta}"),
    (CASE, r"\text{decay rate (R3)} &= 0.25"),
    (REPORT, r"& \text{refuted: staleness.mean.any-law"),
    (CHECKED, r"& \text{one:two: refuted: 37 ulps}"),
    (SimulatorCheck(**FOUND, verdicts=(VERDICT,), findings=(), false_alarm_rate=1e-3), r"= 7 \end"),
    (Prediction(RATE.id, "arrival_rate", "R1", "", numeric.Exact(sp.Integer(4))), r"\text{arrival rate (R1)} = 4"),
    (PASSED, r"\text{distance 0.5} &= 2 \pm 0.58 \\ \text{distance 0.1} &= \text{reached by 50\%}"),
    (CHART, r"\text{mean, stable} &= 25 \%"),
    (TrainingTime(Enclosure.of(sp.Integer(3)), None), "3"),
    (FastestSetting(sp.Rational(1, 8), Enclosure.of(sp.Integer(2)), None), r"r = 2 \text{ at } 0.125"),
    (PREDICTED, r"\text{decay rate (R3)} = 0.47754218588677"),
    (verify.check_law(derive.Constant(2), draws=64), r"\text{constant: every part agrees}"),
    (verify.check_derivation(RATE.derived)[0], r"\text{step 1 holds (symbolic)"),
]  # fmt: skip


@pytest.mark.parametrize(("result", "part"), RESULTS, ids=[type(result).__name__ for result, _ in RESULTS])
def test_a_result_shows_its_latex(result: Any, part: str) -> None:
    told = result._repr_latex_()
    assert told.startswith("$\\displaystyle ")
    assert told.endswith("$")
    assert part in told
    assert told.count("{") == told.count("}")


def classes_within(annotation: Any) -> Iterator[type]:
    """Our own classes in a type, a tuple's or a union's members included."""
    for part in typing.get_args(annotation):
        yield from classes_within(part)
    if isinstance(annotation, type) and annotation.__module__.split(".")[0] in ("derive", "numeric", "verify"):
        yield annotation


def public_results() -> set[type]:
    """Every class that a public name is or a public function returns, less what a user hands in."""
    found: set[type] = set()
    for value in (getattr(package, name) for package in (derive, numeric, verify) for name in package.__all__):
        if isinstance(value, type):
            found |= set(classes_within(value))
        elif callable(value):
            found |= set(classes_within(typing.get_type_hints(value).get("return")))
    return {one for one in found if not issubclass(one, (Exception, Scheme, *HANDED_IN))}


HANDED_IN = (
    *(derive.Study, StudyFile, numeric.System, numeric.Task, numeric.Running, numeric.Store, verify.ErrorBudget),
    *(numeric.Threads, numeric.Processes, numeric.Submitting),
    *(Looks, Axis, ChartBudget, numeric.SDDE),
    *(numeric.WorkerClass, numeric.Correlation, numeric.Table, numeric.DenseQuadratic, Regression),  # of a system
    *(numeric.Arrival, Event),  # the list of arrivals that the reference is given, and the one it gives back
)  # fmt: skip


def test_every_public_result_is_shown() -> None:
    results = public_results()
    assert {one.__name__ for one in results if not issubclass(one, ShownAsLatex)} == set()
    assert {Kernel, BallFunction, Simulation, MeanPath, derive.Law, derive.Claim, verify.Verdict, Report} <= results
    assert len(results) > 35


def test_every_public_result_has_been_looked_at() -> None:
    shown = {type(result) for result, _ in RESULTS}
    unlooked = {one for one in public_results() if not any(issubclass(known, one) for known in shown)}
    assert {one.__name__ for one in unlooked if not issubclass(one, derive.Law | IntegerLaw)} == set()


def test_words_in_a_formula_are_escaped() -> None:
    assert text_latex("decay_rate > 3 %") == r"\text{decay rate $>$ 3 \%}"


def test_expressions_of_sympy_show_themselves() -> None:
    assert y.damping._repr_latex_() == r"$\displaystyle a$"


def test_decimals_and_bounds() -> None:
    assert digits_latex("1.5e-20") == r"1.5 \times 10^{-20}"
    assert within_latex("0.333", "1.21e-9") == r"0.333 \pm 1.3 \times 10^{-9}"
    assert within_latex("2", "0") == "2"


def test_a_middle_has_no_digits_beyond_its_bound_and_the_ball_shrinks_by_nothing() -> None:
    assert within_latex("0.4775421858867767155", "5.6e-5") == r"0.477542 \pm 0.000057"
    assert within_latex("1.23456e-20", "1e-23") == r"1.2346 \times 10^{-20} \pm 1.1 \times 10^{-23}"
    assert within_latex("0.33", "1e-9") == r"0.33 \pm 1 \times 10^{-9}"
