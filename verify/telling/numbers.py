"""Stage: telling. Input: Exact, Enclosure, Estimate. Output: text for people, with no digit more than is known.

exact      = 15, = 1/4, = pi/2 ≈ 1.57080
enclosure  ∈ 1.70411184529…   (30 digits proven)
estimate   ≈ 23.97 ± 0.04     (mean ± standard error)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, localcontext

import sympy as sp

from numeric.enclosure import Enclosure
from numeric.values import Estimate, Exact
from verify.verdict import Value

_MOST_DIGITS = 10
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Shown:
    """A number ready to print: ``sign`` text ``note``; ``expression`` is a closed form to typeset before the text."""

    kind: str
    sign: str
    text: str
    note: str
    expression: sp.Expr | None = None


def shown(value: Value) -> Shown:
    """Return a number's printed form; its kind stays visible in the sign and the note.

    Example: ``shown(Estimate(23.9712, 0.0412, 64)).text == "23.97 ± 0.04"``.
    """
    if isinstance(value, Exact):
        return _exact(value.expression)
    if isinstance(value, Estimate):
        return Shown("estimate", "≈", _estimate(value), f"{value.replicas} replicas")
    text, proven = _enclosure(value)
    return Shown("enclosure", "∈", text, f"{proven} digits proven" if proven else "proven bounds")


def plain(value: Value) -> str:
    """Return the number as one piece of text, as a terminal shows it.

    Example: ``plain(Exact(sp.Rational(1, 4))) == "0.25"``.
    """
    result = shown(value)
    if result.expression is None:
        return result.text
    closed = str(result.expression).replace("**", "^").replace("*", " ")
    return f"{closed} ≈ {result.text}" if result.text else closed


def decimal(text: str) -> str:
    """A written fraction as the decimal it is, where that ends soon; a double as it was written; else as it stands.

    Example: ``(decimal("569/100000"), decimal("1/3"), decimal(str(sp.Rational(0.05)))) == ("0.00569", "1/3", "0.05")``.
    """
    if not re.fullmatch(r"\d+/[1-9]\d*", text):
        return text
    number = sp.Rational(text)
    return _terminating(number) or (repr(float(number)) if _is_double(number) else text)


def percent(fraction: float) -> str:
    """A relative size in percent with two significant digits, as ``1.8 %``; tiny ones as a power of ten.

    Example: ``percent(0.0184) == "1.8 %"``.
    """
    if fraction == 0:
        return "0 %"
    return f"{_plain_or_power(Decimal(repr(100 * fraction)), 2)} %"


def probability(value: float) -> str:
    """A small probability, as ``10⁻⁶`` or ``0.001``.

    Example: ``probability(1e-06) == "10⁻⁶"``.
    """
    number = Decimal(repr(value)).normalize()
    _, digits, exponent = number.as_tuple()
    if digits == (1,) and isinstance(exponent, int) and exponent <= -4:
        return f"10{str(exponent).translate(_SUPERSCRIPTS)}"
    return _plain_or_power(number, min(2, len(digits)))


def _exact(expression: sp.Expr) -> Shown:
    if expression.is_Integer:
        return Shown("exact", "=", _minus(str(expression)), "exact")
    if expression.is_Rational:
        terminating = _terminating(expression)
        if terminating is not None:
            return Shown("exact", "=", terminating, "exact")
        if _is_double(expression):
            return Shown("exact", "≈", _minus(repr(float(expression))), "exact double")
        small = max(abs(expression.p), expression.q) < 10**6
        return Shown("exact", "=" if small else "≈", _approximate(expression), "exact", expression if small else None)
    if expression.is_number and expression.is_real and expression.is_finite:
        return Shown("exact", "=", _approximate(expression), "exact", expression)
    return Shown("exact", "=", "", "exact", expression)


def _is_double(number: sp.Rational) -> bool:
    """Whether a fraction is one that only a double has: a long denominator, a power of two."""
    return bool(number.q > 10**6 and number.q & (number.q - 1) == 0 and sp.Rational(float(number)) == number)


def _terminating(expression: sp.Rational) -> str | None:
    """A decimal that ends within the digits shown, or None."""
    scaled = expression * 10**_MOST_DIGITS
    if not scaled.is_Integer or abs(int(scaled)) >= 10 ** (_MOST_DIGITS + 8):
        return None
    digits = format((Decimal(int(scaled)) / Decimal(10**_MOST_DIGITS)).normalize(), "f")
    return _minus(digits)


def _approximate(expression: sp.Expr) -> str:
    return _plain_or_power(Decimal(str(sp.N(expression, 30))), 6)


def _enclosure(value: Enclosure) -> tuple[str, int]:
    """The digits that every point of the ball rounds to, and how many are proven."""
    with localcontext() as context:
        context.prec = 2000
        middle, radius = Decimal(value.mid), Decimal(value.radius)
        if not (middle.is_finite() and radius.is_finite()):
            return "no bound", 0
        if radius == 0:
            return _shortened(middle), len(middle.as_tuple().digits)
        proven = _proven_digits(middle, radius) if abs(middle) > radius else 0
        whole_only = proven <= middle.adjusted() < 7  # a zero before the point would be read as a proven digit
        if proven < 3 or whole_only:
            return _bounds(middle, radius), 0
        rounded = middle.quantize(Decimal(1).scaleb(middle.adjusted() - proven + 1))
        return _shortened(rounded, proven), proven


def _proven_digits(middle: Decimal, radius: Decimal) -> int:
    """The largest number of significant digits to which both ends of the ball round alike."""
    most = max(0, middle.adjusted() - radius.adjusted() + 1)
    for digits in range(most, 0, -1):
        unit = Decimal(1).scaleb(middle.adjusted() - digits + 1)
        if (middle - radius).quantize(unit) == (middle + radius).quantize(unit):
            return digits
    return 0


def _shortened(number: Decimal, digits: int | None = None) -> str:
    """The first digits of the number, cut and followed by an ellipsis where there are more."""
    known = digits or len(number.normalize().as_tuple().digits)
    if known <= _MOST_DIGITS:
        return _plain_or_power(number, known)
    cut = number.quantize(Decimal(1).scaleb(number.adjusted() - _MOST_DIGITS + 1), rounding="ROUND_DOWN")
    mantissa, times, power = _plain_or_power(cut, _MOST_DIGITS).partition(" × ")
    return f"{mantissa}…{times}{power}"


def _bounds(middle: Decimal, radius: Decimal) -> str:
    """middle ± radius, the radius rounded up so that it covers the rounding of the middle."""
    last = radius.adjusted()
    unit = Decimal(1).scaleb(last)
    rounded = middle.quantize(unit)
    wide = (radius + abs(middle - rounded)).quantize(unit, rounding="ROUND_UP")
    if rounded == 0:
        return f"0 ± {_plain_or_power(wide, 1)}"
    scale = rounded.adjusted()
    if -4 <= scale < 7:
        return f"{_fixed(rounded, min(last, 0))} ± {_fixed(wide, min(last, 0))}"
    pair = f"{_fixed(rounded.scaleb(-scale), last - scale)} ± {_fixed(wide.scaleb(-scale), last - scale)}"
    return f"({pair}) × 10{str(scale).translate(_SUPERSCRIPTS)}"


def _estimate(value: Estimate) -> str:
    """Mean ± standard error; two digits of the error where it begins with 10 to 35, else one.

    Of the mean no more than 10 digits: an error far smaller is that of rounding, and is shown rounded up.
    """
    mean, error = Decimal(repr(value.mean)), Decimal(repr(value.standard_error))
    if error == 0:
        return f"{_shortened(mean)} ± 0"
    leading = int(error.scaleb(1 - error.adjusted()).to_integral_value())
    last = error.adjusted() - (1 if leading <= 35 or leading == 100 else 0)
    shortest = mean.adjusted() - _MOST_DIGITS + 1
    if mean and last < shortest:
        last, error = shortest, error.quantize(Decimal(1).scaleb(shortest), rounding="ROUND_UP")
    scale = max(mean.adjusted() if mean else last, error.adjusted())
    if scale >= 6 or scale < -4:
        pair = f"{_fixed(mean.scaleb(-scale), last - scale)} ± {_fixed(error.scaleb(-scale), last - scale)}"
        return f"({pair}) × 10{str(scale).translate(_SUPERSCRIPTS)}"
    return f"{_fixed(mean, last)} ± {_fixed(error, last)}"


def _fixed(number: Decimal, last: int) -> str:
    """The number rounded at the power of ten ``last``, never in exponent form."""
    rounded = number.quantize(Decimal(1).scaleb(last))
    return _minus(format(rounded, "f"))


def _plain_or_power(number: Decimal, digits: int) -> str:
    """``digits`` significant digits, with a power of ten outside [1e-4, 1e7)."""
    if number == 0:
        return "0"
    rounded = number.quantize(Decimal(1).scaleb(number.adjusted() - digits + 1))
    scale = rounded.adjusted()
    if -4 <= scale < 7 and scale - digits + 1 <= 0:
        return _minus(format(rounded, "f"))
    if -4 <= scale < 7:
        return _minus(format(rounded.to_integral_value(), "f"))
    mantissa = format(rounded.scaleb(-scale), "f")
    power = f"10{str(scale).translate(_SUPERSCRIPTS)}"
    return power if mantissa == "1" else f"{_minus(mantissa)} × {power}"


def _minus(digits: str) -> str:
    return digits.replace("-", "\u2212")
