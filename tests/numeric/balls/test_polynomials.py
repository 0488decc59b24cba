"""Exact multiplicities, and exact decisions about the imaginary axis and the unit circle."""

import sympy as sp

from numeric.balls.polynomials import exact_roots, on_imaginary_axis, on_unit_circle
from numeric.enclosure import acb, arb, precision

s = sp.Symbol("s")


def roots(function: sp.Expr) -> list[tuple[object, int]]:
    with precision(96):
        found = exact_roots(function, s)
    assert found is not None
    return found


def test_multiplicities_are_exact_and_poles_are_no_roots() -> None:
    found = roots((s - 2) ** 3 * (s + 1) * (s - 5) / (s - 5) / (s + 7))
    assert sorted((round(float(root.real)), m) for root, m in found) == [(-1, 1), (2, 3)]  # type: ignore[attr-defined]


def test_other_functions_are_none() -> None:
    assert exact_roots(s + sp.exp(-s), s) is None
    assert exact_roots(s + sp.sqrt(2), s) is None
    assert exact_roots(s + sp.Symbol("a"), s) is None


def test_the_axis_is_recognised_and_a_hair_off_is_not() -> None:
    # In the third function the mirror image of each root is another root: the pair lies close to the axis, off it.
    hair = sp.Rational(1, 10**12)
    off = sp.expand(((s - hair) ** 2 + 1) * ((s + hair) ** 2 + 1))
    for function, on in (((s**2 + 1) * (s + 3), True), ((s + hair) ** 2 + 1, False), (off, False)):
        with precision(160):
            test = on_imaginary_axis(sp.expand(function), s)
            near = [root for root, _ in exact_roots(sp.expand(function), s) or () if root.imag > 0]
            assert near
            assert all(test(root) is on for root in near)


def test_the_circle_is_recognised() -> None:
    with precision(128):
        test = on_unit_circle(s**2 - s + 1, s)
        assert all(test(root) for root, _ in exact_roots(s**2 - s + 1, s) or ())
        reciprocal = sp.expand((s - 2) * (2 * s - 1))
        assert not any(on_unit_circle(reciprocal, s)(root) for root, _ in exact_roots(reciprocal, s) or ())


def test_a_ball_around_two_roots_is_not_decided() -> None:
    with precision(128):
        assert not on_imaginary_axis(s**2 + 1, s)(acb(0, arb(0, 2)))
