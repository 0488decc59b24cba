"""Thresholds by bisection on certified spectra, against limits known in closed form."""

from __future__ import annotations

import mpmath
import pytest
import sympy as sp

from derive.characteristic import CharacteristicEquation, delay_equation, update_equation
from derive.law import Law
from derive.laws import Constant, Exponential, Gamma, Hyperexponential, Uniform
from numeric.enclosure import Enclosure
from numeric.roots import thresholds
from numeric.roots.characteristic import Spectrum
from numeric.roots.thresholds import critical_damping, stability_limit

START = sp.Rational(1, 7)


def family(law: Law) -> thresholds.Family:
    return lambda damping: delay_equation(damping, law)


def width(found: Enclosure) -> float:
    return (found.upper - found.lower) / abs(float(found))


@pytest.mark.parametrize(
    ("law", "limit"),
    [
        (Constant(1), mpmath.pi / 2),
        (Constant(2), mpmath.pi / 4),
        (Uniform(0, 2), mpmath.pi**2 / 4),
        (Uniform(1, 2), mpmath.pi / 2 * (mpmath.pi / 6) / mpmath.sin(mpmath.pi / 6) / mpmath.mpf("1.5")),
        (Gamma(2, 1), mpmath.mpf(4)),
        (Gamma(4, 1), 4 * mpmath.sin(mpmath.pi / 8) / mpmath.cos(mpmath.pi / 8) ** 5),
    ],
    ids=["constant", "constant-2", "uniform", "uniform-symmetric", "gamma-2", "gamma-4"],
)
def test_the_limit_is_enclosed_where_roots_cross_the_axis(law: Law, limit: mpmath.mpf) -> None:
    found = stability_limit(family(law), START, 1e-5)
    assert found is not None
    assert found.lower <= float(limit) <= found.upper
    assert width(found) < 1e-4
    assert not found.contains(sp.Rational(str(mpmath.nstr(limit * 1.001, 20))))


def test_a_start_beyond_the_limit_finds_the_same_limit() -> None:
    found = stability_limit(family(Constant(1)), sp.Integer(20), 1e-4)
    assert found is not None
    assert found.lower <= float(mpmath.pi / 2) <= found.upper


def test_the_limit_of_the_recursion_is_enclosed_too() -> None:
    found = stability_limit(lambda step: update_equation(step, 2), START, 1e-5)
    assert found is not None
    # 2 sin(pi/10) = (sqrt 5 - 1)/2
    assert found.lower <= (5**0.5 - 1) / 2 <= found.upper


def test_exponential_delays_have_no_limit() -> None:
    assert stability_limit(family(Exponential(1)), START) is None


@pytest.mark.parametrize(
    ("law", "critical"),
    [(Constant(1), float(mpmath.exp(-1))), (Exponential(1), 0.25), (Gamma(4, 1), 0.8**5)],
    ids=["constant", "exponential", "gamma-4"],
)
def test_critical_damping_is_enclosed_where_the_rightmost_root_leaves_the_axis(law: Law, critical: float) -> None:
    found = critical_damping(family(law), START, 1e-4)
    assert found is not None
    assert found.lower <= critical <= found.upper
    assert width(found) < 1e-3


def test_an_undecided_point_widens_the_ball_and_never_narrows_it_wrongly(monkeypatch: pytest.MonkeyPatch) -> None:
    right = thresholds.spectrum

    def shy(equation: CharacteristicEquation) -> Spectrum:
        found = right(equation)
        near = found.spectral_abscissa is not None and abs(float(found.spectral_abscissa)) < 0.05
        return Spectrum((), None, None, None, "the budget is spent") if near else found

    monkeypatch.setattr(thresholds, "spectrum", shy)
    found = stability_limit(family(Constant(1)), START, 1e-6)
    assert found is not None
    assert found.lower <= float(mpmath.pi / 2) <= found.upper
    assert width(found) > 1e-3


def test_nothing_certified_means_no_threshold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thresholds, "spectrum", lambda equation: Spectrum((), None, None, None, "the budget is spent"))
    assert stability_limit(family(Constant(1)), START) is None
    assert critical_damping(family(Constant(1)), START) is None


def test_a_start_where_the_half_plane_holds_no_root_finds_the_change_below_it() -> None:
    """Two exponentials far apart: beyond a* the pair soon leaves the half-plane of convergence. a* = r/E e^(r tau)."""
    law = Hyperexponential(["0.9", "0.1"], [1, 11])
    mean = lambda r: 0.9 / (1 - r) + 0.1 / (1 - 11 * r)  # noqa: E731
    slope = lambda r: 0.9 / (1 - r) ** 2 + 1.1 / (1 - 11 * r) ** 2  # noqa: E731
    rate = mpmath.findroot(lambda r: mean(r) - r * slope(r), (0.01, 0.09), solver="bisect", tol=1e-12)
    known = rate / mean(rate)
    found = critical_damping(family(law), sp.Rational(1, 8), 1e-4)
    assert found is not None
    assert found.lower <= known <= found.upper


@pytest.mark.parametrize("start", [sp.Rational(1, 7), sp.Integer(1), sp.Integer(3), sp.Integer(40)])
def test_an_undecided_point_is_no_end_of_the_ball(start: sp.Rational) -> None:
    """False below 1, true from 2 to 8, undecided between and beyond: both ends are proven or there is no answer."""

    def changed(at: sp.Rational) -> bool | None:
        return False if at < 1 else True if 2 <= at <= 8 else None

    found = thresholds.bisect(changed, start, 1e-6)
    assert found is not None
    low, high = (sp.Rational(str(end)) for end in (found.lower, found.upper))
    assert low < 1
    assert 2 <= high <= 8
