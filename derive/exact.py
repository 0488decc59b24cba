"""Stage: exact numbers. Input: what a user writes. Output: SymPy expressions that denote it exactly.

A float is the exact double it denotes; the strings "0x1.9p-3", "355/113" and "0.1" are exact, too.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import TypeAlias

import sympy as sp

Number: TypeAlias = int | float | str | Fraction | sp.Expr

_HEXADECIMAL = re.compile(r"[+-]?0x[0-9a-f]+(\.[0-9a-f]*)?(p[+-]?\d{1,4})?", re.IGNORECASE)
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,4})?", re.IGNORECASE)
_FRACTION = re.compile(r"[+-]?\d+/\d+")


def exact(value: Number) -> sp.Expr:
    """Return the SymPy expression that denotes ``value`` exactly (kind: exact).

    Integers, doubles, ``Fraction``, number strings and SymPy expressions are accepted; booleans, NaN and
    infinities raise ``ValueError``; anything else raises ``TypeError``.

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
        return sp.Rational(*float(value).as_integer_ratio()) if isinstance(value, sp.Float) else value
    raise TypeError(f"{value!r} is not a number")


def _from_float(value: float) -> sp.Rational:
    if not math.isfinite(value):
        raise ValueError(f"{value} is not a finite number")
    return sp.Rational(*value.as_integer_ratio())


def _from_text(text: str) -> sp.Rational:
    text = text.strip()
    if _HEXADECIMAL.fullmatch(text):
        return _from_float(float.fromhex(text))
    if _FRACTION.fullmatch(text) and int(text.split("/")[1]):
        return sp.Rational(text)
    if _DECIMAL.fullmatch(text):
        fraction = Fraction(text)
        return sp.Rational(fraction.numerator, fraction.denominator)
    raise ValueError(f"{text!r} is not a number")
