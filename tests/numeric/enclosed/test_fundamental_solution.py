"""The fundamental solution on a lattice against mean paths, by hand, and the error that it declares."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy as sp

from derive.characteristic import delay_equation
from derive.laws import Constant, Gamma
from numeric.enclosed.fundamental_solution import fundamental
from numeric.enclosed.transients import mean_path
from numeric.enclosure import Unevaluable


def test_the_fundamental_solution_makes_the_mean_path() -> None:
    """m' = -a x0 r."""
    law = Gamma(shape=sp.Rational(5, 2), mean=1)
    r = fundamental(law, 0.5, Fraction(1, 256), 1024)
    times = [sp.Rational(1, 2), sp.Integer(3)]
    nearby = [time + sp.Rational(1, 10**6) for time in times]
    paths = mean_path(delay_equation("1/2", law), [*times, *nearby], digits=20, delay=law)
    for number, time in enumerate(times):
        slope = (float(paths[number + 2] - paths[number])) / 1e-6
        assert -slope / 0.5 == pytest.approx(r.values[int(time * 256)], abs=r.error + 1e-5)
    assert r.error < 1e-3


def test_a_constant_delay_is_worked_out_by_hand() -> None:
    """1 up to one delay, then 1 - (t - 1)."""
    r = fundamental(Constant(1), 1.0, Fraction(1, 64), 128)
    assert r.values[64] == pytest.approx(1, abs=1e-9)
    assert abs(r.values[96] - 0.5) <= r.error < 0.01
    assert r.size >= 1


def test_too_coarse_a_lattice_is_refused() -> None:
    with pytest.raises(Unevaluable, match="too few for a proof"):
        fundamental(Constant(1), 3.0, Fraction(1), 60)
