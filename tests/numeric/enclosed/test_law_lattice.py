"""Integrals of distribution functions over cells: closed ones, and the declared error around them."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy as sp

from derive.law import Law, LawError, Weighted
from derive.laws import Constant, Empirical, Exponential, Mixture, Pareto, Uniform, Weibull
from numeric.enclosed.law_lattice import law_lattice
from numeric.enclosure import Unevaluable

WIDTH = Fraction(1, 16)


def test_one_value_on_the_lattice_is_exact() -> None:
    lattice = law_lattice(Constant(1), WIDTH, 32)
    assert lattice.rise == 0
    assert lattice.whole.tolist() == [0.0] * 16 + [0.0625] * 16
    assert lattice.error < 1e-12


def test_values_between_points_are_integrated() -> None:
    lattice = law_lattice(Empirical(values=("3/32", "1/2")), WIDTH, 16)
    assert lattice.whole[:3] == pytest.approx([0, 1 / 64, 1 / 32])  # half of a cell at a half, then a half
    assert lattice.leaning[1] == pytest.approx(0.0625 * 0.5 * (1 - 0.25) / 2)
    assert lattice.rise == 0.5


@pytest.mark.parametrize(
    "law", [Exponential(1), Uniform(low=0, high="65/32"), Weibull(shape="1/2", scale=1), Pareto(shape=3, scale="1/3")]
)
def test_the_error_covers_what_finer_cells_know(law: Law) -> None:
    coarse, fine = law_lattice(law, WIDTH, 64), law_lattice(law, WIDTH / 32, 64 * 32)
    gaps = np.abs(fine.whole.reshape(64, 32).sum(axis=1) - coarse.whole)
    assert gaps.sum() <= coarse.error + fine.error
    assert fine.error < coarse.error < 0.05
    assert gaps.sum() > coarse.error / 1000 or coarse.error < 1e-9  # the bound is not idle


def test_the_average_of_a_line_is_known() -> None:
    """F = 1 from 1 on: int F(u) path(t - u) du is the integral of the path up to t - 1."""
    lattice = law_lattice(Constant(1), WIDTH, 48)
    times = np.arange(49) / 16
    expected = np.maximum(times - 1, 0) ** 2 / 2
    assert lattice.average(times) == pytest.approx(expected, abs=1e-12)


def test_a_jump_at_a_point_of_the_lattice_is_within_the_error() -> None:
    """Half of the delays are 1: F is 1/2 lower before the cell that begins there than the line to its end says."""
    half = sp.Rational(1, 2)
    law = Mixture(parts=(Weighted(half, Constant(1)), Weighted(half, Exponential(1))))
    lattice = law_lattice(law, WIDTH, 32)
    times = np.arange(33) / 16
    exact = (times - 1 + np.exp(-times)) / 2 + np.maximum(times - 1, 0) / 2
    gaps = np.abs(np.cumsum(lattice.whole) - exact[1:])
    assert gaps.max() <= lattice.error < 0.02
    assert gaps.max() > 0.01  # what no bend of F would have told
    assert lattice.rise > half


def test_a_law_without_distribution_function_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(self: Exponential, u: sp.Expr) -> sp.Expr:
        raise LawError("law", "this", "no distribution function", "another")

    monkeypatch.setattr(Exponential, "cdf", nothing)
    with pytest.raises(Unevaluable, match="distribution function"):
        law_lattice(Exponential(1), WIDTH, 4)
