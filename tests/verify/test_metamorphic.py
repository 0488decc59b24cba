"""Metamorphic relations of predictions and records: units, notation and order change what they must, and no more.

Two predictions of one number agree if both are exact and equal, or both are narrow balls that overlap. Each relation
has a control beside it: half of a change of units, or another law. Longer than 250 lines: one relation after the other
of the same predictions.
"""

from __future__ import annotations

import json
import os
import tomllib
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any

import pytest
import sympy as sp
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from derive import symbols as y
from derive.characteristic import delay_equation, update_equation
from derive.law import Law
from derive.laws import LAWS, Constant, Empirical, Exponential, Gamma
from derive.studies.study import Case, Study, Workers, study_from_table
from derive.studies.text import study_toml
from numeric.roots.characteristic import spectrum
from numeric.values import Exact
from tests.budgets import examples
from tests.units_of_time import DURATIONS, in_unit
from verify.agreement import enclosed
from verify.hunting.drawing import studies
from verify.predicting.predictions import ModePredictions, Predicted
from verify.sampling.judging import judge_case, plan_case
from verify.second_routes.running import agreements
from verify.verdict_json import verdict_from_json

UNSHRUNK = (Phase.generate,)  # a prediction takes a fraction of a second: shrinking would take minutes
NARROW = 1e-3  # relative to the value, of every ball compared here: renewals of spread-out atoms are rounded
ON_A_LATTICE = {"staleness_variance": 1e-2}  # of laws whose renewals have no closed form
# The power of seconds in which each predicted quantity is measured; a new quantity must be entered here.
SECONDS = dict.fromkeys(
    ["staleness_mean", "staleness_variance", "stationary_variance", "fastest_workers", "mean_square_limit"], 0
)
SECONDS |= {"excess_risk": 0, "applied_fraction": 0, "time_per_update": 1, "delay_mean": 1, "delay_variance": 2}
SCALED = {"uplink_capacity": -1, "age_threshold": 1}  # modifiers with a unit: the power of seconds
SECONDS |= dict.fromkeys(["arrival_rate", "damping_coefficient", "noise_intensity", "decay_rate"], -1)
PER_SECOND_OR_PER_UPDATE = ("stability_limit", "critical_damping")  # 1/s on R3, 1 on Rd
Key = tuple[str, str, str, str]


def study(law: Law, workers: int = 4, step: str = "1/10", **objective: Any) -> Study:
    table = {
        "workers": {"count": workers, "compute": {"law": "constant", "value": 1}},
        "optimizer": {"learning_rate": step},
        "objective": {"curvature": [1], **objective},
        "run": {"replicas": 64, "updates": 20_000},
    }
    plain = study_from_table(table).cases[0].study
    assert plain.workers is not None
    return plain.with_workers(Workers.alike(plain.workers.count, law))


def with_law(one: Study, law: Law) -> Study:
    assert one.workers is not None
    return one.with_workers(Workers.alike(one.workers.count, law))


def in_unit_of_time(one: Study, factor: sp.Rational) -> Study:
    """The study with every duration multiplied by ``factor``, and every rate divided."""
    assert one.scheme is not None
    stretched = {
        name: getattr(one.scheme, name) * factor ** SCALED[name] for name in set(one.scheme.active) & set(SCALED)
    }
    return replace(with_law(one, in_unit(law_of(one), factor)), scheme=replace(one.scheme, **stretched))


def law_of(one: Study) -> Law:
    assert one.workers is not None
    return one.workers.cycle_law


def predictions(one: Study, mode: int = 0) -> dict[Key, Predicted]:
    """Every prediction by claim, quantity, rung and average."""
    found = ModePredictions(one, mode).all
    keyed = {(each.claim, each.quantity, each.rung, each.average): each.value for each in found}
    assert len(keyed) == len(found)
    return keyed


def by_name(one: Study) -> dict[Key, Predicted]:
    """Predictions without their claims, which are named after the law."""
    return {("", *key[1:]): value for key, value in predictions(one).items()}


def agree(one: Predicted, other: Predicted, quantity: str) -> bool:
    if isinstance(one, Exact) and isinstance(other, Exact):
        return bool(sp.simplify(one.expression - other.expression) == 0)
    balls = enclosed(one), enclosed(other)
    for ball in balls:
        assert ball.relative_radius < ON_A_LATTICE.get(quantity, NARROW) or float(ball.radius) < 1e-12, ball
    return balls[0].overlaps(balls[1])


def times(value: Predicted, factor: sp.Expr) -> Predicted:
    return Exact(value.expression * factor) if isinstance(value, Exact) else value * factor


def seconds(key: Key) -> int:
    quantity, rung = key[1:3]
    if quantity in PER_SECOND_OR_PER_UPDATE:
        return 0 if rung == "Rd" else -1
    return SECONDS[quantity]


def moved(one: dict[Key, Predicted], other: dict[Key, Predicted]) -> set[str]:
    """The quantities that differ between two studies with the same predictions."""
    assert set(one) == set(other)
    return {key[1] for key in one if not agree(one[key], other[key], key[1])}


def quick_studies() -> st.SearchStrategy[Study]:
    """Drawn studies; of laws whose transforms are quadratures, half a minute a prediction, in ``make verify`` alone."""
    everything = os.environ.get("HYPOTHESIS_PROFILE") == "verify"
    return studies().filter(lambda one: everything or law_of(one).name not in ("weibull", "lognormal"))


# Units, over whole studies drawn from the registries


def test_every_registered_law_says_which_parameter_is_a_duration() -> None:
    assert set(DURATIONS) == set(LAWS)


@settings(max_examples=examples(2, 20), phases=UNSHRUNK)
@given(one=quick_studies(), factor=st.sampled_from([sp.Rational(1, 8), sp.Rational(22, 7), sp.Integer(1000)]))
def test_predictions_in_another_unit_of_time_are_the_same_predictions(one: Study, factor: sp.Rational) -> None:
    before, after = predictions(one), predictions(in_unit_of_time(one, factor))
    assert set(after) == set(before)
    for key, value in before.items():
        assert agree(after[key], times(value, factor ** seconds(key)), key[1]), key
    # durations scaled without the rates: everything in seconds is another number, and nothing else
    timed = {key[1] for key, value in before.items() if seconds(key) != 0 and float(enclosed(value)) != 0}
    assert moved(before, after) == timed


@settings(max_examples=examples(1, 20), phases=UNSHRUNK)
@given(one=quick_studies(), factor=st.sampled_from([sp.Rational(1, 8), sp.Rational(22, 7)]))
def test_predictions_depend_on_products_with_the_learning_rate_and_on_the_square_of_the_noise(
    one: Study, factor: sp.Rational
) -> None:
    assert one.objective is not None
    assert one.optimizer is not None
    bent = tuple(factor * h for h in one.objective.curvature)
    loud = tuple(factor * sigma for sigma in one.objective.gradient_noise)
    slow = replace(one.optimizer, learning_rate=one.optimizer.learning_rate / factor)
    before = predictions(one)
    same = predictions(
        replace(one, objective=replace(one.objective, curvature=bent, gradient_noise=loud), optimizer=slow)
    )
    assert moved(before, same) == {"excess_risk"} & {key[1] for key in before}  # half a curvature times x^2
    for key in before:
        assert key[1] != "excess_risk" or agree(same[key], times(before[key], factor), key[1]), key
    louder = predictions(replace(one, objective=replace(one.objective, gradient_noise=loud)))
    quadratic = {"stationary_variance", "noise_intensity", "excess_risk"}
    for key, value in before.items():
        assert agree(louder[key], times(value, factor**2 if key[1] in quadratic else sp.Integer(1)), key[1]), key
    assert moved(before, louder) == quadratic & {key[1] for key in before}
    half_done = predictions(replace(one, optimizer=slow))
    both = set(before) & set(half_done)  # beyond critical damping the decay rate may well stay where it was
    changed = {key[1] for key in both if not agree(before[key], half_done[key], key[1])}
    assert changed >= {"damping_coefficient", "noise_intensity"} & {key[1] for key in before}


@settings(max_examples=examples(2, 20), phases=UNSHRUNK)
@given(one=quick_studies(), others=st.lists(st.fractions(Fraction(1, 9), 9, max_denominator=9), min_size=1, max_size=2))
def test_other_modes_do_not_change_the_predictions_of_a_mode(one: Study, others: list[Fraction]) -> None:
    assert one.objective is not None
    strangers = tuple(sp.Rational(value) for value in others)
    many = replace(
        one.objective,
        curvature=(*strangers, *one.objective.curvature),
        gradient_noise=(*strangers, *one.objective.gradient_noise),
    )
    assert one.scheme is not None
    alone, among = predictions(one), predictions(replace(one, objective=many), len(others))
    if "event_trigger" in one.scheme.active:  # measures the norm of the gradients of all modes
        assert {"applied_fraction", "damping_coefficient"} <= moved(alone, among)
        return
    assert among == alone
    if strangers[0] != one.objective.curvature[0] and any(
        quantity == "stationary_variance" for _, quantity, *_ in alone
    ):
        assert predictions(replace(one, objective=many), 0) != alone


# One law written in two ways


ERLANG = Law.from_density(4 * y.u * sp.exp(-2 * y.u), y.u)
MEMORYLESS = Law.from_density(sp.exp(-y.u), y.u)
PAIRS = {  # a law, the same law, another law of the same mean
    "gamma of shape 1": (Gamma(1, "3/2"), Exponential("3/2"), Gamma("3/2", "3/2")),
    "one value": (Empirical(["3/4"]), Constant("3/4"), Empirical(["1/2", 1])),
    "Erlang density": (ERLANG, Gamma(2, 1), Gamma(3, 1)),
    "exponential density": (MEMORYLESS, Exponential(1), Gamma("3/2", 1)),
}


@pytest.mark.parametrize(("one", "twin", "stranger"), PAIRS.values(), ids=list(PAIRS))
def test_a_law_written_in_two_ways_has_the_same_predictions(one: Law, twin: Law, stranger: Law) -> None:
    """What one notation predicts and the other does not is no contradiction; what both predict agrees."""
    left, right, wrong = (by_name(study(law)) for law in (one, twin, stranger))
    shared = set(left) & set(right)
    assert {key[1] for key in shared} >= {"delay_variance", "staleness_mean", "stationary_variance", "decay_rate"}
    assert [key for key in shared if not agree(left[key], right[key], key[1])] == []
    seen = {key[1] for key in set(left) & set(wrong) if not agree(left[key], wrong[key], key[1])}
    assert {"delay_variance", "decay_rate", "stationary_variance"} <= seen


def test_a_gamma_of_shape_1_predicts_all_that_the_exponential_does() -> None:
    assert set(by_name(study(Gamma(1, 1)))) == set(by_name(study(Exponential(1))))


measured = st.lists(st.fractions(Fraction(1, 4), 4, max_denominator=4), min_size=1, max_size=5)


@settings(max_examples=examples(2, 20), phases=UNSHRUNK)
@given(values=measured, data=st.data())
def test_measured_values_in_another_order_or_each_twice_have_the_same_predictions(
    values: list[Fraction], data: st.DataObject
) -> None:
    plain = predictions(study(Empirical(values)))
    for law in (Empirical(data.draw(st.permutations(values))), Empirical(values * 2)):
        assert moved(plain, predictions(study(law))) == set()
    weighted = predictions(study(Empirical([*values, min(values) / 2])))
    assert {"delay_mean", "arrival_rate", "decay_rate"} <= moved(plain, weighted)


@cache
def _gaps(shape: int) -> dict[Key, float]:
    """Relative distance of the predictions of gamma cycles from those of constant ones (M = 4, a theta = .3)."""
    gamma, constant = (by_name(study(law, step="3/40")) for law in (Gamma(shape, 2), Constant(2)))
    found = {}
    for key in set(gamma) & set(constant):
        scale = float(constant[key]) or 1.0
        found[key] = abs(float(enclosed(gamma[key]) - enclosed(constant[key])) / scale)
    return found


ORDERS = {  # of the distance in the reciprocal of the shape
    "delay_variance": 1.0,
    "decay_rate": 1.0,
    "stability_limit": 1.0,
    "critical_damping": 1.0,
    "fastest_workers": 1.0,
    "stationary_variance": 1.0,
    "excess_risk": 1.0,
    "staleness_variance": 0.5,  # (M - 1) 2 G and G = E (T - T')^+/theta + ... is the spread, not the variance
}


def test_gamma_predictions_tend_to_the_constant_ones_at_their_orders() -> None:
    coarse, fine = _gaps(50), _gaps(200)
    seen = set()
    for key, gap in coarse.items():
        _, quantity, rung, _ = key
        if rung not in ("R0", "R1", "R2", "R3") or key[1:3] in (("decay_rate", "R0"), ("staleness_variance", "R1")):
            continue
        if quantity not in ORDERS:
            assert (gap, fine[key]) == (0, 0), key
            continue
        assert 4 ** (ORDERS[quantity] - 0.12) < gap / fine[key] < 4 ** (ORDERS[quantity] + 0.12), (key, gap, fine[key])
        seen.add(quantity)
    assert seen == set(ORDERS)


# Equations


@pytest.mark.parametrize("law", [Constant(2), Exponential(2), Gamma("5/2", 2), Empirical([1, 3])], ids=str)
def test_an_equation_given_directly_has_the_roots_of_the_workers(law: Law) -> None:
    mode = ModePredictions(study(law), 0)
    directly = spectrum(delay_equation("1/5", law))  # eta h M/theta = 4/20
    assert directly.certified
    assert directly.to_json()["roots"] == mode.spectrum.to_json()["roots"]
    assert directly.roots == mode.spectrum.roots
    assert spectrum(delay_equation("1/6", law)).roots != mode.spectrum.roots


@pytest.mark.parametrize("law", [Constant(1), Gamma(4, 1)], ids=str)
@pytest.mark.parametrize("damping", [sp.Rational(1, 4), sp.Rational(3, 2)], ids=str)
def test_roots_under_large_friction_tend_to_those_of_the_first_order_equation(law: Law, damping: sp.Rational) -> None:
    """s^2 + b s + a b L: the distance is of order 1/b, and it is there."""
    limit = complex(spectrum(delay_equation(damping, law)).roots[0])
    gaps = []
    for friction in (200, 400):
        found = spectrum(delay_equation(damping * friction, law, friction))
        assert found.certified
        gaps.append(abs(complex(found.roots[0]) - limit))
    assert gaps[0] < 0.05
    assert gaps[0] / gaps[1] == pytest.approx(2, rel=0.06)
    assert abs(complex(spectrum(delay_equation(damping, law, 200)).roots[0]) - limit) > 0.05  # a left unscaled


@pytest.mark.parametrize("staleness", [0, 1, 4])
def test_a_small_momentum_moves_the_roots_little_and_none_not_at_all(staleness: int) -> None:
    plain = spectrum(update_equation("1/20", staleness))
    assert spectrum(update_equation("1/20", staleness, 0)).roots == plain.roots
    radius = float(plain.spectral_radius)  # type: ignore[arg-type]
    gaps = [
        abs(float(spectrum(update_equation("1/20", staleness, b)).spectral_radius) - radius)  # type: ignore[arg-type]
        for b in ("1/1000", "1/2000")
    ]
    assert gaps[0] / gaps[1] == pytest.approx(2, rel=0.02)


# Judging does not depend on the notation


@pytest.mark.parametrize(
    "law",
    [
        Constant(1),
        pytest.param(
            Empirical([1]),
        ),
    ],
    ids=str,
)
def test_a_stable_case_beyond_the_limit_of_the_mean_delay_equation_is_not_refuted(law: Law) -> None:
    """M = 4, eta h = .42: a theta = 1.68 > pi/2 on R3, but 4 constant cycles are stable up to eta h = .445."""
    judged = judge_case(plan_case(Case("", study(law, step="0.42"))), 1e-5, path_replicas=256)
    assert not judged.run.unstable
    assert [verdict.claim for verdict in judged.verdicts if verdict.outcome == "refuted"] == []


# Round trips


@settings(max_examples=examples(15, 200))
@given(one=quick_studies())
def test_a_study_reads_back_from_its_text_and_its_text_from_the_study(one: Study) -> None:
    text = study_toml(one)
    again = study_from_table(tomllib.loads(text), one.path).cases[0].study
    assert again == one
    assert study_toml(again) == text
    assert one.workers is not None
    other = one.with_workers(Workers.alike(one.workers.count + 1, one.workers.cycle_law))
    assert study_toml(other) != text


@pytest.mark.slow
def test_verdicts_of_a_case_go_through_json_and_back_to_the_same_json() -> None:
    one = study(Gamma(2, 1))
    judged = judge_case(plan_case(Case("a case", one)), 1e-5, path_replicas=256)
    verdicts = [*judged.verdicts, *agreements(ModePredictions(one, 0), "a case")]
    assert {verdict.evidence for verdict in verdicts} == {"Monte Carlo", "certified agreement", "exact finite M"}
    text = json.dumps([verdict.to_json() for verdict in verdicts], allow_nan=False)
    records = [verdict_from_json(record) for record in json.loads(text)]
    assert records == verdicts
    assert json.dumps([record.to_json() for record in records], allow_nan=False) == text
    assert replace(records[0], outcome="unproven") != verdicts[0]
