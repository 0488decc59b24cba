"""Check values, worked out apart from the code, of speed, noise, few workers and the recursion."""

from __future__ import annotations

import math

import mpmath
import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.derivations.finite_workers import exponential_second_moments
from derive.rules.heterogeneous import worker_cdf, worker_dispersion, worker_mean
from derive.rules.staleness import renewal_integral

x = sp.Rational


def value(claim: str, **arguments: object) -> float:
    """The claim's expression at arguments named as in code."""
    names = CLAIMS[claim].arguments
    put = {names[name]: sp.nsimplify(number) for name, number in arguments.items()}
    return float(sp.N(CLAIMS[claim].expression.subs(put, simultaneous=True), 30))


@pytest.mark.parametrize(
    ("staleness", "limit"), [(1, 1), (2, 0.618034), (3, 0.445042), (5, 0.28463), (10, 0.14946), (20, 0.076605)]
)
def test_limits_of_the_recursion(staleness: int, limit: float) -> None:
    assert value("recursion.stability-limit.fixed-staleness", staleness=staleness) == pytest.approx(limit, abs=5.1e-7)


@pytest.mark.parametrize(
    ("staleness", "step", "variance"),
    [(1, 0.3, 2.6915114), (3, 0.2, 5.4097311), (5, 0.1, 8.9440509), (10, 0.1, 18.8054463), (10, 0.14, 71.837276)],
)
def test_variances_of_the_recursion(staleness: int, step: float, variance: float) -> None:
    width = 2 * sp.asin(sp.nsimplify(step) / 2)
    found = value("recursion.stationary-variance.fixed-staleness", staleness=staleness, half_angle=width, step_noise=1)
    assert found == pytest.approx(variance, rel=1e-8)


@pytest.mark.parametrize(
    ("damping", "delay", "gain"), [(1, 0.5, 0.842898), (1, 1, 1.704112), (1, 1.4, 5.840687), (2, 0.3, 0.473941)]
)
def test_noise_gains_of_the_constant_delay(damping: float, delay: float, gain: float) -> None:
    found = value(
        "delay.stationary-variance.constant", damping_coefficient=damping, mean_delay=delay, noise_intensity=1
    )
    assert found == pytest.approx(gain, rel=1e-6)


@pytest.mark.parametrize(
    ("shape", "limit"),
    [(1.5, 7.3485), (2, 4), (3, 2.6667), (4, 2.2742), (8, 1.8585), (16, 1.7024), (64, 1.6017)],
)
def test_gamma_limits(shape: float, limit: float) -> None:
    assert value("delay.stability-limit.gamma", shape=shape, mean_delay=1) == pytest.approx(limit, abs=5e-5)


def test_critical_damping() -> None:
    assert value("delay.critical-damping.constant", mean_delay=1) == pytest.approx(float(1 / sp.E))
    assert value("delay.critical-damping.gamma", shape=1, mean_delay=1) == 0.25
    assert value("delay.critical-damping.gamma", shape=4, mean_delay=1) == pytest.approx(0.8**5)


def test_the_covariance_of_the_constant_delay() -> None:
    names = CLAIMS["delay.stationary-covariance.constant"].arguments
    at = {names["damping_coefficient"]: x(6, 5), names["mean_delay"]: 1, names["noise_intensity"]: 1}
    covariance = CLAIMS["delay.stationary-covariance.constant"].expression.subs(at)
    start = covariance.subs(y.t, 0)
    ratios = [float(covariance.subs(y.t, x(i, 4)) / start) for i in (1, 2, 3, 4)]
    assert ratios == pytest.approx([0.89991, 0.71944, 0.47470, 0.18755], abs=5e-6)


@pytest.mark.parametrize(("workers", "ratio"), [(4, 0.980392), (16, 0.995025), (64, 0.998752)])
def test_exact_exponential_variance_over_the_sdde(workers: int, ratio: float) -> None:
    step = x(4, 5) / workers
    exact = value("finite-workers.second-moment.exponential", workers=workers, step=step, step_noise=1)
    sdde = value(
        "delay.stationary-variance.exponential", damping_coefficient=0.8, mean_delay=1, noise_intensity=workers
    )
    assert exact / sdde == pytest.approx(ratio, abs=5e-7)


def test_the_transient_of_four_exponential_workers() -> None:
    """A(.5) = 2.96967, A(1) = 1.10596 with x = r = 3 at t = 0, M = 4, eps = .3, s2 = .01."""
    names = exponential_second_moments().result.left
    moments = [derivative.args[0] for derivative in names]
    put = {y.workers: 4, y.step: x(3, 10), y.step_noise: x(1, 100), y.worker_rate: 1}
    right = sp.Matrix(exponential_second_moments().result.right.subs(put))
    matrix = right.jacobian(sp.Matrix(moments))
    forcing = right.subs(dict.fromkeys(moments, 0))
    rest = matrix.LUsolve(-forcing)
    start = sp.Matrix([9, 9, 9, 9]) - rest
    for time, expected in ((x(1, 2), 2.96967), (x(1), 1.10596)):
        with mpmath.workdps(30):
            flow = mpmath.expm(mpmath.matrix((matrix * time).evalf(30).tolist()))
            path = flow * mpmath.matrix(start.evalf(30).tolist()) + mpmath.matrix(rest.evalf(30).tolist())
        assert float(path[0]) == pytest.approx(expected, abs=5e-6)


def test_the_shot_model_raises_the_variance_of_the_sdde() -> None:
    """eta = .1, h = 1, Lambda = 12, tau = 1, sigma = 1: .3635 against .2666."""
    gain = value("delay.stationary-variance.constant", damping_coefficient=1.2, mean_delay=1, noise_intensity=1)
    found = value(
        "shots.stationary-variance.any-law",
        learning_rate=0.1,
        curvature=1,
        arrival_rate=12,
        gradient_noise=1,
        noise_gain=gain,
    )
    assert found == pytest.approx(0.3635, abs=5e-5)
    assert gain * 0.12 == pytest.approx(0.2666, abs=5e-5)


def test_the_staleness_of_poisson_arrivals_at_an_atom_is_poisson() -> None:
    probability = CLAIMS["staleness.probability.poisson"].expression
    laplace = sp.Function("L")
    at_atom = probability.subs(y.j, 3).replace(laplace, lambda s: sp.exp(-2 * s)).doit()
    rate = 2 * y.other_rate
    assert sp.simplify(at_atom - sp.exp(-rate) * rate**3 / 6) == 0


def test_the_staleness_of_exponential_cycles_is_geometric() -> None:
    """P(K = j) = (1/M)(1 - 1/M)^j for L = 1/(1 + s), lambda = M - 1."""
    probability = CLAIMS["staleness.probability.poisson"].expression
    laplace = sp.Function("L")
    for count in range(5):
        value_at = probability.subs(y.j, count).replace(laplace, lambda s: 1 / (1 + s)).doit()
        expected = (1 - 1 / y.workers) ** count / y.workers
        assert sp.simplify(value_at.subs(y.other_rate, y.workers - 1) - expected) == 0


def test_factorial_moments_of_the_staleness_of_exponential_cycles() -> None:
    """Geometric with success 1/M: E[K (K-1) (K-2)] = 3! (M - 1)^3."""
    moment = CLAIMS["staleness.factorial-moment.poisson"].expression.subs(y.j, 3)
    assert moment.subs({y.delay_moment[3]: 6, y.other_rate: 4}) == 6 * 4**3


def test_staleness_variance_for_known_overlaps() -> None:
    exponential = value("staleness.variance.any-law", workers=16, squared_coefficient_of_variation=1, renewal_overlap=1)
    assert exponential == 16 * 15  # geometric with success 1/16: (1 - p)/p^2
    constant = value("staleness.variance.any-law", workers=16, squared_coefficient_of_variation=0, renewal_overlap=0)
    assert constant == 0


def test_uniform_limits() -> None:
    """pi^2/4 on [0, 2 theta]; for any symmetric law (pi/2)/phi_c(pi/2 theta), phi_c = sin(x)/x of the half width."""
    assert value("delay.stability-limit.uniform", low=0, high=2) == pytest.approx(float(mpmath.pi**2 / 4), rel=1e-14)
    angle = mpmath.pi / 2 / 3  # half width 1/2 and mean 3/2
    centred = mpmath.sin(angle) / angle
    expected = float(mpmath.pi / 2 / centred / mpmath.mpf("1.5"))
    assert value("delay.stability-limit.uniform", low=1, high=2) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize(("arrivals", "workers"), [(1, 200), (3, 400)])
def test_the_distance_from_poisson_arrivals_of_constant_cycles(arrivals: int, workers: int) -> None:
    """The counts are binomial: half of the absolute differences, added up with math alone, over the claimed one."""
    put = {y.workers: workers, y.t: x(arrivals, workers), y.mean_delay: 1, renewal_integral(x(arrivals, workers)): 0}
    distance, bound = (
        float(CLAIMS[f"arrivals.distance-to-poisson.{one}"].expression.subs(put, simultaneous=True).subs(put))
        for one in ("any-law", "new-longer-than-used")
    )
    chance = arrivals / workers
    counted = sum(
        abs(math.comb(workers, n) * chance**n * (1 - chance) ** (workers - n)
            - math.exp(-arrivals) * arrivals**n / math.factorial(n))
        for n in range(40)
    ) / 2  # fmt: skip
    assert counted == pytest.approx(distance, rel=3 / workers)
    assert counted < bound < 4 * counted


def test_intervals_and_dispersion_of_two_unlike_workers() -> None:
    """Exponential cycles of means 1 and 2: Poisson arrivals, 3/2 a second, whose index is 1."""
    means = sp.Lambda(y.j, y.j)
    time = sp.Symbol("t", positive=True)
    interval = CLAIMS["arrivals.interval.unlike-workers"].expression.subs({y.workers: 2, y.t: time}).doit()
    known = interval.replace(worker_mean, means).replace(worker_cdf, lambda j, at: 1 - sp.exp(-at / j)).doit()
    assert sp.simplify(known - sp.exp(-3 * time / 2)) == 0
    index = (
        CLAIMS["arrivals.dispersion.unlike-workers"].expression.subs(y.workers, 2).doit().replace(worker_mean, means)
    )
    assert index.replace(worker_dispersion, lambda *_: sp.Integer(1)) == 1
    assert index.replace(worker_dispersion, lambda j, _: j) == x(4, 3)


def test_residues_of_an_exponential_delay_add_up_to_the_start() -> None:
    """Worked by hand at a theta = 3/16: the roots -1/4 and -3/4 of s^2 + s + 3/16, c = x0 (s + 13/16)/(2 s + 1)."""
    names = CLAIMS["transients.residue.gamma"].arguments
    at = {names["shape"]: 1, y.mean_delay: 1, y.damping: x(3, 16), y.initial: 1}
    residues = [CLAIMS["transients.residue.gamma"].expression.subs({**at, y.root: -x(k, 4)}) for k in (1, 3)]
    assert residues == [x(9, 8), -x(1, 8)]


@pytest.mark.parametrize(("time", "path"), [(x(1, 2), x(1, 2)), (2, -x(1, 2)), (x(5, 2), -x(19, 48))])
def test_the_path_of_a_constant_delay_is_integrated_by_hand(time: sp.Expr, path: sp.Expr) -> None:
    claimed = CLAIMS["transients.mean-path.constant"].expression
    assert claimed.subs({y.damping: 1, y.mean_delay: 1, y.initial: 1, y.t: time}).doit() == path


def test_the_late_path_of_a_heavy_tail_is_the_tail() -> None:
    found = value("transients.late-mean.pareto", tail_index=2.5, scale=1, initial=1, time=100)
    assert found == pytest.approx(-1e-5)  # the path itself: -1.086e-5
