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
from derive.draws import standard_exponential, standard_gamma, standard_normal, standard_uniform, table
from derive.law import Law, LawError
from derive.laws import LAWS, Constant, Empirical, Exponential, Gamma

EXAMPLES: dict[str, tuple[Law, ...]] = {
    "constant": (Constant(2), Constant("0.3")),
    "exponential": (Exponential(2), Exponential("0.1")),
    "gamma": (Gamma(4, 1), Gamma("0.5", 3), Gamma("7.3", "0.2"), Gamma(1, 2)),
    "empirical": (Empirical([1, "2.5", 2.5, 4]), Empirical(["0.25"])),
    "user": (
        Law.from_density(2 * sp.exp(-2 * y.u), y.u),
        Law.from_laplace_transform(1 / ((1 + y.s) * (1 + 2 * y.s)), y.s),
    ),
}
ALL_EXAMPLES = [law for laws in EXAMPLES.values() for law in laws]
identify = [f"{law.name}-{i}" for i, law in enumerate(ALL_EXAMPLES)]


def sample(law: Law, count: int, seed: int) -> np.ndarray:
    """Draw from the recipe by plain NumPy, apart from the event loop's printer."""
    generator = np.random.Generator(np.random.PCG64(seed))
    recipe = law.draw
    expression = recipe.expression.replace(standard_gamma, lambda k: sp.Symbol(f"gamma_{float(k)!r}"))
    draws: dict[str, Callable[[], np.ndarray]] = {
        str(standard_exponential): lambda: generator.standard_exponential(count),
        str(standard_normal): lambda: generator.standard_normal(count),
        str(standard_uniform): lambda: generator.random(count),
    }
    names = sorted(expression.free_symbols - {table.label}, key=str)
    names = [name for name in names if not isinstance(name, sp.Indexed)]
    drawn = [
        draws[str(name)]() if str(name) in draws else generator.standard_gamma(float(str(name)[6:]), count)
        for name in names
    ]
    values = np.array([float(value) for value in recipe.table])
    function = sp.lambdify([*names, table], expression, modules=["numpy"])
    return np.broadcast_to(function(*drawn, _Table(values)), (count,))


def distribution(law: Law, at: float) -> float:
    """F(at); a density law's closed form at a double, an atom law's exact share."""
    if law.name in {"constant", "empirical"}:
        return float(law.cdf(sp.Rational(at) + sp.Rational(1, 10**12)))  # a sample is a rounded atom
    return float(sp.lambdify([y.t], law.cdf(y.t), "mpmath")(at))


class _Table:
    """A table that may be indexed by an array of floats that are whole numbers."""

    def __init__(self, values: np.ndarray) -> None:
        self.values = values

    def __getitem__(self, index: np.ndarray) -> np.ndarray:
        return self.values[np.asarray(index, dtype=int)]


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


@pytest.mark.parametrize("law", ALL_EXAMPLES, ids=identify)
def test_the_transform_is_the_laplace_integral_of_the_distribution_function(law: Law) -> None:
    """L(s) = s int_0^oo e^{-su} F(u) du, by quadrature of the cdf."""
    rate = 1.3 / float(law.mean)
    if law.name in {"constant", "empirical"}:
        jumps = sorted({value for values in law.arrays.values() for value in values} or {law.mean})
        pieces = [*jumps, math.inf]
        integral = sum(
            float(law.cdf(low)) * (math.exp(-rate * low) - math.exp(-rate * high))
            for low, high in itertools.pairwise(pieces)
        )
    else:
        cdf = sp.lambdify([y.t], law.cdf(y.t), "mpmath")
        integral = float(mpmath.quad(lambda u: rate * mpmath.exp(-rate * u) * cdf(u), [0, 1, 5, mpmath.inf]))
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
