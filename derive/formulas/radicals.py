"""Stage: layout. Input: the factors above and below a bar. Output: the same, with several square roots under one sign.

    sqrt(n)/n -> 1/sqrt(n)     sqrt(xi)/(sqrt(2) sqrt(pi) u^(3/2)) -> sqrt(xi/(2 pi u^3))

The value never changes: at most one of the roots put together may be of something whose sign is unknown.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

_COSINES = {sp.sqrt(2) / 2: sp.pi / 4}  # SymPy knows no shorter name for the sine of half of it


def half_angled(factor: Any) -> Any:
    """A half-integer power of (1 - cos x)/2 or (1 + cos x)/2 as one of sin(x/2) or cos(x/2).

    Example: ``str(half_angled(sp.sqrt(sp.S.Half - sp.sqrt(2) / 4))) == "sin(pi/8)"``.
    """
    base, exponent = factor.as_base_exp()
    if not (base.is_Add and base.is_number and exponent.is_Rational and exponent.q == 2):
        return factor
    for name, cosine in ((sp.sin, 1 - 2 * base), (sp.cos, 2 * base - 1)):
        if (angle := _COSINES.get(sp.expand(cosine))) is not None:
            return sp.Pow(name(angle / 2, evaluate=False), 2 * exponent, evaluate=2 * exponent == 1)
    return factor


def rooted(tops: list[Any], bottoms: list[Any]) -> tuple[list[Any], list[Any]]:
    """The factors above and below the bar, with roots of numbers cancelled and several roots under one sign.

    Example: ``rooted([sp.sqrt(2)], [sp.Integer(2)]) == ([], [sp.sqrt(2)])``.
    """
    tops, bottoms = _cancelled(tops, bottoms)
    above, below = ([one for one in part if _is_half_power(one)] for part in (tops, bottoms))
    unknown = [one for one in (*above, *below) if not one.base.is_nonnegative]
    if len(above) + len(below) < 2 or len(unknown) > 1:
        return tops, bottoms
    if not above:
        numbers = [one for one in below if one.is_number]
        joined = [sp.sqrt(sp.Mul(*map(_squared, numbers)), evaluate=False)] if len(numbers) > 1 else numbers
        return tops, [*joined, *(one for one in bottoms if one not in numbers)]
    inner = [_squared(one) for one in above], [_squared(one) for one in below]
    joined = sp.sqrt(sp.Mul(*inner[0], *(sp.Pow(one, -1) for one in inner[1])), evaluate=False)
    return [joined, *(one for one in tops if one not in above)], [one for one in bottoms if one not in below]


def _is_half_power(factor: Any) -> bool:
    return bool(isinstance(factor, sp.Pow) and factor.exp.is_Rational and factor.exp.q == 2 and factor.exp > 0)


def _squared(factor: Any) -> Any:
    return sp.Pow(factor.base, 2 * factor.exp)


def _cancelled(tops: list[Any], bottoms: list[Any]) -> tuple[list[Any], list[Any]]:
    """sqrt(n)/n as 1/sqrt(n)."""
    for root in [one for one in tops if _is_half_power(one) and one.exp == sp.S.Half and one.base.is_Integer]:
        number = next((one for one in bottoms if one.is_Integer and one % root.base == 0), None)
        if number is not None:
            tops = [factor for factor in tops if factor != root]
            rest = [] if number == root.base else [number / root.base]
            bottoms = [*(one for one in bottoms if one != number), *rest, root]
    return tops, bottoms
