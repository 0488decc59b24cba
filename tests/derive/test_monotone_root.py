"""Numbers named by their equation: digits, balls, refusals."""

from __future__ import annotations

import pickle

import pytest
import sympy as sp

from derive import symbols as y
from derive.monotone_root import MonotoneRoot
from derive.standard_integrals import exponential_integral, lognormal_integral, weibull_integral


def test_the_root_has_the_digits_of_the_closed_form() -> None:
    golden = MonotoneRoot(sp.Lambda(y.z, 1 - y.z - y.z**2))
    assert abs(golden.n(40) - (sp.sqrt(5) - 1) / 2).n(40) < 1e-38
    assert golden.is_positive
    assert not golden.free_symbols


@pytest.mark.parametrize("wrong", [y.z, sp.Lambda((y.z, y.s), y.z - y.s), sp.Lambda(y.z, y.z - y.s)])
def test_what_is_no_function_of_one_number_is_refused(wrong: sp.Basic) -> None:
    with pytest.raises(ValueError, match="not a function of one number"):
        MonotoneRoot(wrong)


def test_the_root_is_one_number_however_long_its_balance() -> None:
    balance = sp.Lambda(y.z, 1 - y.z - y.z**2)
    golden = MonotoneRoot(balance)
    assert (golden**2 + y.s).count_ops() == (y.t**2 + y.s).count_ops()
    assert golden == MonotoneRoot(balance)
    assert golden != MonotoneRoot(sp.Lambda(y.z, 1 - y.z - y.z**3))
    assert pickle.loads(pickle.dumps(golden)) == golden
    assert golden.subs(y.z, 5) == golden


@pytest.mark.parametrize(
    "falling",
    [
        exponential_integral(sp.Rational(7, 2), y.z) - sp.Rational(1, 5),
        weibull_integral(0, 3, y.z) - sp.Rational(1, 2),
        lognormal_integral(sp.Rational(1, 3), y.z) - sp.Rational(1, 2),
    ],
    ids=lambda falling: falling.args[1].func.__name__ if falling.args[1].args else falling.args[0].func.__name__,
)
def test_a_balance_may_hold_an_integral_of_our_own(falling: sp.Expr) -> None:
    """To 40 digits: whole numbers in its arguments must not divide in doubles."""
    root = MonotoneRoot(sp.Lambda(y.z, falling)).n(45)
    assert abs(falling.subs(y.z, root).n(45)) < 1e-40
