"""Metamorphic relations of the schemes' models: a modifier whose effect vanishes leaves the plain scheme's formulas.

Each limit is taken in the claimed expressions or in a model's numbers; beside it stands the same scheme with an effect.
"""

from __future__ import annotations

from typing import Any

import mpmath
import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.law import Law, LawError
from derive.laws import Constant, Exponential, Gamma, Mixture, Uniform
from derive.models.schemes import SchemeModel, scheme_model
from derive.rules.laws import transform_of
from derive.schemes import Asynchronous, KBatchAsync

ERLANG = Gamma(2, 1)
POINTS = (sp.Rational(1, 3), sp.Integer(2))


def model(scheme: Any, law: Law = ERLANG, **changed: Any) -> SchemeModel:
    return scheme_model(
        law, scheme, **{"learning_rate": "1/20", "curvature": "3/2", "gradient_noise": "2/3", **changed}
    )


def numbers(one: SchemeModel) -> list[float]:
    """Damping, noise and the transform at two points."""
    found = [one.damping_coefficient, one.noise_intensity, *(one.laplace_transform(s) for s in POINTS)]
    return [float(sp.N(value.doit(), 20)) for value in found]


PLAIN = numbers(model(Asynchronous(8)))


@pytest.mark.parametrize(
    ("neutral", "other"),
    [
        (Asynchronous(8, staleness_discount=1), Asynchronous(8, staleness_discount="9/10")),
        (Asynchronous(8, dropout=0), Asynchronous(8, dropout="1/4")),
        (Asynchronous(8, event_trigger=0), Asynchronous(8, event_trigger="1/2")),
        (KBatchAsync(8, batch=1), KBatchAsync(8, batch=2)),
    ],
    ids=["discount 1", "dropout 0", "trigger 0", "batch 1"],
)
def test_a_modifier_without_effect_leaves_damping_noise_and_transform(neutral: Any, other: Any) -> None:
    assert numbers(model(neutral)) == pytest.approx(PLAIN, rel=1e-15)
    assert numbers(model(other)) != pytest.approx(PLAIN, rel=1e-3)


@pytest.mark.parametrize(("name", "order"), [("staleness_discount", 1), ("dropout", 1), ("event_trigger", 3)])
def test_a_modifier_that_is_all_but_off_tends_to_the_plain_scheme_at_its_order(name: str, order: int) -> None:
    """The trigger's gain is 1 - O(kappa^3): the noise that small gradients carry is of the order of their square."""
    gaps = []
    for small in (sp.Rational(1, 50), sp.Rational(1, 100)):
        value = 1 - small if name == "staleness_discount" else small
        damping = numbers(model(Asynchronous(8, **{name: value})))[0]
        gaps.append(abs(damping - PLAIN[0]))
    assert gaps[0] / gaps[1] == pytest.approx(2**order, rel=0.05)
    assert gaps[1] > 1e-9


def test_a_threshold_at_infinity_applies_everything() -> None:
    """sum_{j <= S} tends to the whole series, which is L(s); what is missing falls geometrically with S."""
    right = CLAIMS["threshold.transform.gamma"].expression
    at = {y.shape: 2, y.mean_delay: 1, y.other_rate: 3, y.s: sp.Rational(1, 3)}
    whole = float(ERLANG.laplace_transform(sp.Rational(1, 3)))
    gaps = [
        abs(float(sp.N(right.subs({**at, y.staleness_threshold: last}).doit(), 30)) - whole) for last in (5, 60, 90)
    ]
    assert gaps[0] > 1e-2
    assert gaps[1] < 1e-8
    assert gaps[2] < gaps[1] * 1e-4
    exponential = CLAIMS["threshold.transform.exponential"].expression.subs({y.mean_delay: 1, y.other_rate: 3, y.s: 2})
    whole_law = Exponential(1).laplace_transform(sp.Integer(2))
    assert sp.simplify(sp.limit(exponential, y.staleness_threshold, sp.oo) - whole_law) == 0


def test_the_share_of_a_threshold_rises_to_one() -> None:
    """Exponential cycles of 8 workers: 1 - p tends to (7/8)^(S + 1)."""
    equation = CLAIMS["threshold.applied-fraction.exponential"].expression.subs(y.workers, 8)
    p = y.applied_fraction
    shares = []
    for last in (3, 12, 60, 120):
        gap = sp.lambdify(p, equation.subs(y.staleness_threshold, last) - p, "mpmath")
        shares.append(float(mpmath.findroot(gap, (1e-3, 1), solver="bisect", tol=1e-20)))
    assert shares == sorted(shares)
    assert shares[0] < 0.9
    assert 1 - shares[-1] == pytest.approx((7 / 8) ** 121, rel=1e-3)


def test_a_batch_of_one_waits_for_nobody() -> None:
    transform = CLAIMS["batch.transform.k-batch-async"].expression.subs(y.batch, 1).doit()
    assert sp.simplify(transform - transform_of(y.s)) == 0
    damping = CLAIMS["batch.damping-coefficient.k-batch-async"].expression
    noise = CLAIMS["batch.noise-intensity.k-batch-async"].expression
    plain = [CLAIMS[f"{name}.asynchronous"].expression for name in ("damping.coefficient", "noise.intensity")]
    for one, other in zip((damping, noise), plain, strict=True):
        assert sp.simplify(one.subs(y.batch, 1) - other) == 0
        assert sp.simplify(one.subs(y.batch, 2) - other) != 0
    staleness = CLAIMS["batch.staleness-mean.k-batch-async"].expression
    assert sp.simplify(staleness.subs(y.batch, 1) - CLAIMS["staleness.mean.any-law"].expression) == 0


def test_momentum_0_leaves_the_characteristic_function_and_the_variance() -> None:
    function = CLAIMS["momentum.characteristic-function.any-law"].expression.subs(y.momentum, 0)
    names = {node: sp.Symbol("L") for node in function.atoms(sp.core.function.AppliedUndef)}
    transform = sp.Symbol("L")
    steps = y.learning_rate * y.curvature * y.arrival_rate * transform
    # (s + Lambda) divides out: momentum 0 remembers nothing.
    assert sp.simplify(function.xreplace(names) / (y.s + y.arrival_rate) - (y.s + steps)) == 0
    polynomial = CLAIMS["momentum.polynomial.fixed-staleness"].expression.subs(y.momentum, 0)
    plain = CLAIMS["recursion.characteristic-function.fixed-staleness"].expression
    assert sp.simplify(polynomial - plain) == 0


def test_a_uniform_law_of_no_width_is_refused_and_of_little_width_tends_to_the_constant() -> None:
    with pytest.raises(LawError, match="not above low"):
        Uniform(2, 2)
    gaps = []
    for width in (sp.Rational(1, 10), sp.Rational(1, 100)):
        law = Uniform(2 - width / 2, 2 + width / 2)
        assert law.mean == 2
        assert law.moment(2) - 4 == width**2 / 12
        with mpmath.workdps(40):
            value = mpmath.mpmathify(sp.N(law.laplace_transform(sp.Rational(3, 2)), 40))
            gaps.append(float(value / mpmath.exp(-3) - 1))
    assert gaps[0] / gaps[1] == pytest.approx(100, rel=1e-3)  # s^2 width^2/24 and no other order
    assert gaps[1] == pytest.approx(1.5**2 * 1e-4 / 24, rel=1e-3)
    assert float(Uniform(0, 4).laplace_transform(sp.Rational(3, 2)).n()) != pytest.approx(
        float(mpmath.exp(-3)), rel=0.5
    )


@pytest.mark.parametrize("part", [Constant("3/2"), Exponential("2/3"), ERLANG, Uniform(1, 3)], ids=str)
def test_a_mixture_of_one_part_or_of_equal_parts_is_the_part(part: Law) -> None:
    for weights in ((1,), ("1/3", "2/3")):
        mixture = Mixture([(weight, part) for weight in weights])
        assert sp.simplify(mixture.laplace_transform(y.s) - part.laplace_transform(y.s)) == 0
        assert [sp.simplify(mixture.moment(n) - part.moment(n)) for n in range(4)] == [0] * 4
        assert sp.simplify(mixture.cdf(sp.Rational(5, 3)) - part.cdf(sp.Rational(5, 3))) == 0
    stranger = Mixture([("1/3", part), ("2/3", Constant(part.mean + 1))])
    assert sp.simplify(stranger.moment(1) - part.mean) != 0
