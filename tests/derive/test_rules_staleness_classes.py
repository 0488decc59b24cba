"""Moments by classes of staleness: every row checks, any wrong row is found, every occupancy counts."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from derive import symbols as y
from derive.derivation import Equation
from derive.derivations.stale_workers import class_equations, threshold_share, threshold_variance
from derive.rules.staleness_classes import added_over_classes, chance_at, classes, recent_function, square_at
from verify.identities import check_step


@pytest.mark.parametrize("last", [0, 1])
def test_each_row_checks_and_each_wrong_row_is_found(last: int) -> None:
    for step in class_equations(last).steps:
        assert check_step(step).passed, step.output.left
        right = step.output.right
        wrongs = [right * sp.Rational(98, 97), sp.Add(*sp.expand(right).args[1:])]
        if right.has(y.step):
            wrongs.append(right.subs(y.step, -y.step))
        for wrong in wrongs:
            assert not check_step(replace(step, output=Equation(step.output.left, wrong))).passed, step.output.left


def test_who_becomes_stale_matters() -> None:
    """The sum over how many workers of staleness S an update leaves behind, one too few of them."""
    step = class_equations(1).steps[2]
    for total in step.output.right.atoms(sp.Sum):
        ((index, first, end),) = total.limits
        counts_none = total.function.subs(index, 0) != 0  # none of the workers that a staleness of 1 would choose
        for short in ((index, first, end - 1), *(((index, first + 1, end),) if counts_none else ())):
            wrong = step.output.right.xreplace({total: sp.Sum(total.function, short)})
            assert not check_step(replace(step, output=Equation(step.output.left, wrong))).passed


@pytest.mark.parametrize("derived", [threshold_variance, threshold_share])
def test_every_occupancy_counts(derived: object) -> None:
    last = derived().steps[-1]  # type: ignore[operator]
    assert check_step(last).passed
    (total,) = (one for one in last.output.right.atoms(sp.Sum) if one.has(square_at, chance_at))
    ((index, first, end),) = total.limits
    wrongs = [sp.Sum(total.function, (index, first, end - 1)), sp.Sum(total.function, (index, first, y.workers**2 + 5))]
    if total.has(chance_at):
        (inner,) = total.function.atoms(sp.Sum)
        wrongs.append(sp.Sum(chance_at(y.j) * y.occupancy[0, y.j], *total.limits))
        wrongs.append(total.xreplace({inner: sp.Sum(inner.function, (y.staleness, 1, y.staleness_threshold))}))
    for wrong in wrongs:
        output = Equation(last.output.left, last.output.right.xreplace({total: wrong}))
        assert not check_step(replace(last, output=output)).passed, wrong


def test_classes_of_three_workers_by_hand() -> None:
    assert list(classes(3, 0)) == [(1,), (2,), (3,)]
    assert list(classes(3, 1)) == [(1, 0), (1, 1), (1, 2), (2, 0), (2, 1), (3, 0)]
    numbers = sp.symbols("a b c d e f")
    share = added_over_classes(threshold_share().result.right, 3, 1, numbers)
    a, b, c, d, e, f = numbers
    assert sp.expand(share - (a + 2 * b + 3 * c + 2 * d + 3 * e + 3 * f) / 3) == 0
    with pytest.raises(ArithmeticError, match="not over the 6 occupancies"):
        added_over_classes(threshold_share().result.right, 3, 1, numbers[1:])


def test_a_dropped_gradient_moves_nothing() -> None:
    """After a drop the moments are those of one fresh worker fewer: no step, no noise."""
    for step in class_equations(2).steps[1::2]:
        assert not step.output.right.has(y.step, y.step_noise)
    updated = dict(zip(("p", "A_00"), class_equations(2).steps[0:4:2], strict=True))
    assert updated["A_00"].output.right.has(recent_function(()))
    assert not updated["p"].output.right.has(y.step)
