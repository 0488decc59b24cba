"""The judges by themselves: they accept the truth and name what is missing."""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from derive import symbols as y
from derive.characteristic import delay_equation
from derive.laws import Constant, Exponential
from numeric.roots.characteristic import spectrum
from verify.hunting.root_judges import by_branches, by_choice, by_polynomial


def test_branches_count_what_lies_right_of_a_line() -> None:
    judge = by_branches(sp.Rational(3, 2), sp.Rational(3, 2), {"right_of": -3})
    found = spectrum(delay_equation(1, Constant("3/2")), right_of=-3)
    assert judge(found) is None
    assert "missed" in str(judge(replace(found, roots=found.roots[1:])))
    assert "right of" in str(judge(replace(found, roots=found.roots[:-1])))
    assert "unstable" in str(judge(replace(found, unstable_count=2)))


def test_a_polynomial_has_no_root_where_there_is_none() -> None:
    judge = by_polynomial(y.s * (1 + y.s) + sp.Rational(1, 5), sp.Integer(-1))
    found = spectrum(delay_equation("1/5", Exponential(1)))
    assert judge(found) is None
    assert "missed" in str(judge(replace(found, roots=())))
    assert "rightmost" in str(judge(spectrum(delay_equation("1/6", Exponential(1)))))


def test_a_root_of_choice_is_looked_for_to_forty_digits() -> None:
    found = spectrum(delay_equation(2, Constant(0)))
    assert by_choice([(sp.Integer(-2), sp.Integer(0))])(found) is None
    other = (-2 - sp.Rational(1, 10**20), sp.Integer(0))
    assert "not listed" in str(by_choice([other])(spectrum(delay_equation(2, Constant(0)), digits=40)))
