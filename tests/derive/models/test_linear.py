"""A linear model puts numbers into derived claims, and refuses where a closed form does not hold."""

from __future__ import annotations

import math
from typing import Any

import mpmath
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from derive import symbols as y
from derive.claims import CLAIMS
from derive.law import Law
from derive.laws import Constant, Empirical, Exponential, Gamma
from derive.models.linear import LinearModel, OutsideDomainError, linear_model
from derive.schemes import Asynchronous

LAWS = (Constant(2), Exponential("3/2"), Gamma(4, 1), Gamma("0.5", 3), Empirical([1, 2, "4.5"]))
positive = st.fractions(min_value="1/1000", max_value=1000)


def model(law: Law, workers: Any = 16, **changed: Any) -> LinearModel:
    """Learning rate 1/20, curvature 1 and noise 1, unless changed: a theta = workers/20."""
    settings = {"learning_rate": "1/20", "curvature": 1, "gradient_noise": 1, **changed}
    return linear_model(law, Asynchronous(workers), **settings)


def variance_by_quadrature(damping: float, transform: Any) -> float:
    """(1/pi) int dw/|i w + a L(i w)|^2, by mpmath; for unit noise intensity."""

    def density(frequency: mpmath.mpf) -> mpmath.mpf:
        return 1 / abs(1j * frequency + damping * transform(1j * frequency)) ** 2

    grid = [0, 0.25, 0.5, 1, 1.5, 2, 4, 8, *range(16, 400, 16), mpmath.inf]
    return float(mpmath.quad(density, grid) / mpmath.pi)


@pytest.mark.parametrize("law", LAWS, ids=str)
def test_arrivals_damping_and_noise_follow_from_the_mean_alone(law: Law) -> None:
    one = model(law, 12, learning_rate="1/10", curvature="3", gradient_noise="1/2")
    rate = 12 / law.mean
    assert one.arrival_rate == rate
    assert one.damping_coefficient == sp.Rational(3, 10) * rate
    assert one.noise_intensity == sp.Rational(1, 400) * rate


@given(workers=st.integers(1, 10**6), step=positive, curvature=positive, noise=positive, mean=positive)
def test_the_coefficients_scale_as_the_claims_say(workers: int, **numbers: Any) -> None:
    eta, h, sigma, mean = (numbers[name] for name in ("step", "curvature", "noise", "mean"))
    one = model(Exponential(mean), workers, learning_rate=eta, curvature=h, gradient_noise=sigma)
    assert one.damping_coefficient * mean == eta * h * workers
    assert one.noise_intensity == sp.Rational(eta * sigma) ** 2 * one.arrival_rate


@pytest.mark.parametrize("law", LAWS, ids=str)
def test_the_delay_of_an_applied_gradient_is_the_cycle(law: Law) -> None:
    one = model(law)
    assert [one.delay_moment(n) for n in range(4)] == [law.moment(n) for n in range(4)]
    assert one.delay_moment(0) == 1
    assert one.laplace_transform(y.s) == law.laplace_transform(y.s)


@pytest.mark.parametrize("law", LAWS, ids=str)
def test_the_characteristic_equation_is_that_of_the_claim(law: Law) -> None:
    one = model(law)
    assert one.characteristic_equation.function == y.s + one.damping_coefficient * law.laplace_transform(y.s)
    assert one.characteristic_equation.arrays == law.arrays
    stated = one.derivation.result.right.subs(y.damping, one.damping_coefficient)
    law_in = stated.replace(sp.Function("L"), law.laplace_transform)
    assert sp.simplify(law_in - one.characteristic_equation.function) == 0


@pytest.mark.parametrize(
    ("law", "limit"),
    [
        (Constant(1), math.pi / 2),
        (Constant(3), math.pi / 2),
        (Gamma(4, 1), 2.2742),
        (Gamma(2, "1/2"), 4.0),
        (Gamma("3/2", 1), 7.3485),
    ],
    ids=str,
)
def test_stability_ends_at_the_limit_of_the_law(law: Law, limit: float) -> None:
    """a theta = eta h M, whatever the mean: M workers at a step just below and just above limit/M."""
    below, above = (model(law, 8, learning_rate=exactly * limit / 8) for exactly in (0.9999, 1.0001))
    assert below.stability_condition == sp.true
    assert above.stability_condition == sp.false
    assert model(law, curvature=-1).stability_condition == sp.false


@pytest.mark.parametrize("law", [Exponential(2), Gamma("1/2", 1), Gamma(1, 1)], ids=str)
def test_the_mean_is_stable_for_every_damping_where_no_root_crosses(law: Law) -> None:
    assert model(law, 10**6).stability_condition == sp.true
    assert model(law, curvature="-1/100").stability_condition == sp.false


def test_a_law_without_a_closed_limit_says_where_to_go() -> None:
    with pytest.raises(OutsideDomainError, match=r"numeric\.spectrum"):
        _ = model(Empirical([1, 2])).stability_condition


@pytest.mark.parametrize("law", [Constant(1), Exponential(1), Gamma(4, 1)], ids=str)
@pytest.mark.parametrize("workers", [4, 16, 28])
def test_the_closed_variance_is_the_integral_over_frequencies(law: Law, workers: int) -> None:
    one = model(law, workers)
    transform = sp.lambdify([y.s], law.laplace_transform(y.s), "mpmath")
    expected = float(one.noise_intensity) * variance_by_quadrature(float(one.damping_coefficient), transform)
    assert float(one.stationary_variance) == pytest.approx(expected, rel=1e-5)
    assert float(1.001 * one.stationary_variance) != pytest.approx(expected, rel=1e-5)


@given(workers=st.integers(1, 31))
def test_the_variance_inside_the_domain_is_positive(workers: int) -> None:
    for law in (Constant(1), Exponential(1), Gamma(4, 1)):
        assert sp.N(model(law, workers).stationary_variance) > 0


@given(workers=st.integers(32, 10**6))
def test_a_constant_delay_beyond_pi_over_two_has_no_variance(workers: int) -> None:
    """a theta = workers/20 >= 1.6: (1 + sin x)/cos x would be a plausible number there."""
    one = model(Constant(1), workers)
    with pytest.raises(OutsideDomainError, match="which is not so here"):
        _ = one.stationary_variance
    with pytest.raises(OutsideDomainError, match="which is not so here"):
        one.claimed("delay.stationary-covariance.constant")


def test_the_limit_itself_is_outside() -> None:
    at_limit = model(Constant(1), 1, learning_rate=sp.pi / 2)
    with pytest.raises(OutsideDomainError):
        _ = at_limit.stationary_variance
    assert at_limit.stability_condition == sp.false
    just_inside = model(Constant(1), 1, learning_rate=sp.pi / 2 - sp.Rational(1, 10**9))
    # tan(pi/2 - x) q/(2a) with x = half the distance to the limit, and q = a^2 for one worker
    assert float(sp.N(just_inside.stationary_variance, 30)) == pytest.approx(math.pi / 4 / 0.5e-9, rel=1e-6)


@pytest.mark.parametrize(
    ("claim", "one"),
    [
        ("delay.stability-limit.gamma", model(Gamma("1/2", 1))),
        ("delay.stability-limit.gamma", model(Gamma(1, 1))),
        ("recursion.stationary-variance.fixed-staleness", model(Constant(1), 3, learning_rate="3/2")),
        ("finite-workers.second-moment.exponential", model(Exponential(1), 16, learning_rate="1/2")),
    ],
)
def test_a_claim_outside_its_domain_gives_no_number(claim: str, one: LinearModel) -> None:
    with pytest.raises(OutsideDomainError, match="which is not so here"):
        one.claimed(claim)


@pytest.mark.parametrize(
    ("claim", "law"),
    [
        ("delay.stationary-variance.constant", Exponential(1)),
        ("delay.stationary-variance.erlang-4", Gamma(3, 1)),
        ("delay.roots.exponential", Gamma(2, 1)),
        ("delay.roots.erlang", Gamma("5/2", 1)),
        ("law.transform.gamma", Exponential(1)),
    ],
)
def test_a_claim_about_another_law_gives_no_number(claim: str, law: Law) -> None:
    assert not model(law).is_about(CLAIMS[claim])
    assert claim not in [each.id for each in model(law).claims]
    with pytest.raises(OutsideDomainError, match="holds for the law"):
        model(law).claimed(claim)


@pytest.mark.parametrize("law", LAWS, ids=str)
def test_every_claim_of_the_model_holds_for_its_law(law: Law) -> None:
    ids = [claim.id for claim in model(law).claims]
    assert {"arrivals.rate.any-law", "staleness.mean.any-law", "delay.characteristic-function.any-law"} <= set(ids)
    own = {law.name, "gamma"} if law.name == "exponential" else {law.name}  # exponential: gamma of shape 1
    others = {"constant", "exponential", "gamma", "empirical"} - own
    assert not [each for each in ids if each.split(".")[-1] in others]


def test_the_exponential_law_is_the_gamma_law_of_shape_one() -> None:
    for claim in ("delay.critical-damping.gamma", "workers.fastest-count.gamma"):
        assert model(Exponential(2)).claimed(claim) == model(Gamma(1, 2)).claimed(claim)
    assert model(Exponential(2)).claimed("delay.critical-damping.gamma") == sp.Rational(1, 8)


def test_numbers_of_the_ladder_agree_on_one_model() -> None:
    """Exponential cycles, M = 16, a theta = 4/5: the exact second moment over the SDDE's is .995025."""
    one = model(Exponential(1))
    exact_value = one.claimed("finite-workers.second-moment.exponential")
    assert float(exact_value / one.stationary_variance) == pytest.approx(0.995025, abs=5e-7)
    assert one.claimed("staleness.mean.any-law") == 15
    assert one.claimed("staleness.variance.poisson") == 15 + 225
    assert one.claimed("delay.roots.exponential").subs(y.branch, 0) == (-1 + sp.sqrt(-sp.Rational(11, 5))) / 2


def test_symbols_are_accepted_in_every_place() -> None:
    one = linear_model(
        Constant(y.mean_delay),
        Asynchronous(y.workers),
        learning_rate=y.learning_rate,
        curvature=y.curvature,
        gradient_noise=y.gradient_noise,
    )
    load = y.workers * y.learning_rate * y.curvature
    assert one.damping_coefficient == load / y.mean_delay
    assert one.arrival_rate == y.workers / y.mean_delay
    assert one.delay_moment(3) == y.mean_delay**3
    given = {y.workers: 16, y.mean_delay: 1, y.learning_rate: sp.Rational(1, 20), y.curvature: 1, y.gradient_noise: 1}
    assert one.stability_condition.subs(given) == sp.true
    assert one.stability_condition.subs({**given, y.workers: 40}) == sp.false
    numbers = model(Constant(1))
    assert one.stationary_variance.subs(given) == numbers.stationary_variance
    assert float(one.stationary_variance.subs(given)) == pytest.approx(0.05 * (1 + math.sin(0.8)) / math.cos(0.8) / 2)


def test_the_model_prints_its_equation() -> None:
    one = model(Gamma(4, 1))
    assert one.latex().endswith("= 0")
    assert one._repr_latex_() == f"$\\displaystyle {one.latex()}$"
    for sign in ("a", "L", "s"):
        assert sign in one.latex()
