"""What two terms of a sum share is written once, where an author would; the value stays."""

from __future__ import annotations

import pytest
import sympy as sp

from derive.formulas.collecting import collected, signed
from derive.formulas.latex import latex

k, s, p, M, c, d = sp.symbols("k s p M c d", positive=True)

SUMS = [
    (s - c * p + c, s + c * (1 - p), r"s + c (1 - p)"),
    (1 - p + M * p, 1 + p * (M - 1), r"1 + p (M - 1)"),
    (k + c * d + s * d, k + d * (s + c), r"k + d (s + c)"),
]
LEFT_ALONE = [c * p + c, s**2 + c * s + c * d, 2 * M - c**2 * d**2 + c * d, 1 + c * d**2 + d * p, 1 + 2 * c * d + s * d]


@pytest.mark.parametrize(("given", "wanted", "printed"), SUMS)
def test_a_shared_factor_is_taken_out(given: sp.Expr, wanted: sp.Expr, printed: str) -> None:
    assert collected(given) == wanted
    assert latex(given) == printed


@pytest.mark.parametrize("given", LEFT_ALONE)
def test_other_sums_stay(given: sp.Expr) -> None:
    assert collected(given) == given


@pytest.mark.parametrize("given", [one[0] for one in SUMS])
def test_the_value_stays(given: sp.Expr) -> None:
    assert sp.expand(collected(given) - given) == 0


def test_a_bracket_of_minus_signs_is_subtracted() -> None:
    assert signed(s * (-k / 2 - sp.Rational(1, 4))) == (True, s * (k / 2 + sp.Rational(1, 4)))
    assert signed(c * (1 - p)) == (False, c * (1 - p))
    assert latex(1 + s * (-k / 2 - 1)) == r"1 - s \left( \frac{k}{2} + 1 \right)"
