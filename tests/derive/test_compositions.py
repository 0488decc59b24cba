"""Mixtures, sums, truncations and order statistics: closed forms, what they come to, how their parts are drawn."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy as sp

from derive import symbols as y
from derive.draws import chosen
from derive.law import Law, LawError
from derive.laws import (
    Constant,
    Empirical,
    Exponential,
    Gamma,
    IndependentSum,
    InverseGaussian,
    LogNormal,
    Mixture,
    OrderStatistic,
    Pareto,
    ShiftedExponential,
    Truncated,
    Uniform,
    Weibull,
)
from derive.laws.bounded_pareto import BoundedPareto
from verify.identities import check_derivation
from verify.implementations.law_draws import sample
from verify.implementations.law_planes import transform_of


def longest_of_twenty() -> sp.Expr:
    """E X_{20:20} = 20 B(20, 1 - 1/alpha) for shape alpha = 2, by the density of a uniform maximum."""
    return sp.gammasimp(20 * sp.gamma(20) * sp.gamma(sp.Rational(1, 2)) / sp.gamma(sp.Rational(41, 2)))


def test_compositions_keep_closed_forms() -> None:
    """Each against the parts' own transforms, or the distribution function of all of them, at an exact point."""
    passages = IndependentSum([InverseGaussian(1, 2), InverseGaussian(2, 8)])
    assert passages.merged == (InverseGaussian(3, 18),)
    assert IndependentSum([InverseGaussian(1, 2), InverseGaussian(2, 7)]).merged[1] == InverseGaussian(2, 7)
    s = sp.Rational(3, 7)
    apart = sp.Mul(*(part.laplace_transform(s) for part in passages.parts)) - passages.laplace_transform(s)
    assert abs(sp.N(apart, 30)) < 1e-28
    shortest = OrderStatistic(Pareto(3, 2), 1, 4)
    assert shortest.restated == Pareto(12, 2)
    assert sp.simplify(shortest.cdf(sp.Integer(3)) - Pareto(12, 2).cdf(sp.Integer(3))) == 0
    assert sp.simplify(shortest.cdf(sp.Integer(3)) - Pareto(11, 2).cdf(sp.Integer(3))) != 0
    with pytest.raises(LawError, match="no closed transform"):
        OrderStatistic(InverseGaussian(3, 2), 2, 4)
    with pytest.raises(LawError, match="no closed transform"):
        OrderStatistic(LogNormal(0, 1), 2, 2)
    assert OrderStatistic(Weibull("1/2", 8), 1, 2).restated == Weibull("1/2", 2)
    assert OrderStatistic(Pareto(2, 1), 20, 20).mean == longest_of_twenty()


NESTED = {
    "minimum of shifted exponentials": (
        OrderStatistic(ShiftedExponential("1/2", 3), 1, 3),
        ShiftedExponential("1/2", 1),
    ),
    "mixture of a sum": (
        Mixture([("1/4", IndependentSum([Exponential(1), Exponential(1)])), ("3/4", IndependentSum([Constant(1)]))]),
        Mixture([("1/4", Gamma(2, 2)), ("3/4", Constant(1))]),
    ),
    "sum of a mixture": (
        IndependentSum([Mixture([("1/4", Constant(1)), ("3/4", Constant(2))]), Exponential(1)]),
        Mixture([("1/4", ShiftedExponential(1, 1)), ("3/4", ShiftedExponential(2, 1))]),
    ),
    "truncated mixture": (
        Truncated(Mixture([("1/4", Constant(3)), ("1/4", Constant(1)), ("1/2", Constant(2))]), 2),
        Mixture([("1/3", Constant(1)), ("2/3", Constant(2))]),
    ),
    "minimum of minima": (OrderStatistic(OrderStatistic(Gamma(2, 1), 1, 2), 1, 2), OrderStatistic(Gamma(2, 1), 1, 4)),
    "sum of one part": (IndependentSum([InverseGaussian(1, 2)]), InverseGaussian(1, 2)),
    "mixture of one part": (Mixture([(1, Pareto(3, 1))]), Pareto(3, 1)),
    "order statistic 1 of 1": (OrderStatistic(LogNormal(0, "1/2"), 1, 1), LogNormal(0, "1/2")),
    "truncation far out": (Truncated(Uniform(1, 2), 7), Uniform(1, 2)),
}


@pytest.mark.parametrize("kind", NESTED)
def test_nested_compositions_are_the_laws_that_they_come_to(kind: str) -> None:
    nested, known = NESTED[kind]
    for rate in (0.5, 3):
        assert abs(transform_of(nested)(rate) - transform_of(known)(rate)) < 1e-40
    numbers = [
        *((nested.cdf(known.mean * at), known.cdf(known.mean * at)) for at in (sp.Rational(4, 5), sp.Rational(7, 5))),
        *((nested.moment(n), known.moment(n)) for n in (1, 2)),
    ]
    for one, other in numbers:
        assert abs(sp.N(one - other, 25)) < 1e-20
    assert nested.abscissa_of_convergence == known.abscissa_of_convergence
    pair = sample(nested.draw, 50_000, 3).mean(), sample(known.draw, 50_000, 4).mean()
    assert abs(pair[0] - pair[1]) <= 7 * math.sqrt(2 * float(known.variance) / 50_000)


@pytest.mark.parametrize("n", [1, 2])
def test_moments_of_a_truncated_pareto_law_are_derived_and_hold_at_the_shape(n: int) -> None:
    assert all(one.passed for one in check_derivation(BoundedPareto.moment_derivation(n)))
    at_shape, beside = (BoundedPareto(n + gap, 1, 4).moment(n) for gap in (sp.Integer(0), sp.Rational(1, 10**9)))
    assert at_shape.has(sp.log)
    assert 0 < abs(sp.N(at_shape - beside, 30)) < 1e-8
    assert Truncated(Pareto(3, 2), "2.001").draw == BoundedPareto(3, 2, sp.Rational(2001, 1000)).draw


def test_a_truncation_that_moves_out_tends_to_the_law() -> None:
    gaps = [abs(sp.N(Truncated(Gamma("5/2", 1), at).mean - 1, 20)) for at in (2, 4, 8)]
    assert gaps[0] > 10 * gaps[1] > 100 * gaps[2] > 0


def test_a_mixture_in_a_mixture_is_drawn_by_one_uniform() -> None:
    inner = Mixture([("1/2", Exponential(5)), ("1/2", Exponential(1))])
    nested = Mixture([("1/3", Exponential(1)), ("2/3", inner)])
    assert {part.law: part.weight for part in nested.flattened} == {
        Exponential(1): sp.Rational(2, 3),
        Exponential(5): sp.Rational(1, 3),
    }
    assert len(nested.draw.expression.atoms(chosen)) == 1
    assert len(Mixture([("1/2", Exponential(1)), ("1/2", Exponential(1))]).draw.expression.atoms(chosen)) == 0


def test_a_law_of_one_part_is_the_part() -> None:
    for part in (Constant(2), Exponential(3), Gamma("5/2", 1), Empirical([1, 2, 4])):
        for whole in (Mixture([(1, part)]), IndependentSum([part]), Mixture([(1, IndependentSum([part]))])):
            assert whole.laplace_transform(y.s) == part.laplace_transform(y.s)
            assert whole.draw == part.draw
            assert whole.arrays == part.arrays
            assert [whole.moment(n) for n in range(3)] == [part.moment(n) for n in range(3)]


def test_a_sum_merges_constants_and_gamma_laws_of_one_rate() -> None:
    merged = IndependentSum(
        [Exponential(2), Constant(1), Gamma(3, 6), IndependentSum([Constant("1/2"), Exponential(1)])]
    )
    assert merged.merged == (Constant("3/2"), Gamma(4, 8), Exponential(1))


def test_equal_parts_are_drawn_apart() -> None:
    """Two equal draws added are not one draw doubled: half the variance."""
    twice = IndependentSum([Empirical([0, 2]), Empirical([0, 2])])
    assert len(set(sample(twice.draw, 1000, 3))) == 3
    assert len(set(2 * sample(Empirical([0, 2]).draw, 1000, 3))) == 2


def test_equal_shares_do_not_lose_a_part() -> None:
    """1/2 and then half of the rest: a Piecewise of equal conditions would drop the second branch."""
    mixed = Mixture([("1/2", Constant(1)), ("1/4", Constant(2)), ("1/4", Constant(3))])
    assert np.bincount(sample(mixed.draw, 4000, 3).astype(int)).tolist() == pytest.approx(
        [0, 2000, 1000, 1000], abs=160
    )


def test_weights_within_1e_12_of_1_are_normalised_exactly() -> None:
    mixed = Mixture([(0.1, Constant(1)), (0.2, Constant(2)), (0.7, Constant(3))])
    assert sum(part.weight for part in mixed.parts) == 1
    with pytest.raises(LawError, match="not 1"):
        Mixture([("0.5", Constant(1)), ("0.50000000001", Constant(2))])


def test_different_data_keep_different_names_through_any_depth() -> None:
    one, other = Empirical([1, 2]), Empirical([1, 3])
    inner = IndependentSum([one, other])
    mixed = Mixture([("1/2", inner), ("1/2", Empirical([5, 6]))])
    assert sorted(mixed.arrays.values()) == [(1, 2), (1, 3), (5, 6)]
    assert float(transform_of(mixed)(1)) == pytest.approx(
        0.5 * float(transform_of(one)(1)) * float(transform_of(other)(1)) + 0.25 * (math.exp(-5) + math.exp(-6))
    )


def test_what_an_age_threshold_applies_is_the_truncated_transform_unnormalised() -> None:
    """L_A(0) = F(A), and L_A tends to L where the bound moves out; gamma(k) at s = -k/theta is finite."""
    for law in (Exponential(2), Gamma("5/2", 1), Mixture([("1/2", Constant(1)), ("1/2", Gamma(3, 1))])):
        cut = Truncated(law, 2)
        assert sp.N(cut.unnormalised_transform(sp.Integer(0)) - law.cdf(sp.Integer(2)), 30) == pytest.approx(
            0, abs=1e-25
        )
        far = sp.N(Truncated(law, 60).unnormalised_transform(sp.Integer(1)) - law.laplace_transform(sp.Integer(1)), 30)
        assert abs(far) < 1e-12
    at_the_pole = Truncated(Exponential(2), 3).unnormalised_transform(sp.Rational(-1, 2))
    assert sp.simplify(at_the_pole - sp.Rational(3, 2)) == 0, "int_0^3 exp(u/2) exp(-u/2)/2 du"


def test_a_truncation_of_one_sort_is_a_law_of_that_sort() -> None:
    assert Truncated(Empirical([1, 2, 6]), 3).restated == Empirical([1, 2])
    twice = Truncated(Truncated(Exponential(1), 5), 3)
    assert sp.simplify(Truncated(Exponential(1), 3).laplace_transform(y.s) - twice.laplace_transform(y.s)) == 0
    assert sp.simplify(Truncated(twice, 8).mean - twice.mean) == 0
    assert Truncated(Constant(2), 3).draw == Constant(2).draw
    ordered = OrderStatistic(IndependentSum([Constant(1), Exponential(6)]), 2, 3)
    assert ordered.restated.parts == (Constant(1), IndependentSum([Exponential(2), Exponential(3)]))


@pytest.mark.parametrize(("of", "mean"), [(Exponential(1), "25/12"), (Gamma(2, 1), None), (Empirical([1, 2, 6]), None)])
def test_the_shortest_and_the_longest_add_up(of: Law, mean: str | None) -> None:
    """The order statistics of n durations add up to n means; of four exponentials the longest has 1 + ... + 1/4."""
    ranks = [OrderStatistic(of, rank, 4).mean for rank in (1, 2, 3, 4)]
    assert sp.nsimplify(sum(ranks)) == 4 * of.mean
    assert ranks == sorted(ranks)
    assert mean is None or ranks[-1] == sp.Rational(mean)


def test_a_sum_of_doubles_that_meets_the_bound_is_kept() -> None:
    """.1 + .2 is above .3 in doubles, and P(tau <= .3) counts it."""
    cut = Truncated(IndependentSum([Empirical(["0.1", "0.7"]), Empirical(["0.2", "1.1"])]), "0.3")
    assert cut.masses == {sp.Rational(3, 10): 1}
    assert set(np.round(sample(cut.draw, 50, 1), 12)) == {0.3}
