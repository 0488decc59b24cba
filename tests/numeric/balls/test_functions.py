"""Comparisons of balls are decided only when every pair of points agrees; refinement stops when it is in vain."""

import pytest

from numeric.balls import functions as balls
from numeric.enclosure import acb, arb, fmpq


def ball(mid: int, radius: int) -> object:
    return acb(arb(mid, radius))


@pytest.mark.parametrize(
    ("relation", "left", "right", "verdict"),
    [
        ("<", ball(0, 1), ball(3, 1), True), ("<", ball(3, 1), ball(0, 1), False), ("<", ball(0, 1), ball(1, 1), None),
        ("<=", ball(0, 1), ball(4, 1), True), ("<", ball(0, 1), ball(2, 1), None), (">=", acb(2), acb(2), True),
        (">", acb(2), acb(2), False), ("==", acb(2), acb(2), True), ("==", ball(2, 1), acb(2), None),
        ("!=", ball(0, 1), ball(5, 1), True), ("==", acb(1, 1), acb(1, 2), False), ("<", acb(0, 1), acb(1), None),
    ],
)  # fmt: skip
def test_comparisons(relation: str, left: object, right: object, verdict: bool | None) -> None:
    assert balls.compare(relation, left, right) is verdict


def test_three_valued_logic_follows_kleene() -> None:
    assert balls.conjunction([True, None]) is None
    assert balls.conjunction([False, None]) is False
    assert balls.disjunction([True, None]) is True
    assert balls.disjunction([False, None]) is None
    assert balls.negation(None) is None


def test_refinement_doubles_until_the_digits_are_met() -> None:
    used: list[int] = []

    def at(bits: int) -> object:
        used.append(bits)
        return acb(arb(1, arb(2) ** -(bits // 3)))

    assert balls.refine(at, 30).rel_accuracy_bits() >= 100  # type: ignore[union-attr]
    assert used == sorted(used)
    assert len(used) > 1


def test_refinement_gives_up_on_a_wide_input() -> None:
    used: list[int] = []

    def at(bits: int) -> object:
        used.append(bits)
        return acb(arb(1, arb(fmpq(1, 10))))

    assert balls.refine(at, 30) is not None
    assert len(used) == 2
    assert balls.refine(lambda bits: acb(arb.nan()), 5) is None
