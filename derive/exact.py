"""Stage: exact numbers. Input: what a user writes. Output: SymPy expressions that denote it exactly.

A float is the exact double it denotes; the strings "0x1.9p-3", "355/113" and "0.1" are exact, too.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias

import sympy as sp

from derive.symbols import NOTATION

Number: TypeAlias = int | float | str | Fraction | sp.Expr

_HEXADECIMAL = re.compile(r"([+-]?)0x([0-9a-f]+)(?:\.([0-9a-f]*))?(?:p([+-]?\d{1,4}))?", re.IGNORECASE)
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,4})?", re.IGNORECASE)
_FRACTION = re.compile(r"[+-]?\d+/\d+")
_LARGEST_EXPONENT = 2**16  # of two: a written-out number of any greater size would fill the memory


class ForeignSymbolError(ValueError):
    """An expression holds a symbol that only looks like one of the notation: it would never be given its value."""


def exact(value: Number) -> sp.Expr:
    """Return the SymPy expression that denotes ``value`` exactly (kind: exact).

    Integers, doubles, ``Fraction``, number strings and SymPy expressions are accepted, and SymPy's floats of any
    precision inside them; booleans, NaN and infinities raise ``ValueError``, a symbol that bears the name of one of
    ``derive.symbols`` without being it raises ``ForeignSymbolError``; anything else raises ``TypeError``.

    Example: ``exact("0.1") == sp.Rational(1, 10) != exact(0.1)``.
    """
    if isinstance(value, bool):
        raise ValueError(f"{value} is not a number")
    if isinstance(value, int):
        return sp.Integer(value)
    if isinstance(value, float):
        return _from_float(value)
    if isinstance(value, Fraction):
        return sp.Rational(value.numerator, value.denominator)
    if isinstance(value, str):
        return _from_text(value)
    if isinstance(value, sp.Expr):
        return _from_expression(value)
    raise TypeError(f"{value!r} is not a number")


def _from_float(value: float) -> sp.Rational:
    if not math.isfinite(value):
        raise ValueError(f"{value} is not a finite number")
    return sp.Rational(*value.as_integer_ratio())


def complaint(error: Exception) -> str:
    """What is wrong with a value that ``exact`` refused, in a few words."""
    return str(error) if isinstance(error, ForeignSymbolError) else "not a finite number"


def refuse_namesakes(expression: sp.Basic) -> None:
    """Raise ``ForeignSymbolError`` where a symbol has another's name (of the notation, or beside it) and is another."""
    known = dict(_letters())
    for symbol in sorted(expression.free_symbols, key=sp.default_sort_key):
        if symbol != known.setdefault(str(symbol), symbol):
            meaning = next(
                (row.meaning for row in NOTATION.values() if str(row.symbol) == str(symbol)), "another symbol"
            )
            raise ForeignSymbolError(f"the foreign symbol {symbol} is not the {symbol} of derive.symbols ({meaning})")


@lru_cache(maxsize=1)
def _letters() -> dict[str, sp.Symbol]:
    return {str(entry.symbol): entry.symbol for entry in NOTATION.values()}


def _from_expression(value: sp.Expr) -> sp.Expr:
    refuse_namesakes(value)
    if value.has(sp.nan) or value.is_finite is False:
        raise ValueError(f"{value} is not a finite number")
    return value.xreplace({number: _from_sympy_float(number) for number in value.atoms(sp.Float)})


def _from_sympy_float(value: sp.Float) -> sp.Rational:
    sign, mantissa, exponent, _ = value._mpf_  # (-1)^sign mantissa 2^exponent, which no rounding has touched
    if abs(exponent) > _LARGEST_EXPONENT:
        raise ValueError(f"{value} is not a number of a size that can be written out")
    return sp.Rational((-1) ** sign * int(mantissa)) * sp.Integer(2) ** int(exponent)


def _from_text(text: str) -> sp.Rational:
    text = text.strip()
    hexadecimal = _HEXADECIMAL.fullmatch(text)
    if hexadecimal:
        sign, whole, fraction, exponent = (part or "" for part in hexadecimal.groups())
        mantissa = int(f"{sign}{whole}{fraction}", 16)
        return sp.Integer(mantissa) * sp.Integer(2) ** (int(exponent or 0) - 4 * len(fraction))
    if _FRACTION.fullmatch(text) and int(text.split("/")[1]):
        return sp.Rational(text)
    if _DECIMAL.fullmatch(text):
        fraction = Fraction(text)
        return sp.Rational(fraction.numerator, fraction.denominator)
    raise ValueError(f"{text!r} is not a number")
