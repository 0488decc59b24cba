"""Orders of error: 2/M of plain workers, more where a filter counts updates or a momentum remembers them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import sympy as sp

from derive.law import Law
from derive.laws import Constant, Exponential, Gamma, ShiftedExponential
from derive.scheme import Scheme
from derive.schemes import Asynchronous
from derive.studies.study import Objective, Optimizer, Workers, load_study
from verify.predicting.orders import counting_error, crowding_error, declared
from verify.predicting.predictions import ModePredictions

PLAIN = load_study(Path(__file__).parents[3] / "reports/studies/textbook.toml").cases[1].study


def mode_of(law: Law, scheme: Scheme, momentum: sp.Rational = sp.S.Zero) -> ModePredictions:
    of = PLAIN.with_workers(Workers.alike(int(scheme.workers), law))
    return ModePredictions(replace(of, scheme=scheme, optimizer=Optimizer(sp.Rational(1, 400), momentum)), 0)


def test_a_limit_of_plain_workers_is_off_by_its_share_over_their_number() -> None:
    found = declared(mode_of(Gamma(4, 1), Asynchronous(32)), "R2", 1)
    assert found == (1 / 32, "R2 is a limit of many workers; tolerance 1/M declared beforehand")


@pytest.mark.parametrize(
    ("last", "simulated", "claimed"), [(10, 0.4157, 0.422), (25, 0.6928, 0.691), (40, 0.8535, 0.849)]
)
def test_the_known_shares_of_a_threshold_lie_within_the_declared_error(
    last: int, simulated: float, claimed: float
) -> None:
    found = declared(mode_of(Gamma(4, 1), Asynchronous(32, staleness_threshold=last)), "R1")
    assert found is not None
    assert abs(claimed / simulated - 1) < found[0] < 0.25


def test_a_discount_that_few_updates_escape_says_nothing_where_no_cycle_is_short() -> None:
    law = ShiftedExponential("1/2", "1/2")
    strong, weak = (mode_of(law, Asynchronous(24, staleness_discount=z)) for z in ("1/4", "39/40"))
    assert declared(strong, "R1") is None
    assert counting_error(weak) < 0.02
    assert declared(weak, "R1") is not None


def test_certain_cycles_are_not_counted_by_poisson() -> None:
    assert declared(mode_of(Constant(1), Asynchronous(16, staleness_threshold=8)), "R1") is None


def test_a_momentum_adds_its_share_of_the_step() -> None:
    found = declared(mode_of(Exponential(1), Asynchronous(16), sp.Rational(9, 10)), "R2")
    assert found is not None
    step = PLAIN.objective.curvature[0] / 400  # type: ignore[union-attr]
    assert found[0] == pytest.approx(2 / 16 + float(step) / 0.1)


def test_a_crowded_uplink_is_off_by_more_than_two_parts_in_the_number_of_workers() -> None:
    """Sixteen workers of 3/2 s before an uplink of 7/2 a second, eta h M = 7/10: a decay rate of .1375(4)."""
    scheme = Asynchronous(16, uplink_capacity="7/2")
    of = PLAIN.with_workers(Workers.alike(16, Constant("3/2")))
    optimizer, objective = Optimizer(sp.Rational(1, 80)), Objective((sp.Rational(7, 2),), (sp.S.One,))
    crowded = ModePredictions(replace(of, scheme=scheme, optimizer=optimizer, objective=objective), 0)
    predicted, found = crowded.find("decay_rate", "R3"), declared(crowded, "R3")
    assert found is not None
    assert predicted is not None
    assert 2 / 16 < abs(0.1375 / float(predicted.value) - 1) < found[0] < 0.25
    calm = ModePredictions(replace(crowded.study, optimizer=Optimizer(sp.Rational(1, 800))), 0)
    assert crowding_error(calm) == 0
    assert declared(calm, "R3") == (2 / 16, "R3 is a limit of many workers; tolerance 2/M declared beforehand")
