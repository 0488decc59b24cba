"""The two series of the Weibull law: the closed form of shape 2, the trapezoid sums, and each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sympy as sp

from derive import symbols as y
from derive.standard_integrals import weibull_integral
from numeric.balls import standard_integrals, weibull_series
from numeric.balls.functions import BallKit
from numeric.enclosure import Ball, acb, arb, compile_ball, fmpq, precision

R = sp.Rational
POINTS = [(1.0, 0.0), (0.0, 1.25), (2.0, -3.0), (-0.1, 2.0), (0.0, 0.015625), (0.0, -60.0), (40.0, 1.0)]
BITS = 128


def at(shape: sp.Rational, point: tuple[float, float], order: int = 0) -> Ball:
    with precision(BITS):
        return compile_ball(weibull_integral(order, shape, y.s), [y.s])(acb(*point))


def off(value: Ball) -> Ball:
    """The same in the first 20 digits."""
    with precision(BITS):
        return value * (1 + acb(1) / 10**20)


def only(monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    """Close the other ways to a value."""
    for name in {"_converging", "_asymptotic"} - {way}:
        monkeypatch.setattr(weibull_series, name, lambda *given: None)
    if way != "trapezoids":
        monkeypatch.setattr(standard_integrals.log_trapezoid, "path_for", lambda *given: None)


@pytest.mark.parametrize("shape", [R(1, 5), R(3, 4), R(3, 2), R(3)], ids=str)
def test_series_and_trapezoid_sums_overlap_to_nearly_all_digits(
    shape: sp.Rational, monkeypatch: pytest.MonkeyPatch
) -> None:
    series = {(point, order): at(shape, point, order) for point in POINTS for order in (0, 2)}
    only(monkeypatch, "trapezoids")
    for (point, order), found in series.items():
        summed = at(shape, point, order)
        assert found.overlaps(summed)
        assert not off(found).overlaps(summed)


@pytest.mark.parametrize(("shape", "size"), [(R(1, 2), 2**-9), (R(3, 2), 10), (R(3), 40)], ids=str)
def test_the_convergent_and_the_asymptotic_series_meet(
    shape: sp.Rational, size: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for way in ("_converging", "_asymptotic"):
        with monkeypatch.context() as closed, precision(32):
            only(closed, way)
            program = compile_ball(weibull_integral(0, shape, y.s), [y.s])
            found.append([program(size * acb(*point)) for point in ((1.0, 0.0), (0.75, 0.625))])
    for one, other in zip(*found, strict=True):
        assert one.overlaps(other)
        assert min(one.rel_accuracy_bits(), other.rel_accuracy_bits()) > 16


@pytest.mark.parametrize("point", [(-1.0, 0.0), (-3.0, 4.0), (-2.0, -7.0), (1.5, 0.0), (300.0, 0.0), (-5.0, 500.0)])
def test_shape_2_has_its_closed_form_everywhere(point: tuple[float, float]) -> None:
    """W_0(2; x) = 1 - sqrt(pi)/2 x e^(x^2/4) erfc(x/2)."""
    closed = 1 - sp.sqrt(sp.pi) / 2 * y.s * sp.exp(y.s**2 / 4) * sp.erfc(y.s / 2)
    found = at(sp.Integer(2), point)
    with precision(4000):
        expected = compile_ball(closed, [y.s])(acb(*point))
    assert found.overlaps(expected)
    assert found.rel_accuracy_bits() > 90
    assert not off(found).overlaps(expected)


@pytest.mark.parametrize("way", ["_tail", "_rest"])
def test_what_is_left_out_is_no_smaller_than_its_bound(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With few terms the balls still hold the value; with the bound taken away they do not."""
    shape, point = (R(1, 2), (0.5, 0.25)) if way == "_tail" else (R(2), (6.0, 3.0))
    right = at(shape, point)
    only(monkeypatch, "_converging" if way == "_tail" else "_asymptotic")
    few = weibull_series._Plan(64, 0, 12)
    monkeypatch.setattr(weibull_series, "_converging" if way == "_tail" else "_asymptotic", lambda *given: few)

    def found() -> Ball:
        with precision(BITS):
            return weibull_series.weibull_series(_kit(), acb(fmpq(int(shape.p), int(shape.q))), 0, acb(*point))

    wide = found()
    assert wide.contains(right.mid())
    assert 1e-12 < float(wide.real.rad()) < 1e-1
    none: Callable[..., Any] = lambda *given: arb(0)  # noqa: E731
    monkeypatch.setattr(weibull_series, way, none)
    assert not found().overlaps(right)


def _kit() -> BallKit:
    from numeric import enclosure

    return enclosure._KIT


def test_on_the_cut_there_is_no_value() -> None:
    assert not at(R(1, 2), (-1.0, 0.0)).is_finite()
    assert at(R(3, 2), (-1.0, 0.0)).is_finite(), "entire"
    assert at(R(1, 2), (-1.0, 0.5)).is_finite()


def test_a_shape_known_to_few_digits_is_answered_where_its_ball_is_narrow() -> None:
    found = at(R(17, 10), (0.5, 2.0))
    assert found.rel_accuracy_bits() > 90
    assert at(R(17, 10), (0.0, -20.0)).is_finite()
