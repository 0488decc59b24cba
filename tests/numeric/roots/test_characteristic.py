"""Certified roots against manufactured ones, closed forms, polynomials and Lambert W; the traps of the branch point."""

import math
from fractions import Fraction

import pytest
import sympy as sp
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from derive import symbols as y
from derive.characteristic import CharacteristicEquation
from derive.exact import exact
from derive.symbols import s
from numeric.balls.polynomials import exact_roots
from numeric.enclosure import Enclosure, arb, evaluate, evaluate_complex, precision
from numeric.roots.characteristic import Root, Spectrum, spectrum


def delayed(a: object, transform: sp.Expr, abscissa: object = -sp.oo) -> CharacteristicEquation:
    gain = exact(a)  # type: ignore[arg-type]
    return CharacteristicEquation(s + gain * transform, s, sp.Abs(gain) * transform, sp.sympify(abscissa))


def constant(a: object, tau: object) -> CharacteristicEquation:
    return delayed(a, sp.exp(-s * exact(tau)))  # type: ignore[arg-type]


def gamma(a: object, shape: object, mean: object = 1) -> CharacteristicEquation:
    k, theta = exact(shape), exact(mean)  # type: ignore[arg-type]
    return delayed(a, (1 + s * theta / k) ** -k, -k / theta)


def rightmost(result: Spectrum) -> Root:
    assert result.certified, result.reason
    return result.roots[0]


def lambert(a: object, tau: object, branch: int, digits: int = 40) -> tuple[Enclosure, Enclosure]:
    delay, gain = exact(tau), exact(a)  # type: ignore[arg-type]
    value = evaluate_complex(sp.LambertW(-gain * delay, branch) / delay, digits=digits)
    return value.re, value.im


@pytest.mark.parametrize(
    ("product", "re", "im"),
    [(".1", -0.111833, 0), (".2", -0.259171, 0), (".5", -0.794024, 0.770112), ("1", -0.318132, 1.337236)],
)
def test_the_check_values_of_lambert_w_come_out(product: str, re: float, im: float) -> None:
    root = rightmost(spectrum(constant(product, 1)))
    assert float(root.re) == pytest.approx(re, abs=2e-6)
    assert float(root.im) == pytest.approx(im, abs=2e-6)


@given(st.fractions(Fraction(1, 50), 30, max_denominator=64), st.fractions(Fraction(1, 16), 5, max_denominator=16))
@settings(max_examples=20, derandomize=True, deadline=None)
def test_the_rightmost_root_of_a_constant_delay_is_the_principal_branch(a: Fraction, tau: Fraction) -> None:
    result = spectrum(constant(a, tau))
    root, (re, im) = rightmost(result), lambert(a, tau, 0)
    assert root.re.overlaps(re)
    assert root.im.overlaps(im)
    assert (result.unstable_count == 0) == (a * tau < Fraction(math.pi / 2))


@given(st.fractions(Fraction(-9, 10), Fraction(-1, 100), max_denominator=1000))
@settings(max_examples=20, derandomize=True, deadline=None)
def test_manufactured_real_roots_are_found_with_their_forward_error(root: Fraction) -> None:
    # Gamma of shape 3, mean 1: s0 in (-k/(k+1), 0) is the rightmost root of s - s0 L(s)/L(s0).
    assume(root > Fraction(-3, 4))
    gain = -exact(root) * (1 + exact(root) / 3) ** 3
    found = rightmost(spectrum(gamma(gain, 3), digits=30))
    assert found.re.contains(root)
    assert found.re.relative_radius < 1e-30


@given(st.floats(0.05, 1.5))
@settings(max_examples=15, derandomize=True, deadline=None)
def test_manufactured_complex_roots_are_found(angle: float) -> None:
    # With s tau = -v cot v + i v a root of the constant delay tau = 1 is exact in v.
    v = exact(angle)
    gain = evaluate(v / sp.sin(v) * sp.exp(-v * sp.cot(v)), digits=60)
    found = rightmost(spectrum(constant(exact(Fraction(gain.mid)), 1), digits=20))
    assert abs(float(found.im) - angle) < 1e-14
    assert float(found.re) == pytest.approx(-angle / math.tan(angle), rel=1e-12, abs=1e-14)


def test_all_roots_right_of_a_line_are_the_branches_of_lambert_w() -> None:
    result = spectrum(constant(1, "1.5"), right_of=-3)
    assert result.certified
    assert sum(root.counted for root in result.roots) == 44
    for branch, root in enumerate(result.roots):
        re, im = lambert(1, "1.5", branch)
        assert root.re.overlaps(re)
        assert root.im.overlaps(im)
    assert not lambert(1, "1.5", 22)[0].upper > -3


def test_count_lists_upper_roots_and_counts_pairs_twice() -> None:
    assert [len(spectrum(constant(1, 1), count=n).roots) for n in (1, 2, 3, 6, 7)] == [1, 1, 2, 3, 4]
    assert [len(spectrum(constant("0.2", 1), count=n).roots) for n in (1, 2, 3, 4)] == [1, 2, 3, 3]
    with pytest.raises(ValueError, match="count"):
        spectrum(constant(1, 1), count=0)


BRANCH_POINT = math.exp(-1)


@pytest.mark.parametrize("tau", [BRANCH_POINT, math.nextafter(BRANCH_POINT, 0), math.nextafter(BRANCH_POINT, 1)])
def test_the_branch_point_as_a_double_is_resolved_to_thirty_digits(tau: float) -> None:
    result = spectrum(constant(1, tau), digits=30)
    root, (re, im) = rightmost(result), lambert(1, tau, 0, 60)
    assert root.re.overlaps(re)
    assert root.im.overlaps(im)
    assert root.multiplicity == 1
    assert root.re.relative_radius < 1e-30
    real = evaluate(exact(tau) * sp.E - 1).is_negative()
    assert root.im.ball.is_zero() == real
    both = spectrum(constant(1, tau), count=2, digits=30)
    assert both.certified
    assert len(both.roots) == (2 if real else 1)
    if real:
        assert both.roots[1].re.overlaps(lambert(1, tau, -1, 60)[0])


@pytest.mark.parametrize(("factor", "unstable"), [(1 - 1e-9, 0), (1 + 1e-9, 2)])
def test_the_stability_limit_is_decided_within_a_billionth(factor: float, unstable: int) -> None:
    result = spectrum(constant(1, sp.pi / 2 * exact(factor)), digits=30)
    assert result.certified
    assert result.unstable_count == unstable
    abscissa = result.spectral_abscissa
    assert abscissa is not None
    assert abscissa.is_positive() == bool(unstable)
    assert abscissa.relative_radius < 1e-30


@pytest.mark.parametrize("mean", ["1", "3", "1/7"])
def test_exponential_cycles_at_critical_damping_have_an_exact_double_root(mean: str) -> None:
    result = spectrum(gamma(1 / (4 * exact(mean)), 1, mean))
    root = rightmost(result)
    assert root.multiplicity == 2
    assert root.re.contains(-1 / (2 * exact(mean)))
    assert root.im.ball.is_zero()
    assert result.reason is None


@pytest.mark.parametrize(("a", "shape"), [("1/8", 1), ("3/2", 1), ("1/2", 2), ("2", 4), ("3", 4), ("1", 12)])
def test_integer_shapes_agree_with_exact_polynomial_roots(a: str, shape: int) -> None:
    equation = gamma(a, shape)
    result = spectrum(equation)
    root = rightmost(result)
    with precision(128):
        roots = exact_roots(equation.function, s)
    assert roots is not None
    best = max(roots, key=lambda item: float(item[0].real))[0]
    assert root.re.overlaps(Enclosure(best.real))
    assert root.im.overlaps(Enclosure(abs(best.imag)))
    assert result.unstable_count == sum(m for ball, m in roots if ball.real > 0)


def test_two_stages_at_the_limit_lie_exactly_on_the_axis() -> None:
    result = spectrum(gamma(4, 2))
    assert result.certified
    assert result.unstable_count == 0
    assert result.spectral_abscissa == Enclosure(arb(0))
    assert result.roots[0].im.contains(2)


@pytest.mark.parametrize(("shape", "limit"), [("3/2", 7.3485), (3, 2.6667), (8, 1.8585), (64, 1.6017)])
def test_gamma_limits_change_the_count(shape: object, limit: float) -> None:
    assert spectrum(gamma(exact(limit - 1e-3), shape)).unstable_count == 0
    assert spectrum(gamma(exact(limit + 1e-3), shape)).unstable_count == 2


def test_two_hundred_stages_have_no_false_unstable_roots() -> None:
    result = spectrum(gamma(1, 200))
    assert result.certified
    assert result.unstable_count == 0


def test_none_in_the_half_plane_of_convergence_is_said_in_words() -> None:
    result = spectrum(gamma(1, "1/2"))
    assert (result.roots, result.certified, result.spectral_abscissa) == ((), True, None)
    assert "no root" in (result.reason or "")


def test_a_saddle_no_delay_no_damping_and_no_friction() -> None:
    saddle = spectrum(constant(-1, 1))
    assert saddle.unstable_count == 1
    assert rightmost(saddle).re.overlaps(lambert(-1, 1, 0)[0])
    assert rightmost(spectrum(constant(2, 0))).re.contains(-2)
    assert rightmost(spectrum(constant(0, 1))).re.contains(0)
    bound = sp.sqrt(4 * sp.exp(-s)) / 2
    frictionless = spectrum(CharacteristicEquation(s**2 + sp.exp(-s), s, bound, -sp.oo))
    root = rightmost(frictionless)
    assert frictionless.unstable_count == 2
    residual = complex(root) ** 2 + sp.exp(-complex(root))
    assert abs(complex(residual)) < 1e-12


def test_an_atom_at_zero_keeps_its_undelayed_part() -> None:
    result = spectrum(delayed(1, sp.Rational(9, 10) + sp.exp(-s) / 10))
    root = rightmost(result)
    assert abs(float(root.re) + 0.9 + 0.1 * math.exp(-float(root.re))) < 1e-12


@pytest.mark.parametrize("tau", ["1e-12", "1e-6", "1e3", "1e6"])
def test_delays_of_every_scale_are_certified(tau: str) -> None:
    result = spectrum(constant(1, tau), budget_seconds=1.5)
    root, (re, im) = rightmost(result), lambert(1, tau, 0)
    assert root.re.overlaps(re)
    assert root.im.overlaps(im)
    if tau == "1e3":
        assert result.unstable_count == 2 * math.floor(1000 / (2 * math.pi) + 0.75)
    if result.unstable_count is None:
        assert "budget" in (result.reason or "")


def test_a_measured_law_is_certified() -> None:
    data = tuple(sp.Rational(300 + (k * k * 37) % 460, 100) for k in range(200))
    transform = sp.Sum(sp.exp(-s * y.atoms[y.j]), (y.j, 0, 199)) / 200
    equation = CharacteristicEquation(s + transform / 5, s, transform / 5, -sp.oo, arrays={y.atoms: data})
    root = rightmost(spectrum(equation))
    value = complex(root)
    plain = value + sum(complex(sp.exp(-value * float(tau))) for tau in data) / 1000
    assert abs(plain) < 1e-12


def test_the_record_is_the_interface() -> None:
    record = spectrum(constant(1, 1), digits=30).to_json()
    assert list(record) == ["roots", "spectral_abscissa", "unstable_count", "certified", "proof", "reason"]
    root = record["roots"][0]
    assert list(root) == ["re", "im", "radius", "multiplicity"]
    assert Fraction(root["radius"]) <= abs(Fraction(root["re"])) / 10**30
    assert list(record["proof"]) == ["region", "winding_numbers", "precision_bits"]
    assert record["spectral_abscissa"]["kind"] == "enclosure"
    free = CharacteristicEquation(s + y.damping * sp.exp(-s), s, y.damping, -sp.oo)
    with pytest.raises(ValueError, match="free parameters"):
        spectrum(free)
    atoms = sp.Sum(sp.exp(-s * y.atoms[y.j]), (y.j, 0, 1)) * y.damping
    with pytest.raises(ValueError, match="free parameters"):
        spectrum(CharacteristicEquation(s + atoms, s, atoms, -sp.oo, arrays={y.atoms: (sp.Integer(1), sp.Integer(2))}))
