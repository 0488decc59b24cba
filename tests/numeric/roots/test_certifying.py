"""A certificate holds exact numbers, and one contour for each count."""

from __future__ import annotations

from fractions import Fraction

import pytest

from derive.characteristic import delay_equation
from derive.laws import Constant, Exponential
from numeric.enclosure import arb
from numeric.roots.certifying import certificate, digest, exactly
from numeric.roots.characteristic import spectrum
from numeric.roots.records import Spectrum


@pytest.mark.parametrize(("number", "text"), [(arb(0.75), "3p-2"), (arb(-12), "-3p2"), (arb(0), "0p0")])
def test_an_exact_number_is_a_mantissa_and_an_exponent(number: object, text: str) -> None:
    assert exactly(number) == text


def test_the_pieces_of_every_edge_cover_it() -> None:
    equation = delay_equation(1, Constant(10**4))
    record = certificate(equation, spectrum(equation))
    assert [one["zeros"] for one in record["contours"]] == [2, 3184]
    for contour in record["contours"]:
        assert len(contour["edges"]) == 3
        for edge in contour["edges"]:
            ends = [Fraction(int(text.split("p")[0])) * Fraction(2) ** int(text.split("p")[1]) for text, _ in edge]
            assert ends == sorted(set(ends))
            assert (ends[0] > 0, ends[-1]) == (True, 1)


def test_the_digest_covers_all_but_itself() -> None:
    equation = delay_equation("1/4", Exponential(1))
    record = certificate(equation, spectrum(equation))
    assert record["digest"] == digest({key: value for key, value in record.items() if key != "digest"})
    assert record["roots"][0]["multiplicity"] == 2


def test_what_is_not_proven_has_no_certificate() -> None:
    with pytest.raises(ValueError, match="nothing is proven: too hard"):
        certificate(delay_equation(1, Constant(1)), Spectrum((), None, None, None, "too hard"))
