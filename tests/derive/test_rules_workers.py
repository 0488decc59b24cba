"""Rules for finitely many workers: one worker by hand, wrong moment equations and ratios found."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from derive import symbols as y
from derive.derivation import Equation, Step
from derive.rules.characteristic import characteristic_of
from derive.rules.workers import (
    FIRST,
    SECOND,
    ExchangeableMoments,
    MomentDeterminant,
    Ratio,
    SeriesInWorkers,
    StationaryMoment,
    canonical,
)
from verify.identities import check_step

M, e, mu, s2 = y.workers, y.step, y.worker_rate, y.step_noise
X, R = FIRST
A, B, C, D = SECOND


def made(order: int) -> Step:
    rule = ExchangeableMoments(order)
    return Step(1, rule, (), rule.apply())


def test_mean_equations_of_all_workers() -> None:
    """X' = -M mu eps R and R' = mu (X - R - eps R)."""
    right = made(1).output.right
    assert sp.expand(right[0] + M * mu * e * R) == 0
    assert sp.expand(right[1] - mu * (X - R - e * R)) == 0
    assert check_step(made(1)).passed


def test_second_moments_are_those_of_the_literature_form() -> None:
    """A' = M (A - 2 e B + e^2 C + s2 - A), B' = A - e B - B + ... with mu = 1, as the mathematics reference has it."""
    right = sp.Matrix(made(2).output.right).subs(mu, 1)
    after = A - 2 * e * B + e**2 * C + s2
    expected = sp.Matrix([M * (after - A), after - B - (M - 1) * e * D, after - C, 2 * (B - e * D - D)])
    assert (right - expected).expand() == sp.zeros(4, 1)


@pytest.mark.parametrize("order", [1, 2])
def test_one_wrong_row_is_found(order: int) -> None:
    right = sp.Matrix(made(order).output.right)
    assert check_step(made(order)).passed
    for row in range(right.rows):
        for wrong in (right[row] + mu, right[row].subs(M, M + 1) if right[row].has(M) else -right[row]):
            changed = right.copy()
            changed[row] = wrong
            output = Equation(made(order).output.left, sp.ImmutableMatrix(changed))
            assert not check_step(replace(made(order), output=output)).passed, (row, wrong)


def test_one_workers_mean_has_the_known_polynomial() -> None:
    given = made(1).output
    rule = MomentDeterminant(characteristic_of(y.s))
    step = Step(2, rule, (given,), rule.apply(given))
    expected = y.s**2 + mu * (1 + e) * y.s + M * mu**2 * e
    assert sp.expand(step.output.right - expected) == 0
    assert check_step(step).passed
    for wrong in (expected + mu, expected.subs(M, M - 1), y.s**2 + mu * y.s + M * mu**2 * e):
        assert not check_step(replace(step, output=Equation(step.output.left, wrong))).passed


def test_the_stationary_moment_of_one_worker_is_the_autoregressions() -> None:
    """M = 1: every gradient is fresh, so V = s2/(eps (2 - eps))."""
    given = made(2).output
    step = Step(2, StationaryMoment(), (given,), StationaryMoment().apply(given))
    assert check_step(step).passed
    assert sp.simplify(step.output.right.subs(M, 1) - s2 / (e * (2 - e))) == 0
    for wrong in (s2 / (e * (2 - e)), step.output.right.subs(M, M + 1), -step.output.right):
        assert not check_step(replace(step, output=Equation(y.variance, wrong))).passed


def test_moments_are_named_by_their_pattern() -> None:
    x, first, second = sp.symbols("x r_1 r_2", cls=sp.Dummy)
    reads = (first, second)
    assert canonical(x**2, x, reads) == A
    assert canonical(x * first, x, reads) == canonical(x * second, x, reads) == B
    assert canonical(second**2, x, reads) == C
    assert canonical(3 * first * second + x, x, reads) == 3 * D + X
    with pytest.raises(KeyError):
        canonical(x**3, x, reads)


def test_a_series_in_the_number_of_workers() -> None:
    given = Equation(y.variance_ratio, M / (M + y.damping))
    rule = SeriesInWorkers(2)
    step = Step(1, rule, (given,), rule.apply(given))
    assert sp.expand(step.output.right - (1 - y.damping / M + y.damping**2 / M**2)) == 0
    assert check_step(step).passed
    for wrong in (1 - y.damping / M, 1 + y.damping / M + y.damping**2 / M**2):
        assert not check_step(replace(step, output=Equation(y.variance_ratio, wrong))).passed


def test_a_ratio_is_cancelled() -> None:
    inputs = (Equation(y.variance, y.damping**2 - 1), Equation(y.variance, y.damping - 1))
    step = Step(1, Ratio(y.variance_ratio), inputs, Ratio(y.variance_ratio).apply(*inputs))
    assert step.output.right == y.damping + 1
    assert check_step(step).passed
    assert not check_step(replace(step, output=Equation(y.variance_ratio, 1 / (y.damping + 1)))).passed
