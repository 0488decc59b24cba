"""Numbers for people: never a digit more than is known."""

from decimal import Decimal

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from numeric.enclosure import Enclosure
from numeric.values import Estimate, Exact
from verify.telling.numbers import decimal, percent, plain, probability, shown


@pytest.mark.parametrize(
    ("value", "sign", "text"),
    [
        (Exact(sp.Integer(15)), "=", "15"),
        (Exact(sp.Rational(1, 4)), "=", "0.25"),
        (Exact(sp.Rational(-7, 2)), "=", "−3.5"),
        (Exact(sp.Rational(1, 3)), "=", "0.333333"),
        (Exact(sp.Rational(0.1)), "≈", "0.1"),
        (Exact(sp.pi / 2), "=", "1.57080"),
        (Estimate(23.9712, 0.0412, 64), "≈", "23.97 ± 0.04"),
        (Estimate(23.9712, 0.0123, 64), "≈", "23.971 ± 0.012"),
        (Estimate(12345.0, 123.0, 3), "≈", "12340 ± 120"),
        (Estimate(-2.3e-6, 1.2e-8, 64), "≈", "(−2.300 ± 0.012) × 10⁻⁶"),
        (Estimate(10.666666666666664, 1.7e-17, 64), "≈", "10.66666667 ± 0.00000001"),
        (Estimate(1.5e-7, 1e-30, 64), "≈", "(1.500000000 ± 0.000000001) × 10⁻⁷"),
        (Estimate(5.0, 0.0, 64), "≈", "5 ± 0"),
        (Enclosure.of(sp.exp(-1)), "∈", "0.3678794411…"),
        (Enclosure.of(sp.Rational(1, 3), 16), "∈", "0.3333"),
        (Enclosure.from_json({"kind": "enclosure", "mid": "0", "radius": "1e-20"}), "∈", "0 ± 10⁻²⁰"),
        (Enclosure.from_json({"kind": "enclosure", "mid": "-12345.6", "radius": "200"}), "∈", "−12300 ± 300"),
    ],
)
def test_numbers_read_as_expected(value, sign, text):
    assert (shown(value).sign, shown(value).text) == (sign, text)


def test_closed_form_stands_before_its_digits():
    assert plain(Exact(sp.pi / 2)) == "pi/2 ≈ 1.57080"
    assert shown(Exact(sp.pi / 2)).expression == sp.pi / 2
    assert shown(Exact(sp.oo)).text == ""


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.decimals(min_value=-(10**6), max_value=10**6, places=6), st.integers(min_value=-9, max_value=5))
def test_printed_digits_of_an_enclosure_are_true_of_every_point_of_the_ball(middle, exponent):
    radius = Decimal(3).scaleb(exponent)
    ball = Enclosure.from_json({"kind": "enclosure", "mid": str(middle), "radius": str(radius)})
    result = shown(ball)
    low, high = Decimal(ball.mid) - Decimal(ball.radius), Decimal(ball.mid) + Decimal(ball.radius)
    digits = result.text.replace("−", "-")
    if "±" in digits:
        if "×" in digits:
            return
        centre, _, around = digits.partition(" ± ")
        assert Decimal(centre) - Decimal(around) <= low
        assert high <= Decimal(centre) + Decimal(around)
    elif "…" in digits:
        stem = Decimal(digits.rstrip("…"))
        unit = Decimal(1).scaleb(stem.as_tuple().exponent)
        assert abs(stem - low) <= unit
        assert abs(stem - high) <= unit
    elif "×" not in digits:
        unit = Decimal(1).scaleb(Decimal(digits).as_tuple().exponent)
        assert abs(Decimal(digits) - low) <= unit / 2
        assert abs(Decimal(digits) - high) <= unit / 2


def test_small_sizes():
    assert percent(0.0184) == "1.8 %"
    assert percent(0) == "0 %"
    assert probability(1e-6) == "10⁻⁶"
    assert probability(0.001) == "0.001"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("569/100000", "0.00569"),
        ("1/64", "0.015625"),
        ("1/3", "1/3"),
        ("16", "16"),
        ("k-async", "k-async"),
        ("1/0", "1/0"),
    ],
)
def test_a_written_fraction_that_ends_is_read_as_a_decimal(written: str, read: str) -> None:
    assert decimal(written) == read
