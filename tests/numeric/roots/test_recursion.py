"""The update-indexed recursion: exact roots, limits of section 12, roots exactly on the unit circle."""

import math

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.characteristic import CharacteristicEquation, update_equation
from derive.exact import exact
from derive.integer_laws import EmpiricalInteger
from derive.symbols import z
from numeric.enclosure import Enclosure
from numeric.roots.characteristic import spectrum

LIMITS = [(1, 1.0), (2, 0.618034), (3, 0.445042), (5, 0.28463), (10, 0.14946), (20, 0.076605)]


@pytest.mark.parametrize(("staleness", "limit"), LIMITS)
def test_the_count_changes_at_the_known_limits(staleness: int, limit: float) -> None:
    below = spectrum(update_equation(exact(limit - 2e-5), staleness))
    above = spectrum(update_equation(exact(limit + 2e-5), staleness))
    assert (below.unstable_count, above.unstable_count) == (0, 2)
    assert below.certified
    assert below.spectral_radius is not None
    assert below.spectral_radius.upper < 1
    assert below.spectral_abscissa is None


@pytest.mark.parametrize(
    ("momentum", "staleness", "limit"),
    [(".5", 2, 0.280776), (".9", 2, 0.051249), (".5", 5, 0.128552), (".9", 5, 0.021501)],
)
def test_heavy_ball_limits(momentum: str, staleness: int, limit: float) -> None:
    counts = [spectrum(update_equation(exact(limit + d), staleness, momentum)).unstable_count for d in (-2e-6, 2e-6)]
    assert counts == [0, 2]


def test_roots_exactly_on_the_circle_are_not_unstable() -> None:
    result = spectrum(update_equation(1, 1))
    assert (result.certified, result.unstable_count, result.reason) == (True, 0, None)
    assert result.spectral_radius is not None
    assert result.spectral_radius.contains(1)


def test_a_root_a_hair_outside_the_circle_is_unstable() -> None:
    assert spectrum(update_equation(1 + sp.Rational(1, 10**40), 1)).unstable_count == 2
    assert spectrum(update_equation(1 - sp.Rational(1, 10**40), 1)).unstable_count == 0


@pytest.mark.parametrize("staleness", [1, 2, 5, 40])
def test_the_fastest_step_has_a_double_root(staleness: int) -> None:
    k = sp.Integer(staleness)
    result = spectrum(update_equation(k**k / (k + 1) ** (k + 1), staleness))
    assert result.roots[0].multiplicity == 2
    assert result.roots[0].re.contains(k / (k + 1))


@given(st.lists(st.fractions(-2, 2, max_denominator=12), min_size=1, max_size=5))
@settings(max_examples=20, derandomize=True, deadline=None)
def test_manufactured_roots_come_back_with_multiplicity(numbers: list[object]) -> None:
    roots = [sp.Rational(str(number)) for number in numbers]
    polynomial = sp.expand(sp.prod([z - root for root in roots]))
    result = spectrum(CharacteristicEquation(polynomial, z, sp.Integer(3), sp.Integer(0), "update-indexed"), count=9)
    assert sum(root.counted for root in result.roots) == len(roots)
    assert result.unstable_count == sum(1 for root in roots if abs(root) > 1)
    for root in result.roots:
        assert sum(1 for number in roots if root.re.contains(number)) == root.multiplicity


def test_digits_right_of_and_count() -> None:
    precise = spectrum(update_equation("1/3", 7), digits=40)
    assert precise.roots[0].re.relative_radius < 1e-40
    every = spectrum(update_equation("1/3", 7), right_of=0)
    assert sum(root.counted for root in every.roots) == 8
    assert sum(root.counted for root in spectrum(update_equation("1/3", 7), right_of=1).roots) == every.unstable_count


def test_a_large_staleness_is_certified() -> None:
    step = 2 * math.sin(math.pi / (2 * 401))
    assert spectrum(update_equation(exact(step * (1 - 1e-6)), 200)).unstable_count == 0
    assert spectrum(update_equation(exact(step * (1 + 1e-6)), 200)).unstable_count == 2


def test_what_is_no_polynomial_is_uncertified_with_a_reason() -> None:
    equation = CharacteristicEquation(z - sp.exp(-z), z, sp.Integer(3), sp.Integer(0), "update-indexed")
    result = spectrum(equation)
    assert not result.certified
    assert "polynomial" in (result.reason or "")


def test_the_decay_rate_is_per_update() -> None:
    result = spectrum(update_equation("1/2", 0))
    assert isinstance(result.decay_rate, Enclosure)
    assert result.decay_rate.overlaps(Enclosure.of(sp.log(2)))
    assert "spectral_radius" in result.to_json()


def test_ten_thousand_counted_stalenesses_have_certified_roots() -> None:
    counts = np.random.default_rng(3).negative_binomial(4, 4 / 16, 10_000)
    law = EmpiricalInteger(tuple(int(count) for count in counts))
    slow, fast = (spectrum(update_equation(sp.Rational(load, 10) / law.mean, law)) for load in (2, 60))
    assert (slow.certified, slow.unstable_count) == (True, 0)
    assert fast.certified
    assert (fast.unstable_count or 0) >= 2
    root = complex(slow.roots[0])
    average = sum(root ** -int(count) for count in counts) / len(counts)
    assert abs(root - 1 + 0.2 / float(law.mean) * average) < 1e-12
