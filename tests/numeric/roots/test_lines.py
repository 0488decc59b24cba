"""Lines are laid left of the wanted zeros, off the roots they ran through, lower once all right of them is known."""

import pytest
import sympy as sp

from derive.characteristic import CharacteristicEquation, delay_equation
from derive.laws import Constant, Exponential
from derive.symbols import s
from numeric.enclosure import acb
from numeric.roots.lines import LineLayer

CUBIC = CharacteristicEquation(sp.expand((s + 1) * ((s + 2) ** 2 + 9)), s, sp.Integer(20), -sp.oo)
FOUND = [acb(-1), acb(-2, 3)]


def test_a_line_lies_between_the_last_wanted_zero_and_the_next() -> None:
    assert -2 < float(LineLayer(CUBIC, None).line(FOUND, 1)) < -1
    assert float(LineLayer(CUBIC, None).line(FOUND, 2)) < -2, "the pair belongs together"


def test_a_line_through_a_root_is_moved() -> None:
    asked = LineLayer(CUBIC, sp.Integer(-2))
    assert float(asked.line(FOUND, 1)) == -2
    asked.jitter = 1
    assert -2 - 1e-6 < float(asked.line(FOUND, 1)) < -2


def test_a_line_is_lowered_only_once_all_right_of_the_last_is_known() -> None:
    layer = LineLayer(delay_equation(1, Constant(1)), None)
    first = float(layer.line(FOUND, 9))
    assert float(layer.line(FOUND, 9)) == first
    layer.settled = True
    assert float(layer.line(FOUND, 9)) < first


@pytest.mark.parametrize(("limit", "kept"), [("-1/2", True), ("-3", False)])
def test_no_line_lies_left_of_the_abscissa_of_convergence(limit: str, kept: bool) -> None:
    layer = LineLayer(delay_equation(1, Exponential(1)), sp.Rational(limit))
    assert (float(layer.line([], 1)) == float(sp.Rational(limit))) == kept
    assert (layer.remark is None) == kept
    assert kept or "proven right of -0.99" in str(layer.remark)
