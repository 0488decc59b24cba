"""What a user writes is taken exactly, and what denotes no number is refused."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from derive import symbols as y
from derive.characteristic import delay_equation
from derive.exact import ForeignSymbolError, exact
from derive.law import Law, LawError
from derive.laws import (
    Constant,
    Empirical,
    Exponential,
    Gamma,
    Hyperexponential,
    InverseGaussian,
    LogNormal,
    Mixture,
    Pareto,
    PhaseType,
    ShiftedExponential,
    Truncated,
    Uniform,
    Weibull,
)
from derive.models.linear import linear_model
from derive.schemes import Asynchronous
from derive.symbols import NOTATION

finite = st.floats(allow_nan=False, allow_infinity=False)


@given(finite)
def test_a_float_is_the_double_it_denotes(value: float) -> None:
    number = exact(value)
    assert number.is_Rational
    assert Fraction(int(number.p), int(number.q)) == Fraction(value)


@given(finite)
def test_a_hexadecimal_string_is_the_double_that_wrote_it(value: float) -> None:
    assert exact(value.hex()) == exact(value)


@given(st.fractions())
def test_a_fraction_and_its_text_are_the_same_number(value: Fraction) -> None:
    assert exact(value) == sp.Rational(value.numerator, value.denominator)
    assert exact(f"{value.numerator}/{value.denominator}") == exact(value)


@given(st.integers())
def test_an_integer_is_itself(value: int) -> None:
    assert exact(value) == exact(str(value)) == sp.Integer(value)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=12))
def test_a_decimal_string_is_the_decimal(value: Any) -> None:
    assert exact(f"{value:f}") == exact(f"{value:e}") == exact(Fraction(value))


@given(finite)
def test_the_negative_of_a_number_is_written_with_a_sign(value: float) -> None:
    assert exact(-value) == -exact(value)


def test_a_float_is_not_the_decimal_that_prints_it() -> None:
    assert exact("0.1") == sp.Rational(1, 10)
    assert exact(0.1) == sp.Rational(3602879701896397, 2**55)
    assert exact(math.nextafter(0.1, 1)) - exact(0.1) == sp.Rational(1, 2**56)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0x1.9p-3", sp.Rational(25, 128)),
        ("-0X1P-2", sp.Rational(-1, 4)),
        ("0x1.", sp.Integer(1)),
        ("355/113", sp.Rational(355, 113)),
        ("-7/2", sp.Rational(-7, 2)),
        ("+.5", sp.Rational(1, 2)),
        ("5.", sp.Integer(5)),
        (" 1e-3 ", sp.Rational(1, 1000)),
        ("1e400", sp.Integer(10) ** 400),
        ("1e-400", sp.Integer(10) ** -400),
    ],
)
def test_number_strings_are_exact(text: str, number: sp.Rational) -> None:
    assert exact(text) == number


def test_expressions_pass_and_their_floats_become_rational() -> None:
    assert exact(sp.pi / 2) == sp.pi / 2
    assert exact(y.damping) is y.damping
    assert exact(sp.Float(0.1)) == exact(0.1)
    assert exact(sp.Float(0.1)).is_Rational


@given(st.fractions(), st.integers(1, 60))
def test_a_sympy_float_of_any_precision_is_the_binary_number_it_holds(value: Fraction, digits: int) -> None:
    held = sp.Float(sp.Rational(value.numerator, value.denominator), digits)
    number = exact(held)
    assert number.is_Rational
    assert sp.Float(number, digits) == held
    assert int(number.q).bit_count() == 1


def test_forty_digits_are_not_rounded_to_a_double() -> None:
    third = sp.Float("0.3333333333333333333333333333333333333333", 40)
    assert abs(exact(third) - sp.Rational(1, 3)) < sp.Rational(1, 10**39)
    assert exact(third) != exact(float(third))
    assert exact(third * sp.pi) == exact(third) * sp.pi, "a float inside an expression, too"


def test_a_sympy_float_too_large_to_write_out_is_refused() -> None:
    with pytest.raises(ValueError, match="is not a number"):
        exact(sp.Float((0, 1, 10**9, 1)))


@pytest.mark.parametrize("value", [True, False, math.nan, math.inf, -math.inf])
def test_what_is_no_finite_number_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="is not a"):
        exact(value)


@pytest.mark.parametrize(
    "text",
    ["", " ", "nan", "inf", "-Infinity", "one", "0x", "0x.8", "0x1.9p", "1.5/2", "1/0", "1_000", "1,5", "1e99999"],
)
def test_text_that_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a number"):
        exact(text)


@pytest.mark.parametrize("value", [None, [1], {"law": "gamma"}, 1j, b"1"])
def test_what_is_neither_number_nor_text_is_a_type_error(value: Any) -> None:
    with pytest.raises(TypeError, match="is not a number"):
        exact(value)


@pytest.mark.parametrize("value", [sp.nan, sp.oo, -sp.oo, sp.zoo, sp.I * sp.oo])
def test_sympys_nan_and_infinities_are_refused(value: sp.Expr) -> None:
    with pytest.raises(ValueError, match="is not a"):
        exact(value)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0x1.00000000000001p0", 1 + sp.Rational(1, 2**56)),
        ("0x1.8p-1080", sp.Rational(3, 2**1081)),
        ("0x1p1024", sp.Integer(2) ** 1024),
        ("-0x00.8P1", sp.Integer(-1)),
    ],
)
def test_a_hexadecimal_string_beyond_the_doubles_is_exact_too(text: str, number: sp.Rational) -> None:
    assert exact(text) == number


@pytest.mark.parametrize("name", ["eta", "h", "theta", "s"])
def test_a_symbol_that_only_looks_like_the_notations_is_refused_by_name(name: str) -> None:
    """SymPy takes symbols of one name and other assumptions for different ones, and would never put a number in."""
    namesake = sp.Symbol(name, commutative=True, imaginary=True)
    with pytest.raises(ForeignSymbolError, match=f"the foreign symbol {name} is not the {name} of derive.symbols"):
        exact(2 * namesake)
    own = next(entry.symbol for entry in NOTATION.values() if str(entry.symbol) == name)
    assert exact(2 * own) == 2 * own


def test_two_symbols_of_one_name_are_refused_and_a_users_own_symbol_is_not() -> None:
    plain, positive = sp.Symbol("weight"), sp.Symbol("weight", positive=True)
    assert exact(3 * plain) == 3 * plain
    with pytest.raises(ForeignSymbolError, match="foreign symbol weight"):
        exact(plain + positive)


def test_namesakes_are_refused_across_a_law_and_a_model() -> None:
    with pytest.raises(LawError, match="foreign symbol theta"):
        Gamma(4, sp.Symbol("theta"))
    with pytest.raises(ValueError, match="learning_rate = eta: the foreign symbol eta"):
        linear_model(Gamma(4, 1), Asynchronous(4), learning_rate=sp.Symbol("eta"), curvature=1)
    mean, curvature = sp.Symbol("size", positive=True), sp.Symbol("size", real=True)
    with pytest.raises(ForeignSymbolError, match="foreign symbol size"):
        linear_model(Gamma(4, mean), Asynchronous(4), learning_rate=1, curvature=curvature)
    assert linear_model(Gamma(4, mean), Asynchronous(4), learning_rate=1, curvature=mean).damping_coefficient == 4


NAMESAKE = sp.Symbol("theta", positive=True, algebraic=True)
ENTRIES: dict[str, Callable[[Any], Any]] = {
    "constant": Constant,
    "exponential": Exponential,
    "gamma, shape": lambda number: Gamma(number, 1),
    "gamma, mean": lambda number: Gamma(2, number),
    "shifted exponential, shift": lambda number: ShiftedExponential(number, 1),
    "shifted exponential, tail": lambda number: ShiftedExponential(1, number),
    "uniform": lambda number: Uniform(0, number),
    "inverse Gaussian": lambda number: InverseGaussian(number, number),
    "weibull": lambda number: Weibull(number, number),
    "lognormal, mu": lambda number: LogNormal(number, 1),
    "lognormal, sigma": lambda number: LogNormal(0, number),
    "pareto": lambda number: Pareto(2, number),
    "hyperexponential": lambda number: Hyperexponential([1], [number]),
    "phase type": lambda number: PhaseType([1], [[-number]]),
    "empirical": lambda number: Empirical([number]),
    "mixture": lambda number: Mixture([(number, Constant(1)), (1 - number, Constant(2))]),
    "truncated": lambda number: Truncated(Exponential(1), number),
    "density": lambda number: Law.from_density(sp.exp(-y.u / number) / number, y.u),
    "transform": lambda number: Law.from_laplace_transform(1 / (1 + number * y.s), y.s),
    "learning rate": lambda number: linear_model(Gamma(4, 1), Asynchronous(4), learning_rate=number, curvature=1),
    "curvature": lambda number: linear_model(Gamma(4, 1), Asynchronous(4), learning_rate=1, curvature=number),
    "damping": lambda number: delay_equation(number, Gamma(4, 1)).function,
}


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_entry_refuses_a_foreign_symbol_by_name_and_takes_numbers_exactly(entry: str) -> None:
    """A double and a SymPy float of 30 digits stay the numbers that they are: no float is left in what comes out."""
    with pytest.raises(ValueError, match="foreign symbol theta"):
        ENTRIES[entry](NAMESAKE)
    for number in (0.125, sp.Float("0.1", 30), 0.1):
        made = ENTRIES[entry](number)
        parts = [getattr(made, "damping_coefficient", made)]
        if isinstance(made, Law):
            parts = [made.mean, made.laplace_transform(y.s)]
        assert not any(sp.sympify(part).has(sp.Float) for part in parts)
    if entry in ("constant", "transform"):
        assert ENTRIES[entry](0.1).mean == sp.Rational(*(0.1).as_integer_ratio()) != sp.Rational(1, 10)
