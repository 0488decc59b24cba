"""Every closed claim's kernel against enclosures at random exact points, the domain, determinism.

Declared bound of the forward error: ``ULPS`` units in the last place times the conditioning |f| + sum_i |x_i df/dx_i|,
both from enclosures. Longer than 250 lines: the expressions that kernels must compile, a table that every test here
walks over.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache

import mpmath
import numpy as np
import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS, Claim
from numeric.enclosure import ComplexEnclosure, evaluate, evaluate_complex
from numeric.kernels.compiling import Kernel, NotCompilableError, compile_kernel, kernel_of

EPS = float(np.finfo(float).eps)
ULPS = 16.0
LOOSER = {"law.cdf.gamma": 200.0}  # SciPy's incomplete functions
OPEN = {  # claims that hold an unknown function, an integral or a sum of many terms: no kernel, and refused by name
    "staleness.factorial-moment.poisson",
    "staleness.joint-transform.any-law",
    "threshold.fresh-fraction.exponential",
    "threshold.gap-to-poisson.exponential",
    *("threshold.update-interval.exponential", "threshold.mean.exponential", "threshold.fresh-variance.any-law"),
    *("delay.damping-by-excess.any-law", "delay.root-bound.any-law", "recursion.in-poisson-time.random-staleness"),
    *(
        "finite-workers.second-moment-with-threshold.exponential",
        "finite-workers.applied-fraction-with-threshold.exponential",
    ),
    *("transients.transform.momentum", "transients.residue.momentum"),
    "finite-workers.second-moment.erlang",
    "finite-workers.second-moment-at-updates.erlang",
    *("staleness.probability.poisson", "staleness.joint-transform.poisson", "delay.characteristic-function.any-law"),
    *(
        "delay.law.any-law",
        "arrivals.interval.any-law",
        "arrivals.dispersion.any-law",
        "arrivals.count-probability.erlang",
        "arrivals.distance-to-poisson.new-longer-than-used",
        "arrivals.distance-to-poisson.any-law",
        "arrivals.interval.unlike-workers",
        "arrivals.dispersion.unlike-workers",
    ),
    "delay.stationary-variance.any-law",
    "delay.stationary-covariance.any-law",
    "delay.decay-rate-expansion.any-law",
    "delay.beyond-critical.any-law",
    *("workers.fastest-count.any-law", "workers.stable-count.any-law", "delay.root-elasticity.any-law"),
    "recursion.response-gain.random-staleness",
    "recursion.read-gain.random-staleness",
    "momentum.stationary-variance.fixed-staleness",
    *("transients.transform.any-law", "transients.residue.any-law", "transients.training-time.any-law"),
    "transients.mean-path.constant",
    "shots.second-moment.any-law",
    "filter.transform.any-law",
    "filter.characteristic-function.any-law",
    "filter.noise-intensity.any-law",
    "threshold.transform.any-law",
    "threshold.transform.gamma",
    "threshold.applied-fraction.any-law",
    "threshold.balance-slope.any-law",
    "discount.transform.any-law",
    "discount.mean-weight.any-law",
    "discount.noise-intensity.any-law",
    "dropout.delay.any-law",
    "age-threshold.transform.age-drop",
    "age-threshold.applied-fraction.age-drop",
    "age-threshold.arrival-rate.age-drop",
    "age-threshold.arrival-rate.age-abandon",
    *(
        f"age-threshold.{quantity}.age-{action}"
        for quantity in ("delay", "staleness-mean", "damping-coefficient", "noise-intensity")
        for action in ("drop", "abandon")
    ),
    "batch.transform.k-batch-async",
    "batch.characteristic-function.k-batch-async",
    "momentum.characteristic-function.any-law",
    "momentum.stationary-variance.any-law",
    "uplink.arrival-rate.shared-uplink",
    "uplink.transform.shared-uplink",
    "uplink.delay-mean.shared-uplink",
    "arrivals.rate.unlike-workers",
    "delay.law.unlike-workers",
    "run-time.time-per-update.k-sync",
    "k-sync.time-per-update.exponential",
    "k-sync.time-per-update.shifted-exponential",
    "k-sync.time-per-update.weibull",
    "run-time.time-per-update.synchronous",
    "synchronous.time-per-update.exponential",
    "k-async.time-per-update-bound.new-longer-than-used",
    *(
        "law.transform.sum",
        "law.second-moment.sum",
        "law.transform.mixture",
        "law.cdf.mixture",
        "law.second-moment.mixture",
    ),
    *("law.transform.truncated", "law.cdf.truncated", "law.cdf.order-statistic"),
    "k-async.time-per-update.exponential",
}
DATA = np.array([0.25, 1.5, 0.75, 3.0, 2.125])
POINTS = 12
CLOSED = [claim_id for claim_id, claim in CLAIMS.items() if claim_id not in OPEN]
Point = dict[sp.Symbol, complex]


@cache
def kernel(claim_id: str) -> Kernel:
    return kernel_of(CLAIMS[claim_id])


def draw(symbol: sp.Symbol, rng: np.random.Generator) -> complex:
    if symbol == y.atom_count:
        return len(DATA)
    if symbol.is_integer:
        low = 1 if symbol.is_positive else 0 if symbol.is_nonnegative else -2
        return int(rng.integers(low, 6))
    size = 10 ** rng.uniform(-1.5, 0.7)
    if symbol.is_nonnegative:
        return float(size)
    if symbol.is_real:
        return float(size * rng.choice((-1, 1)))
    return complex(size, rng.choice((-1, 0, 1)) * 10 ** rng.uniform(-1.5, 0.7))


def exact(value: complex) -> sp.Expr:
    parts = [sp.Rational(float(part)) for part in (np.real(value), np.imag(value))]
    return parts[0] + sp.I * parts[1]


def points(claim: Claim, seed: int, inside: bool = True) -> Iterator[Point]:
    rng, found = np.random.default_rng(seed), 0
    for _ in range(4000):
        point = {symbol: draw(symbol, rng) for symbol in claim.arguments.values()}
        if not inside:  # a domain may leave out nothing but an end that the assumptions allow
            point |= {one: 0.0 for one in point if one.is_nonnegative and not one.is_positive and rng.random() < 0.2}
        holds = claim.derived.domain.subs({symbol: exact(value) for symbol, value in point.items()})
        if bool(holds) == inside:
            found += 1
            yield point
        if found == POINTS:
            return
    raise AssertionError("too few points")


def arguments(claim: Claim, point: Point) -> dict[str, object]:
    return {
        name: DATA if labels_data(symbol, claim.expression) else point[symbol]
        for name, symbol in claim.arguments.items()
    }


def enclosed(expression: sp.Expr, point: Point, digits: int = 25) -> ComplexEnclosure:
    whole = {symbol: exact(value) for symbol, value in point.items()}
    plain = expression.subs({symbol: value for symbol, value in whole.items() if symbol.is_integer}).doit()
    plain = plain.xreplace({y.atoms[j]: sp.Rational(float(value)) for j, value in enumerate(DATA)})
    values = {symbol: value for symbol, value in whole.items() if symbol in plain.free_symbols}
    return evaluate_complex(plain, values, digits=digits)


def distance(value: complex, enclosure: ComplexEnclosure) -> float:
    parts = ((np.real(value), enclosure.re), (np.imag(value), enclosure.im))
    return float(np.hypot(*(float(part - sp.Rational(float(x))) for x, part in parts)))


def labels_data(symbol: sp.Symbol, expression: sp.Expr) -> bool:
    return any(symbol == base.label for base in expression.atoms(sp.IndexedBase))


def conditioning(expression: sp.Expr, point: Point) -> float:
    """|f| + sum_i |x_i df/dx_i| by difference quotients of enclosures: no derivative need be closed."""
    nudge = sp.Rational(1, 10**6)
    middle = complex(enclosed(expression, point))
    size = abs(middle)
    for symbol in [symbol for symbol in point if not symbol.is_integer and not labels_data(symbol, expression)]:
        moved = complex(enclosed(expression.subs(symbol, symbol * (1 + nudge)), point))
        size += abs(moved - middle) / float(nudge)
    return size


def errors(claim: Claim, used: Kernel, seed: int) -> list[float]:
    """The forward error at random points, in units of the last place times the conditioning."""
    expression, found = claim.expression, []
    for point in points(claim, seed):
        value = used(**arguments(claim, point))
        size = conditioning(expression, point) or 1e-300
        found.append(distance(complex(value), enclosed(expression, point)) / (EPS * size))
    return found


@pytest.mark.parametrize("claim_id", CLOSED)
def test_every_closed_claim_agrees_with_its_enclosure(claim_id: str) -> None:
    assert max(errors(CLAIMS[claim_id], kernel(claim_id), 1)) < LOOSER.get(claim_id, ULPS)


@pytest.mark.parametrize("claim_id", sorted(OPEN))
def test_open_claims_are_refused(claim_id: str) -> None:
    with pytest.raises(NotCompilableError, match=r"unknown function|integral|derivative|terms|Rising|no argument"):
        kernel(claim_id)


@pytest.mark.parametrize("claim_id", [name for name in CLOSED if CLAIMS[name].expression.free_symbols])
def test_a_kernel_of_a_perturbed_expression_is_noticed(claim_id: str) -> None:
    claim = CLAIMS[claim_id]
    wrong = claim.expression * (1 + sp.Rational(1, 10**12))
    used = compile_kernel(wrong, list(claim.arguments.values()), domain=claim.derived.domain)
    renamed = dict(zip(used.names, claim.arguments, strict=True))
    point = next(points(claim, 1))
    values = arguments(claim, point)
    value = used(**{own: values[name] for own, name in renamed.items()})  # type: ignore[arg-type]
    size = conditioning(claim.expression, point)
    error = distance(complex(value), enclosed(claim.expression, point))
    assert error > 100 * EPS * size or abs(complex(value)) < size / 40


LIMITED = [name for name in CLOSED if CLAIMS[name].derived.domain != sp.true]


@pytest.mark.parametrize("claim_id", LIMITED)
def test_points_outside_the_domain_give_nan_and_are_flagged(claim_id: str) -> None:
    claim, used = CLAIMS[claim_id], kernel(claim_id)
    for inside in (True, False):
        for point in points(claim, 2, inside):
            values = arguments(claim, point)
            assert np.isnan(used(**values)) != inside  # type: ignore[arg-type]
            assert bool(used.outside(**values)) != inside  # type: ignore[arg-type]


def test_some_claims_have_a_domain() -> None:
    assert len(LIMITED) >= 5


def test_the_variance_beyond_its_pole_is_no_plausible_number() -> None:
    used = kernel("delay.stationary-variance.constant")
    pole = np.pi / 2
    dampings = np.array(
        [0.5, np.nextafter(pole, 0), pole, np.nextafter(pole, 2), 2.0, 3 * pole + 0.5, -1.0, np.nan, np.inf]
    )
    value = used(1.0, dampings, 1.0)
    assert np.isfinite(value[0])
    assert np.isnan(value[1:]).all()
    assert used.outside(1.0, dampings, 1.0).tolist() == [False, *[True] * 8]
    assert np.isfinite(used(1.0, pole * (1 - 1e-14), 1.0))


@pytest.mark.parametrize("wrong", [0.0, -1.0, 2.5, np.nan, np.inf])
def test_assumptions_of_symbols_are_part_of_the_domain(wrong: float) -> None:
    assert np.isnan(kernel("arrivals.rate.any-law")(wrong, 1.0))
    assert kernel("arrivals.rate.any-law")(3, 1.5) == 2.0
    assert np.isnan(kernel("law.cdf.exponential")(1.0, -1.0))
    assert kernel("law.cdf.exponential")(1.0, 0.0) == 0.0


BRANCH_POINT = float(np.exp(-1))


@pytest.mark.parametrize("steps", [-3, -1, 0, 1, 3, 1e4, -1e6, 1e8, -1e10])
@pytest.mark.parametrize("branch", [0, -1])
def test_lambert_w_is_right_next_to_its_branch_point(steps: float, branch: int) -> None:
    # Forward error in ulps of the value and of its imaginary part, with no allowance for the conditioning.
    product = BRANCH_POINT + steps * 2.0**-54
    value = kernel("delay.roots.constant")(1.0, product, branch)
    truth = enclosed(
        CLAIMS["delay.roots.constant"].expression, {y.mean_delay: 1.0, y.damping: product, y.branch: branch}
    )
    assert distance(value, truth) < 4 * EPS * abs(value)
    assert (value.imag == 0) == (float(truth.im) == 0)
    assert abs(value.imag - float(truth.im)) <= 4 * EPS * abs(float(truth.im))


def test_the_rounding_of_the_product_does_not_move_the_branch_point() -> None:
    expression, rng, sides = CLAIMS["delay.roots.constant"].expression, np.random.default_rng(3), set()
    for _ in range(20):
        delay = float(rng.uniform(0.5, 2))
        damping = BRANCH_POINT / delay
        value = kernel("delay.roots.constant")(delay, damping, 0)
        truth = enclosed(expression, {y.mean_delay: delay, y.damping: damping, y.branch: 0})
        assert (value.imag == 0) == (float(truth.im) == 0)
        assert abs(value.imag - float(truth.im)) <= 8 * EPS * abs(float(truth.im))
        sides.add(value.imag == 0)
    assert sides == {True, False}


def test_lambert_w_takes_complex_arguments_and_ignores_the_sign_of_zero() -> None:
    used = compile_kernel(sp.LambertW(y.s, y.branch), [y.s, y.branch])
    for z in (-0.37 + 1e-6j, -0.37 - 1e-6j, 0.1 - 0.4j, -2 + 0.5j, complex(-1.0, -0.0), complex(-1.0, 0.0)):
        for branch in (-2, -1, 0, 1):
            truth = evaluate_complex(sp.LambertW(exact(z), branch))
            assert distance(used(z, branch), truth) < 16 * EPS * abs(complex(truth))


def test_the_damping_beyond_which_roots_turn_complex_is_inside_the_domain() -> None:
    roots = kernel("delay.roots.exponential")(1.0, np.array([0.125, 0.25, 1.0]), 0)
    assert roots.dtype == np.complex128
    assert roots[1] == -0.5
    assert roots[2].imag == pytest.approx(np.sqrt(3) / 2)


def test_real_arithmetic_is_chosen_where_the_domain_makes_the_value_real() -> None:
    assert kernel("delay.stability-limit.gamma")(1.0, 4.0).dtype == np.float64
    root = compile_kernel(sp.sqrt(y.damping - 1), [y.damping], domain=y.damping > 1)
    assert root(5.0) == 2.0
    assert compile_kernel(sp.sqrt(y.damping - 1), [y.damping])(0.75) == 0.5j


@pytest.mark.parametrize(
    "expression",
    [
        sp.Matrix([[y.s, 1]]),
        sp.Integral(sp.exp(-y.u), (y.u, 0, y.t)),
        sp.Function("L")(y.s),
        y.s + y.damping,
        sp.zeta(y.s),
        sp.lowergamma(y.shape, y.s),
        sp.loggamma(y.t - 5),
        sp.Integer(10) ** 400 * y.s,
        sp.Sum(1 / y.j**2, (y.j, 1, sp.oo)),
        y.s > 0,
    ],
    ids=str,
)
def test_what_has_no_kernel_is_refused(expression: sp.Basic) -> None:
    with pytest.raises(NotCompilableError):
        compile_kernel(expression, [y.s, y.t, y.shape])


def test_functions_and_pieces_agree_with_enclosures() -> None:
    x, k = y.damping, y.shape
    pieces = sp.Piecewise((sp.sin(x), x < 1), (sp.Max(x, k, 2), sp.And(x > 3, x < 4)), (sp.log(x), True))
    others = sp.erf(x) + sp.loggamma(k) * sp.digamma(x) + sp.uppergamma(k, x) + sp.besselj(0, 0) + sp.atan2(x, k)
    for expression in (pieces, others, sp.Abs(1 - x) + sp.floor(k), sp.factorial(y.stages) * sp.binomial(5, y.stages)):
        names = sorted(expression.free_symbols, key=str)
        used = compile_kernel(expression, names)
        for values in np.random.default_rng(6).uniform(0.1, 5, (6, len(names))):
            point = {s: int(v) + 1 if s.is_integer else float(v) for s, v in zip(names, values, strict=True)}
            truth = evaluate(expression, {s: exact(v) for s, v in point.items()})
            assert used(*point.values()) == pytest.approx(float(truth), rel=1e-12)


def test_large_shapes_neither_overflow_nor_lose_digits() -> None:
    for claim_id in ("workers.fastest-count.gamma", "delay.stability-limit.gamma", "delay.critical-damping.gamma"):
        claim = CLAIMS[claim_id]
        point = {symbol: 1e7 if symbol == y.shape else 1.0 for symbol in claim.arguments.values()}
        value = kernel(claim_id)(**arguments(claim, point))  # type: ignore[arg-type]
        assert distance(value, enclosed(claim.expression, point)) < 8 * EPS * abs(value)
    assert kernel("law.cdf.gamma")(1.0, 1000.0, 1.0) == pytest.approx(0.5042, abs=1e-4)


PRINT = """
from derive.claims import CLAIMS
from numeric.kernels.compiling import NotCompilableError, kernel_of
for claim in list(CLAIMS.values())[{first}::3]:
    try:
        kernel = kernel_of(claim)
        print(kernel.source, kernel.hash)
    except NotCompilableError as error:
        print(error)
"""


@pytest.mark.parametrize("first", [0, *(pytest.param(n, marks=pytest.mark.slow) for n in (1, 2))])
def test_the_source_is_the_same_in_every_process(first: int, capsys: pytest.CaptureFixture[str]) -> None:
    script = PRINT.format(first=first)
    exec(script, {})  # here, where other tests have made most kernels, with the hash seed of this process
    here = capsys.readouterr().out
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    environment = os.environ | {"PYTHONHASHSEED": seed}
    there = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, check=True, text=True
    ).stdout
    assert here == there
    assert len(here) > 5000


def test_the_hash_names_expression_and_domain() -> None:
    one = compile_kernel(y.damping**2, [y.damping])
    assert one.hash == compile_kernel(y.damping**2, [y.damping]).hash
    assert len({one.hash, compile_kernel(y.damping**3, [y.damping]).hash}) == 2
    assert one.hash != compile_kernel(y.damping**2, [y.damping], domain=y.damping < 1).hash
    assert one.arguments == (y.damping,)
    assert "def kernel(a):" in one.source


def test_a_tuple_shares_its_parts_and_gives_each_value() -> None:
    function = y.s + y.damping * sp.exp(-y.s)
    pair = compile_kernel(sp.Tuple(function, sp.diff(function, y.s)), [y.s, y.damping])
    assert pair.source.count("numpy.exp") == 1
    s = np.linspace(-1, 1, 20_000) + 1j
    value, slope = pair(s, 0.5)
    np.testing.assert_allclose(value, s + 0.5 * np.exp(-s), rtol=1e-14)
    np.testing.assert_allclose(slope, 1 - 0.5 * np.exp(-s), rtol=1e-14)
    assert all(np.isnan(part) for part in pair(1j, -1.0))
    out = (np.empty_like(s), np.empty_like(s))
    assert pair(s, 0.5, out=out) is out
    np.testing.assert_array_equal(out[1], slope)
    assert pair(np.float32(1), np.float32(1))[0].dtype == np.complex64


@pytest.mark.parametrize(("shape", "renewals"), [(64, 20), (64, 5), (16, 50), (0.5, 200), (200, 1)])
def test_the_overlap_keeps_its_digits_deep_in_the_tail(shape: float, renewals: float) -> None:
    """Down to 1e-297, to a few roundings of its logarithm; a difference of two incomplete beta functions lost 1e-10."""
    with mpmath.workdps(50):
        k, n = mpmath.mpf(shape), mpmath.mpf(renewals)
        whole, half = (mpmath.betainc(k * n, b, 0, mpmath.mpf(1) / 2, regularized=True) for b in (k, k + 1))
        known = 2 * half - (n + 1) * whole
        found = kernel("staleness.overlap-term.gamma")(np.array([shape]), np.array([renewals]))[0]
        assert abs(found / known - 1) < 2.0**-52 * (4 + 2 * abs(mpmath.log(known)))
