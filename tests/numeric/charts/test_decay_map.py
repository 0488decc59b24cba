"""Uncertified maps against certified decay rates."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from scipy.special import lambertw

from derive import laws
from derive.characteristic import CharacteristicEquation, delay_equation, update_equation
from numeric.charts.cells import Axis
from numeric.charts.decay_map import decay_map
from numeric.roots.characteristic import spectrum

X, Y = (sp.Dummy(name, positive=True) for name in "xy")
AXES = Axis(X, "1/20", 3), Axis(Y, "1/20", 3)


def test_the_constant_delay_agrees_with_lambert() -> None:
    x, y, rates = decay_map([delay_equation(X, laws.Constant(Y))], AXES, (21, 31))
    a, tau = np.meshgrid(x, y)
    assert rates.shape == (21, 31)
    assert np.allclose(rates, -(lambertw(-a * tau) / tau).real, rtol=0, atol=1e-9)


@pytest.mark.parametrize(
    "equation",
    [
        delay_equation(X, laws.Gamma(sp.Rational(5, 2), Y)),
        delay_equation(X, laws.Uniform(0, 2 * Y)),
        delay_equation(X, laws.Constant(1), Y),
        update_equation(X / 10, 3, Y / 4),
    ],
)
def test_rates_agree_with_certified_ones(equation: CharacteristicEquation) -> None:
    x, y, rates = decay_map([equation], AXES, (3, 4))
    for row, column in ((0, 0), (1, 2), (2, 3)):
        point = {X: sp.Rational(str(x[column])), Y: sp.Rational(str(y[row]))}
        root = spectrum(equation.at(point)).roots[0]
        truth = -np.log(float(root.modulus)) if equation.plane == "update-indexed" else -float(root.re)
        assert rates[row, column] == pytest.approx(truth, abs=1e-6)


def test_of_several_equations_the_slowest_counts() -> None:
    pair = [delay_equation(factor * X, laws.Constant(Y)) for factor in (1, 2)]
    both = decay_map(pair, AXES, (5, 5))[2]
    alone = [decay_map([one], AXES, (5, 5))[2] for one in pair]
    assert (both == np.minimum(*alone)).all()
