"""Moments conditioned on the occupancy of stages: every row checks, any wrong row, sign or factor is found."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from derive import symbols as y
from derive.derivation import Equation, Step
from derive.derivations import occupancy
from derive.derivations.noise import stages_variance
from derive.rules.occupancy import moment_function, moment_kinds, occupancy_symbols, possible_only
from derive.rules.occupancy import occupancy_law as law_name
from derive.rules.occupied import added_up, occupancies, square_at
from derive.rules.occupied_series import SeriesOverOccupancies
from verify.identities import check_step


@pytest.mark.parametrize("stages", [2, 3])
def test_each_row_checks_and_each_wrong_row_is_found(stages: int) -> None:
    step = occupancy.erlang_second_moments(stages).steps[0]
    assert check_step(step).passed, check_step(step).detail
    for row, right in list(enumerate(step.output.right))[:: 2 * stages - 3]:  # of three stages, every third
        wrong = sp.Matrix(step.output.right)
        wrong[row] = right.subs(y.step, -y.step) if row % 2 and right.has(y.step) else right * sp.Rational(98, 97)
        output = Equation(step.output.left, sp.ImmutableMatrix(wrong))
        assert not check_step(replace(step, output=output)).passed, step.output.left[row]


def test_a_lost_term_is_found() -> None:
    """Of every other row of two stages, its first term: as much as a slip of the pen would lose."""
    step = occupancy.erlang_second_moments(2).steps[0]
    for row, right in list(enumerate(step.output.right))[::2]:
        wrong = sp.Matrix(step.output.right)
        wrong[row] = sp.Add(*sp.expand(right).args[1:])
        assert not check_step(replace(step, output=Equation(step.output.left, sp.ImmutableMatrix(wrong)))).passed


def test_noise_enters_the_moments_that_an_update_squares() -> None:
    """x^2, x r and r^2 of the worker that has just updated: three rows of the eight, and no other."""
    rows = dict(zip(moment_kinds(2), occupancy.erlang_second_moments(2).result.right, strict=True))
    assert {kind for kind, row in rows.items() if row.has(y.step_noise)} == {(), (1,), (1, 1, 0)}
    assert all(row.has(law_name) == row.has(y.step_noise) for row in rows.values())


@pytest.mark.parametrize("stages", [2, 3, 4])
def test_the_occupancy_is_multinomial_and_another_law_is_not_balanced(stages: int) -> None:
    step = occupancy.occupancy_law(stages).steps[0]
    assert check_step(step).passed
    here = occupancy_symbols(stages)
    without_ways = step.output.right * sp.factorial(here[0])
    assert not check_step(replace(step, output=Equation(step.output.left, without_ways))).passed


def test_the_variance_adds_every_occupancy() -> None:
    """Over time each counts once, at updates by the workers of its last stage; no other range or stage will do."""
    for derived in (occupancy.erlang_variance(), occupancy.erlang_variance_at_updates()):
        last: Step = derived.steps[-1]
        assert {check_step(step).passed for step in derived.steps} == {True}
        function, ((index, first, end),) = last.output.right.function, last.output.right.limits
        first_stage = function.xreplace(dict.fromkeys(function.atoms(sp.Indexed), y.occupancy[1, index]))
        for wrong in (
            sp.Sum(function, (index, first + 1, end)),
            sp.Sum(function, (index, first, end - 1)),
            sp.Sum(function, (index, first, y.workers + 1)),
            sp.Sum(first_stage if first_stage != function else function / 2, (index, first, end)),
        ):
            assert not check_step(replace(last, output=Equation(last.output.left, wrong))).passed


def test_occupancies_of_two_workers_by_hand() -> None:
    assert list(occupancies(2, 2)) == [(0, 2), (1, 1), (2, 0)]
    squares = sp.symbols("a b c")
    time, updates = occupancy.erlang_variance().result.right, occupancy.erlang_variance_at_updates().result.right
    assert added_up(time, 2, squares, 2) == sum(squares)
    a, b, _ = squares
    assert added_up(updates, 2, squares, 2) == 2 * a + b
    with pytest.raises(ArithmeticError, match="not over the 3 occupancies"):
        added_up(sp.Sum(square_at(y.j), (y.j, 1, 4)), 2, squares, 2)


def test_moments_of_impossible_occupancies_vanish() -> None:
    squares, reads = moment_function(()), moment_function((1, 1))
    row = squares(-1, 3) + squares(0, 2) + reads(1, 1) + reads(2, 0)
    assert possible_only(row, 2) == squares(0, 2) + reads(2, 0)


@pytest.mark.parametrize("rung", ["R1", "R2"])
def test_the_series_in_workers_checks_and_wrong_ones_are_found(rung: str) -> None:
    derived = occupancy.erlang_gap(rung)
    (step,) = (one for one in derived.steps if isinstance(one.rule, SeriesOverOccupancies))
    assert {check_step(one).passed for one in derived.steps[-4:]} == {True}
    if rung == "R2":
        assert check_step(step).passed
        first, second = sp.Add.make_args(sp.expand(step.output.right / y.step_noise, deep=False))
        for wrong in (first - second, first + second / 2, 2 * first + second):
            assert not check_step(replace(step, output=Equation(step.output.left, wrong * y.step_noise))).passed


def test_three_stages_have_a_series_of_their_own() -> None:
    """The limit is R2's variance of three stages, by the Lyapunov equation."""
    found = occupancy.erlang_second_moments(3)
    rows = [Equation(left, right) for left, right in zip(found.result.left, found.result.right, strict=True)]
    limit = SeriesOverOccupancies(3).apply(*rows).right.coeff(y.step_noise)
    put = {y.damping: sp.Rational(6, 5), y.mean_delay: 1, y.noise_intensity: 1}
    assert sp.limit(limit.subs(put) / y.workers, y.workers, sp.oo) == stages_variance(3).result.right.subs(put)
