"""A notebook typesets every result."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp

import derive
import numeric
from derive import symbols as y
from derive.claims import CLAIMS
from derive.derivation import Equation
from derive.formulas.shown import ShownAsLatex, digits_latex, within_latex
from numeric.claim_balls import BallFunction
from numeric.enclosure import ComplexEnclosure, Enclosure
from numeric.kernels import Kernel

RATE = CLAIMS["arrivals.rate.any-law"]
MODEL = derive.linear_model(derive.Gamma(shape=4, mean=1), derive.Asynchronous(16), learning_rate="1/20", curvature=1)
SPECTRUM = numeric.spectrum(MODEL.characteristic_equation)
DROPOUT = derive.scheme_model(
    derive.Exponential(1), derive.Asynchronous(4, dropout="1/2"), learning_rate="1/2", curvature=1
)
RESULTS: list[tuple[Any, str]] = [
    (RATE.derived.result, r"\Lambda = \frac{M}{\theta}"),
    (RATE.derived, r"&& \text{(2) superpose the workers}"),
    (CLAIMS["delay.stationary-variance.constant"], r"\qquad \text{for } a \theta < \frac{\pi}{2}"),
    (RATE, r"\Lambda = \frac{M}{\theta}"),
    (MODEL, "s + a L(s) = 0"),
    (MODEL.characteristic_equation, "= 0"),
    (derive.Exponential(1), r"L(s) = \frac{1}{s + 1}"),
    (derive.Geometric(2), r"\mathbb{E}\, z^{-K} = "),
    (numeric.Exact(sp.Rational(1, 3)), r"\frac{1}{3}"),
    (numeric.Estimate(1.25, 0.031, 8), r"1.25 \pm 0.031"),
    (Enclosure.of(sp.Rational(1, 4)), "0.25"),
    (ComplexEnclosure(Enclosure.of(sp.Integer(1)), Enclosure.of(sp.Integer(2))), r"(1) + \mathrm{i} (2)"),
    (SPECTRUM, r"\begin{aligned} s_{0} &="),
    (SPECTRUM.roots[0], r"\pm"),
    (numeric.kernel_of(RATE), r"\frac{M}{\theta}"),
    (numeric.ball_of(RATE), r"\frac{M}{\theta}"),
    (DROPOUT, "= 0"),
]  # fmt: skip


@pytest.mark.parametrize(("result", "part"), RESULTS, ids=[type(result).__name__ for result, _ in RESULTS])
def test_a_result_shows_its_latex(result: Any, part: str) -> None:
    told = result._repr_latex_()
    assert told.startswith("$\\displaystyle ")
    assert told.endswith("$")
    assert part in told
    assert told.count("{") == told.count("}")


def test_every_public_number_law_claim_and_equation_is_shown() -> None:
    public = [getattr(package, name) for package in (derive, numeric) for name in package.__all__]
    classes = {one for one in public if isinstance(one, type)}
    told = {one for one in classes if hasattr(one, "to_json") or issubclass(one, (derive.Law, derive.Claim))}
    assert {one.__name__ for one in told if not issubclass(one, ShownAsLatex)} == set()
    assert len(told) > 15
    assert {Kernel, BallFunction, Equation, derive.CharacteristicEquation} <= set(ShownAsLatex.__subclasses__())


def test_expressions_of_sympy_show_themselves() -> None:
    assert y.damping._repr_latex_() == r"$\displaystyle a$"


def test_decimals_and_bounds() -> None:
    assert digits_latex("1.5e-20") == r"1.5 \times 10^{-20}"
    assert within_latex("0.333", "1.21e-9") == r"0.333 \pm 1.3 \times 10^{-9}"
    assert within_latex("2", "0") == "2"
