"""Compiled loops of claims: right by their enclosures, like the NumPy kernels wherever those are, refused by name."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from numeric.enclosure import evaluate_complex
from numeric.kernels.compiling import Kernel, NotCompilableError, compile_kernel, kernel_of

EPS = float(np.finfo(float).eps)
NONE_IN_C = {  # incomplete and inverse functions, integrals, sums over data
    *("staleness.overlap-term.gamma", "delay.roots.constant", "trigger.gain-of-norm.event-trigger", "law.cdf.gamma"),
    *("trigger.applied-fraction.event-trigger", "trigger.damping-coefficient.event-trigger"),
    *("trigger.noise-intensity.event-trigger", "law.transform.pareto", "law.transform.weibull"),
    *("law.transform.lognormal", "law.transform.empirical", "law.second-moment.empirical"),
}
QUICK = ("delay.stationary-variance.constant", "delay.roots.exponential", "law.cdf.uniform", "law.transform.gamma")


def compiled(claim_id: str) -> Kernel:
    kernel = kernel_of(CLAIMS[claim_id], target="c")
    if kernel.target != "c":
        pytest.skip("no C compiler")
    return kernel


def points(kernel: Kernel, count: int = 400) -> list[np.ndarray]:
    """Points in and out of the domain, with every kind of number among them."""
    rng = np.random.default_rng(7)
    found = []
    for symbol in kernel.arguments:
        size = 10 ** rng.uniform(-2, 1, count)
        size = np.ceil(size) if symbol.is_integer else size
        size[rng.integers(0, count, 12)] = rng.choice([0.0, -1.0, np.nan, np.inf, -np.inf, 0.5], 12)
        phase = 1 if symbol.is_real or symbol.is_integer else np.exp(1j * rng.uniform(-3, 3, count))
        found.append(size * phase if np.ndim(phase) == 0 else np.where(np.isfinite(size), size, 1.0) * phase)
    return found


def agree(claim_id: str) -> None:
    native, plain = compiled(claim_id), kernel_of(CLAIMS[claim_id])
    assert native.hash == plain.hash
    assert native.is_complex == plain.is_complex
    at = points(native)
    one, two = native(*at), plain(*at)
    np.testing.assert_array_equal(np.isnan(one), np.isnan(two))
    here = np.isfinite(two)
    assert here.any() or not native.arguments
    # Cancellation within an expression may leave either a little off; both are held against enclosures elsewhere.
    np.testing.assert_allclose(one[here], two[here], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("claim_id", QUICK)
def test_both_targets_agree_in_and_out_of_the_domain(claim_id: str) -> None:
    agree(claim_id)


def _closed() -> list[str]:
    found = []
    for claim_id, claim in CLAIMS.items():
        try:
            kernel_of(claim)
        except NotCompilableError:
            continue
        found.append(claim_id)
    return found


@pytest.mark.slow
def test_every_closed_claim_has_a_compiled_loop_or_is_refused_by_name() -> None:
    for claim_id in _closed():
        if claim_id in NONE_IN_C:
            with pytest.raises(NotCompilableError, match=r"no form in C; allowed: target='numpy'"):
                kernel_of(CLAIMS[claim_id], target="c")
        else:
            agree(claim_id)


@pytest.mark.parametrize(
    "expression",
    [
        *(sp.LambertW(y.damping), sp.uppergamma(y.shape, y.t), sp.digamma(y.shape), sp.erf(y.damping + y.t)),
        sp.Sum(sp.exp(-y.t * y.j), (y.j, 0, 5)),
    ],
    ids=str,
)
def test_what_c_lacks_is_refused_by_name(expression: sp.Expr) -> None:
    names = [y.damping, y.shape, y.t]
    if isinstance(expression, sp.erf):
        assert compile_kernel(expression, names, target="c")(1.0, 1.0, 0.0) == pytest.approx(0.8427007929497149)
        return
    with pytest.raises(NotCompilableError, match=r"no form in C; allowed: target='numpy'"):
        compile_kernel(expression, names, target="c")


def test_functions_and_pieces_agree_with_enclosures() -> None:
    s, x, k = y.s, y.damping, y.shape
    pieces = sp.Piecewise((sp.sin(x), x < 1), (sp.Max(x, k, 2), sp.And(x > 3, x < 4)), (sp.log(x), True))
    real = [
        *(pieces, sp.erf(x) + sp.loggamma(k), sp.atan2(x, k) * sp.erfc(x), sp.Abs(1 - x) + sp.floor(k) - sp.ceiling(x)),
        *(sp.exp(-x) - 1 + sp.log(1 + k), x**k / sp.sqrt(k) + sp.gamma(x) ** -3, sp.cosh(x) * sp.tanh(k) + sp.atan(x)),
        *(sp.hyper((1,), (2,), -x), sp.Min(x, k) ** sp.Rational(2, 3), sp.pi * x / 3 + sp.E),
    ]
    general = [
        *(sp.exp(-s * x) / (1 + s), sp.sqrt(s) + sp.log(s), (1 + s / k) ** -k, s**3 / (s**2 + 1) + sp.I * x),
        *(sp.sin(s) * sp.cos(s), sp.Abs(s) + sp.re(s) * sp.im(s), sp.hyper((1,), (2,), s)),
        *((x - 2) ** sp.Rational(1, 2), sp.log(1 + s), sp.exp(s) - 1),
    ]
    for expressions, names in ((real, [x, k]), (general, [s, x, k])):
        kernel = compile_kernel(sp.Tuple(*expressions), names, target="c")
        if kernel.target != "c":
            pytest.skip("no C compiler")
        for values in np.random.default_rng(6).uniform(0.1, 5, (6, len(names))):
            taken = [complex(v, 1 - v) if name == s else float(v) for name, v in zip(names, values, strict=True)]
            at = {
                n: sp.Rational(np.real(v)) + sp.I * sp.Rational(np.imag(v)) for n, v in zip(names, taken, strict=True)
            }
            for expression, value in zip(expressions, kernel(*taken), strict=True):
                known = complex(evaluate_complex(expression, at))
                assert abs(value - known) < 64 * EPS * max(abs(known), 0.1), expression


def test_a_compiled_kernel_takes_and_gives_arrays_like_numpys_functions() -> None:
    used, plain = compiled("delay.stationary-variance.constant"), kernel_of(CLAIMS[QUICK[0]])
    rng = np.random.default_rng(4)
    damping = rng.uniform(0.1, 2, (70, 301))
    value = used(1.0, damping, 2.0)
    np.testing.assert_allclose(value, plain(1.0, damping, 2.0), rtol=1e-13)
    np.testing.assert_array_equal(used(1.0, damping[::-2, ::3], 2.0), value[::-2, ::3])
    np.testing.assert_array_equal(used(1.0, damping.T, 2.0), value.T)
    assert used(1.0, damping[3, 4], 2.0) == value[3, 4]
    assert np.ndim(used(1, 1, 1)) == 0
    assert used(np.zeros((0, 2)), 1, 1).shape == (0, 2)
    assert used(np.ones((3, 1)), np.ones(4), 1).shape == (3, 4)
    assert used(np.array([1, 2]), 0.5, 1).dtype == np.float64
    single = used(np.float32(1), damping.astype("f4"), 2)
    assert single.dtype == np.float32
    np.testing.assert_array_equal(single, used(1.0, damping.astype("f4").astype(float), 2.0).astype("f4"))
    out = np.zeros((70, 602))[:, ::2]
    assert used(1.0, damping, 2.0, out=out) is out
    np.testing.assert_array_equal(out, value)
    np.testing.assert_array_equal(used.outside(1.0, damping, 2.0), np.isnan(value))
    one = compile_kernel(sp.Tuple(sp.Integer(1), y.s), [y.s], target="c")
    found = one(np.ones((2, 3), "c8"))
    assert [part.dtype for part in found] == ["c8", "c8"]
    assert (found[0] == 1).all()
    for wrong in (1j, "1", True, None):
        with pytest.raises(TypeError):
            used(wrong, 1, 1)


@pytest.mark.parametrize("target", ["numpy", "c"])
def test_results_may_overwrite_arguments(target: str) -> None:
    used = kernel_of(CLAIMS["delay.stationary-variance.constant"], target=target)
    room = np.linspace(0.1, 1, 20_001)
    known = used(1.0, room[:-1].copy(), 2.0)
    used(1.0, room[:-1], 2.0, out=room[1:])  # one element on: what is written first is read next
    np.testing.assert_array_equal(room[1:], known)


PRINT = """
import sympy as sp
from derive import symbols as y
from numeric.kernels import compiling
compiling.native_loop = print
H = y.s + y.damping * (1 + y.s * y.mean_delay / y.shape) ** -y.shape
pieces = sp.Piecewise((sp.exp(-y.t) - 1, y.t < 1), (sp.Max(y.t, y.damping), y.t * y.damping < 4), (sp.log(y.t), True))
for expression in (sp.Tuple(H, sp.diff(H, y.s)), pieces, sp.hyper((1,), (2,), y.s) * sp.sqrt(y.s) + y.shape**y.t):
    names = sorted({*expression.free_symbols, y.damping, y.t}, key=str)
    print(compiling.compile_kernel(expression, names, domain=y.damping * y.t < 9, target="c").hash)
"""


def test_the_source_is_the_same_in_every_process() -> None:
    seen = {
        subprocess.run(
            [sys.executable, "-c", PRINT],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(seen) == 1
    assert seen.pop().count("void kernel(") == 3
