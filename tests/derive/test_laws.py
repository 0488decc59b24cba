"""One generic test holds every law's parts against each other and against samples.

Longer than 250 lines: examples of every law and all impossible parameters, two tables.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable

import mpmath
import numpy as np
import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.draws import DrawRecipe, independent_sum, standard_exponential, standard_gamma
from derive.exact import exact
from derive.law import Law, LawError
from derive.laws import (
    LAWS,
    Constant,
    Empirical,
    Exponential,
    Gamma,
    Hyperexponential,
    IndependentSum,
    InverseGaussian,
    LogNormal,
    Mixture,
    OrderStatistic,
    Pareto,
    PhaseType,
    ShiftedExponential,
    Truncated,
    Uniform,
    Weibull,
)
from derive.laws.restated import plain
from derive.laws.user import DensityOnly, TransformOnly
from tests.budgets import some
from verify.implementations.law_checks import PARTS, check_law
from verify.implementations.law_draws import sample as draws_of
from verify.implementations.law_planes import bends_of

EXAMPLES: dict[str, tuple[Law, ...]] = {
    "constant": (Constant(2), Constant("0.3")),
    "exponential": (Exponential(2), Exponential("0.1")),
    "gamma": (Gamma(4, 1), Gamma("0.5", 3), Gamma("7.3", "0.2"), Gamma(1, 2)),
    "empirical": (Empirical([1, "2.5", 2.5, 4]), Empirical(["0.25"])),
    "shifted_exponential": (ShiftedExponential(1, 2), ShiftedExponential("0.3", "0.1"), ShiftedExponential(0, 2)),
    "uniform": (Uniform(0, 2), Uniform("0.5", 3)),
    "hyperexponential": (
        Hyperexponential(["0.9", "0.1"], [1, 11]),
        Hyperexponential(["0.5", "0.25", "0.25"], [1, 2, "0.3"]),
        Hyperexponential([0.1, 0.2, 0.7], [2, 2, 2]),
    ),
    "phase_type": (
        PhaseType([1, 0], [[-2, 2], [0, -2]]),
        PhaseType(["0.5", "0.5"], [[-3, 2], [1, -5]]),
        PhaseType([1, 0, 0], [[-3, 2, "0.5"], [1, -4, 1], [0, 1, -2]]),
        PhaseType(["0.2", "0.3", "0.5"], [[-1, 0, 0], [0, -2, 0], [0, 0, -3]]),
    ),
    "inverse_gaussian": (InverseGaussian(2, 4), InverseGaussian("0.3", "0.1"), InverseGaussian(1, 30)),
    "pareto": (Pareto(6, 1), Pareto("2.5", "0.6"), Pareto("3/2", 2)),
    "weibull": (Weibull("3/2", 1), Weibull("1/2", "0.6"), Weibull(1, 2), Weibull(3, "0.2")),
    "lognormal": (LogNormal(0, 1), LogNormal("-1/3", "1/2")),
    "mixture": (
        Mixture([("1/4", Exponential(1)), ("3/4", Gamma(3, 2))]),
        Mixture([("1/2", Constant(0)), ("1/4", Empirical([1, 2])), ("1/4", Empirical([1, 3]))]),
        Mixture([(1, Exponential("0.1"))]),
        Mixture([("1/2", Empirical([1, 2])), ("1/2", PhaseType(["0.5", "0.5"], [[-3, 2], [1, -5]]))]),
        Mixture([("1/2", Hyperexponential(["0.3", "0.7"], [1, 4])), ("1/2", Uniform(1, 2))]),
        Mixture([("1/10", Pareto("7/2", 3)), ("9/10", Gamma(2, 1))]),
        Mixture([("1/3", Gamma("5/2", "0.01")), ("2/3", Mixture([("1/2", Exponential(5)), ("1/2", Exponential(1))]))]),
    ),
    "sum": (
        IndependentSum([Exponential(1), Exponential(1), Constant("1/2")]),
        IndependentSum([Exponential(1), Gamma(2, 4), Exponential("1/3")]),
        IndependentSum([InverseGaussian(1, 2), Constant("1/2"), InverseGaussian(2, 8)]),
        IndependentSum([Hyperexponential(["0.3", "0.7"], [1, 4]), Exponential(2)]),
        IndependentSum([Empirical([1, 2]), Empirical([1, 3]), Empirical([1, 2])]),
        IndependentSum([Mixture([("1/2", Constant(0)), ("1/2", Constant(2))]), Gamma("5/2", 1)]),
        IndependentSum([Constant("1/2"), Pareto("7/2", 1)]),
    ),
    "truncated": (
        Truncated(Exponential(1), 2),
        Truncated(Exponential(1), "1/2000"),
        Truncated(Gamma("5/2", 1), "1.3"),
        Truncated(ShiftedExponential("1/2", 1), 2),
        Truncated(Uniform("1/2", 3), 2),
        Truncated(Pareto("5/2", 1), 6),
        Truncated(Hyperexponential(["1/4", "3/4"], [4, 1]), 2),
        Truncated(Empirical([1, "2.5", 2.5, 4]), 3),
        Truncated(Mixture([("1/4", Constant(1)), ("1/4", Constant(3)), ("1/2", Gamma(2, 1))]), 2),
        Truncated(IndependentSum([Empirical([1, 3]), Exponential(1), Exponential(2)]), 2),
        Truncated(IndependentSum([Empirical(["0.1", "0.7"]), Empirical(["0.2", "1.1"])]), "0.3"),
    ),
    "order_statistic": (
        OrderStatistic(Exponential(2), 2, 5),
        OrderStatistic(Gamma(3, 1), 3, 4),
        OrderStatistic(ShiftedExponential("1/2", 1), 2, 3),
        OrderStatistic(Uniform("1/2", 3), 2, 4),
        OrderStatistic(Hyperexponential(["1/4", "3/4"], [4, 1]), 2, 2),
        OrderStatistic(Empirical([1, "2.5", 2.5, 4]), 2, 3),
        OrderStatistic(Mixture([("1/4", Exponential(1)), ("3/4", Gamma(2, 4))]), 1, 3),
        OrderStatistic(IndependentSum([Constant("1/2"), Exponential(1), Exponential(2)]), 2, 2),
        OrderStatistic(Truncated(Gamma(2, 1), "3/2"), 2, 3),
        OrderStatistic(Pareto(3, "1/2"), 1, 2),
        OrderStatistic(Pareto(3, "1/2"), 2, 3),
        OrderStatistic(Weibull("1/2", 8), 1, 2),
        OrderStatistic(Weibull(2, 1), 2, 3),
        OrderStatistic(Weibull("2/3", 1), 2, 2),
    ),
    "user": (
        Law.from_density(2 * sp.exp(-2 * y.u), y.u),
        Law.from_density(y.u * sp.exp(-y.u), y.u, DrawRecipe(standard_gamma(sp.Integer(2)))),
        Law.from_laplace_transform(
            1 / ((1 + y.s) * (1 + 2 * y.s)),
            y.s,
            DrawRecipe(independent_sum(standard_exponential, 2 * standard_exponential)),
        ),
        Law.from_laplace_transform(1 / (1 + 3 * y.s), y.s),
    ),
}
ALL_EXAMPLES = [law for laws in EXAMPLES.values() for law in laws]
identify = [f"{law.name}-{i}" for i, law in enumerate(ALL_EXAMPLES)]


def sample(law: Law, count: int, seed: int) -> np.ndarray:
    return draws_of(law.draw, count, seed)


def distribution(law: Law, at: float) -> float:
    """F(at), just above a jump: a sample is a rounded atom."""
    above = sp.Rational(1, 10**12) if bends_of(law) else 0
    return float(law.cdf(sp.Rational(at) + above))


def test_every_registered_law_has_examples_here() -> None:
    assert set(LAWS) <= set(EXAMPLES)


def concrete(law: type[Law]) -> set[type[Law]]:
    """The classes below a law that can be made."""
    below = set().union(*(concrete(each) for each in law.__subclasses__())) if law.__subclasses__() else set()
    return below if inspect.isabstract(law) else below | {law}


def test_every_law_that_can_be_made_is_an_example_or_what_one_comes_to() -> None:
    """A user's density and a user's transform, too, and the laws that compositions are restated as."""
    house = {law for law in concrete(Law) if law.__module__.startswith("derive.laws")}
    met = {type(one) for law in ALL_EXAMPLES for one in (law, plain(law))}
    assert house - met == set()
    assert {DensityOnly, TransformOnly} <= {type(law) for law in EXAMPLES["user"]}


DEAR = tuple(law for name, laws in EXAMPLES.items() for law in laws[1 if name in ("weibull", "lognormal") else 3 :])
"""What is left to ``make verify``: the first law of dear balls stands here, and the first three of any other kind."""


@pytest.mark.parametrize(
    "law",
    [
        pytest.param(law, id=name, marks=[pytest.mark.slow] if any(law is dear for dear in DEAR) else [])
        for law, name in zip(ALL_EXAMPLES, identify, strict=True)
    ],
)
def test_the_parts_of_every_law_agree_with_each_other_and_with_samples(law: Law) -> None:
    """Each part is there; moments, transform, distribution function, density, abscissa, ageing and draws agree."""
    check = check_law(law, seed=11, draws=2**18)
    assert check.passed, check.reason
    assert {finding.outcome for finding in check.findings} == {"pass"}
    assert set(PARTS) < {finding.question for finding in check.findings}
    if check.noticed:
        assert check.noticed < 0.05


@pytest.mark.parametrize("name", LAWS)
def test_a_law_of_the_registry_that_lacks_a_part_fails_by_its_name(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    law = EXAMPLES[name][0]
    for part, attribute in (("Laplace transform", "laplace_transform"), ("moments", "moment"), ("draw", "draw")):
        with monkeypatch.context() as lacking:
            lacking.setattr(type(law), attribute, property(lambda self: 1 / 0))
            check = check_law(law)
        assert not check.passed
        assert (check.law, part) == (name, next(one.question for one in check.findings if one.question == part))
        assert f"{part}: raises ZeroDivisionError" in check.reason


def test_the_abscissa_is_where_the_transform_stops_to_converge() -> None:
    assert Gamma(4, 2).abscissa_of_convergence == -2
    assert Exponential(2).abscissa_of_convergence == sp.Rational(-1, 2)
    assert Constant(1).abscissa_of_convergence == -sp.oo
    assert Empirical([1, 2]).abscissa_of_convergence == -sp.oo
    assert Law.from_density(2 * sp.exp(-2 * y.u), y.u).abscissa_of_convergence == -2
    for law in (Gamma(4, 2), Exponential(2), Gamma("0.5", 1)):
        edge = law.abscissa_of_convergence
        assert sp.limit(law.laplace_transform(y.s), y.s, edge, "+") == sp.oo


@pytest.mark.parametrize("law", [law for law in ALL_EXAMPLES if law.ageing], ids=str)
def test_ageing_compares_the_rest_of_a_used_duration_with_a_new_one(law: Law) -> None:
    """P(tau > t + u) - P(tau > t) P(tau > u) on a grid: of one sign, and zero only for memoryless laws."""
    grid = [float(law.mean) * step for step in (0.1, 0.4, 0.9, 1.3, 2.1)]
    alive = {at: 1 - distribution(law, at) for at in {*grid, *(t + u for t in grid for u in grid)}}
    gaps = [alive[t + u] - alive[t] * alive[u] for t in grid for u in grid]
    if law.ageing == "memoryless":
        assert max(map(abs, gaps)) < 1e-12
    else:
        sign = -1 if law.ageing == "new longer than used" else 1
        assert min(sign * gap for gap in gaps) > -1e-12
        assert max(sign * gap for gap in gaps) > 1e-3


def test_ageing_of_compositions_is_claimed_only_where_it_is_kept() -> None:
    """Where nothing is claimed the two probabilities compare both ways, or nothing is known."""
    compute = Gamma(2, 1)
    assert IndependentSum([compute, Exponential(1), Constant(1)]).ageing == "new longer than used"
    assert IndependentSum([compute, Gamma("1/2", 1)]).ageing is None
    assert OrderStatistic(Hyperexponential(["1/4", "3/4"], [4, 1]), 1, 2).ageing == "new shorter than used"
    assert OrderStatistic(Hyperexponential(["1/4", "3/4"], [4, 1]), 2, 2).ageing is None
    assert Mixture([("1/2", Exponential(1)), ("1/2", Gamma(2, 1))]).ageing is None
    assert Mixture([("1/2", Exponential(1)), ("1/2", Gamma(1, 1))]).ageing == "memoryless"
    assert Truncated(Gamma("1/2", 1), 1).ageing is None
    both = Mixture([("1/2", Constant("1/10")), ("1/2", Constant(4))])  # used for a while it is the long one
    assert both.ageing is None
    alive = {at: 1 - distribution(both, at) for at in (0.05, 0.1, 1.0, 1.1, 3.5, 4.5)}
    assert alive[1.1] > alive[0.1] * alive[1.0]
    assert alive[4.5] < alive[1.0] * alive[3.5]


@pytest.mark.parametrize("law", ALL_EXAMPLES, ids=identify)
def test_central_moments_are_those_of_the_deviation(law: Law) -> None:
    assert sp.simplify(law.central_moment(0) - 1) == sp.simplify(law.central_moment(1)) == 0
    if law.moment(3) == sp.oo:
        assert law.central_moment(3) == sp.oo
        assert law.central_moment(4) == sp.oo
        return
    assert sp.simplify(law.central_moment(2) - law.variance) == 0
    third = law.moment(3) - 3 * law.mean * law.variance - law.mean**3
    assert abs(sp.N(law.central_moment(3) - third, 20)) < 1e-15 * law.mean**3, "gamma functions that SymPy keeps apart"


@pytest.mark.parametrize("law", ALL_EXAMPLES, ids=identify)
def test_the_transform_jumps_on_its_branch_cut_alone(law: Law) -> None:
    """The values just above and just below the negative axis, left of the abscissa: conjugate, equal without a cut."""
    if law.abscissa_of_convergence == -sp.oo or law.arrays:
        assert law.branch_cut is None
        return
    s, nudge = sp.Symbol("s"), sp.Rational(1, 10**12)
    end = law.abscissa_of_convergence if law.branch_cut is None else law.branch_cut
    at = end * sp.Rational(5, 4) - (sp.Rational(1, 7) if end < 0 else 4 / law.mean)
    above = complex(sp.N(law.laplace_transform(s).subs(s, at + sp.I * nudge)))
    assert (abs(above.imag) > 1e-4 * abs(above)) == (law.branch_cut is not None)


def test_written_weights_are_normalised_exactly() -> None:
    """0.1, 0.2 and 0.7 are doubles whose sum is not 1; the law's weights are."""
    assert sp.Add(*map(exact, (0.1, 0.2, 0.7))) != 1
    assert sp.Add(*Hyperexponential([0.1, 0.2, 0.7], [1, 2, 3]).weights) == 1
    assert Hyperexponential(["1/3", "2/3"], [1, 2]).weights == (sp.Rational(1, 3), sp.Rational(2, 3))


@pytest.mark.parametrize("law", some([law for law in ALL_EXAMPLES if law.values_in_claims], 2))
def test_the_claims_about_a_law_are_its_own_parts_in_symbols(law: Law) -> None:
    """Every claim law.*, the law's numbers put in, is its transform, distribution function or second moment."""
    own = {"transform": law.laplace_transform(y.s), "cdf": law.cdf(y.t), "second-moment": law.moment(2)}
    at = {y.s: sp.Rational(2, 7), y.t: law.mean * sp.Rational(9, 10)}
    for quantity, part in own.items():
        claim = CLAIMS.get(f"law.{quantity}.{law.name.replace('_', '-')}")
        if claim is not None and part != sp.oo:
            stated = law.put_parts_in(claim.expression.subs(law.values_in_claims, simultaneous=True)).subs(at)
            for base, values in law.arrays.items():
                stated, part = (
                    one.doit().subs({base[i]: value for i, value in enumerate(values)}) for one in (stated, part)
                )
            apart = mpmath.mpmathify(sp.N(stated.doit() if stated.has(sp.Piecewise) else stated, 20))
            assert float(apart - mpmath.mpmathify(sp.N(part.subs(at), 20))) == pytest.approx(0, abs=1e-15)


def test_claims_about_two_phases_speak_of_no_other_number_of_them() -> None:
    assert Hyperexponential(["0.2", "0.3", "0.5"], [1, 2, 3]).values_in_claims is None
    assert Hyperexponential([1, 0], [1, 2]).values_in_claims is None
    assert PhaseType([1, 0], [[-2, 2], [0, -2]]).values_in_claims is None
    assert PhaseType([1], [[-2]]).values_in_claims is None
    assert PhaseType(["0.5", "0.5"], [[-3, 2], [1, -5]]).values_in_claims is not None


def test_phases_one_after_the_other_are_an_erlang_law() -> None:
    staged = PhaseType([1, 0, 0], [[-3, 3, 0], [0, -3, 3], [0, 0, -3]])
    assert sp.simplify(staged.laplace_transform(y.s) - Gamma(3, 1).laplace_transform(y.s)) == 0
    side_by_side = PhaseType(["0.2", "0.8"], [[-1, 0], [0, -2]])
    parallel = Hyperexponential(["0.2", "0.8"], [1, "0.5"])
    assert sp.simplify(side_by_side.laplace_transform(y.s) - parallel.laplace_transform(y.s)) == 0
    assert sp.simplify(side_by_side.cdf(y.t) - parallel.cdf(y.t)) == 0


@pytest.mark.parametrize("law", [law for law in ALL_EXAMPLES if law.name not in ("user", "mixture", "sum")], ids=str)
def test_nothing_lasts_no_time(law: Law) -> None:
    assert abs(float(law.cdf(sp.Integer(0)))) < 1e-12


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
        (lambda: ShiftedExponential(-1, 1), "shift"),
        (lambda: ShiftedExponential(math.nan, 1), "shift"),
        (lambda: ShiftedExponential(1, 0), "tail_mean"),
        (lambda: Uniform(-1, 1), "low"),
        (lambda: Uniform(1, 1), "high"),
        (lambda: Uniform(2, 1), "high"),
        (lambda: Uniform(0, math.inf), "high"),
        (lambda: InverseGaussian(0, 1), "mean"),
        (lambda: InverseGaussian(1, 0), "shape"),
        (lambda: InverseGaussian(1, math.inf), "shape"),
        (lambda: Weibull(0, 1), "shape"),
        (lambda: Weibull(1, -1), "scale"),
        (lambda: Weibull(1, math.nan), "scale"),
        (lambda: LogNormal(math.inf, 1), "mu"),
        (lambda: LogNormal(sp.I, 1), "mu"),
        (lambda: LogNormal(0, 0), "sigma"),
        (lambda: Pareto(1, 1), "shape"),
        (lambda: Pareto("0.7", 1), "shape"),
        (lambda: Pareto(-2, 1), "shape"),
        (lambda: Pareto(2, 0), "scale"),
        (lambda: Pareto(math.nan, 1), "shape"),
        (lambda: Hyperexponential([], [1]), "weights"),
        (lambda: Hyperexponential("1", [1]), "weights"),
        (lambda: Hyperexponential([0.5, 0.4], [1, 2]), "weights"),
        (lambda: Hyperexponential([1.5, -0.5], [1, 2]), "weights[1]"),
        (lambda: Hyperexponential([0.5, math.nan], [1, 2]), "weights[1]"),
        (lambda: Hyperexponential([0.5, 0.5], [1, 0]), "means[1]"),
        (lambda: Hyperexponential([0.5, 0.5], [1]), "means"),
        (lambda: PhaseType([0.5, 0.5], [[-1]]), "generator"),
        (lambda: PhaseType([1], 3), "generator"),
        (lambda: PhaseType([1, 0], [[-1], [0, -1]]), "generator[0]"),
        (lambda: PhaseType([1, 0], [[-1, -1], [0, -1]]), "generator[0][1]"),
        (lambda: PhaseType([1, 0], [[1, 0], [0, -1]]), "generator[0][0]"),
        (lambda: PhaseType([1, 0], [[-1, 2], [0, -1]]), "generator[0]"),
        (lambda: PhaseType([1, 0], [[-1, 1], [1, -1]]), "generator"),
        (lambda: PhaseType([1, 1], [[-1, 1], [0, -1]]), "initial"),
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
        (lambda: Truncated(3, 1), "of"),
        (lambda: Truncated(Exponential(1), -1), "at"),
        (lambda: Truncated(Exponential(1), 0), "at"),
        (lambda: Truncated(Empirical([1, 2]), "1/2"), "at"),
        (lambda: Truncated(Gamma(8, 1), "1/10"), "at"),
        (lambda: Truncated(IndependentSum([Gamma("1/2", 1), Gamma("1/2", 3)]), 1), "of"),
        (lambda: Truncated(Law.from_density(2 * sp.exp(-2 * y.u), y.u), 1), "of"),
        (lambda: OrderStatistic(3, 1, 1), "of"),
        (lambda: OrderStatistic(Exponential(1), 0, 3), "rank"),
        (lambda: OrderStatistic(Exponential(1), 4, 3), "rank"),
        (lambda: OrderStatistic(Exponential(1), 1, 1001), "count"),
        (lambda: OrderStatistic(Gamma("1/2", 1), 1, 2), "of"),
        (lambda: OrderStatistic(Gamma(200, 1), 20, 60), "count"),
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


def test_a_measured_distribution_function_of_a_symbol_has_a_step_at_every_value() -> None:
    law = Empirical([3, 1, 1, 2])
    steps = law.cdf(y.t)
    for at in (sp.Rational(1, 2), sp.Integer(1), sp.Rational(3, 2), sp.Integer(2), sp.Integer(3), sp.Integer(9)):
        assert steps.subs(y.t, at) == law.cdf(at)
    with pytest.raises(LawError, match="too many steps"):
        Empirical(range(1, 700)).cdf(y.t)
