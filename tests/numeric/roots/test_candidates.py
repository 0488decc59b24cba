"""Newton's candidates: near zeros, deflated to others; nothing here is trusted without proof."""

import pytest
import sympy as sp

from derive.characteristic import CharacteristicEquation, delay_equation
from derive.laws import Constant, Exponential, Uniform
from derive.symbols import s
from numeric.enclosure import acb, precision
from numeric.roots import candidates
from numeric.roots.candidates import gather, newton, seeds, spread
from numeric.roots.function import analytic

CUBIC = CharacteristicEquation(sp.expand((s + 1) * ((s + 2) ** 2 + 9)), s, sp.Integer(20), -sp.oo)


def test_newton_finds_a_zero_and_deflation_another() -> None:
    with precision(64):
        whole = analytic(CUBIC)
        first = newton(whole, acb(0))
        assert first is not None
        assert abs(first + 1) < 1e-15
        second = newton(whole, acb(-0.9, 0.5), [first])
        assert second is not None
        assert abs(second + 1) > 1


def test_seeds_and_hints_lead_to_all_zeros_sorted_from_the_right() -> None:
    with precision(64):
        found = gather(analytic(CUBIC), [*seeds(CUBIC), acb(-2, 4)], [])
    assert [round(float(zero.real)) for zero in found] == [-1, -2]
    assert found[1].imag > 0


@pytest.mark.parametrize("damping", ["1/4", "1/5", "2"])
def test_a_zero_met_before_is_not_polished_again(damping: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixteen seeds lead to a double zero, to two zeros, or to a pair."""
    equation = delay_equation(damping, Exponential(1))
    polished: list[complex] = []
    once = candidates.checked
    monkeypatch.setattr(candidates, "checked", lambda whole, zero: polished.append(zero) or once(whole, zero))
    with precision(64):
        starts = seeds(equation)
        found = gather(analytic(equation), starts, [])
    assert len(starts) > 10
    assert len(polished) <= len(found) <= 2


def test_starts_that_lead_nowhere_in_doubles_are_tried_in_balls_if_no_other_does() -> None:
    equation = delay_equation("1/4", Uniform(0, 2))
    with precision(64):
        whole = analytic(equation)
        assert gather(whole, [acb(-1e6)], []) == []
        assert len(gather(whole, [acb(-1e6), acb(0)], [])) == 1
        far = delay_equation(sp.Rational(10) ** 200, Constant(sp.Rational(1, 10**200)))  # squares leave the doubles
        assert gather(analytic(far), seeds(far), [])


def test_hints_are_thinned_with_every_fourth_first() -> None:
    hints = [acb(k) for k in range(8)]
    assert [int(h.real.unique_fmpz()) for h in spread(hints, 100)] == [2, 6, 0, 4, 1, 5, 3, 7]
    assert len(spread([acb(k) for k in range(1000)], 100)) <= 100
