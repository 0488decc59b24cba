"""Stage: verdicts. Input: an equation and a certificate of its roots. Output: acceptance, or why it is refused.

Nothing of the search or of its proof is imported: equation and certificate are all that is known. Each piece of a
contour is evaluated anew, the turns are sums of arguments (not of half-planes), every ball is proven by interval Newton
at twice the precision, and multiplicities by a winding number of their own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from itertools import combinations
from typing import Any

import sympy as sp

from derive.characteristic import CharacteristicEquation
from numeric.enclosure import acb, arb, compile_ball, precision
from verify.certificates.contours import Function, Refused, on_path, squared

__all__ = ["Refused", "check_certificate"]

_NARROWINGS = 6


def check_certificate(equation: CharacteristicEquation, record: Mapping[str, Any]) -> int:
    """The number of roots that the certificate proves, a pair counting twice, if every part of it holds.

    ``record``: what ``numeric.certificate`` made, perhaps read from JSON. Raises ``Refused`` with the part that fails.

    Example: ``check_certificate(delay_equation(1, Constant(1)), certificate(delay_equation(1, Constant(1)),
    spectrum(delay_equation(1, Constant(1))))) == 2``.
    """
    try:
        return _checked(equation, record)
    except (KeyError, TypeError, AttributeError, IndexError, ValueError, sp.PolynomialError) as problem:
        if isinstance(problem, Refused):
            raise
        raise Refused(f"not a certificate: {problem!r}") from problem


def _checked(equation: CharacteristicEquation, record: Mapping[str, Any]) -> int:
    body = {key: value for key, value in record.items() if key != "digest"}
    _require(_digest(body) == record["digest"], "the digest is that of another record")
    _require(record["equation"] == _statement(equation), "the certificate is about another equation")
    form, bits = record["form"], int(record["precision_bits"])
    discs = equation.plane == "update-indexed"
    _require(form in (("disc", "polynomial") if discs else ("rectangle",)), f"no proof of the form {form}")
    function = _reversed(equation) if form == "disc" else equation.function
    with precision(2 * bits + 64):
        whole = Function.of(function, equation.variable, equation.arrays)
        proven = [_proven(whole, item) for item in record["roots"]]
        balls = [ball for ball, _ in proven]
        for one, other in combinations([wide for _, wide in proven], 2):
            _require(not one.overlaps(other), "two balls overlap")
        weights = [
            item["multiplicity"] * (1 if ball.imag.contains(0) else 2)
            for item, ball in zip(record["roots"], balls, strict=True)
        ]
        if form == "polynomial":
            _require(sum(weights) == whole.numerator().degree(), "the balls do not make up the degree")
        else:
            _contours(equation, whole, record, balls, sum(weights))
        _unstable(equation, record, balls, weights)
    return sum(weights)


def _contours(equation: Any, whole: Function, record: Any, balls: list[Any], total: int) -> None:
    """Every contour holds as many zeros as it says, and the first one all the balls, which make up its count."""
    probe = whole.value(acb(arb(1, arb(2) ** -20)))
    _require(probe.imag.is_zero(), "H is not real on the real axis")
    contours, disc = record["contours"], record["form"] == "disc"
    _require(contours[0]["zeros"] == total, "the balls do not make up the count")
    first = _exact(contours[0]["line"])
    inside = (abs(ball) < first.exp() if disc else ball.real > first for ball in balls)
    _require(all(inside), "a ball lies outside the first contour")
    around = whole.of_exponential() if disc else whole
    for one in contours:
        line = _exact(one["line"])
        if disc:
            corners = [acb(line), acb(line, arb.pi())]
        else:
            beyond, corners = _rectangle(equation, one, line)
            if beyond:
                _require(one["zeros"] == 0, "a count right of the bound on all roots")
                continue
        _require(on_path(around, corners, one["edges"]) == one["zeros"], "a winding number is not what is recorded")


def _rectangle(equation: CharacteristicEquation, one: Mapping[str, Any], line: Any) -> tuple[bool, list[Any]]:
    """Whether the line lies beyond every root, else the path around all roots right of it."""
    bound = compile_ball(equation.modulus_bound, [equation.variable], equation.arrays)
    if equation.abscissa_of_convergence != -sp.oo:
        left = compile_ball(equation.abscissa_of_convergence, ())().real
        _require(line >= left, "the line lies left of the abscissa of convergence")
    reach = bound(acb(line if line < 0 else arb(0))).real
    _require(reach.is_finite(), "no finite bound on the roots right of the line")
    if line > reach:
        return True, []
    right, top = _exact(one["right"]), _exact(one["top"])
    _require(right > reach and top > reach, "the region does not cover the bound on the roots")
    return False, [acb(right), acb(right, top), acb(line, top), acb(line)]


def _proven(whole: Function, item: Mapping[str, Any]) -> tuple[Any, Any]:
    """A ball that holds as many zeros as its multiplicity, and one around it that holds no others."""
    ball = acb(_exact_ball(*item["re"]), _exact_ball(*item["im"]))
    _require(ball.imag.mid() >= 0, "a ball of the lower half-plane")
    room = ((ball.real.rad() + ball.imag.rad()) * 4 + abs(ball).upper() * arb(2) ** -64).upper()
    real = ball.imag.is_zero()
    wide = acb(arb(ball.real.mid(), room), arb(0) if real else arb(ball.imag.mid(), room))
    _require(real or item["cluster"] or wide.imag > 0, "a ball meets the real axis")
    if item["multiplicity"] == 1:
        image = wide.mid() - whole.value(wide.mid()) / whole.slope(wide)
        _require(image.is_finite() and wide.contains(image), "interval Newton proves no root in a ball")
        for _ in range(_NARROWINGS):  # beside another root the first image is wide
            if ball.contains(image):
                break
            image = image.mid() - whole.value(image.mid()) / whole.slope(image)
        _require(ball.contains(image), "the root lies outside its ball")
        return ball, wide
    if item["cluster"]:
        _require(squared(whole, ball) == item["multiplicity"], "another number of roots in a cluster")
        return ball, ball
    alike = [part for part, times in whole.numerator().sqf_list()[1] if times == item["multiplicity"]]
    _require(alike, "no root of that multiplicity")
    factor = Function.of(alike[0].as_expr(), whole.variable, {})
    image = wide.mid() - factor.value(wide.mid()) / factor.slope(wide)
    _require(image.is_finite() and wide.contains(image), "no root of that multiplicity in a ball")
    return wide, wide


def _unstable(equation: CharacteristicEquation, record: Any, balls: list[Any], weights: list[int]) -> None:
    claimed = record["unstable_count"]
    if claimed is None:
        return
    if len(record["contours"]) > 1:
        second = record["contours"][1]
        _require(_exact(second["line"]) == 0, "the second contour is not the limit of stability")
        _require(second["zeros"] == claimed, "another number of unstable roots")
        return
    if record["form"] == "disc":
        beyond = [abs(ball) < 1 for ball in balls]
    elif record["form"] == "polynomial":
        inner = compile_ball(equation.abscissa_of_convergence, ())().real
        beyond = [abs(ball) > inner.max(arb(1)) for ball in balls]
    else:
        beyond = [ball.real > 0 for ball in balls]
    if record["contours"]:
        line = _exact(record["contours"][0]["line"])
        _require(line >= 0 if record["form"] == "disc" else line <= 0, "unstable roots may lie outside the contour")
    counted = sum(weight for weight, out in zip(weights, beyond, strict=True) if out)
    _require(counted == claimed, "another number of unstable roots")


def _reversed(equation: CharacteristicEquation) -> sp.Expr:
    """w^n H(1/w) with the degree n of H in z, at least 1."""
    w = equation.variable
    terms = sp.Add.make_args(sp.expand_mul(equation.function))
    degree = max(1, *(int(sp.degree(term, w)) for term in terms if term.is_polynomial(w)))
    return sp.Add(*(w**degree * term.subs(w, 1 / w) for term in terms))


def _statement(equation: CharacteristicEquation) -> dict[str, str]:
    data = {str(base): [str(value) for value in values] for base, values in equation.arrays.items()}
    return {
        "function": sp.srepr(equation.function),
        "variable": str(equation.variable),
        "modulus_bound": sp.srepr(equation.modulus_bound),
        "abscissa_of_convergence": str(equation.abscissa_of_convergence),
        "plane": equation.plane,
        "data": _digest(data),
    }


def _digest(record: Any) -> str:
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()


def _exact(text: str) -> Any:
    mantissa, exponent = (int(part) for part in text.split("p"))
    return arb(mantissa) * arb(2) ** exponent


def _exact_ball(middle: str, radius: str) -> Any:
    size = _exact(radius)
    _require(size >= 0, "a negative radius")
    return arb(_exact(middle), size)


def _require(holds: Any, otherwise: str) -> None:
    if not holds:
        raise Refused(otherwise)
