"""Claims as functions of exact numbers: enclosed, and refused outside their domain."""

import pytest
import sympy as sp

from derive.claims import CLAIMS
from numeric.balls.claims import ball_of
from numeric.enclosure import ComplexEnclosure, Enclosure
from numeric.kernels.compiling import kernel_of


def test_a_ball_holds_the_value_that_the_kernel_rounds() -> None:
    claim = CLAIMS["delay.stationary-variance.constant"]
    numbers = {"mean_delay": sp.Integer(1), "damping_coefficient": sp.Rational(6, 5), "noise_intensity": sp.Integer(1)}
    ball = ball_of(claim)(**numbers)
    assert isinstance(ball, Enclosure)
    kernel = kernel_of(claim)(**{name: float(value) for name, value in numbers.items()})
    assert abs(float(ball) - kernel) < 1e-14 * kernel
    assert ball.contains((1 + sp.sin(sp.Rational(6, 5))) / (sp.Rational(12, 5) * sp.cos(sp.Rational(6, 5))))


def test_outside_the_domain_there_is_no_ball() -> None:
    outside = {"mean_delay": 1, "damping_coefficient": 2, "noise_intensity": 1}
    with pytest.raises(ValueError, match="outside the domain; allowed: a\\*theta < pi/2"):
        ball_of(CLAIMS["delay.stationary-variance.constant"])(**outside)


def test_a_complex_root_is_enclosed_in_a_rectangle() -> None:
    root = ball_of(CLAIMS["delay.roots.constant"])(mean_delay=1, damping_coefficient=1, branch=0)
    assert isinstance(root, ComplexEnclosure)
    assert abs(complex(root) - (-0.318132 + 1.337236j)) < 1e-6


def test_missing_arguments_are_named() -> None:
    with pytest.raises(TypeError, match="allowed: \\['mean_delay', 'workers'\\]"):
        ball_of(CLAIMS["arrivals.rate.any-law"])(workers=3)
