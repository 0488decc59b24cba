"""Broken or not, what is printed has the value of the expression: the boxes are read back and evaluated."""

from __future__ import annotations

import cmath
import math
from collections.abc import Mapping
from typing import Any

import pytest
import sympy as sp
from sympy.core.function import AppliedUndef

from derive import symbols as y
from derive.claims import CLAIMS
from derive.formulas import boxes
from derive.formulas.boxes import Box
from derive.formulas.layout import formula_box
from derive.formulas.lines import COLUMN, equation_lines

SIGNS = {"\u2062": "*", "·": "*", "×": "*", "+": "+", "\u2212": "-", "/": "/", "π": "pi", "e": "e", "i": "1j"}
SIGNS |= {"[": "(", "(": "(", "]": ")", ")": ")"}
FUNCTIONS = {name: getattr(cmath, name) for name in ("sin", "cos", "tan", "sinh", "cosh")}
FUNCTIONS |= {"arcsin": cmath.asin, "arccos": cmath.acos, "arctan": cmath.atan, "ln": cmath.log}
PLAIN = (sp.sin, sp.cos, sp.tan, sp.sinh, sp.cosh, sp.asin, sp.acos, sp.atan, sp.log, sp.exp)


def read(box: Box, values: Mapping[Box, complex]) -> str:
    """The box as Python, letters as numbers."""
    if box in values:
        return f"({values[box]!r})"
    match box:
        case boxes.Word(text, _, kind):
            return text if kind == "number" else SIGNS.get(text) or f"FUNCTIONS[{text!r}]"
        case boxes.Row(items):
            return _row(items, values)
        case boxes.Fraction(top, bottom):
            return f"(({read(top, values)})/({read(bottom, values)}))"
        case boxes.Script(base, None, above) if above is not None:
            return f"{read(base, values)}**({read(above, values)})"
        case boxes.Script(base, below, above) if above is not None:
            return f"{read(boxes.Script(base, below), values)}**({read(above, values)})"
        case boxes.Root(body, None):
            return f"cmath.sqrt({read(body, values)})"
        case boxes.Fenced("(" | "[", body, _):
            return f"({read(body, values)})"
        case boxes.Fenced("|", body, _):
            return f"abs({read(body, values)})"
    raise ValueError(box)


def _row(items: tuple[Box, ...], values: Mapping[Box, complex]) -> str:
    told = ""
    for at, item in enumerate(items):
        if item == boxes.APPLY:
            continue
        follows = items[at + 1 : at + 2] == (boxes.APPLY,)
        if follows and isinstance(item, boxes.Script):  # sin^2 x
            assert item.above is not None
            told += f"{read(item.base, values)}({read(items[at + 2], values)})**({read(item.above, values)})"
        elif at and items[at - 1] == boxes.APPLY:
            told += "" if isinstance(items[at - 2], boxes.Script) else f"({read(item, values)})"
        else:
            told = _beside(told, read(item, values))
    return told


def _beside(told: str, more: str) -> str:
    """Two factors side by side: a bar and a bracket need no sign between them."""
    implied = told[-1:] in (")", *"0123456789") and more[0] not in ")*/+-"
    return f"{told}*{more}" if implied else told + more


def value(box: Box, values: Mapping[Box, complex]) -> complex:
    scope = {"FUNCTIONS": FUNCTIONS, "cmath": cmath, "pi": math.pi, "e": math.e}
    return complex(eval(read(box, values), scope))


def point(expression: Any) -> dict[Any, Any]:
    """A number for every letter, small enough that no power overflows."""
    free = sorted(expression.free_symbols, key=str)
    numbers = {symbol: sp.Rational(17 + 6 * at, 29 + 2 * at) for at, symbol in enumerate(free)}
    return numbers | ({y.curvature_ratio: sp.Integer(3)} if y.curvature_ratio in numbers else {})


def plain_claims() -> list[str]:
    kinds = (AppliedUndef, sp.Sum, sp.Product, sp.Integral, sp.Subs, sp.Derivative, sp.Indexed)
    found = []
    for claim in CLAIMS.values():
        functions = claim.expression.atoms(sp.Function)
        if not claim.expression.has(*kinds) and all(isinstance(one, PLAIN) for one in functions):
            found.append(claim.id)
    return found


@pytest.mark.parametrize("widest", [1000.0, COLUMN, 24.0])
def test_what_is_printed_has_the_value_of_the_expression(widest: float) -> None:
    broken = 0
    for claim in map(CLAIMS.__getitem__, plain_claims()):
        chosen = point(claim.expression)
        letters = {formula_box(symbol): complex(number) for symbol, number in chosen.items()}
        lines = equation_lines(y.poisson_distance, claim.expression, widest)
        whole = boxes.row(*lines)
        assert isinstance(whole, boxes.Row)
        right = boxes.Row(whole.items[whole.items.index(boxes.EQUALS) + 1 :])
        wanted = complex(claim.expression.subs(chosen).evalf(20))
        assert value(right, letters) == pytest.approx(wanted, rel=1e-9), claim.id
        broken += len(lines) > 1
    assert broken >= {1000.0: 0, COLUMN: 5, 24.0: 25}[widest]


def test_a_wrong_sign_is_seen() -> None:
    letters = {formula_box(y.damping): 2.0 + 0j}
    assert value(formula_box(1 - y.damping), letters) != value(formula_box(1 + y.damping), letters)
    assert len(plain_claims()) > 90


def test_small_factors_stand_before_a_broken_bracket() -> None:
    first, *others = equation_lines(y.variance, CLAIMS["transients.mean-path.exponential"].expression)
    assert boxes.CROSS not in first.items  # type: ignore[union-attr]
    assert not any(isinstance(line, boxes.Row) and boxes.CROSS in line.items for line in others)
