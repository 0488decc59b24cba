"""Certificates are accepted as they are and refused when any part is changed, with the digest renewed or not."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
import sympy as sp

import numeric
from derive.characteristic import CharacteristicEquation, delay_equation, update_equation
from derive.integer_laws import Geometric, Poisson
from derive.laws import Constant, Empirical, Exponential, Gamma, IndependentSum, Pareto, Uniform
from numeric.roots.certifying import certificate, digest
from numeric.roots.characteristic import spectrum
from verify.certificates.checking import Refused, check_certificate

CASES: list[tuple[str, CharacteristicEquation, dict[str, Any]]] = [
    ("pair", delay_equation(1, Constant(1)), {}),
    ("many", delay_equation(1, Constant("3/2")), {"right_of": -3}),
    ("double", delay_equation("1/4", Exponential(1)), {}),
    ("cluster", delay_equation(sp.exp(-1), Constant(1)), {}),
    ("unstable", delay_equation(1, Constant(10**4)), {}),
    ("branch", delay_equation(2, Gamma("5/2", 1)), {}),
    ("none", delay_equation("1/10", Pareto("5/2", 1)), {}),
    ("entire", delay_equation(1, Uniform(0, 2)), {}),
    ("measured", delay_equation(2, Empirical([1, 2, 3])), {}),
    ("saddle", delay_equation(-1, Constant(1), "1/2"), {}),
    ("recursion", update_equation("1/2", 3), {}),
    ("double recursion", update_equation("1/4", 1), {}),
    ("poisson", update_equation("1/2", Poisson(3)), {"count": 4}),
    ("geometric", update_equation("1/2", Geometric(3)), {}),
    ("slow tail", delay_equation("11337/37370000", Pareto("5/2", 747400)), {}),
    ("steep tail", delay_equation(-2000, Pareto("5/2", 10)), {}),
    ("shifted", delay_equation("-237075/1921", IndependentSum((Constant("3.842"), Gamma("5/2", "3.842")))), {}),
    ("long", update_equation("1/2", 100_000), {}),
]
NAMES = [name for name, _, _ in CASES]


@cache
def made(name: str) -> tuple[CharacteristicEquation, str, int]:
    """The equation, its certificate as JSON, and the roots that its spectrum proves."""
    (equation, asked), *_ = [(equation, asked) for own, equation, asked in CASES if own == name]
    found = spectrum(equation, **asked)
    assert found.proof is not None
    return equation, json.dumps(certificate(equation, found)), found.proof.winding_numbers[0]


@pytest.mark.parametrize("name", NAMES)
def test_a_certificate_survives_json_and_is_accepted(name: str) -> None:
    equation, text, total = made(name)
    assert check_certificate(equation, json.loads(text)) == total


def moved(text: str) -> str:
    """An exact number larger by a millionth."""
    mantissa, exponent = (int(part) for part in text.split("p"))
    return f"{(mantissa << 20) + mantissa}p{exponent - 20}"


Change = Callable[[dict[str, Any]], Any]
CHANGES: dict[str, tuple[str, Change]] = {
    "form": ("pair", lambda r: r.update(form="disc")),
    "another equation": ("pair", lambda r: r["equation"].update(function=sp.srepr(sp.Symbol("s")))),
    "another bound": ("pair", lambda r: r["equation"].update(modulus_bound="Integer(0)")),
    "another abscissa": ("pair", lambda r: r["equation"].update(abscissa_of_convergence="0")),
    "other data": ("measured", lambda r: r["equation"].update(data="0" * 64)),
    "a root moved along": ("pair", lambda r: r["roots"][0]["re"].__setitem__(0, moved(r["roots"][0]["re"][0]))),
    "a root moved up": ("pair", lambda r: r["roots"][0]["im"].__setitem__(0, moved(r["roots"][0]["im"][0]))),
    "a root forgotten": ("many", lambda r: r["roots"].pop(5)),
    "a root twice": ("many", lambda r: r["roots"].append(r["roots"][3])),
    "another root instead": ("many", lambda r: r["roots"].__setitem__(5, r["roots"][4])),
    "a root below": ("pair", lambda r: r["roots"][0].update(im=["-" + r["roots"][0]["im"][0], "1p-60"])),
    "no room": ("pair", lambda r: r["roots"][0].update(re=[moved(r["roots"][0]["re"][0]), "0p0"])),
    "a wrong multiplicity": ("pair", lambda r: r["roots"][0].update(multiplicity=2)),
    "a wrong size of a cluster": ("cluster", lambda r: r["roots"][0].update(multiplicity=3)),
    "a cluster called a double root": ("cluster", lambda r: r["roots"][0].update(cluster=False)),
    "a double root called simple": ("double", lambda r: r["roots"][0].update(multiplicity=1)),
    "a double z called simple": ("double recursion", lambda r: r["roots"][0].update(multiplicity=1)),
    "another count": ("pair", lambda r: r["contours"][0].update(zeros=4)),
    "a count and a root left out": ("many", lambda r: (r["roots"].pop(), r["contours"][0].update(zeros=42))),
    "a line further right": ("pair", lambda r: r["contours"][0].update(line="0p0")),
    "a line further left": ("many", lambda r: r["contours"][0].update(line="-16p0")),
    "a region too narrow": ("pair", lambda r: r["contours"][0].update(right="1p-4")),
    "a region too low": ("pair", lambda r: r["contours"][0].update(top="1p-4")),
    "pieces left out": ("many", lambda r: r["contours"][0]["edges"].__setitem__(2, r["contours"][0]["edges"][2][4::5])),
    "the last piece left out": ("pair", lambda r: r["contours"][0]["edges"][2].pop()),
    "one piece for an edge": ("many", lambda r: r["contours"][0]["edges"].__setitem__(2, [["1p0", 0]])),
    "an edge left out": ("pair", lambda r: r["contours"][0]["edges"].pop()),
    "pieces out of order": ("pair", lambda r: r["contours"][0]["edges"][2].reverse()),
    "another kind of piece": ("unstable", lambda r: r["contours"][1]["edges"][2][-1].__setitem__(1, 1)),
    "no such kind of piece": ("unstable", lambda r: r["contours"][1]["edges"][2][-1].__setitem__(1, 3)),
    "another unstable count": ("pair", lambda r: r.update(unstable_count=2)),
    "another count of many unstable": ("unstable", lambda r: r.update(unstable_count=3182)),
    "both counts of many unstable": (
        "unstable",
        lambda r: (r.update(unstable_count=3182), r["contours"][1].update(zeros=3182)),
    ),
    "the second contour elsewhere": ("unstable", lambda r: r["contours"][1].update(line="1p-20")),
    "the second contour left out": ("unstable", lambda r: r["contours"].pop()),
    "unstable where none is": ("none", lambda r: r.update(unstable_count=1)),
    "a root of the recursion forgotten": ("recursion", lambda r: r["roots"].pop()),
    "unstable in the recursion": ("recursion", lambda r: r.update(unstable_count=0)),
    "a circle with other zeros": ("poisson", lambda r: r["contours"][0].update(line="1p-30")),
    "a part left out": ("pair", lambda r: r.pop("roots")),
    "a number that is none": ("pair", lambda r: r["contours"][0].update(line="half")),
    "a precision that is none": ("pair", lambda r: r.update(precision_bits="many")),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_certificate_is_refused(change: str) -> None:
    name, tamper = CHANGES[change]
    equation, text, _ = made(name)
    record = json.loads(text)
    tamper(record)
    with pytest.raises(Refused, match="digest"):
        check_certificate(equation, record)
    record["digest"] = digest({key: value for key, value in record.items() if key != "digest"})
    with pytest.raises(Refused) as refusal:
        check_certificate(equation, record)
    assert "digest" not in str(refusal.value)


def test_every_field_is_under_the_digest() -> None:
    equation, text, _ = made("many")
    whole = json.loads(text)
    for path in _paths(whole):
        record = copy.deepcopy(whole)
        *parents, last = path
        place = record
        for key in parents:
            place = place[key]
        place[last] = "another"
        with pytest.raises(Refused):
            check_certificate(equation, record)


def _paths(part: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    keys = list(part) if isinstance(part, dict) else range(min(len(part), 2)) if isinstance(part, list) else None
    return [above] if keys is None else [path for key in keys for path in _paths(part[key], (*above, key))]


def test_the_certificate_of_another_equation_is_refused() -> None:
    _, text, _ = made("pair")
    with pytest.raises(Refused, match="another equation"):
        check_certificate(delay_equation("1001/1000", Constant(1)), json.loads(text))


def test_nothing_proven_has_no_certificate() -> None:
    equation = delay_equation(1, Constant(1))
    found = spectrum(equation, right_of=-12, budget_seconds=0.02)
    assert not found.certified
    with pytest.raises(ValueError, match="nothing is proven"):
        numeric.certificate(equation, found)
