"""Check values of the schemes' models: hand-worked numbers, the literature's, and mpmath by other routes.

Longer than 250 lines: check values of every scheme, each with the route that it was worked out by.
"""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import product

import mpmath
import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.derivation import Equation
from derive.derivations import filters, momentum, synchronous, thinning, triggers, uplink, zero_threshold
from derive.laws.gamma import Gamma
from derive.rules.laws import cdf_of, density_of, transform_of
from derive.rules.uplink import compute_transform
from verify.identities import check_step

x = sp.Rational


def value(expression: sp.Expr, **arguments: object) -> float:
    """An expression at arguments named as in code."""
    put = {entry.symbol: sp.nsimplify(arguments[name]) for name, entry in y.NOTATION.items() if name in arguments}
    return float(sp.N(expression.subs(put, simultaneous=True).doit(), 25))


def claimed(claim: str, **arguments: object) -> float:
    return value(CLAIMS[claim].expression, **arguments)


def fixed_point(share: sp.Expr, others: int) -> float:
    """p = share at lambda = p (M - 1), by bisection."""
    gap = sp.lambdify(y.other_rate, share, "mpmath")
    return float(mpmath.findroot(lambda p: gap(p * others) - p, (1e-3, 1), solver="bisect", tol=1e-12))


# M = 32, mean cycle 1: S -> applied share on R1.
@pytest.mark.parametrize(("threshold", "share"), [(10, 0.4984), (25, 0.6934), (31, 0.7432), (40, 0.8016)])
def test_shares_of_a_threshold_on_exponential_cycles(threshold: int, share: float) -> None:
    equation = CLAIMS["threshold.applied-fraction.exponential"].expression
    at = equation.subs({y.workers: 32, y.staleness_threshold: threshold})
    gap = sp.lambdify(y.applied_fraction, at - y.applied_fraction, "mpmath")
    assert float(mpmath.findroot(gap, (1e-3, 1), solver="bisect")) == pytest.approx(share, abs=5.1e-5)
    assert abs(gap(share * 1.01)) > 1e-3


@pytest.mark.parametrize(("threshold", "share"), [(10, 0.422), (25, 0.691), (31, 0.764), (40, 0.849)])
def test_shares_of_a_threshold_on_gamma_cycles(threshold: int, share: float) -> None:
    expression = filters.gamma_threshold_transform().result.right
    at = {y.s: 0, y.shape: 4, y.mean_delay: 1, y.staleness_threshold: threshold}
    assert fixed_point(expression.subs(at).doit(), 31) == pytest.approx(share, abs=5.1e-4)


def test_the_share_of_a_threshold_is_a_probability_of_the_negative_binomial() -> None:
    """Gamma k = 5/2: sum_{j <= S} is the regularised incomplete beta function I_{k/(k + lambda)}(k, S + 1)."""
    expression = filters.gamma_threshold_transform().result.right
    for rate, threshold in ((3, 0), (3, 4), (11, 7)):
        found = value(
            expression,
            laplace_variable=0,
            shape=x(5, 2),
            mean_delay=1,
            other_rate=rate,
            staleness_threshold=threshold,
        )
        expected = mpmath.betainc(2.5, threshold + 1, 0, 2.5 / (2.5 + rate), regularized=True)
        assert found == pytest.approx(float(expected), rel=1e-12)


@pytest.mark.parametrize("s", [0, 0.3, 2.0])
def test_what_a_filter_applies_is_the_double_average(s: float) -> None:
    """E[W_K e^{-sT}] by quadrature over Erlang-3 cycles, the Poisson staleness summed inside."""
    rate, threshold, discount = 2.5, 3, 0.6
    density = lambda u: 27 / 2 * u**2 * mpmath.exp(-3 * u)  # noqa: E731

    def average(weight: object) -> float:
        def inner(u: object) -> object:
            counts = mpmath.nsum(lambda j: weight(j) * (rate * u) ** j / mpmath.factorial(j), [0, mpmath.inf])  # type: ignore[operator]
            return counts * mpmath.exp(-(rate + s) * u) * density(u)

        return float(mpmath.quad(inner, [0, 1, 4, 12]))

    law = lambda at: Gamma.transform_derivation().result.right.subs({y.shape: 3, y.mean_delay: 1, y.s: at})  # noqa: E731
    kept = filters.threshold_transform().result.right.subs(y.staleness_threshold, threshold).doit()
    kept_value = value(kept.replace(transform_of, law), laplace_variable=s, other_rate=rate)
    assert kept_value == pytest.approx(average(lambda j: 1 if j <= threshold else 0), rel=1e-6)
    fading = filters.discount_transform().result.right.replace(transform_of, law)
    at = {"laplace_variable": s, "other_rate": rate, "staleness_discount": discount}
    assert value(fading, **at) == pytest.approx(average(lambda j: discount**j), rel=1e-6)
    closed = filters.gamma_threshold_transform().result.right
    again = {"laplace_variable": s, "other_rate": rate, "shape": 3, "mean_delay": 1, "staleness_threshold": threshold}
    assert value(closed, **again) == pytest.approx(kept_value, rel=1e-12)


def test_the_balance_of_the_share_falls_everywhere() -> None:
    """Gamma 4 at M = 32, S = 10: slope from the claim against difference quotients; never above -1."""
    slope = filters.unique_fraction().result.right.subs(y.staleness_threshold, 10)
    law = lambda at: (1 + at / 4) ** -4  # noqa: E731
    at = slope.subs({y.workers: 32, y.mean_delay: 1}).replace(transform_of, law).doit()
    share = filters.gamma_threshold_transform().result.right
    share = share.subs({y.s: 0, y.shape: 4, y.mean_delay: 1, y.staleness_threshold: 10}).doit()
    for p in (x(1, 10), x(2, 5), x(9, 10)):
        found = float(at.subs(y.applied_fraction, p))
        balance = sp.lambdify(y.applied_fraction, share.subs(y.other_rate, 31 * y.applied_fraction), "mpmath")
        assert found == pytest.approx(float(mpmath.diff(balance, p)) - 1, rel=1e-8)
        assert found <= -1


@pytest.mark.parametrize("level", [0, 0.5, 1, 2.5])
def test_a_trigger_passes_what_quadrature_says(level: float) -> None:
    def mean(slope: object) -> object:
        gradient = lambda z: (slope + z) * mpmath.npdf(z)  # type: ignore[operator]  # noqa: E731
        low, high = -level - slope, level - slope  # type: ignore[operator]
        return mpmath.quad(gradient, [-mpmath.inf, low]) + mpmath.quad(gradient, [high, mpmath.inf])

    gain = value(triggers.trigger_gain().result.right, event_trigger=level)
    assert gain == pytest.approx(float(mpmath.diff(mean, 0)), rel=1e-6)
    assert value(triggers.trigger_noise().result.right, event_trigger=level) == pytest.approx(gain, rel=1e-12)
    of_norm = value(triggers.trigger_gain_of_norm().result.right, event_trigger=level, modes=1)
    assert of_norm == pytest.approx(gain, rel=1e-12)


def test_two_modes_trigger_together() -> None:
    """d = 2: G = (1 + k^2/2) e^{-k^2/2}, share e^{-k^2/2}."""
    level = sp.Rational(3, 2)
    at = {"event_trigger": level, "modes": 2}
    weight = float(mpmath.exp(-1.125))
    assert value(triggers.trigger_gain_of_norm().result.right, **at) == pytest.approx((1 + 1.125) * weight)
    assert value(triggers.sent_fraction().result.right, **at) == pytest.approx(weight)


# M = 8, nu = 4, mean computation 1.
def test_the_shared_uplink() -> None:
    at = {"workers": 8, "uplink_capacity": 4, "mean_compute": 1}
    assert value(uplink.throughput().result.right, **at) == pytest.approx(3.87832, abs=5e-6)
    assert value(uplink.uplink_delay().result.right, **at) == pytest.approx(2.06275, abs=5e-6)


@pytest.mark.parametrize(("shape", "variance"), [(1, 1.44900), (4, 0.69900)])
def test_the_delay_through_the_uplink(shape: int, variance: float) -> None:
    fixed = {y.workers: 8, y.capacity: 4, y.compute_time: 1}
    transform = uplink.uplink_transform().result.right.subs(fixed).doit()
    transform = transform.replace(compute_transform, lambda at: (1 + at / shape) ** -shape)
    assert transform.subs(y.s, 0) == 1
    mean = -sp.diff(transform, y.s).subs(y.s, 0)
    square = sp.diff(transform, y.s, 2).subs(y.s, 0)
    assert float(mean) == pytest.approx(2.06275, abs=5e-6)
    assert float(square - mean**2) == pytest.approx(variance, abs=5e-6)


# E[X_{M:M}] M/E[T].
@pytest.mark.parametrize(("workers", "ratio"), [(4, 8.333), (8, 21.743), (20, 71.955)])
def test_synchronous_over_asynchronous_time_of_exponential_cycles(workers: int, ratio: float) -> None:
    slowest = claimed("synchronous.time-per-update.exponential", workers=workers, mean_delay=1)
    each = claimed("run-time.time-per-update.k-batch-async", workers=workers, mean_delay=1, batch=1)
    assert slowest / each == pytest.approx(ratio, abs=5.1e-4)


@pytest.mark.parametrize(
    ("workers", "shifted", "pareto"), [(4, 6.167, 7.314), (8, 14.871, 20.369), (20, 45.977, 79.763)]
)
def test_synchronous_times_of_other_laws(workers: int, shifted: float, pareto: float) -> None:
    """1 + exp(1), of mean 2, and Pareto(2, 1), of mean 2; the latter also as a ratio of gamma functions."""
    integral = CLAIMS["run-time.time-per-update.synchronous"].expression.subs(y.workers, workers)
    for law, mean, ratio in (
        (lambda t: 1 - mpmath.exp(1 - t) if t > 1 else mpmath.mpf(0), 2, shifted),
        (lambda t: 1 - t**-2 if t > 1 else mpmath.mpf(0), 2, pareto),
    ):
        integrand = lambda t, law=law: 1 - law(t) ** workers  # noqa: E731
        time = 1 + mpmath.quad(integrand, [1, 4, 30, mpmath.inf])
        assert integral.function.replace(cdf_of, lambda t: t) == 1 - y.t**workers
        assert float(time * workers / mean) == pytest.approx(ratio, abs=6e-4)
    gammas = mpmath.gamma(workers + 1) * mpmath.gamma(0.5) / mpmath.gamma(workers + 0.5)
    assert float(gammas * workers / 2) == pytest.approx(pareto, abs=6e-4)


@pytest.mark.parametrize(("workers", "batch"), [(5, 1), (5, 2), (8, 8)])
def test_the_first_to_finish(workers: int, batch: int) -> None:
    """Harmonic numbers, and Pareto(2, 1) by its gamma ratio against the order statistic's integral."""
    harmonic = sp.harmonic(workers) - sp.harmonic(workers - batch)
    found = claimed("k-sync.time-per-update.exponential", workers=workers, batch=batch, mean_delay=3)
    assert found == pytest.approx(float(3 * harmonic))
    integral = CLAIMS["run-time.time-per-update.k-sync"].expression.subs({y.workers: workers, y.batch: batch})
    integrand = sp.lambdify(y.t, integral.function.replace(cdf_of, lambda at: 1 - at**-2).doit(), "mpmath")
    time = 1 + mpmath.quad(integrand, [1, 2, 5, 50, mpmath.inf])
    top, rest = mpmath.gamma(workers + 1), mpmath.gamma(workers - batch + 1)
    ratio = top * mpmath.gamma(workers - batch + 0.5) / (rest * mpmath.gamma(workers + 0.5))
    assert float(time) == pytest.approx(float(ratio), rel=1e-6)


def test_the_longest_of_two_rayleigh_cycles() -> None:
    """Weibull of shape 2: E max = 2 E X - E min, E min = E X/sqrt 2."""
    found = claimed("k-sync.time-per-update.weibull", workers=2, batch=2, hazard_shape=2, scale=1)
    assert found == pytest.approx(math.sqrt(math.pi) / 2 * (2 - 1 / math.sqrt(2)), rel=1e-14)


def test_no_delay_with_momentum_misses_the_recursion_by_what_theory_says() -> None:
    """K = 0: exact AR(2) variance over R2's; 1.4476 at (.9, .05), 1.092 at (.9, .01), 1.065 at (.5, .05)."""
    expression = momentum.momentum_variance().result.right.replace(transform_of, lambda _: sp.Integer(1))
    for beta, step, ratio in ((0.9, 0.05, 1.4476), (0.9, 0.01, 1.092), (0.5, 0.05, 1.065)):
        at = {y.arrival_rate: 1, y.learning_rate: 1, y.curvature: step, y.momentum: beta, y.noise_intensity: 1}
        (integral,) = expression.atoms(sp.Integral)
        integrand = sp.lambdify(y.frequency, integral.function.subs(at), "mpmath")
        diffusion = mpmath.quad(integrand, [0, 0.05, 0.1, 0.2, 0.4, 1, 3, 10, mpmath.inf]) / mpmath.pi
        exact = (1 + beta) / ((1 - beta) * step * (2 * (1 + beta) - step))
        assert float(exact / diffusion) == pytest.approx(ratio, abs=6e-4)


@pytest.mark.parametrize(
    ("staleness", "beta", "limit"),
    [(2, "1/2", 0.280776), (2, "9/10", 0.051249), (5, "1/2", 0.128552), (5, "9/10", 0.021501)],
)
def test_heavy_ball_limits(staleness: int, beta: str, limit: float) -> None:
    at = {y.staleness: staleness, y.momentum: sp.Rational(beta)}
    polynomial = sp.expand(momentum.heavy_ball_polynomial().result.right.subs(at))

    def radius(step: float) -> float:
        coefficients = sp.Poly(polynomial.subs(y.step, sp.Rational(str(step))), y.z).all_coeffs()
        return max(abs(root) for root in mpmath.polyroots([mpmath.mpf(c.p) / c.q for c in coefficients], maxsteps=200))

    assert radius(limit * 0.9999) < 1 < radius(limit * 1.0001)


def test_a_fair_draw_has_geometric_staleness() -> None:
    """(z - 1)(z - q) + eps p z is z - 1 + eps E z^{-K} cleared, P(K = j) = p q^j, mean M/n_B - 1."""
    found = synchronous.drawn_characteristic().result.right.subs({y.workers: 6, y.batch: 2})
    q = x(2, 3)
    geometric = (y.z - 1 + y.step * (1 - q) / (1 - q / y.z)) * (y.z - q)
    assert sp.expand(sp.simplify(geometric) - found) == 0
    assert claimed("k-async.staleness-mean.any-law", workers=6, batch=2) == 2


def test_fresh_gradients_have_the_variance_of_an_autoregression() -> None:
    """s2/(x (2 - x)) with s2 = eta^2 sigma^2/n_B, x = eta h; summed as (1 - x)^{2 j}."""
    at = {"learning_rate": x(1, 5), "curvature": 3, "gradient_noise": 2, "batch": 4}
    series = mpmath.nsum(lambda j: x(1, 25) * 4 / 4 * mpmath.mpf("0.4") ** (2 * j), [0, mpmath.inf])
    assert claimed("synchronous.stationary-variance.any-law", **at) == pytest.approx(float(series))
    assert claimed("synchronous.stability-limit.any-law") == 2
    rate = claimed("synchronous.decay-rate.any-law", learning_rate=x(1, 5), curvature=3, time_per_update=2)
    assert rate == pytest.approx(-float(mpmath.log(0.4)) / 2)


def test_age_thresholds_on_uniform_cycles() -> None:
    """Uniform on (0, 2), A = 1, M = 3: half is applied, a try lasts 3/4 s."""
    uniform = {cdf_of: lambda u: u / 2, density_of: lambda u: sp.Rational(1, 2)}

    def at(expression: sp.Expr) -> sp.Expr:
        for function, law in uniform.items():
            expression = expression.replace(function, law)
        return expression.subs({y.age_threshold: 1, y.workers: 3, y.mean_delay: 1}).doit()

    assert at(thinning.age_fraction().result.right) == sp.Rational(1, 2)
    assert at(thinning.age_rate().result.right) == sp.Rational(3, 2)
    assert at(thinning.abandon_rate().result.right) == 2
    assert at(thinning.age_transform().result.right.subs(y.s, 0)) == sp.Rational(1, 2)
    kept = sp.N(at(thinning.age_transform().result.right.subs(y.s, 3)))
    assert float(kept) == pytest.approx(float(1 - mpmath.exp(-3)) / 6)


@pytest.mark.parametrize(("workers", "lost"), list(product((1, 9), (0, x(1, 4)))))
def test_dropout_thins_updates_and_staleness(workers: int, lost: sp.Rational) -> None:
    at = {"workers": workers, "mean_delay": 2, "dropout": lost}
    assert claimed("dropout.arrival-rate.any-law", **at) == pytest.approx(float((1 - lost) * workers / 2))
    assert claimed("dropout.staleness-mean.any-law", **at) == pytest.approx(float((1 - lost) * (workers - 1)))


def test_unlike_workers_are_mixed_by_their_rates() -> None:
    """Cycles of 1, 1 and 2 s: 5/2 gradients a second, of mean age 6/5, not 4/3."""
    rate = CLAIMS["arrivals.rate.unlike-workers"].expression.subs(y.workers, 3).doit()
    mixture = CLAIMS["delay.law.unlike-workers"].expression.subs(y.workers, 3).doit()
    means = {1: 1, 2: 1, 3: 2}
    at_means = lambda e: e.replace(sp.Function("theta_w"), lambda j: sp.Integer(means[int(j)]))  # noqa: E731
    mixture = mixture.replace(sp.Function("L_w"), lambda j, s: sp.exp(-s * means[int(j)]))
    assert at_means(rate) == x(5, 2)
    assert -sp.diff(at_means(mixture), y.s).subs(y.s, 0) == x(6, 5)


def test_the_threshold_zero_by_hand() -> None:
    """Two workers: after an update a fresh and a stale one, half of the time both fresh next: share 2/3, not .618."""
    exact = CLAIMS["threshold.fresh-fraction.exponential"].expression
    assert [exact.subs(y.workers, count).doit() for count in (1, 2, 3)] == [1, sp.Rational(2, 3), sp.Rational(9, 17)]
    assert CLAIMS["threshold.gap-to-poisson.exponential"].expression == sp.sqrt(2 / sp.pi)


def test_wrong_shares_of_the_threshold_zero_are_found() -> None:
    count, ratio = zero_threshold.exact_share().steps[-1], zero_threshold.share_gap().steps[-1]
    for step, wrong in (
        (count, count.output.right.subs(y.workers, y.workers + 1)),
        (count, 1 / sp.sqrt(y.workers)),
        (ratio, sp.Integer(1)),
        (ratio, sp.sqrt(sp.pi / 2)),
    ):
        assert check_step(step).passed
        assert not check_step(replace(step, output=Equation(step.output.left, wrong))).passed
