"""One generic test holds every law's parts against each other and against samples."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import mpmath
import numpy as np
import pytest
import sympy as sp

from derive import symbols as y
from derive.draws import (
    chosen,
    independent_sum,
    standard_exponential,
    standard_gamma,
    standard_normal,
    standard_uniform,
)
from derive.law import Law, LawError
from derive.laws import LAWS, Constant, Empirical, Exponential, Gamma, IndependentSum, Mixture

EXAMPLES: dict[str, tuple[Law, ...]] = {
    "constant": (Constant(2), Constant("0.3")),
    "exponential": (Exponential(2), Exponential("0.1")),
    "gamma": (Gamma(4, 1), Gamma("0.5", 3), Gamma("7.3", "0.2"), Gamma(1, 2)),
    "empirical": (Empirical([1, "2.5", 2.5, 4]), Empirical(["0.25"])),
    "mixture": (
        Mixture([("1/4", Exponential(1)), ("3/4", Gamma(3, 2))]),
        Mixture([("1/2", Constant(0)), ("1/4", Empirical([1, 2])), ("1/4", Empirical([1, 3]))]),
        Mixture([(1, Exponential("0.1"))]),
        Mixture([("1/3", Gamma("5/2", "0.01")), ("2/3", Mixture([("1/2", Exponential(5)), ("1/2", Exponential(1))]))]),
    ),
    "sum": (
        IndependentSum([Exponential(1), Exponential(1), Constant("1/2")]),
        IndependentSum([Exponential(1), Gamma(2, 4), Exponential("1/3")]),
        IndependentSum([Empirical([1, 2]), Empirical([1, 3]), Empirical([1, 2])]),
        IndependentSum([Mixture([("1/2", Constant(0)), ("1/2", Constant(2))]), Gamma("5/2", 1)]),
    ),
    "user": (
        Law.from_density(2 * sp.exp(-2 * y.u), y.u),
        Law.from_laplace_transform(1 / ((1 + y.s) * (1 + 2 * y.s)), y.s),
    ),
}
ALL_EXAMPLES = [law for laws in EXAMPLES.values() for law in laws]
identify = [f"{law.name}-{i}" for i, law in enumerate(ALL_EXAMPLES)]


def sample(law: Law, count: int, seed: int) -> np.ndarray:
    """Draw from the recipe by plain NumPy, apart from the event loop's printer and its reference."""
    generator = np.random.Generator(np.random.PCG64(seed))
    values = np.array([float(value) for value in law.draw.table])
    return np.broadcast_to(drawn(law.draw.expression, generator, count, values), (count,))


def drawn(node: sp.Basic, generator: np.random.Generator, count: int, values: np.ndarray) -> np.ndarray:
    """Every node of a recipe as ``count`` values at once; every occurrence of a standard draw is drawn anew."""
    parts = [drawn(part, generator, count, values) for part in node.args if not isinstance(node, sp.Indexed)]
    if node == standard_exponential:
        return generator.standard_exponential(count)
    if node == standard_normal:
        return generator.standard_normal(count)
    if node == standard_uniform:
        return generator.random(count)
    if isinstance(node, standard_gamma):
        return generator.standard_gamma(parts[0], count)
    if isinstance(node, independent_sum):
        return np.sum([np.broadcast_to(part, count) for part in parts], axis=0)
    if isinstance(node, chosen):
        shares = np.array([float(share) for share in node.args[:-1:2]])
        which = np.searchsorted(shares, generator.random(count), side="right")
        return np.choose(which, [np.broadcast_to(part, count) for part in (*parts[1::2], parts[-1])])
    if isinstance(node, sp.Indexed):
        return values[drawn(node.indices[0], generator, count, values).astype(int)]
    if not parts:
        return np.array(float(node))
    names = sp.symbols(f"x:{len(parts)}")
    return np.asarray(sp.lambdify(names, node.func(*names), "numpy")(*parts))


def jumps(law: Law) -> list[sp.Expr]:
    """Where the distribution function of a law has jumps or kinks."""
    if isinstance(law, Mixture):
        return sorted({at for part in law.laws for at in jumps(part)})
    if isinstance(law, IndependentSum):
        sums = itertools.product(*(part.masses or [sp.Integer(0)] for part in law.parts))
        return sorted({sp.Add(*values) for values in sums})
    return sorted(law.masses or [])


def distribution(law: Law, at: float) -> float:
    """F(at), just above a jump: a sample is a rounded atom."""
    above = sp.Rational(1, 10**12) if jumps(law) else 0
    return float(law.cdf(sp.Rational(at) + above))


def numeric_transform(law: Law) -> Callable[[float], mpmath.mpf]:
    """L(s) to 80 digits, with the data array of a measured law put in."""
    s = sp.Symbol("s")
    expression = law.laplace_transform(s)
    for base, values in law.arrays.items():
        expression = expression.doit().subs({base[i]: value for i, value in enumerate(values)})
    return lambda at: mpmath.mpmathify(sp.N(expression.subs(s, sp.Float(at, 80)), 80))


def test_every_registered_law_has_examples_here() -> None:
    assert set(LAWS) <= set(EXAMPLES)


@pytest.mark.parametrize("law", ALL_EXAMPLES, ids=identify)
def test_moments_are_the_taylor_coefficients_of_the_transform(law: Law) -> None:
    transform = numeric_transform(law)
    with mpmath.workdps(80):
        taylor = mpmath.taylor(transform, 0, 3, h=mpmath.mpf("1e-15"))
    for order in range(4):
        expected = float(law.moment(order)) * (-1) ** order / math.factorial(order)
        assert float(taylor[order]) == pytest.approx(expected, rel=1e-9)
    assert float(law.mean) == pytest.approx(float(law.moment(1)), rel=1e-15)


def piece_of(law: Law, inside: sp.Expr) -> sp.Expr:
    """F(t) on the piece between two jumps that holds the point ``inside``."""
    if isinstance(law, Mixture):
        return sp.Add(*(part.weight * piece_of(part.law, inside) for part in law.parts))
    if law.masses is not None:
        return law.cdf(inside)
    return sp.sympify(law.cdf(y.t)).replace(
        lambda node: isinstance(node, sp.Piecewise),
        lambda node: next(value for value, condition in node.args if condition.subs(y.t, inside) == sp.true),
    )


@pytest.mark.parametrize("law", ALL_EXAMPLES, ids=identify)
def test_the_transform_is_the_laplace_integral_of_the_distribution_function(law: Law) -> None:
    """L(s) = s int_0^oo e^{-su} F(u) du, by quadrature of the cdf."""
    rate = 1.3 / float(law.mean)
    bends = [at for at in jumps(law) if at > 0]
    ends = [sp.Integer(0), *bends]
    if law.masses is not None:
        pieces = [*ends, math.inf]
        integral = sum(
            float(law.cdf(low)) * (math.exp(-rate * low) - math.exp(-rate * high))
            for low, high in itertools.pairwise(pieces)
        )
    else:
        integral = 0.0
        for low, high in itertools.pairwise([*ends, None]):
            inside = low + 1 if high is None else (low + high) / 2
            cdf = sp.lambdify([y.t], piece_of(law, inside), "mpmath")
            nodes = [low, high] if high is not None else [low, low + law.mean / 8, low + 3 * law.mean, mpmath.inf]
            nodes = [node if node == mpmath.inf else mpmath.mpf(float(node)) for node in nodes]
            integral += float(mpmath.quad(lambda u, f=cdf: rate * mpmath.exp(-rate * u) * f(u), nodes))
    assert float(numeric_transform(law)(rate)) == pytest.approx(integral, rel=1e-10)


@pytest.mark.parametrize("law", [law for law in ALL_EXAMPLES if law.name != "user"], ids=str)
def test_samples_have_the_laws_mean_variance_and_distribution(law: Law) -> None:
    """Five standard errors, 200 000 draws; the same gate refuses a law whose mean is 3 % larger."""
    count = 200_000
    drawn = sample(law, count, seed=11)
    assert drawn.min() >= 0
    spread = math.sqrt(float(law.variance) / count)
    assert abs(drawn.mean() - float(law.mean)) <= 5 * spread + 1e-12
    assert abs(1.03 * drawn.mean() - float(law.mean)) > 5 * spread
    kurtosis = np.mean((drawn - drawn.mean()) ** 4)
    of_variance = math.sqrt(max(kurtosis - drawn.var() ** 2, 0) / count)
    assert abs(drawn.var() - float(law.variance)) <= 5 * of_variance + 1e-12
    for point in (0.5, 1.0, 1.7):
        at = point * float(law.mean)
        expected = distribution(law, at)
        share = np.mean(drawn <= at + 1e-12)
        assert abs(share - expected) <= 5 * math.sqrt(expected * (1 - expected) / count) + 1e-12


def test_the_abscissa_is_where_the_transform_stops_to_converge() -> None:
    assert Gamma(4, 2).abscissa_of_convergence == -2
    assert Exponential(2).abscissa_of_convergence == sp.Rational(-1, 2)
    assert Constant(1).abscissa_of_convergence == -sp.oo
    assert Empirical([1, 2]).abscissa_of_convergence == -sp.oo
    assert Law.from_density(2 * sp.exp(-2 * y.u), y.u).abscissa_of_convergence == -2
    for law in (Gamma(4, 2), Exponential(2), Gamma("0.5", 1)):
        edge = law.abscissa_of_convergence
        assert sp.limit(law.laplace_transform(y.s), y.s, edge, "+") == sp.oo


def test_an_erlang_law_with_one_stage_is_exponential() -> None:
    assert sp.simplify(Gamma(1, 3).laplace_transform(y.s) - Exponential(3).laplace_transform(y.s)) == 0


def test_an_empirical_transform_stays_one_indexed_sum() -> None:
    many = Empirical([sp.Rational(i, 7) for i in range(1, 2001)])
    transform = many.laplace_transform(y.s)
    assert transform.count(sp.Sum) == 1
    assert sp.count_ops(transform) < 12
    assert "sum" in sp.latex(transform)


@pytest.mark.parametrize(
    ("make", "key"),
    [
        (lambda: Gamma(0, 1), "shape"),
        (lambda: Gamma(2, -1), "mean"),
        (lambda: Gamma(2, math.nan), "mean"),
        (lambda: Exponential(0), "mean"),
        (lambda: Exponential("x"), "mean"),
        (lambda: Exponential(math.inf), "mean"),
        (lambda: Exponential(True), "mean"),
        (lambda: Constant(-1), "value"),
        (lambda: Empirical([]), "values"),
        (lambda: Empirical([1, -2]), "values[1]"),
        (lambda: Empirical([1, math.nan]), "values[1]"),
        (lambda: Empirical([0, 0]), "values"),
        (lambda: Empirical("12"), "values"),
        (lambda: Mixture([]), "parts"),
        (lambda: Mixture([("1/2", Constant(1)), ("1/3", Constant(2))]), "parts"),
        (lambda: Mixture([("1/2", Constant(1)), (0, Constant(2)), ("1/2", Constant(2))]), "parts[1].weight"),
        (lambda: Mixture([("1/2", Constant(1)), ("1/2", 2)]), "parts[1]"),
        (lambda: IndependentSum([]), "parts"),
        (lambda: IndependentSum([Constant(1), 2]), "parts[1]"),
        (lambda: IndependentSum([Gamma("1/2", 1), Gamma("1/2", 3)]).cdf(sp.Integer(1)), "parts"),
        (lambda: Law.from_density(sp.exp(-2 * y.u), y.u), "density"),
        (lambda: Law.from_density(y.damping * sp.exp(-y.damping * y.u), y.u), "law"),
        (lambda: Law.from_laplace_transform(2 / (1 + y.s), y.s), "transform"),
        (lambda: Law.from_laplace_transform(1 + y.s, y.s), "transform"),
    ],
)
def test_impossible_parameters_are_refused_by_key(make: Callable[[], Law], key: str) -> None:
    with pytest.raises(LawError) as refused:
        make()
    assert refused.value.key == key
    assert "allowed:" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_users_law_without_an_invertible_distribution_asks_for_a_recipe() -> None:
    with pytest.raises(LawError, match="DrawRecipe"):
        _ = Law.from_density(y.u * sp.exp(-y.u), y.u).draw


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
    assert len(set(sample(twice, 1000, 3))) == 3
    assert len(set(2 * sample(Empirical([0, 2]), 1000, 3))) == 2


def test_equal_shares_do_not_lose_a_part() -> None:
    """1/2 and then half of the rest: a Piecewise of equal conditions would drop the second branch."""
    mixed = Mixture([("1/2", Constant(1)), ("1/4", Constant(2)), ("1/4", Constant(3))])
    assert np.bincount(sample(mixed, 4000, 3).astype(int)).tolist() == pytest.approx([0, 2000, 1000, 1000], abs=160)


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
    assert float(numeric_transform(mixed)(1)) == pytest.approx(
        0.5 * float(numeric_transform(one)(1)) * float(numeric_transform(other)(1))
        + 0.25 * (math.exp(-5) + math.exp(-6))
    )


def test_a_measured_distribution_function_of_a_symbol_has_a_step_at_every_value() -> None:
    law = Empirical([3, 1, 1, 2])
    steps = law.cdf(y.t)
    for at in (sp.Rational(1, 2), sp.Integer(1), sp.Rational(3, 2), sp.Integer(2), sp.Integer(3), sp.Integer(9)):
        assert steps.subs(y.t, at) == law.cdf(at)
    with pytest.raises(LawError, match="too many steps"):
        Empirical(range(1, 700)).cdf(y.t)
