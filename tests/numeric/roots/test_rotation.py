"""Turns by the exponential's known rotation are those that half-planes count."""

from __future__ import annotations

import pytest
import sympy as sp

from derive import symbols as y
from derive.characteristic import CharacteristicEquation, delay_equation
from derive.laws import Constant, Gamma, IndependentSum, Mixture
from numeric.enclosure import arb, precision
from numeric.roots import rotation as root_rotation
from numeric.roots.proof import count_right_of
from numeric.roots.rotation import split
from numeric.roots.winding import Budget, Unproved

LONG = [
    delay_equation(1, Constant(60)),
    delay_equation("-1/2", Constant(80), "1/3"),
    delay_equation(2, IndependentSum([Constant(25), Gamma("5/2", 1)])),
    delay_equation(1, Mixture([("1/4", Constant(50)), ("3/4", Constant(3))])),
]


@pytest.mark.parametrize("equation", LONG, ids=lambda equation: str(equation.function))
@pytest.mark.parametrize("line", [0, -0.02, 0.02])
def test_both_ways_of_counting_agree(
    equation: CharacteristicEquation, line: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    with precision(64):
        fast = count_right_of(equation, arb(line), Budget(5))
        monkeypatch.setattr(root_rotation, "_WORTH", float("inf"))
        slow = count_right_of(equation, arb(line), Budget(5))
    assert fast.contour is not None
    assert slow.contour is not None
    assert fast.zeros == slow.zeros
    assert any(kind for kinds in fast.contour.kinds for kind in kinds)
    assert not any(kind for kinds in slow.contour.kinds for kind in kinds)


@pytest.mark.parametrize("delay", [10**3, 10**4, 10**6])
def test_pieces_grow_with_the_logarithm_of_the_delay(delay: int) -> None:
    with precision(64):
        found = count_right_of(delay_equation(1, Constant(delay)), arb(0), Budget(5))
    assert found.zeros == 2 * int(delay / (2 * float(sp.pi)) + 0.75)  # 2 floor(a tau/(2 pi) + 3/4)
    assert found.contour is not None
    assert sum(len(ends) for ends in found.contour.ends) < 60


def test_a_contour_through_a_zero_is_refused() -> None:
    through = CharacteristicEquation(
        y.s**2 + 1 + (y.s - sp.I) * (y.s + sp.I) * sp.exp(-90 * y.s) / 2, y.s, sp.Integer(3), -sp.oo
    )
    with precision(64), pytest.raises(Unproved):
        count_right_of(through, arb(0), Budget(1))


def test_the_fastest_exponential_is_split_off() -> None:
    whole = y.s + sp.exp(-y.s) / 2 + (y.s + 3) * sp.exp(-4 * y.s)
    found = split(whole, y.s)
    assert found is not None
    rate, rest, slow = found
    assert rate == -4
    assert sp.simplify(rest + slow * sp.exp(rate * y.s) - whole) == 0
    assert split(y.s + 1 / (1 + y.s), y.s) is None
