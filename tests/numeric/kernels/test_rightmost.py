"""Forward errors of the vectorised rightmost root against Lambert's function in 60 digits, on hostile grids."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import mpmath
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import lambertw

from derive.characteristic import delay_equation
from derive.exact import exact as number
from derive.laws import Constant
from numeric import rightmost_roots, spectrum
from numeric.kernels import rightmost

EPS = float(np.finfo(float).eps)
INVERSE_E = float(np.exp(-1))
TARGETS = ("numpy", "c")
Points = tuple[NDArray[np.float64], NDArray[np.float64]]


def truth(damping: float, delay: float) -> mpmath.mpc:
    a, tau = mpmath.mpf(damping), mpmath.mpf(delay)
    if not tau or not a:
        return mpmath.mpc(-a)
    w = mpmath.mpc(mpmath.lambertw(-a * tau)) / tau
    return mpmath.mpc(w.real, abs(w.imag))


def errors(found: NDArray[np.complex128], points: Points) -> tuple[float, float]:
    """The worst error of s and the worst of Im s, each in its own units in the last place."""
    worst = [0.0, 0.0]
    with mpmath.workdps(60):
        for value, damping, delay in zip(found, *points, strict=True):
            exact = truth(damping, delay)
            gap = mpmath.mpc(complex(value)) - exact
            worst[0] = max(worst[0], float(abs(gap) / abs(exact) / EPS) if exact else abs(value))
            aside = abs(gap.imag) / abs(exact.imag) if exact.imag else abs(gap.imag)
            worst[1] = max(worst[1], float(aside / EPS))
    return worst[0], worst[1]


def _signs(rng: np.random.Generator, n: int) -> NDArray[np.int64]:
    return rng.choice((-1, 1), n)


def _moderate(rng: np.random.Generator, n: int) -> Points:
    return 10 ** rng.uniform(-2, 1.5, n), 10 ** rng.uniform(-1, 1, n)


def _growing(rng: np.random.Generator, n: int) -> Points:
    return -(10 ** rng.uniform(-3, 6, n)), 10 ** rng.uniform(-3, 3, n)


def _wide(rng: np.random.Generator, n: int) -> Points:
    return 10 ** rng.uniform(-300, 300, n) * _signs(rng, n), 10 ** rng.uniform(-300, 300, n)


def _ulps_from_the_double_root(rng: np.random.Generator, n: int) -> Points:
    delay = rng.uniform(0.5, 2, n)
    return INVERSE_E / delay * (1 + rng.integers(-4, 5, n) * EPS / 2), delay


def _near_the_double_root(rng: np.random.Generator, n: int) -> Points:
    delay = 10 ** rng.uniform(-290, 290, n)
    return INVERSE_E / delay * (1 + 10 ** rng.uniform(-16, -0.5, n) * _signs(rng, n)), delay


def _near_the_limit(rng: np.random.Generator, n: int) -> Points:
    delay = 10 ** rng.uniform(-3, 3, n)
    return np.pi / 2 / delay * (1 + 10 ** rng.uniform(-16, -1, n) * _signs(rng, n)), delay


def _where_starts_change(rng: np.random.Generator, n: int) -> Points:
    edges = np.array([-rightmost.FAR, (1 - rightmost.NEAR / 2) / np.e, (1 + rightmost.NEAR / 2) / np.e])
    return edges[rng.integers(0, 3, n)] * (1 + rng.integers(-8, 9, n) * EPS), np.ones(n)


def _subnormal_delays(rng: np.random.Generator, n: int) -> Points:
    delay = rng.integers(1, 2**40, n) * 5e-324
    return 10 ** rng.uniform(-300, 307, n) * _signs(rng, n), delay


GRIDS: list[Callable[[np.random.Generator, int], Points]] = [
    *(_moderate, _growing, _wide, _ulps_from_the_double_root, _near_the_double_root),
    *(_near_the_limit, _where_starts_change, _subnormal_delays),
]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("grid", GRIDS, ids=lambda grid: grid.__name__.strip("_"))
def test_the_root_is_right_to_its_last_digits(grid: Callable[..., Points], target: str) -> None:
    points = grid(np.random.default_rng(2), 250)
    whole, aside = errors(rightmost_roots(*points, target=target), points)
    assert whole < 8  # no allowance for the conditioning, which grows without bound at a tau = 1/e
    assert aside < 16


@pytest.mark.parametrize("target", TARGETS)
def test_the_product_is_exact_where_it_decides(target: str) -> None:
    # Integers whose product is next to 2^107/e: |a tau e - 1| is about 2e-31, on either side.
    pairs = [(7010019319321097, 8515219340450317), (7617239599576841, 7836415187482014)]
    points = (np.array([p * 2.0**-54 for p, _ in pairs]), np.array([q * 2.0**-53 for _, q in pairs]))
    found = rightmost_roots(*points, target=target)
    whole, aside = errors(found, points)
    assert whole < 2
    assert aside < 4
    assert sorted(value > 0 for value in found.imag) == [False, True]
    assert 0 < max(found.imag) < 1e-14


def test_the_measure_finds_what_scipy_loses() -> None:
    points = _ulps_from_the_double_root(np.random.default_rng(2), 250)
    known = lambertw(-(points[0] * points[1])) / points[1]
    usable = np.isfinite(known)
    taken = (points[0][usable], points[1][usable])
    assert errors(known[usable].real + 1j * np.abs(known[usable].imag), taken)[0] > 1e6


SPECIAL = (0.0, 5e-324, 1e-310, 2.2250738585072014e-308, 1e-300, 1e-20, INVERSE_E, 1.0, np.pi / 2, 1e20, 1e300)
LARGEST = float(np.finfo(float).max)


@pytest.mark.parametrize("target", TARGETS)
def test_there_is_a_number_everywhere_on_the_domain(target: str) -> None:
    pairs = list(itertools.product([*SPECIAL, *(-x for x in SPECIAL), LARGEST, -LARGEST], [*SPECIAL, LARGEST]))
    damping, delay = map(np.array, zip(*pairs, strict=True))
    found = rightmost_roots(damping, delay, target=target)
    assert not np.isnan(found.real).any()
    assert not np.isnan(found.imag).any()
    inside = np.array([1e-300 < abs(truth(*pair)) < 1e300 for pair in pairs])
    assert inside.sum() > 100
    assert errors(found[inside], (damping[inside], delay[inside]))[0] < 8
    none = delay == 0
    np.testing.assert_array_equal(found[none], -damping[none] + 0j)
    assert (found[damping == 0] == 0).all()
    assert not np.signbit(found[damping == 0].real).any()


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(
    "outside", [(np.nan, 1.0), (1.0, np.nan), (np.inf, 1.0), (-np.inf, 0.0), (1.0, np.inf), (1.0, -1.0)]
)
def test_outside_the_domain_there_is_none(outside: tuple[float, float], target: str) -> None:
    found = rightmost_roots(*outside, target=target)
    assert np.isnan(found.real)
    assert np.isnan(found.imag)


@pytest.mark.parametrize("damping", ["1/10", "2", "40"])
def test_it_is_the_root_that_is_proven_to_be_the_rightmost(damping: str) -> None:
    found = spectrum(delay_equation(damping, Constant(1)))
    assert found.certified
    proven = complex(found.roots[0])
    one = rightmost_roots(float(number(damping)), 1.0)
    assert abs(complex(one.real, np.copysign(one.imag, proven.imag)) - proven) < 4 * EPS * abs(proven)


@pytest.mark.parametrize("target", TARGETS)
def test_it_behaves_like_a_function_of_numpy(target: str) -> None:
    rng = np.random.default_rng(5)
    damping, delay = rng.uniform(-1, 4, (3, 1)), rng.uniform(0, 3, 400)
    grid = rightmost_roots(damping, delay, target=target)
    assert grid.shape == (3, 400)
    assert grid.dtype == np.complex128
    one = rightmost_roots(damping[1, 0], delay[7], target=target)
    assert isinstance(one, np.complex128)
    assert one == grid[1, 7]
    np.testing.assert_array_equal(rightmost_roots(damping[:, ::-1], delay[::-1], target=target), grid[:, ::-1])
    np.testing.assert_array_equal(
        rightmost_roots(2, np.arange(4), target=target), rightmost_roots(2.0, np.arange(4.0), target=target)
    )
    assert rightmost_roots(np.empty((0, 2)), 1.0, target=target).shape == (0, 2)
    single = rightmost_roots(damping.astype("f4"), delay.astype("f4"), target=target)
    assert single.dtype == np.complex64
    out = np.zeros((3, 800), complex)[:, ::2]
    assert rightmost_roots(damping, delay, target=target, out=out) is out
    np.testing.assert_array_equal(out, grid)


def test_what_is_no_number_is_refused() -> None:
    for wrong in (1j, "1", None, True):
        with pytest.raises(TypeError, match="damping has dtype"):
            rightmost_roots(wrong, 1.0)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="allowed: 'numpy', 'c'"):
        rightmost_roots(1.0, 1.0, target="fortran")
    with pytest.raises(ValueError, match="broadcast"):
        rightmost_roots(np.ones(2), np.ones(3))
    with pytest.raises(ValueError, match="out of shape"):
        rightmost_roots(np.ones(2), 1.0, out=np.zeros(2))
