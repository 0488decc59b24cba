"""Zeros in doubles: the chain is that of Lambert's branches, and what doubles cannot tell apart is said."""

from __future__ import annotations

import math
from itertools import islice, pairwise

import mpmath
import pytest
import sympy as sp
from scipy.special import lambertw

from derive import symbols as y
from numeric.roots.seeds import chain, in_doubles, zero_near


def test_the_chain_of_a_constant_delay_is_lamberts_branches() -> None:
    found = list(islice(chain(y.s + sp.exp(-3 * y.s / 2), y.s, 40), 40))
    assert len(found) == 40
    for branch, zero in enumerate(found, start=1):
        assert zero == pytest.approx(lambertw(-1.5, branch) / 1.5, rel=1e-12)


def test_a_function_that_doubles_lack_is_left_alone() -> None:
    assert in_doubles((sp.expint(2, y.s),), y.s) is None
    assert list(chain(y.s + 1 / (1 + y.s), y.s, 5)) == []


@pytest.mark.parametrize("point", [0.5 + 1j, -3 + 2j, -8j, 12 + 3j, -11 - 1j, 1e-9j])
@pytest.mark.parametrize(("above", "below"), [(1, 2), (2, 3), (3, 4)])
def test_kummers_function_in_doubles(point: complex, above: int, below: int) -> None:
    made = in_doubles((sp.hyper((above,), (below,), y.s),), y.s)
    assert made
    assert made(point)[0] == pytest.approx(complex(mpmath.hyp1f1(above, below, point)), rel=1e-9)


def test_a_double_zero_is_no_zero_that_stands_alone() -> None:
    def at(function: sp.Expr, start: complex) -> tuple[complex, bool] | None:
        first, second = (sp.diff(function, y.s, order) for order in (1, 2))
        pair, bend = in_doubles((function, first), y.s), in_doubles((first, second), y.s)
        assert pair
        return zero_near(pair, start, bend)

    double, simple = at((y.s + 1) ** 2 * (y.s + 3), 0j), at((y.s + 1) * (y.s + 3), 0j)
    assert simple == (pytest.approx(-1), True)
    assert double is not None
    assert not double[1]
    assert at(sp.exp(y.s), 0j) is None  # steps of one size, towards no zero


def test_no_zero_is_passed_by_where_the_logarithm_has_its_cut() -> None:
    """The phase of -P/q wraps between two zeros of the chain: the one between them has no number of its own."""
    rest = y.s**2 + sp.Rational("32291.3275131251") * y.s - sp.Rational("3937673.26289680")
    turning = sp.Rational("437519.251432978") * sp.exp(-sp.Rational("0.00049") * y.s)
    found = list(islice(chain(rest - turning, y.s, 8), 8))
    heights = [zero.imag * 0.00049 for zero in found]
    assert any(zero == pytest.approx(-16306.12244898 + 32040.81632653j, rel=1e-9) for zero in found)
    assert all(1.5 * math.pi < after - before < 2.5 * math.pi for before, after in pairwise(heights))
