"""Mean paths: roots with a proven rest against the method of steps, against hand and against the claims' tails."""

from __future__ import annotations

import pytest
import sympy as sp

from derive.characteristic import CharacteristicEquation, delay_equation, update_equation
from derive.law import Law
from derive.laws import Constant, Exponential, Gamma, Pareto, ShiftedExponential, Uniform
from numeric.enclosed.quadrature import is_plain_feedback
from numeric.enclosed.transients import mean_path

x = sp.Rational


@pytest.mark.parametrize(
    ("law", "damping", "times"),
    [
        (Constant(1), x(6, 5), (x(3, 2), 10)),
        (Constant(1), 2, (3, 8)),  # unstable
        (Exponential(1), x(17, 10), (x(1, 2), 30)),
        (Exponential(1), x(1, 4), (1, 10)),  # a double root
        (Gamma(shape=2, mean=1), x(6, 5), (1, 30)),
        (Gamma(shape=x(5, 2), mean=1), 2, (10, 20)),
        (ShiftedExponential(x(1, 2), x(1, 2)), 1, (10, 30)),
        (Constant(1), -1, (1, 3)),  # a saddle
    ],
)
def test_two_routes_agree(law: Law, damping: sp.Expr, times: tuple[sp.Expr, ...]) -> None:
    equation = delay_equation(damping, law)
    by_roots = mean_path(equation, times)
    by_steps = mean_path(equation, times, digits=25, delay=law)
    wrong = mean_path(equation, [sp.sympify(time) * x(1001, 1000) for time in times], digits=25, delay=law)
    for rooted, stepped, late in zip(by_roots, by_steps, wrong, strict=True):
        assert rooted.overlaps(stepped)
        assert not rooted.overlaps(late)
        assert float(stepped.radius) < 1e-25 < float(rooted.radius) + 1e-24


def test_the_ball_is_as_narrow_as_was_asked_for() -> None:
    equation = delay_equation(1, Constant(1))
    for digits in (4, 7):
        (found,) = mean_path(equation, [3], digits=digits)
        assert float(found.radius) < 10**-digits
        assert found.contains(x(-1, 6))  # 1 - 3 + 2^2/2 - 1/3! + 0, exactly


def test_the_start_scales_the_path_and_time_zero_is_the_start() -> None:
    one, two = (mean_path(delay_equation(1, Constant(1)), [0, x(1, 2)], start=start) for start in (1, -3))
    assert one[0].contains(1)
    assert two[0].contains(-3)
    assert two[1].overlaps(one[1] * -3)


def test_without_damping_nothing_moves() -> None:
    assert mean_path(delay_equation(0, Constant(1)), [5], start=2)[0].contains(2)


def test_a_uniform_delay_starts_by_hand() -> None:
    """On [0, 2 theta], F = u/2: m = 1 - t + t^3/12 - ... for a = 1, theta = 1: the step series."""
    t = x(1, 5)
    (found,) = mean_path(delay_equation(1, Uniform(low=0, high=2)), [t], digits=5)
    # E (t - S_1)_+^2/2 = t^3/12; E (t - S_2)_+^3/3! = t^5/480, S_2 of density u/4; the next is below t^7
    gap = abs(float(found) - float(1 - t + t**3 / 12 - t**5 / 480))
    assert gap < float(found.radius) < 1e-4 < float(t**3 / 12)


def test_a_tail_without_exponential_moment_decays_like_the_tail() -> None:
    heavy = Pareto(shape=x(5, 2), scale=1)
    (found,) = mean_path(delay_equation(x(3, 10), heavy), [50], digits=6, delay=heavy)
    ratio = -float(found) / 50**-2.5
    assert 1.1 < ratio < 1.25  # on its way to 1: 1.085, 1.042, 1.021 at 100, 200, 400
    assert float(found.radius) < 1e-6


@pytest.mark.parametrize(
    ("equation", "times", "reason"),
    [
        (delay_equation(1, Constant(1), friction=1), [1], "not of the form"),
        (update_equation(1, 1), [1], "not of the form"),
        (delay_equation(1, Constant(1)), [-1], "allowed: numbers >= 0"),
    ],
)
def test_what_has_no_path_is_refused(equation: CharacteristicEquation, times: list[int], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        mean_path(equation, times)


def test_plain_feedback_is_told_from_other_equations() -> None:
    assert is_plain_feedback(delay_equation(1, Gamma(shape=2, mean=1)))
    assert not is_plain_feedback(delay_equation(1, Constant(1), friction=0))
