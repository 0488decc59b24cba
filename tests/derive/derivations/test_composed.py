"""What is claimed of composed laws against numbers worked out by hand."""

from __future__ import annotations

import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.law import Law
from derive.laws import Constant, Exponential, IndependentSum, Mixture, OrderStatistic, Truncated, Uniform
from derive.models.linear import linear_model
from derive.schemes import Asynchronous

x = sp.Rational


def claimed(law: Law, subject: str) -> sp.Expr:
    model = linear_model(law, Asynchronous(4), learning_rate="1/20", curvature=1)
    return model.claimed(f"law.{subject}.{law.name.replace('_', '-')}")


def test_a_constant_and_an_exponential_part() -> None:
    law = IndependentSum([Constant(1), Exponential(2)])
    assert claimed(law, "second-moment") == 13
    assert sp.simplify(claimed(law, "transform") - sp.exp(-y.s) / (1 + 2 * y.s)) == 0


def test_three_parts_of_which_one_is_a_sum_itself() -> None:
    law = IndependentSum([Exponential(1), IndependentSum([Exponential(1), Exponential(3)]), Constant("1/2")])
    assert claimed(law, "second-moment") == law.moment(2) == (1 + 1 + 9) + (x(11, 2)) ** 2


def test_an_atom_at_zero_and_an_exponential() -> None:
    law = Mixture([("9/10", Constant(0)), ("1/10", Exponential(2))])
    assert claimed(law, "second-moment") == x(4, 5)
    assert sp.simplify(claimed(law, "cdf").subs(y.t, 2) - (1 - sp.exp(-1) / 10)) == 0


def test_an_exponential_up_to_its_mean() -> None:
    """P(tau <= 1/2 | tau <= 1) = (1 - e^(-1/2))/(1 - e^(-1)); L(1) = int_0^1 e^(-2u) du/(1 - 1/e)."""
    law = Truncated(Exponential(1), 1)
    assert sp.simplify(claimed(law, "cdf").subs(y.t, x(1, 2)) - (1 - sp.exp(-x(1, 2))) / (1 - sp.exp(-1))) == 0
    found = claimed(law, "transform").subs(y.s, 1).doit()
    assert sp.simplify(found - (1 - sp.exp(-2)) / 2 / (1 - sp.exp(-1))) == 0


@pytest.mark.parametrize(("rank", "share"), [(1, x(7, 8)), (2, x(1, 2)), (3, x(1, 8))])
def test_the_middle_of_three_uniform_durations(rank: int, share: sp.Rational) -> None:
    law = OrderStatistic(Uniform(0, 2), rank, 3)
    assert claimed(law, "cdf").subs(y.t, 1) == share


def test_what_is_claimed_of_two_phases_in_a_row() -> None:
    """Equal means, no way back, the second phase always entered: F = 1 - (1 + t) e^(-t) in the limit p_1 -> 1."""
    found = CLAIMS["law.cdf.phase-type"].expression
    put = {y.first_mean: 1, y.second_mean: 1, y.second_jump: x(1, 10**30), y.first_jump: 1, y.phase_weight: 1, y.t: 2}
    assert float(sp.N(found.subs(put), 40)) == pytest.approx(float(1 - 3 * sp.exp(-2)), abs=1e-12)
