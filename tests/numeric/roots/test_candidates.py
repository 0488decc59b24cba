"""Newton's candidates: near zeros, deflated to others, distinct; nothing here is trusted without proof."""

import sympy as sp

from derive.characteristic import CharacteristicEquation
from derive.symbols import s
from numeric.enclosure import acb, arb, precision
from numeric.roots.candidates import distinct, enclose, gather, newton, seeds, spread, widened
from numeric.roots.function import analytic
from numeric.roots.proof import Candidate

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


def test_a_candidate_ball_is_exactly_real_on_the_axis() -> None:
    real, upper = enclose(CUBIC, acb(-1.001), 96), enclose(CUBIC, acb(-2.01, 3.01), 96)
    assert real is not None
    assert upper is not None
    assert (real.weight, upper.weight) == (1, 2)
    assert real.ball.contains(-1)
    assert upper.ball.contains(acb(-2, 3))


def test_overlapping_candidates_are_dropped_and_widening_contains() -> None:
    one = Candidate(acb(arb(1, 0.5)))
    assert len(distinct([one, Candidate(acb(arb(1.25, 0.5))), Candidate(acb(9))])) == 2
    assert widened(acb(3), 2).ball.contains(acb(3))
    assert widened(acb(3), 2).multiplicity == 2


def test_hints_are_thinned_with_every_fourth_first() -> None:
    hints = [acb(k) for k in range(8)]
    assert [int(h.real.unique_fmpz()) for h in spread(hints, 100)] == [2, 6, 0, 4, 1, 5, 3, 7]
    assert len(spread([acb(k) for k in range(1000)], 100)) <= 100
