"""Source code of claims: headed by what it computes, guarded, spelled as each language wants it, honest about gaps."""

from __future__ import annotations

import ast
import inspect
import math
from typing import Any

import numpy as np
import pytest
from scipy import special

from derive.claims import CLAIMS
from numeric.kernels.compiling import kernel_of
from numeric.kernels.functions import lambert_w
from numeric.source import helpers as source_helpers
from numeric.source import lambert as source_lambert
from numeric.source import transforms as source_transforms
from numeric.source.code import source_of
from numeric.source.languages import LANGUAGES
from numeric.source.translation import expression, translated

VARIANCE = CLAIMS["delay.stationary-variance.constant"]
ROOTS = CLAIMS["delay.roots.constant"]
SMALL = """def f(x, n):
    '''Words.'''
    total = 0.0
    left = n
    while left > 0.0 and (x != 1.0 or not n >= 7.0):
        if x < 0.5:
            total = total + x**2/(n*(x - -n))
        elif x == 2.0:
            total = -x**n - (1.0 - n)
        else:
            return nan
        left = left - 1.0
    return abs(total)*1e-17*pi
"""
SPELLED = {
    "c": [
        "double f(double x, double n)",
        "while ((left > 0.0) && ((x != 1.0) || (!(n >= 7.0)))) {", "double left, total;",
        "} else if (x == 2.0) {", "pow(x, 2)/(n*(x - (-n)))", "total = -(pow(x, n)) - (1.0 - n);", "return NAN;",
        "fabs(total)*1.0e-17*3.14159",
    ],
    "fortran": [
        "recursive function f(x, n) result(answer)", "double precision, intent(in) :: x, n", "(x /= 1.0d0) .or.",
        "else if (x == 2.0d0) then", "x**2/(n*(x - (-n)))", "ieee_quiet_nan", "1.0d-17", "end function f", "end do",
    ],
    "julia": [
        "function f(x, n)", "while (left > 0.0) && ", "elseif x == 2.0", "x^2/(n*(x - (-n)))", "-(x^n) - (1.0 - n)",
        "return NaN",
    ],
    "octave": [
        "function answer = f(x, n)", "(~(n >= 7.0))", "elseif (x == 2.0)", "answer = NaN;\n            return;",
    ],
    "javascript": [
        "function f(x, n) {", "x**2/(n*(x - (-n)))", "-(x**n) - (1.0 - n)", "Math.abs(total)", "let left, total;",
    ],
    "rust": [
        "pub fn f(x: f64, n: f64) -> f64 {",
        "let mut total: f64 = 0.0;", "f64::powi(x, 2)", "f64::powf(x, n)", "f64::NAN",
    ],
}  # fmt: skip


@pytest.mark.parametrize("language", SPELLED)
def test_statements_are_spelled_as_the_language_wants_them(language: str) -> None:
    (function,) = ast.parse(SMALL).body
    assert isinstance(function, ast.FunctionDef)
    text = translated(function, LANGUAGES[language])
    assert [part for part in SPELLED[language] if part not in text] == [], text
    assert "Words." in text


def test_what_cannot_be_translated_is_refused() -> None:
    for text in ("x if y else z", "[x]", "f.g(x)", "x < y < z"):
        with pytest.raises(ValueError, match="can be translated"):
            expression(ast.parse(text, mode="eval").body, LANGUAGES["c"])
    (loop,) = ast.parse("def f(x):\n    for y in x:\n        pass\n").body
    with pytest.raises(ValueError, match="no statement"):
        translated(loop, LANGUAGES["c"])  # type: ignore[arg-type]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_function_is_headed_by_formula_domain_claim_and_hash(language: str) -> None:
    source = source_of([VARIANCE, ROOTS], language)
    for part in ("V = q (1 + sin(a θ))/(2 a cos(a θ))", "a θ < π/2", VARIANCE.id, VARIANCE.hash, ROOTS.hash, "branch"):
        assert part in source.text
    assert source.left_out == ()
    names = [function.name for function in source.functions]
    assert names == ["delay_stationary_variance_constant", "delay_roots_constant_re", "delay_roots_constant_im"]
    assert {function.hash for function in source.functions} == {VARIANCE.hash, ROOTS.hash}


def test_python_source_runs_and_gives_nan_outside_the_domain() -> None:
    scope: dict[str, Any] = {}
    exec(source_of([VARIANCE, ROOTS], "python").text, scope)
    variance, root = scope["delay_stationary_variance_constant"], scope["delay_roots_constant_im"]
    right = float(kernel_of(VARIANCE)(1.0, 1.2, 1.0))
    assert variance(1.0, 1.2, 1.0) == pytest.approx(right, rel=1e-14)
    for outside in (
        (1.0, 2.0, 1.0),
        (1.0, -1.0, 1.0),
        (math.inf, 1.0, 1.0),
        (1.0, math.nan, 1.0),
        (1.0, math.pi / 2, 1.0),
    ):
        assert math.isnan(variance(*outside))
    assert root(1.0, 1.0, 0.0) == pytest.approx(1.3372357014306895)
    assert math.isnan(root(1.0, 1.0, 0.5))


def test_what_has_no_source_says_why() -> None:
    source = source_of([CLAIMS["delay.stationary-variance.any-law"], CLAIMS["law.transform.empirical"], VARIANCE], "c")
    assert [claim for claim, _ in source.left_out] == ["delay.stationary-variance.any-law", "law.transform.empirical"]
    assert "functions of the law or the system, which no formula gives: L" in source.text
    assert "lists, where a function of source code takes single numbers: tauhat" in source.text
    with pytest.raises(ValueError, match="allowed: python, c, fortran"):
        source_of([VARIANCE], "cobol")


RESERVED = {
    *("end", "function", "local", "global", "const", "let", "begin", "default", "new", "var", "switch", "case", "do"),
    *("for", "in", "fn", "loop", "match", "mut", "ref", "self", "static", "struct", "super", "trait", "type", "use"),
    *("where", "double", "int", "char", "long", "short", "void", "auto", "register", "signed", "break", "continue"),
    *("persistent", "until", "otherwise", "parfor", "methods", "events", "properties", "import", "export", "module"),
}


def test_no_name_of_a_special_function_is_a_reserved_word_elsewhere() -> None:
    for module in (source_helpers, source_lambert, source_transforms):
        found = ast.walk(ast.parse(inspect.getsource(module)))
        names = {node.id for node in found if isinstance(node, ast.Name)}
        assert names.isdisjoint(RESERVED), module.__name__


def test_only_the_special_functions_that_are_called_are_emitted() -> None:
    assert "lambert" not in source_of([VARIANCE], "c").text
    assert "branch_point_newton" in source_of([ROOTS], "c").text
    assert "ln_gamma" in source_of([CLAIMS["law.cdf.gamma"]], "rust").text


def test_lamberts_function_is_right_on_every_branch_and_next_to_the_branch_point() -> None:
    random = np.random.default_rng(1)
    angle, size = random.uniform(-np.pi, np.pi, 300), 10 ** random.uniform(-6, 3, 300)
    near = -math.exp(-1) + 10 ** random.uniform(-14, -0.3, 100) * random.choice((-1, 1), 100)
    points = [*(size * np.exp(1j * angle)), *(-size[:100] + 0j), *(near + 0j)]
    for branch in (-3, -1, 0, 1, 2):
        for point in points:
            re, im = (source_lambert.lambert_w(point.real, point.imag, branch, part) for part in (0.0, 1.0))
            right = complex(lambert_w(point, branch))
            assert abs(complex(re, im) - right) <= 1e-13 * abs(right), (branch, point)


def test_special_functions_agree_with_scipy() -> None:
    random = np.random.default_rng(2)
    for a, x in zip(10 ** random.uniform(-1, 2, 200), 10 ** random.uniform(-1, 2, 200), strict=True):
        assert source_helpers.lower_gamma_ratio(a, x) == pytest.approx(special.gammainc(a, x), rel=2e-12, abs=1e-200)
        assert source_helpers.upper_gamma_ratio(a, x) == pytest.approx(special.gammaincc(a, x), rel=2e-12, abs=1e-200)
        assert source_helpers.ln_gamma(a) == pytest.approx(math.lgamma(a), rel=1e-13, abs=1e-14)
        assert source_helpers.complementary_error(x / 10) == pytest.approx(math.erfc(x / 10), rel=1e-12)
        share = x / (1 + x)
        assert source_helpers.incomplete_beta(a, 2.5, share) == pytest.approx(special.betainc(a, 2.5, share), rel=1e-11)
        assert source_helpers.exp_minus_one(-x) == pytest.approx(math.expm1(-x), rel=1e-15)
        assert source_helpers.log_one_plus(x / 1e9) == pytest.approx(math.log1p(x / 1e9), rel=1e-15)
        assert source_helpers.choose(100.0, a // 1) == pytest.approx(special.binom(100, a // 1), rel=1e-13)
        z = complex(-x, a)
        mean = [source_helpers.exponential_mean(z.real, z.imag, part) for part in (0.0, 1.0)]
        assert complex(*mean) == pytest.approx(np.expm1(z) / z, rel=1e-13)
