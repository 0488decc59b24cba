"""The renewal overlap: known values, exact small cases, both routes for atoms, and a simulation's negative control."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
import sympy as sp

from derive.derivations.staleness import overlap_series
from derive.laws import Exponential, Gamma
from numeric.enclosed.renewal import _lattice_overlap, between, overlap_of_atoms, overlap_of_series


def overlap(law: object) -> float:
    series = overlap_series(law)  # type: ignore[arg-type]
    assert series is not None
    enclosure = overlap_of_series(series.term, series.index, series.tail)
    assert float(enclosure.radius) < 1e-13
    return float(enclosure)


def test_exponential_cycles_overlap_by_one() -> None:
    assert overlap(Exponential(3)) == pytest.approx(1, abs=1e-13)


def test_gamma_four_gives_the_count_variance_of_theory() -> None:
    """E Var N_e(T) = 2 G - c2 = .407264 for gamma cycles of shape 4."""
    assert 2 * overlap(Gamma(4, 1)) - 0.25 == pytest.approx(0.4072642, abs=5e-8)


@pytest.mark.parametrize("shape", ["0.3", "2.5", "40"])
def test_the_series_agrees_with_draws_and_refuses_a_wrong_shape(shape: str) -> None:
    generator = np.random.Generator(np.random.PCG64(5))
    value, count = float(sp.Rational(shape)), 400_000
    cycle = generator.gamma(value, 1 / value, count)
    total, sums = np.zeros(count), np.zeros(count)
    for _ in range(200):
        sums += generator.gamma(value, 1 / value, count)
        total += np.maximum(cycle - sums, 0)
    error = total.std() / np.sqrt(count)
    found = overlap(Gamma(shape, 1))
    assert abs(total.mean() - found) < 4.5 * error
    assert abs(total.mean() - overlap(Gamma(sp.Rational(shape) * sp.Rational(11, 10), 1))) > 4.5 * error


def by_hand(atoms: list[int]) -> Fraction:
    """Every path of cycles written out."""
    total, share = Fraction(0), Fraction(1, len(atoms))
    for renewals in range(1, max(atoms) // min(atoms) + 1):
        for cycle, *parts in product(atoms, repeat=renewals + 1):
            total += share ** (renewals + 1) * max(cycle - sum(parts), 0)
    return total / (Fraction(sum(atoms)) * share)


@pytest.mark.parametrize("atoms", [[1], [1, 3], [2, 5, 9], [3, 3, 4, 10]])
def test_few_atoms_agree_with_every_path_written_out(atoms: list[int]) -> None:
    assert overlap_of_atoms([sp.Integer(atom) for atom in atoms]).contains(by_hand(atoms))
    low, high = (_lattice_overlap(sorted(atoms), up)[0 if up else 1] for up in (True, False))
    assert low <= by_hand(atoms) <= high


def test_the_lattice_serves_atoms_with_zeros_and_wide_ranges() -> None:
    atoms = [0, 1, 2, 50]
    enclosure = overlap_of_atoms([sp.Integer(atom) for atom in atoms])
    generator = np.random.Generator(np.random.PCG64(3))
    cycle, sums, total = generator.choice(atoms, 100_000), np.zeros(100_000), np.zeros(100_000)
    for _ in range(300):
        sums += generator.choice(atoms, 100_000)
        total += np.maximum(cycle - sums, 0)
    mean = total.mean() / np.mean(atoms)
    error = total.std() / np.sqrt(1e5) / np.mean(atoms)
    assert enclosure.lower - 4.5 * error < mean < enclosure.upper + 4.5 * error
    assert float(enclosure.radius) < 0.02 * mean


def test_an_interval_contains_its_ends() -> None:
    enclosure = between(Fraction(1, 3), Fraction(1, 2))
    assert enclosure.contains(Fraction(1, 3))
    assert enclosure.contains(Fraction(1, 2))
    assert not enclosure.contains(Fraction(1, 4))


@pytest.mark.parametrize("shape", [10**4, 10**9])
def test_cycles_of_a_huge_shape_overlap_like_normal_ones(shape: int) -> None:
    """The cycle less its successor is normal, of standard deviation sqrt(2/k): G = 1/sqrt(pi k) (1 + O(1/k))."""
    assert overlap(Gamma(shape, 1)) * np.sqrt(np.pi * shape) == pytest.approx(1, abs=1 / shape + 1e-7)


@pytest.mark.parametrize("shape", ["1/2", "1", "7"])
def test_the_tail_bounds_the_terms_left_out(shape: str) -> None:
    series = overlap_series(Gamma(shape, 1))
    assert series is not None
    for first in (1, 3):
        left_out = sum(float(series.term.subs(series.index, first + i).evalf()) for i in range(12))
        assert left_out < float(series.tail.subs(series.index, first))
