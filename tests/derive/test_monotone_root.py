"""Numbers named by their equation: digits, balls, refusals."""

from __future__ import annotations

import pytest
import sympy as sp

from derive import symbols as y
from derive.monotone_root import MonotoneRoot


def test_the_root_has_the_digits_of_the_closed_form() -> None:
    golden = MonotoneRoot(sp.Lambda(y.z, 1 - y.z - y.z**2))
    assert abs(golden.n(40) - (sp.sqrt(5) - 1) / 2).n(40) < 1e-38
    assert golden.is_positive
    assert not golden.free_symbols


@pytest.mark.parametrize("wrong", [y.z, sp.Lambda((y.z, y.s), y.z - y.s), sp.Lambda(y.z, y.z - y.s)])
def test_what_is_no_function_of_one_number_is_refused(wrong: sp.Basic) -> None:
    with pytest.raises(ValueError, match="not a function of one number"):
        MonotoneRoot(wrong)
