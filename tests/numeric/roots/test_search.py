"""The search ends in a proof, a proven cluster, or a reason."""

import time

import pytest
import sympy as sp

from derive.characteristic import CharacteristicEquation, delay_equation
from derive.exact import exact
from derive.laws import Constant, Exponential, Gamma, Mixture, Weibull
from derive.symbols import s
from numeric.roots import search
from numeric.roots.characteristic import spectrum
from numeric.roots.records import SHORT
from numeric.roots.search import RootSearch
from numeric.roots.winding import Budget


def constant(a: object, tau: object) -> CharacteristicEquation:
    transform = sp.exp(-s * exact(tau))  # type: ignore[arg-type]
    gain = exact(a)  # type: ignore[arg-type]
    return CharacteristicEquation(s + gain * transform, s, sp.Abs(gain) * transform, -sp.oo)


def test_an_irrational_double_root_is_a_proven_cluster_and_says_so() -> None:
    result = spectrum(constant(sp.exp(-1), 1))
    assert result.certified, result.reason
    root = result.roots[0]
    assert root.multiplicity == 2
    assert root.re.contains(-1)
    assert "cluster" in (result.reason or "")


def test_a_spent_budget_is_unproven_with_a_reason() -> None:
    result = spectrum(constant(1, 1), right_of=-12, budget_seconds=0.05)
    assert not result.certified
    assert "budget" in (result.reason or "")
    assert "found, but not proven to be all: -0.31813 + 1.3372j, " in (result.reason or "")


def test_where_nothing_was_found_that_is_said() -> None:
    result = spectrum(delay_equation(1000, Weibull("3/4", 1)), budget_seconds=1e-6)
    assert not result.certified
    assert result.reason == "the budget of 1e-06 s is spent; no root was found"


def test_two_real_roots_close_together_are_separated() -> None:
    # a tau = (1 - 1e-24)/e has two real roots about 3e-12 apart, relatively.
    near = sp.exp(-1) * (1 - sp.Rational(1, 10**24))
    result = RootSearch(constant(near, 1), None, 2, 20, Budget(10)).run()
    assert result.certified
    assert [root.multiplicity for root in result.roots] == [1, 1]
    assert result.reason is None
    gap = result.roots[0].re - result.roots[1].re
    assert gap.is_positive()
    assert abs(float(gap) / (2 * 2**0.5 * 1e-12) - 1) < 1e-3


def test_a_chain_whose_real_parts_hardly_differ_is_followed() -> None:
    """An atom at 0 makes e^(-s tau) = -(s + c)/d, with c tau = 4656: the next real parts differ by 8e-7/tau."""
    parts = [("9/10", Constant(0)), ("1/10", Constant("8171/100000000"))]
    found = spectrum(delay_equation(sp.Rational(517300000000, 8171), Mixture(parts)))
    assert found.certified, found.reason
    assert (found.unstable_count, found.proof and found.proof.winding_numbers) == (0, (4,))
    assert float(found.roots[0].im) == pytest.approx(38439.82004681293)


@pytest.mark.parametrize("digits", [15, 27, 33])
@pytest.mark.parametrize("side", [1, -1])
def test_two_roots_beside_a_double_one_need_no_more_digits_than_tell_them_apart(side: int, digits: int) -> None:
    """a theta = (1 + d)/4 with exponential delays: roots (-1 +- sqrt(-d))/2, as near as d says."""
    theta = sp.Integer(12050000)
    found = spectrum(delay_equation((1 + side * sp.Rational(1, 10**digits)) / 4 / theta, Exponential(theta)), count=2)
    assert found.certified, found.reason
    assert [root.multiplicity for root in found.roots] == ([1] if side > 0 else [1, 1])
    apart = found.roots[0].im.ball if side > 0 else (found.roots[0].re.ball - found.roots[1].re.ball) / 2
    assert float(apart * 2 * 12050000) == pytest.approx(10 ** (-digits / 2), rel=1e-9)


def test_simple_roots_of_a_high_degree_are_not_all_isolated() -> None:
    """s^2 + b s + a L with two real roots near each other and two hundred stages: two of 202 roots are asked for."""
    law, one, other = Gamma(200, 1), sp.Rational(1, 2), sp.Rational(1, 2) * (1 + sp.Rational(1, 10**9))
    first, second = (law.laplace_transform(at) for at in (one, other))
    a = one * other * (one - other) / (one * second - other * first)
    equation = delay_equation(a, law, -(one**2 + a * first) / one)
    began = time.process_time()
    found = spectrum(equation, right_of="1/4")
    assert time.process_time() - began < 4, "to isolate them all takes ten seconds"
    assert found.certified
    assert [root.re.contains(chosen) for root, chosen in zip(found.roots, (other, one), strict=True)] == [True, True]


def test_missing_zeros_are_found_from_the_contour() -> None:
    # The first line is laid right of nothing known: the hints of the proof must lead to all 44 roots.
    search = RootSearch(constant(1, "1.5"), sp.Integer(-3), 1, 15, Budget(10))
    result = search.run()
    assert sum(root.counted for root in result.roots) == 44
    assert result.proof is not None
    assert result.proof.winding_numbers == (44,)


@pytest.mark.parametrize("damping", ["1/5", "1/4", "1/2", "3"])
@pytest.mark.parametrize("count", [3, 9])
def test_more_roots_than_a_rational_function_has_are_answered_with_all(damping: str, count: int) -> None:
    result = spectrum(delay_equation(damping, Exponential(1)), count=count)
    assert result.certified
    assert sum(root.counted for root in result.roots) == 2
    assert "only 2" in (result.reason or "")
    assert spectrum(delay_equation(damping, Exponential(1)), count=2).reason is None


def test_a_law_that_is_not_rational_says_how_far_left_was_searched() -> None:
    result = spectrum(delay_equation("1/2", Gamma("5/2", 1)), count=9)
    assert result.certified
    assert "proven right of -2.499" in (result.reason or "")


def test_a_huge_shape_is_no_huge_polynomial() -> None:
    began = time.thread_time()
    for shape in (10**9, sp.Rational(10**9 + 1, 2)):
        assert spectrum(delay_equation("3/2", Gamma(shape, 1)), count=4).unstable_count == 0
        assert spectrum(delay_equation("8/5", Gamma(shape, 1))).unstable_count == 2
    assert time.thread_time() - began < 5


def test_a_million_turns_are_counted_at_once() -> None:
    result = spectrum(constant(1, "1e6"), budget_seconds=5)
    assert result.certified
    assert result.unstable_count == 318310  # 2 floor(a tau/(2 pi) + 3/4)


def test_counting_unstable_roots_takes_a_tenth_of_the_budget_and_says_so() -> None:
    began = time.thread_time()
    many = [(sp.Rational(1, 3), Constant(10**6 + k)) for k in (0, 3, 7)]  # three delays, each with turns of its own
    result = spectrum(delay_equation(1, Mixture(many)), budget_seconds=3)
    assert time.thread_time() - began < 2.5
    assert result.certified
    assert result.unstable_count is None
    assert "not counted: the budget" in (result.reason or "")


def test_missing_digits_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "precise_enough", lambda root, digits: False)
    result = spectrum(constant(1, 1))
    assert result.certified
    assert result.reason == SHORT
