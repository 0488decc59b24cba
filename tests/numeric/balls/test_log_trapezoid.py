"""Trapezoids on the logarithmic scale: closed forms and mpmath's digits lie in their balls, left of the axis, too."""

from __future__ import annotations

import mpmath
import pytest
import sympy as sp

from derive import symbols as y
from derive.law import Law
from derive.laws import LogNormal, Weibull
from derive.standard_integrals import lognormal_integral, weibull_integral
from numeric.balls import log_trapezoid, standard_integrals
from numeric.enclosed.law_quadrature import integral_over_density
from numeric.enclosure import Ball, Enclosure, acb, arb, compile_ball, precision

R = sp.Rational
NAMES = [
    *(weibull_integral(n, k, y.s) for n, k in ((1, R(1, 2)), (0, R(3, 2)))),
    *(lognormal_integral(spread, y.s) for spread in (R(1, 20), R(4))),
]


@pytest.fixture(autouse=True)
def _sums_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The Weibull law's series would answer first."""
    monkeypatch.setattr(standard_integrals, "weibull_series", lambda *given: None)


RIGHT = [(1.0, 0.0), (0.0, 1.25), (2.0, -3.0), (0.0, -20.0), (1e-6, 0.0), (0.0, 1e-6), (300.0, 0.0)]


def digits(name: sp.Expr, point: tuple[float, float]) -> tuple[Enclosure, Enclosure]:
    """Real and imaginary part of 40 digits, as balls of radius 1e-30."""
    at = sp.Rational(point[0]) + sp.I * sp.Rational(point[1])
    value = sp.N(name.subs(y.s, at), 40)
    slack = Enclosure(arb(0, 1e-30))
    return tuple(Enclosure.of(sp.Rational(str(part)), 160) + slack for part in value.as_real_imag())  # type: ignore[return-value]


@pytest.mark.parametrize("name", NAMES, ids=str)
def test_the_digits_of_mpmath_lie_in_the_balls(name: sp.Expr) -> None:
    program = compile_ball(name, [y.s])
    for point in RIGHT:
        with precision(96):
            found = program(acb(*point))
        for part, expected in zip((found.real, found.imag), digits(name, point), strict=True):
            assert part.overlaps(expected.ball)
            assert part.rad() < arb(10) ** -19
    assert program(acb(1)).imag.is_zero()


@pytest.mark.parametrize("point", [(1.5, 0.0), (0.0, 2.0), (-1.0, 0.0), (-3.0, 4.0), (-2.0, -7.0)])
def test_the_weibull_law_of_shape_2_has_its_closed_form_everywhere(point: tuple[float, float]) -> None:
    """W_0(2; x) = 1 - sqrt(pi)/2 x e^(x^2/4) erfc(x/2)."""
    closed = 1 - sp.sqrt(sp.pi) / 2 * y.s * sp.exp(y.s**2 / 4) * sp.erfc(y.s / 2)
    with precision(128):
        found, expected = (compile_ball(one, [y.s])(acb(*point)) for one in (weibull_integral(0, 2, y.s), closed))
        assert found.overlaps(expected)
        assert found.rel_accuracy_bits() > 90
        assert not (found * (1 + acb(1) / 10**20)).overlaps(expected)


@pytest.mark.parametrize("name", [weibull_integral(0, R(1, 2), y.s), lognormal_integral(1, y.s)], ids=str)
def test_turned_lines_continue_the_transform_beyond_its_half_plane(name: sp.Expr) -> None:
    """Across the axis it is analytic: mpmath's Taylor polynomial around 2 i meets the balls left of the axis."""
    program, orders = compile_ball(name, [y.s]), 8
    derivatives = [sp.N(sp.diff(name, y.s, n).subs(y.s, 2 * sp.I), 16) for n in range(orders)]
    with precision(96):
        found = program(acb(-0.03125, 2))
    expected = sum(complex(value) / sp.factorial(n) * (-0.03125) ** n for n, value in enumerate(derivatives))
    assert abs(complex(found.real.mid(), found.imag.mid()) - complex(expected)) < 1e-10
    assert not program(acb(-0.5)).is_finite(), "on the cut"


@pytest.mark.parametrize("law", [Weibull("1/2", 2), Weibull("5/2", "1/3"), LogNormal("1/3", 1)], ids=str)
def test_the_quadrature_of_the_density_meets_the_sum(law: Law) -> None:
    """Arb's own adaptive quadrature between bounds that leave out less than 1e-18."""
    ends = (law.mean * R(1, 10**45), 200 * law.mean)
    found = integral_over_density(law.density(y.u), sp.exp(-y.u / law.mean), y.u, ends, 18)
    with precision(128):
        summed = compile_ball(law.laplace_transform(1 / law.mean), ())()
    assert abs(summed.real - found.ball).upper() < arb(10) ** -16


@pytest.mark.parametrize("name", [weibull_integral(0, R(3, 2), y.s), lognormal_integral(1, y.s)], ids=str)
def test_wide_balls_hold_their_points(name: sp.Expr) -> None:
    program = compile_ball(name, [y.s])
    wide = [
        (acb(0, arb(1, 0.5)), [(0.0, 0.5), (0.0, 1.5)]),
        (acb(arb(1, 0.5), arb(0, 0.5)), [(0.5, -0.5), (1.5, 0.5), (1.0, 0.0)]),
        (acb(0, arb(0.25, 0.25)), [(0.0, 0.0), (0.0, 0.5)]),
        (acb(arb(0, 0.0625), arb(3, 0.0625)), [(-0.0625, 3.0), (0.0625, 2.9375)]),
    ]
    for square, points in wide:
        found = program(square)
        assert found.is_finite()
        assert float(found.real.rad()) < 1.5
        assert all(found.contains(program(acb(*point)).mid()) for point in points)


def test_a_sum_without_every_other_node_leaves_its_ball(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error bound is no larger than it must be: half of the nodes are too few."""
    whole = log_trapezoid.summed

    def halved(kit: object, rule: log_trapezoid.Rule, order: int, x: Ball) -> Ball:
        fewer = log_trapezoid.Rule(rule.nodes[::2], tuple(2 * w for w in rule.weights[::2]), rule.error)
        return whole(kit, fewer, order, x)  # type: ignore[arg-type]

    program = compile_ball(lognormal_integral(1, y.s), [y.s])
    with precision(96):
        right = program(acb(0, 3))
        monkeypatch.setattr(standard_integrals.log_trapezoid, "summed", halved)
        assert not program(acb(0, 3)).overlaps(right)


def test_a_parameter_that_is_not_known_exactly_enough_is_refused() -> None:
    program = compile_ball(lognormal_integral(y.log_spread, y.s), [y.log_spread, y.s])
    assert not program(acb(arb(1, 1e-6)), acb(1)).is_finite()
    assert program(acb(1), acb(1)).is_finite()
    with mpmath.workdps(30):
        assert abs(float(program(acb(1), acb(1)).real.mid()) - 0.381756464761) < 1e-11
